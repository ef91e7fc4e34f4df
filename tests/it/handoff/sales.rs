//! What sales does with handoffs.

use abm_app::{AppError, HandoffRecord, StageChange};
use abm_core::Stage;
use abm_core::handoff::{AttemptOutcome, HandoffCause, HandoffState, RejectionKind};
use abm_core::lifecycle::Actor;
use abm_tests::{LIVELY, World, account, activity, both_engines, days, lead};

use super::{a_world, asks, meets};

both_engines!(
    a_handoff_is_claimed_tried_and_accepted,
    who_is_merged_meanwhile_moves_as_the_survivor,
    an_sql_needs_to_be_known_for_what_the_policy_requires,
    who_is_turned_down_for_now_comes_again_after_their_date,
    who_has_no_account_comes_again_as_well,
    a_raised_hand_ends_nurturing_early,
    who_is_turned_down_for_good_comes_never_again_unless_reinstated,
    a_reason_is_one_of_the_policy,
    what_was_seen_before_it_changed_is_refused,
    a_retry_gets_the_first_answer,
    what_is_somebody_elses_is_reassigned_first,
    the_work_list_begins_with_what_is_urgent,
    what_is_most_urgent_is_told_however_little_is_asked_for,
    nobody_is_told_to_be_contacted_who_must_not_be,
    who_is_contacted_though_nurtured_is_told,
    what_nobody_is_left_of_can_be_turned_down,
    who_is_merged_into_an_sql_is_accepted_with_it_and_takes_nothing_back,
    a_date_to_nurture_until_is_ahead_and_not_too_far,
);

async fn a_handoff_is_claimed_tried_and_accepted(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let handoff = world.the_handoff().await;
    let refused = world.accept(&handoff).await.unwrap_err();
    assert_eq!(refused.to_string(), "the handoff is not claimed");
    world.pass(10);
    let claimed = world.claim(&handoff, "ann").await.unwrap().handoff;
    assert_eq!((claimed.state, claimed.owner.as_str()), (HandoffState::Claimed, "ann"));
    assert_eq!((claimed.queue.as_str(), claimed.claimed_at), ("", Some(world.now())));
    world.pass(10);
    let tried = world.attempt(&claimed, AttemptOutcome::NoAnswer).await.unwrap().handoff;
    let working = world.attempt(&tried, AttemptOutcome::Answered).await.unwrap().handoff;
    assert_eq!((working.state, working.attempts), (HandoffState::Working, 2));
    assert_eq!(working.clock.gives_up_at, world.now() + days(42));
    let accepted = world.accept_knowing(&working, "ada").await;
    assert_eq!(accepted.state, HandoffState::Accepted);
    assert_eq!(world.stage("ada").await, "sql");
    assert_eq!(world.moves("ada").await, ["qualify to mql by rule", "accept to sql by sales"]);
    let standing = world.standing("ada").await.lifecycle;
    assert_eq!(standing.sql_at, Some(world.now()));
    let what = world.handoff(&handoff.id).await.events;
    let what: Vec<String> = what.into_iter().map(|event| event.what).collect();
    assert_eq!(what, ["created", "claimed", "attempted", "attempted", "accepted"]);
    for ended in [
        world.claim(&accepted, "bob").await,
        world.reject(&accepted, "student_or_job_seeker", None).await,
        world.attempt(&accepted, AttemptOutcome::Answered).await,
    ] {
        assert_eq!(ended.unwrap_err().to_string(), "the handoff has ended: it is accepted");
    }
}

async fn who_is_merged_meanwhile_moves_as_the_survivor(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    world.set_stage("bob", StageChange::To(Stage::Mql), Actor::Marketing, "").await.unwrap();
    world.merge_leads("bob", &["ada"]).await.unwrap();
    let joined = world.the_handoff().await;
    assert_eq!((joined.state, &joined.id), (claimed.state, &claimed.id));
    world.accept_knowing(&joined, "bob").await;
    assert_eq!(world.stage("bob").await, "sql");
}

async fn an_sql_needs_to_be_known_for_what_the_policy_requires(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    let refused = world.accept(&claimed).await.unwrap_err();
    assert!(refused.to_string().contains("need is not known"), "{refused}");
    assert_eq!(world.stage("ada").await, "mql", "nothing is half done");
    assert_eq!(world.the_handoff().await, claimed);
    world.accept_knowing(&claimed, "ada").await;
    assert_eq!(world.stage("ada").await, "sql");
}

async fn who_is_turned_down_for_now_comes_again_after_their_date(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    let until = world.now() + days(3);
    let rejected = world.reject(&claimed, "no_timing", Some(until)).await.unwrap().handoff;
    let end = rejected.end.unwrap();
    assert_eq!((end.rejection, end.nurture_until), (Some(RejectionKind::Temporary), Some(until)));
    assert_eq!(world.stage("ada").await, "lead, recycled");
    assert!(world.standing("ada").await.lifecycle.lifecycle.is_resting(world.now()));
    world.pass(days(3) - 1);
    world.apply_handoffs().await;
    assert_eq!(world.handoffs().await.len(), 1, "nobody contacts them yet");
    world.pass(1);
    world.apply_handoffs().await;
    // What they did is still worth it.
    assert_eq!(world.stage("ada").await, "mql");
    assert_eq!(world.handoffs().await.len(), 2);
    let moves = world.moves("ada").await;
    assert_eq!(moves[1..], ["recycle to lead by sales", "qualify to mql by rule"]);
}

async fn who_has_no_account_comes_again_as_well(world: World) {
    let world = a_world(world, 2).await;
    world.leads([abm_tests::lead("eve").title("CEO")]).await;
    world.record([asks("eve")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    world.reject(&claimed, "no_timing", Some(world.now() + days(2))).await.unwrap();
    world.pass(days(2));
    world.apply_handoffs().await;
    assert_eq!(world.stage("eve").await, "mql");
    assert_eq!(world.handoffs().await.len(), 2);
}

async fn a_raised_hand_ends_nurturing_early(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    world.reject(&claimed, "no_timing", Some(world.now() + days(90))).await.unwrap();
    world.pass(days(1));
    world.record([asks("ada").with_id("view").kind("page_view").after(days(1))]).await;
    assert_eq!(world.stage("ada").await, "lead, recycled", "looking is not asking");
    world.record([asks("ada").with_id("again").after(days(1))]).await;
    assert_eq!(world.stage("ada").await, "mql");
    assert_eq!(world.handoffs().await.len(), 2);
}

async fn who_is_turned_down_for_good_comes_never_again_unless_reinstated(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    world.reject(&claimed, "student_or_job_seeker", None).await.unwrap();
    assert_eq!(world.stage("ada").await, "lead, disqualified");
    world.pass(days(1));
    world.record([asks("ada").with_id("again").after(days(1))]).await;
    assert_eq!(world.handoffs().await.len(), 1);
    let lead = StageChange::To(Stage::Lead);
    let refused = world.set_stage("ada", lead, Actor::Sales, "a mistake").await.unwrap_err();
    assert_eq!(refused.to_string(), "the lead cannot be reinstated by sales");
    let refused = world.set_stage("ada", lead, Actor::Marketing, "").await.unwrap_err();
    assert_eq!(refused.to_string(), "the lead cannot be reinstated without a reason");
    world.set_stage("ada", lead, Actor::Marketing, "it was her namesake").await.unwrap();
    world.record([asks("ada").with_id("once-more").after(days(1))]).await;
    assert_eq!(world.stage("ada").await, "mql");
}

async fn a_reason_is_one_of_the_policy(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    let refused = world.reject(&claimed, "bad hair", None).await.unwrap_err();
    assert!(matches!(&refused, AppError::Invalid(found) if found[0].field == "reason"));
    assert!(refused.to_string().contains("no_budget"), "{refused}");
}

async fn what_was_seen_before_it_changed_is_refused(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let seen = world.the_handoff().await;
    let claimed = world.claim(&seen, "ann").await.unwrap().handoff;
    for late in [
        world.claim(&seen, "bob").await,
        world.reject(&seen, "student_or_job_seeker", None).await,
        world.accept(&seen).await,
    ] {
        let current = claimed.version.to_string();
        let found = late.unwrap_err();
        assert!(
            matches!(&found, AppError::EtagMismatch { current: told, .. } if *told == current),
            "{found}"
        );
    }
    assert_eq!(world.the_handoff().await, claimed);
}

async fn a_retry_gets_the_first_answer(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let call = world.call_on(&world.the_handoff().await);
    let claim = || world.app.claim_handoff(world.workspace, call.clone(), "ann".into());
    let first = claim().await.unwrap();
    world.attempt(&first.handoff, AttemptOutcome::NoAnswer).await.unwrap();
    let again = claim().await.unwrap().handoff;
    assert_eq!((again.state, again.version), (HandoffState::Claimed, first.handoff.version));
    assert_eq!(world.the_handoff().await.attempts, 1, "nothing was done again");
}

async fn what_is_somebody_elses_is_reassigned_first(world: World) {
    let world = a_world(world, 2).await;
    let policy = "name: one\nowners: [{id: ann}]\nroutes: [{name: all, to: {owner: ann}}]\n";
    world.put_policy(policy).await;
    world.record([asks("ada")]).await;
    let handoff = world.the_handoff().await;
    assert_eq!((handoff.owner.as_str(), handoff.state), ("ann", HandoffState::Pending));
    let refused = world.claim(&handoff, "ben").await.unwrap_err();
    assert_eq!(refused.to_string(), "the handoff is assigned to ann");
    let passed = world.reassign(&handoff, "ben").await.unwrap().handoff;
    assert_eq!((passed.owner.as_str(), passed.state), ("ben", HandoffState::Pending));
    assert_eq!(passed.clock.due_at, handoff.clock.due_at, "the clock goes on");
    let claimed = world.claim(&passed, "ben").await.unwrap().handoff;
    let back = world.reassign(&claimed, "ann").await.unwrap().handoff;
    assert_eq!(back.state, HandoffState::Pending);
}

async fn the_work_list_begins_with_what_is_urgent(world: World) {
    let world = a_world(world, 2).await;
    for name in ["x", "y", "z"] {
        world.accounts([account(name).employees(5_000)]).await;
        let person = lead(&format!("{name}1")).account(name).title("CTO");
        world.leads([person]).await;
    }
    world.record(meets("x1")).await;
    world.record(meets("y1")).await;
    world.pass(10);
    world.record([asks("z1").after(10)]).await;
    let handoffs = world.handoffs().await;
    let of = |name: &str| {
        let found = handoffs.iter().find(|h| h.account.as_ref().unwrap().as_str() == name);
        found.unwrap().clone()
    };
    let claimed = world.claim(&of("x"), "ann").await.unwrap().handoff;
    world.attempt(&claimed, AttemptOutcome::NoAnswer).await.unwrap();
    world.pass(5);
    world.record([asks("x1").with_id("back").kind("page_view").after(14)]).await;
    let list = async || {
        let (items, _) = world.app.work_list(world.workspace, None, 10).await.unwrap();
        let told = items.into_iter().map(|item| {
            let account = item.handoff.account.unwrap();
            format!("{} {} {}", item.urgency.name(), account, item.next_contact.unwrap())
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(list().await, ["hand_raiser z z1", "reengaged x x1", "waiting y y1"]);
    world.pass(50 * 60);
    assert_eq!(list().await[1], "due_soon y y1");
    world.pass(20 * 60);
    assert_eq!(list().await[1], "overdue y y1");
}

/// A company that is handed over a second later, for a cause.
async fn handed_over(world: &World, company: &str, cause: HandoffCause) -> HandoffRecord {
    world.pass(1);
    let [one, other] = [1, 2].map(|n| format!("{company}{n}"));
    world.accounts([account(company).employees(5_000)]).await;
    world.leads([&one, &other].map(|id| lead(id).account(company).title("CTO"))).await;
    // Long ago, it makes nobody a qualified lead; of two it makes a qualified account.
    let met = |id: &str| activity("crm", id).lead(id).kind("meeting_held").after(-days(10));
    let activities = match cause {
        HandoffCause::HandRaiser => vec![asks(&one).at(world.now())],
        HandoffCause::Account => vec![met(&one), met(&other)],
        HandoffCause::Scores | HandoffCause::Person => meets(&one),
    };
    world.record(activities).await;
    let made = world.handoffs_of(company).await.remove(0);
    assert_eq!((made.cause, made.created_at), (cause, world.now()));
    made
}

/// A work list in words.
async fn work(world: &World, owner: Option<&str>, limit: usize) -> Vec<String> {
    let (items, _) = world.app.work_list(world.workspace, owner, limit).await.unwrap();
    let told = items.into_iter().map(|item| {
        let account = item.handoff.account.unwrap();
        format!("{} {account}", item.urgency.name())
    });
    told.collect()
}

async fn what_is_most_urgent_is_told_however_little_is_asked_for(world: World) {
    use AttemptOutcome::{Answered, NoAnswer};
    use HandoffCause::{Account, HandRaiser, Scores};
    let world = world.beside(2, LIVELY).await;
    handed_over(&world, "raised", HandRaiser).await;
    handed_over(&world, "late", Scores).await;
    handed_over(&world, "late-co", Account).await;
    for (company, cause, owner, outcome) in [
        ("back", Scores, "ann", NoAnswer),
        ("tried", Scores, "ann", NoAnswer),
        ("tried-co", Account, "ann", NoAnswer),
        ("spoken-co", Account, "ben", Answered),
    ] {
        let handoff = handed_over(&world, company, cause).await;
        let claimed = world.claim(&handoff, owner).await.unwrap().handoff;
        world.attempt(&claimed, outcome).await.unwrap();
    }
    world.at(10 * 60);
    handed_over(&world, "soon", Scores).await;
    world.at(60 * 60);
    handed_over(&world, "young", Scores).await;
    handed_over(&world, "young-co", Account).await;
    world.at(64 * 60);
    world.record([asks("back1").kind("page_view").at(world.now())]).await;
    handed_over(&world, "raising", HandRaiser).await;
    world.at(65 * 60);
    let all = work(&world, None, 100).await;
    let expected = [
        "hand_raiser raised",
        "hand_raiser raising",
        "overdue late",
        "overdue late-co",
        "account_not_reached tried-co",
        "account_not_reached young-co",
        "due_soon soon",
        "reengaged back",
        "waiting tried",
        "waiting spoken-co",
        "waiting young",
    ];
    assert_eq!(all, expected);
    // What the database picks is what the list begins with, and nothing else.
    for few in 0..all.len() {
        assert_eq!(work(&world, None, few).await, all[..few]);
    }
    let but = |others: &[&str]| {
        let stays = |line: &&String| !others.iter().any(|other| line.ends_with(*other));
        all.iter().filter(stays).cloned().collect::<Vec<_>>()
    };
    for (owner, expected) in [
        ("ann", but(&[" spoken-co"])),
        ("ben", but(&[" back", " tried", " tried-co"])),
        ("", but(&[" back", " tried", " tried-co", " spoken-co"])),
    ] {
        assert_eq!(work(&world, Some(owner), 100).await, expected, "{owner}");
        assert_eq!(work(&world, Some(owner), 6).await, expected[..6], "{owner}");
    }
}

async fn nobody_is_told_to_be_contacted_who_must_not_be(world: World) {
    let world = a_world(world, 2).await;
    // Zoe suits too little to be handed over herself.
    world.leads([lead("eve").title("CEO"), lead("zoe")]).await;
    world.record([asks("ada"), asks("eve")]).await;
    let told = async || {
        let (items, _) = world.app.work_list(world.workspace, None, 10).await.unwrap();
        let mut told: Vec<(String, String)> = items
            .into_iter()
            .map(|item| {
                let lead = item.next_contact.map(|lead| lead.to_string());
                (lead.unwrap_or_default(), item.next_contact_reason)
            })
            .collect();
        told.sort_unstable();
        told
    };
    let found = told().await;
    assert_eq!((found[0].0.as_str(), found[1].0.as_str()), ("ada", "eve"));
    assert_eq!(found[1].1, "was handed over");
    world.merge_leads("zoe", &["eve"]).await.unwrap();
    assert_eq!(told().await[1], ("zoe".to_owned(), "was handed over".to_owned()));
    for id in ["ada", "bob", "zoe"] {
        let change = StageChange::Disqualify;
        world.set_stage(id, change, Actor::Marketing, "a supplier").await.unwrap();
    }
    let nobody = (String::new(), String::new());
    assert_eq!(told().await, [nobody.clone(), nobody]);
}

async fn who_is_contacted_though_nurtured_is_told(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    world.reject(&claimed, "no_timing", None).await.unwrap();
    world.record([asks("bob")]).await;
    let handoff = world.handoffs().await.into_iter().find(|found| found.state.is_open()).unwrap();
    let claimed = world.claim(&handoff, "ann").await.unwrap().handoff;
    let tried = world.attempt(&claimed, AttemptOutcome::NoAnswer).await.unwrap().handoff;
    assert_eq!((tried.attempts, tried.early_contacts), (1, 0), "bob asked for it");
    let no_answer = AttemptOutcome::NoAnswer;
    let tried = world.attempt_with(&tried, no_answer, Some("ada")).await.unwrap().handoff;
    assert_eq!((tried.attempts, tried.early_contacts), (2, 1));
    assert_eq!(world.handoff(&tried.id).await.handoff, tried);
    let told = world.handoff(&tried.id).await.events.pop().unwrap().details;
    assert!(told.contains(r#""early_contact":true"#) && told.contains("ada"), "{told}");
    world.leads([lead("eve")]).await;
    let stranger = world.attempt_with(&tried, no_answer, Some("eve")).await.unwrap_err();
    assert!(stranger.to_string().contains("lead_id"), "{stranger}");
}

async fn what_nobody_is_left_of_can_be_turned_down(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    world.set_stage("ada", StageChange::Disqualify, Actor::Marketing, "left").await.unwrap();
    assert!(world.accept(&claimed).await.is_err());
    let ended = world.reject(&claimed, "no_timing", None).await.unwrap().handoff;
    assert_eq!(ended.state, HandoffState::Rejected);
    assert_eq!(world.stage("ada").await, "lead, disqualified");
}

async fn who_is_merged_into_an_sql_is_accepted_with_it_and_takes_nothing_back(world: World) {
    for (number, accepts) in [(2, true), (3, false)] {
        let world = a_world(world.clone(), number).await;
        world.leads([lead("new").title("CTO").email("new@gmail.com")]).await;
        world.record([asks("ada")]).await;
        let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
        world.accept_knowing(&claimed, "ada").await;
        world.record([asks("new")]).await;
        let again = world.handoffs().await.into_iter().find(|found| found.state.is_open()).unwrap();
        let again = world.claim(&again, "ann").await.unwrap().handoff;
        world.merge_leads("ada", &["new"]).await.unwrap();
        match accepts {
            true => drop(world.accept(&again).await.unwrap()),
            false => drop(world.reject(&again, "no_timing", None).await.unwrap()),
        }
        assert_eq!(world.stage("ada").await, "sql");
    }
}

async fn a_date_to_nurture_until_is_ahead_and_not_too_far(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    let now = world.now();
    for (reason, until) in [
        ("no_timing", now),
        ("no_timing", now + days(1_095) + 1),
        ("student_or_job_seeker", now + days(30)),
    ] {
        let refused = world.reject(&claimed, reason, Some(until)).await.unwrap_err();
        assert!(
            matches!(&refused, AppError::Invalid(found) if found[0].field == "nurture_until"),
            "{reason}: {refused}"
        );
    }
    assert_eq!(world.the_handoff().await, claimed);
    world.reject(&claimed, "no_timing", Some(now + days(1_095))).await.unwrap();
}
