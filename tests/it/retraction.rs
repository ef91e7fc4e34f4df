//! Activities taken back leave the state of never having come, and stay away.

use abm_app::{
    ActivityFilter, AppError, Cause, RequestKey, Retracted, Retraction, RowOutcome, Waiting,
};
use abm_core::assess::AssessedLead;
use abm_core::rule::{Rule, Scope};
use abm_core::{AccountId, ActivityKey, LeadId};
use abm_tests::{
    AnActivity, LIVELY, START, World, account, activity, both_engines, created, days, lead,
};

both_engines!(
    what_is_taken_back_leaves_the_state_of_never_having_come,
    what_is_taken_back_stays_away_however_often_it_is_sent_again,
    people_and_accounts_that_only_it_named_are_gone,
    a_dry_run_tells_the_shifts_and_changes_nothing,
    it_tells_the_designations_that_rested_on_what_went,
    a_filter_takes_back_what_meets_all_of_it,
    what_a_filter_looks_through_is_cut_by_the_key,
    a_retraction_sent_again_is_done_once,
    what_is_named_several_times_is_taken_back_once,
    looking_for_what_a_filter_means_ends_when_nobody_waits,
    the_timeline_tells_a_retraction_as_the_cause,
    an_id_is_free_again_after_400_days,
);

fn place(id: &str, at: i64) -> (abm_core::Timestamp, ActivityKey) {
    (START + at, ActivityKey::new("web", id).unwrap())
}

fn filter(kind: &str, rule: Option<&str>) -> Retraction {
    let rule = rule.map(|rule| Rule::compile(rule, Scope::Activity).unwrap());
    Retraction::Filter(ActivityFilter { kind: kind.to_owned(), ..Default::default() }, rule)
}

/// People with and without accounts, unknown visitors, hints; `bad` are those to be taken back.
fn rows() -> Vec<(AnActivity, bool)> {
    let row = |id: &str| activity("web", id);
    vec![
        (row("1").lead("ada").email("ada@ibm.com"), false),
        (row("2").lead("ada").after(-60), true),
        (row("3").lead("ada").account("elsewhere").after(-50), true),
        (row("4").lead("bob").after(-40), false),
        (row("5").lead("bob").account("ntt").after(-30), true),
        (row("6").lead("ghost").email("ghost@only.com").after(-20), true),
        (row("7").account("sap").after(-10), false),
        (row("8").account("sap").after(-9), true),
        (row("9").account("visited").after(-8), true),
        (row("10").lead("cyd").email("cyd@gmail.com").after(-7), true),
        (row("11").lead("cyd").after(-6).kind("page_view"), false),
        (row("12").lead("dan").after(5), true),
        (row("13").lead("eve").email("z@x.com").after(-4), true),
        (row("14").lead("eve").email("a@y.com").after(-3), true),
        (row("15").lead("eve").email("b@w.com").after(-2), false),
    ]
}

fn bad() -> Retraction {
    let at = [0, -60, -50, -40, -30, -20, -10, -9, -8, -7, -6, 5, -4, -3, -2];
    let rows = rows();
    let places = rows.iter().zip(at).enumerate().filter(|(_, ((_, bad), _))| *bad);
    Retraction::Places(places.map(|(n, (_, at))| place(&(n + 1).to_string(), at)).collect())
}

async fn profiles(world: &World) {
    world.accounts([account("sap").employees(5_000)]).await;
    world.leads([lead("dan").account("sap").title("CTO")]).await;
}

async fn what_is_taken_back_leaves_the_state_of_never_having_come(world: World) {
    let clean = world.beside(2, LIVELY).await;
    profiles(&clean).await;
    clean.at(10);
    clean.record(rows().into_iter().filter(|(_, bad)| !bad).map(|(row, _)| row)).await;
    let expected = clean.digest().await;
    for (workspace, waits) in (3..).zip([0, days(3)]) {
        let world = world.beside(workspace, LIVELY).await;
        world.at(10);
        world.record(rows().into_iter().map(|(row, _)| row)).await;
        profiles(&world).await;
        assert_ne!(world.digest().await, expected);
        world.pass(waits);
        let done = world.retract(bad()).await;
        assert_eq!((done.activities, done.next_from), (10, None));
        assert_eq!(world.digest().await, expected);
        assert_eq!(world.account_ids().await, clean.account_ids().await);
        for id in ["ada", "bob", "cyd", "dan", "eve"] {
            let (found, _) = world.person(id).await;
            let (other, _) = clean.person(id).await;
            assert_eq!((&found.account, &found.hint), (&other.account, &other.hint), "{id}");
            assert_eq!(found.hint_email, other.hint_email, "{id}");
        }
        // Once more finds nothing.
        assert_eq!(world.retract(bad()).await.activities, 0);
        assert_eq!(world.digest().await, expected);
    }
}

async fn what_is_taken_back_stays_away_however_often_it_is_sent_again(world: World) {
    let row = |id: &str| activity("web", id).lead("ada");
    world.record([row("1"), row("2")]).await;
    world.retract(Retraction::Places(vec![place("1", 0)])).await;
    let before = world.digest().await;
    for _ in 0..3 {
        let again = world.record([row("1"), row("1").kind("page_view"), row("1").after(-1)]).await;
        let conflict = RowOutcome::Conflict;
        assert_eq!(again, [RowOutcome::Duplicate, conflict.clone(), conflict]);
        world.pass(days(40));
        world.app.sweep().await.unwrap();
        world.apply_due().await;
        world.clock.set(START);
    }
    assert_eq!(world.digest().await, before);
    // In the same batch as something new, it hinders nothing.
    assert_eq!(
        world.record([row("1"), row("3")]).await,
        [RowOutcome::Duplicate, RowOutcome::Created]
    );
}

async fn people_and_accounts_that_only_it_named_are_gone(world: World) {
    world.record([activity("web", "1").lead("ada").email("ada@ibm.com")]).await;
    world.record([activity("web", "2").account("sap")]).await;
    world.record([activity("web", "3").lead("alone")]).await;
    let places = vec![place("1", 0), place("2", 0), place("3", 0)];
    let done = world.retract(Retraction::Places(places)).await;
    assert_eq!(done.totals, (2, 2));
    assert!(done.accounts.values().all(|(_, after)| after.is_none()));
    let gone = |shown: &(AssessedLead, Option<AssessedLead>)| {
        shown.0.engagement == 50 && shown.1.is_none()
    };
    assert!(done.leads.values().all(gone));
    assert_eq!(world.account_ids().await, [""; 0]);
    for id in ["ada", "alone"] {
        let found = world.app.lead(world.workspace, &LeadId::new(id).unwrap()).await;
        assert!(matches!(found, Err(AppError::NotFound { .. })));
    }
    let left = "SELECT (SELECT COUNT(*) FROM lead), (SELECT COUNT(*) FROM lead_state), \
                (SELECT COUNT(*) FROM account_state), \
                (SELECT COUNT(*) FROM activity WHERE email <> '' OR lead_id <> '')";
    assert_eq!(world.sql().await.numbers(left).await, [[0, 0, 0, 0]]);
    // Who comes again is new.
    assert_eq!(world.record([activity("web", "4").lead("ada")]).await, created(1));
    assert_eq!(world.person("ada").await.1.engagement, 50);
    world.digest().await;
}

async fn a_dry_run_tells_the_shifts_and_changes_nothing(world: World) {
    let world = world.beside(2, LIVELY).await;
    world.at(10);
    world.record(rows().into_iter().map(|(row, _)| row)).await;
    profiles(&world).await;
    let before = (world.digest().await, world.account_ids().await);
    let request = world.request();
    let run = |dry| world.try_retract(request.clone(), bad(), dry);
    let told = run(true).await.unwrap();
    assert_eq!((world.digest().await, world.account_ids().await), before);
    let done = run(false).await.unwrap();
    assert_eq!(Retracted { revision: done.revision, ..told }, done);
    let sap = AccountId::new("sap").unwrap();
    let (was, is) = done.accounts[&sap];
    assert_eq!(is.map(|is| is.engagement), Some(world.view("sap").await.scores.engagement));
    assert!(Some(was.engagement) > is.map(|is| is.engagement));
    let (was, is) = done.leads[&LeadId::new("ada").unwrap()];
    assert_eq!(is.map(|is| is.engagement), Some(world.person("ada").await.1.engagement));
    assert!(Some(was.engagement) > is.map(|is| is.engagement));
}

async fn it_tells_the_designations_that_rested_on_what_went(world: World) {
    let world = world.beside(2, LIVELY).await;
    world.accounts([account("sap").employees(5_000)]).await;
    world.leads(["ada", "bob"].map(|id| lead(id).account("sap").title("CTO"))).await;
    world.leads([lead("cyd").title("CEO")]).await;
    let asks = |id: &str| activity("web", id).lead(id);
    world.record([asks("ada"), asks("bob"), asks("cyd")]).await;
    let met = |n: i64| activity("crm", &n.to_string()).kind("meeting_held").after(-days(n));
    world.record((0..2).map(|n| met(n).lead("bob"))).await;
    let done = world.retract(filter("demo_request", None)).await;
    let (was, is) = done.accounts[&AccountId::new("sap").unwrap()];
    assert_eq!((was.mqa, is.map(|is| is.mqa)), (true, Some(false)));
    let mql = |id: &str| {
        let (was, is) = done.leads[&LeadId::new(id).unwrap()];
        (was.mql, is.map(|is| is.mql))
    };
    assert_eq!(mql("ada"), (true, Some(false)), "it was the demo that made her one");
    assert_eq!(mql("bob"), (true, Some(true)), "meetings are enough");
    assert_eq!(mql("cyd"), (true, Some(false)), "also without an account");
    let handoffs = world.handoffs().await;
    let of = |id: &str| handoffs.iter().find(|h| h.lead.as_ref().is_some_and(|l| l.as_str() == id));
    let told = |id: &str| done.handoffs_of_leads.get(&LeadId::new(id).unwrap());
    assert_eq!(told("cyd"), of("cyd").map(|handoff| &handoff.id), "and what was handed over");
    assert!(told("ada").is_some() && told("bob").is_none());
    assert_eq!(done.handoffs_of_accounts.len(), 1);
}

async fn a_filter_takes_back_what_meets_all_of_it(world: World) {
    let click = |n: i64, agent: &str| {
        let row = activity("mail", &n.to_string()).lead("ada").kind("email_click").after(-n);
        row.attribute("user_agent", agent)
    };
    world.record((0..30).map(|n| click(n, if n % 3 == 0 { "scanner 1" } else { "browser" }))).await;
    world.record([activity("web", "x").lead("ada").kind("email_click")]).await;
    let scanner =
        || filter("email_click", Some("activity.attributes.user_agent.contains('scanner')"));
    assert_eq!(world.retract(scanner()).await.activities, 10);
    assert_eq!(world.retract(scanner()).await.activities, 0);
    let some = ActivityFilter {
        source: "mail".into(),
        from: Some(START - 10),
        until: Some(START),
        ..Default::default()
    };
    assert_eq!(world.retract(Retraction::Filter(some, None)).await.activities, 7);
    assert_eq!(world.retract(filter("page_view", None)).await.activities, 0);
    assert_eq!(world.retract(filter("email_click", None)).await.activities, 14);
    assert_eq!(world.verify().await.activities, 0);
    assert_eq!(world.sql().await.numbers("SELECT COUNT(*) FROM activity").await, [[31]]);
}

async fn what_a_filter_looks_through_is_cut_by_the_key(world: World) {
    let row = |n: i64, kind: &str| activity("web", &n.to_string()).lead("ada").kind(kind).after(n);
    let kind = |n: i64| if n == 4 { "email_click" } else { "page_view" };
    world.record((0..5).map(|n| row(-n, kind(n)))).await;
    assert_eq!(world.retract(filter("email_click", None)).await.activities, 1);
    let view = world.app.store().view(world.workspace);
    let asked = ActivityFilter { kind: "page_view".into(), ..Default::default() };
    // The oldest was taken back, and is looked through all the same.
    let first = view.end_of_stretch(&asked, None, 2).await.unwrap();
    assert_eq!(first, Some(place("-3", -3)));
    let second = view.end_of_stretch(&asked, first.as_ref(), 2).await.unwrap();
    assert_eq!(second, Some(place("-1", -1)));
    assert_eq!(view.end_of_stretch(&asked, second.as_ref(), 2).await.unwrap(), None);
    let within = async |after, end| {
        let found = view.activities_in_order(&asked, after, end).await.unwrap();
        found.into_iter().map(|stored| stored.activity.occurred_at).collect::<Vec<_>>()
    };
    assert_eq!(within(None, first.as_ref()).await, [START - 3]);
    assert_eq!(within(first.as_ref(), second.as_ref()).await, [START - 2, START - 1]);
    assert_eq!(within(second.as_ref(), None).await, [START]);
}

async fn a_retraction_sent_again_is_done_once(world: World) {
    world.record((0..3).map(|n| activity("web", &n.to_string()).lead("ada"))).await;
    let key =
        |content: &str| RequestKey::new("00000000-0000-4000-8000-0000000000aa", content.as_bytes());
    let send = |content: &str| world.try_retract(key(content), filter("demo_request", None), false);
    let first = send("one").await.unwrap();
    assert_eq!((first.activities, first.totals), (3, (0, 1)));
    world.record([activity("web", "9").lead("ada")]).await;
    let again = send("one").await.unwrap();
    assert_eq!((again.activities, again.totals), (3, (0, 1)));
    assert_eq!(world.person("ada").await.1.engagement, 50, "it was not done again");
    let reused = send("two").await;
    assert!(matches!(reused, Err(AppError::IdReused { kind: "request_id", .. })), "{reused:?}");
}

async fn what_is_named_several_times_is_taken_back_once(world: World) {
    world.record([activity("web", "1").lead("ada"), activity("web", "2").lead("ada")]).await;
    let places = [place("1", 0), place("2", 0), place("1", 0), place("1", 0)];
    assert_eq!(world.retract(Retraction::Places(places.into())).await.activities, 2);
    world.digest().await;
}

async fn looking_for_what_a_filter_means_ends_when_nobody_waits(world: World) {
    world.record((0..3).map(|n| activity("web", &n.to_string()).lead("ada"))).await;
    let send = |key: &RequestKey, retraction: Retraction| {
        let (workspace, gone) = (world.workspace, Waiting::default().awaited());
        world.app.retract_activities(workspace, key.clone(), retraction, false, gone)
    };
    let (first, second) = (world.request(), world.request());
    let left = send(&first, filter("demo_request", None)).await;
    assert!(matches!(left, Err(AppError::Abandoned)), "{left:?}");
    // What is named needs no search.
    let named = send(&second, Retraction::Places(vec![place("1", 0)])).await;
    assert_eq!(named.unwrap().activities, 1);
    let done = world.try_retract(first.clone(), filter("demo_request", None), false).await;
    assert_eq!(done.unwrap().activities, 2);
    // Nor does what was done before.
    let again = send(&first, filter("demo_request", None)).await;
    assert_eq!(again.unwrap().activities, 2);
}

async fn the_timeline_tells_a_retraction_as_the_cause(world: World) {
    world.accounts([account("sap")]).await;
    world.record([activity("web", "1").account("sap")]).await;
    world.retract(Retraction::Places(vec![place("1", 0)])).await;
    let timeline = world.timeline("sap").await;
    let last = timeline.last().unwrap();
    assert_eq!((last.cause, last.engagement), (Cause::Retraction, 0));
    assert_eq!(timeline.len(), 3, "what was shown stays on record");
}

async fn an_id_is_free_again_after_400_days(world: World) {
    let row = || activity("web", "1").lead("ada");
    world.record([row()]).await;
    world.retract(Retraction::Places(vec![place("1", 0)])).await;
    world.at(days(400));
    world.app.sweep().await.unwrap();
    assert_eq!(world.record([row()]).await, [RowOutcome::Duplicate]);
    world.pass(1);
    world.app.sweep().await.unwrap();
    assert_eq!(world.record([row()]).await, created(1));
}
