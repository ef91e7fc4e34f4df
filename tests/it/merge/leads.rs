//! Leads that are the same person.

use abm_app::{
    Adjusted, Cause, LeadRecord, OpportunityFilter, Retraction, ScoreKind, UpsertOutcome,
};
use abm_core::{ActivityKey, LeadId, OpportunityId};
use abm_store::ActivitySubject;
use abm_tests::{
    LIVELY, START, World, account, activity, both_engines, days, lead, note, opportunity,
};

use super::{listed, repeated};

both_engines!(
    what_was_sent_for_merged_leads_counts_for_the_survivor_before_and_after,
    a_split_gives_back_what_each_was_sent,
    a_chain_of_merges_is_undone_link_by_link,
    what_callers_send_of_a_merged_lead_is_kept_for_the_split,
    the_employer_follows_from_the_activities_of_all_who_are_merged,
    activities_of_merged_leads_are_listed_and_explained_as_the_survivors,
    activities_of_merged_leads_are_taken_back_like_others,
    people_of_opportunities_count_for_the_survivor,
    a_merge_sent_again_is_done_once,
    the_timeline_and_the_record_tell_who_merged_and_why,
    leads_that_only_activities_name_come_and_go,
    a_lead_that_was_sent_is_found_as_its_survivor_whatever_becomes_of_that,
);

fn id(lead: &str) -> LeadId {
    LeadId::new(lead).unwrap()
}

fn row(id: &str, lead: &str) -> abm_tests::AnActivity {
    activity("web", id).lead(lead)
}

fn one(activity: &str) -> Retraction {
    Retraction::Places(vec![(START, ActivityKey::new("web", activity).unwrap())])
}

async fn profiles(world: &World) {
    world.accounts([account("sap").employees(5_000), account("ibm").domain("ibm.com")]).await;
    world.leads([lead("ada").account("sap").title("CTO"), lead("a.l").email("ada@ibm.com")]).await;
}

async fn what_was_sent_for_merged_leads_counts_for_the_survivor_before_and_after(world: World) {
    // As if all had been sent for one, and there had never been another.
    let one = world.beside(2, LIVELY).await;
    one.accounts([account("sap").employees(5_000), account("ibm").domain("ibm.com")]).await;
    one.leads([lead("ada").account("sap").title("CTO")]).await;
    one.at(10);
    one.record([row("1", "ada"), row("2", "ada").after(-60), row("3", "ada").after(5)]).await;
    let expected = one.digest().await;
    let counted = one.person("ada").await.1;
    for (workspace, after) in (3..).zip([0, 1, 2, 3]) {
        let world = world.beside(workspace, LIVELY).await;
        profiles(&world).await;
        world.at(10);
        let rows = [row("1", "a.l"), row("2", "ada").after(-60), row("3", "a.l").after(5)];
        let (before, later) = rows.split_at(after);
        world.record(before.to_vec()).await;
        world.merge_leads("ada", &["a.l"]).await.unwrap();
        world.record(later.to_vec()).await;
        assert_eq!(world.digest().await, expected, "{after} before");
        // Under either id it is the survivor.
        for id in ["ada", "a.l"] {
            let (found, score) = world.person(id).await;
            assert_eq!((found.id.as_str(), &score), ("ada", &counted));
        }
        assert_eq!(world.view("ibm").await.scores.people, 0);
        assert_eq!(world.record(rows.to_vec()).await.len(), 3);
        assert_eq!(world.digest().await, expected, "sent again they are duplicates");
    }
}

async fn a_split_gives_back_what_each_was_sent(world: World) {
    let apart = world.beside(2, LIVELY).await;
    let merged = world.beside(3, LIVELY).await;
    for world in [&apart, &merged] {
        profiles(world).await;
        world.at(10);
        world.record([row("1", "ada"), row("2", "a.l").after(-60)]).await;
    }
    merged.merge_leads("ada", &["a.l"]).await.unwrap();
    for world in [&apart, &merged] {
        world.record([row("3", "a.l").after(-5), row("4", "ada").after(-7)]).await;
        world.record([row("5", "a.l").email("z@free.org").after(-8)]).await;
    }
    assert_ne!(merged.digest().await, apart.digest().await);
    merged.split_lead("a.l").await.unwrap();
    assert_eq!(merged.digest().await, apart.digest().await);
    for id in ["ada", "a.l"] {
        assert_eq!(merged.person(id).await, apart.person(id).await, "{id}");
    }
    merged.record([row("6", "a.l"), row("7", "ada")]).await;
    apart.record([row("6", "a.l"), row("7", "ada")]).await;
    assert_eq!(merged.digest().await, apart.digest().await);
}

async fn a_chain_of_merges_is_undone_link_by_link(world: World) {
    let names = ["a", "b", "c", "d"];
    world.record(names.map(|name| row(name, name))).await;
    let apart = world.digest().await;
    world.merge_leads("b", &["a"]).await.unwrap();
    let of_two = world.digest().await;
    world.merge_leads("c", &["b"]).await.unwrap();
    let of_three = world.digest().await;
    world.merge_leads("d", &["c"]).await.unwrap();
    assert_eq!(world.person("a").await.0.id, id("d"));
    // Who is merged into somebody merged is merged into their survivor, and is there already.
    world.merge_leads("a", &["b", "c"]).await.unwrap();
    world.record(names.map(|name| row(&format!("{name}2"), name))).await;
    world.split_lead("c").await.unwrap();
    let places = names.map(|name| (START, ActivityKey::new("web", format!("{name}2")).unwrap()));
    let retraction = Retraction::Places(places.into());
    world.retract(retraction).await;
    assert_eq!(world.digest().await, of_three, "b and a went with c");
    world.split_lead("b").await.unwrap();
    assert_eq!(world.digest().await, of_two);
    assert_eq!(world.person("a").await.0.id, id("b"));
    world.split_lead("a").await.unwrap();
    assert_eq!(world.digest().await, apart);
}

async fn what_callers_send_of_a_merged_lead_is_kept_for_the_split(world: World) {
    use UpsertOutcome::{Created, Unchanged, Updated};
    profiles(&world).await;
    world.record([row("1", "seen")]).await;
    world.merge_leads("ada", &["a.l", "seen"]).await.unwrap();
    let before = world.digest().await;
    let newer = || [lead("a.l").email("new@sap.com").account("ibm"), lead("seen").title("CEO")];
    assert_eq!(world.leads(newer()).await, [Updated, Created]);
    assert_eq!(world.leads(newer()).await, [Unchanged, Unchanged]);
    assert_eq!(world.digest().await, before, "no score depends on it");
    assert_eq!(world.person("a.l").await.0.profile.title, "CTO");
    world.split_lead("a.l").await.unwrap();
    world.split_lead("seen").await.unwrap();
    assert_eq!(world.employer("a.l").await, "ibm");
    let (LeadRecord { profile, known, .. }, _) = world.person("seen").await;
    assert_eq!((profile.title.as_str(), known), ("CEO", true));
    world.digest().await;
}

async fn the_employer_follows_from_the_activities_of_all_who_are_merged(world: World) {
    world.at(10);
    world.record([row("1", "ada").email("z@sap.com"), row("2", "bob").email("a@ibm.com")]).await;
    world.record([row("3", "cyd").account("x").after(-9), row("4", "dan").account("y")]).await;
    world.merge_leads("ada", &["bob"]).await.unwrap();
    world.merge_leads("cyd", &["dan"]).await.unwrap();
    assert_eq!(
        (world.employer("ada").await, world.employer("cyd").await),
        ("ibm.com".into(), "y".into())
    );
    assert_eq!(world.account_ids().await, ["ibm.com", "y"], "nothing names the others any more");
    world.digest().await;
    world.split_lead("bob").await.unwrap();
    world.split_lead("dan").await.unwrap();
    assert_eq!(
        (world.employer("ada").await, world.employer("cyd").await),
        ("sap.com".into(), "x".into())
    );
    assert_eq!(world.account_ids().await, ["ibm.com", "sap.com", "x", "y"]);
    world.digest().await;
}

async fn activities_of_merged_leads_are_listed_and_explained_as_the_survivors(world: World) {
    profiles(&world).await;
    world.record([row("1", "ada"), row("2", "a.l")]).await;
    world.merge_leads("ada", &["a.l"]).await.unwrap();
    world.record([row("3", "a.l").after(-1)]).await;
    for of in ["ada", "a.l"] {
        let found = listed(&world, ActivitySubject::Lead(id(of))).await;
        let told: Vec<_> = found
            .iter()
            .map(|seen| {
                let (stored, sent) = (&seen.stored, seen.stored.sent_lead.as_ref());
                (stored.activity.key.activity_id.as_str(), sent.map(LeadId::as_str))
            })
            .collect();
        assert_eq!(told, [("2", Some("a.l")), ("1", None), ("3", Some("a.l"))]);
        assert!(found.iter().all(|seen| seen.stored.activity.lead == Some(id("ada"))));
    }
    let opened = world.explain("sap", ScoreKind::Engagement, None).await;
    let activities = &opened.people[&id("ada")].activities;
    assert_eq!(activities.values().map(std::collections::VecDeque::len).sum::<usize>(), 3);
    world.explained().await;
}

async fn activities_of_merged_leads_are_taken_back_like_others(world: World) {
    profiles(&world).await;
    world.record([row("1", "ada")]).await;
    world.merge_leads("ada", &["a.l"]).await.unwrap();
    let before = world.digest().await;
    let back = async || world.retract(one("2")).await;
    world.record([row("2", "a.l")]).await;
    let done = back().await;
    assert_eq!(done.leads.keys().map(LeadId::as_str).collect::<Vec<_>>(), ["ada"]);
    assert_eq!(world.digest().await, before);
    world.record([row("2", "a.l")]).await;
    world.split_lead("a.l").await.unwrap();
    assert_eq!(world.person("a.l").await.1.last_activity, None, "it stays away");
    world.digest().await;
}

async fn people_of_opportunities_count_for_the_survivor(world: World) {
    profiles(&world).await;
    world.opportunities([opportunity("o").person("a.l", None).person("cyd", None)]).await;
    world.merge_leads("ada", &["a.l"]).await.unwrap();
    let stored = async || {
        let id = OpportunityId::new("o").unwrap();
        world.app.opportunity(world.workspace, &id).await.unwrap().0
    };
    let found = stored().await;
    assert!(found.opportunity.people.contains_key(&id("a.l")), "as it was sent");
    assert_eq!(found.people_survivors, [(id("a.l"), id("ada"))].into());
    let all = OpportunityFilter::default();
    let all = world.app.opportunities(world.workspace, &all, None, 9).await.unwrap().0;
    assert_eq!(all, [found]);
    world.split_lead("a.l").await.unwrap();
    assert!(stored().await.people_survivors.is_empty());
}

async fn a_merge_sent_again_is_done_once(world: World) {
    profiles(&world).await;
    let merge = |content: &'static str| {
        let (survivor, others) = (id("ada"), vec![id("a.l")]);
        world.app.merge_leads(world.workspace, repeated(content), survivor, others, note("same"))
    };
    merge("one").await.unwrap();
    world.split_lead("a.l").await.unwrap();
    let before = world.digest().await;
    merge("one").await.unwrap();
    assert_eq!(world.digest().await, before, "it was not done again");
    let reused = merge("two").await;
    assert!(matches!(reused, Err(abm_app::AppError::IdReused { kind: "request_id", .. })));
}

async fn the_timeline_and_the_record_tell_who_merged_and_why(world: World) {
    profiles(&world).await;
    world.record([row("1", "ada"), row("2", "a.l")]).await;
    world.pass(days(1));
    world.merge_leads("ada", &["a.l"]).await.unwrap();
    for account in ["sap", "ibm"] {
        let timeline = world.timeline(account).await;
        assert_eq!(timeline.last().unwrap().cause, Cause::Merge, "{account}");
    }
    world.pass(days(1));
    world.split_lead("a.l").await.unwrap();
    for of in ["ada", "a.l"] {
        let history = world.app.history_of(world.workspace, &id(of)).await.unwrap();
        let told: Vec<_> = history
            .adjustments
            .iter()
            .map(|a| {
                (a.id.as_str(), a.what, a.value.as_str(), a.at, a.by.as_str(), a.reason.as_str())
            })
            .collect();
        let (first, second) = (START + days(1), START + days(2));
        let split = ("a.l", Adjusted::Split, "ada", second, "olga", "another person");
        let merge = ("a.l", Adjusted::Merge, "ada", first, "olga", "the same person");
        assert_eq!(told, [split, merge]);
        assert!(history.merged.is_empty());
    }
}

async fn leads_that_only_activities_name_come_and_go(world: World) {
    let back = async |id| world.retract(one(id)).await;
    world.record([row("1", "ada").email("a@x.com"), row("2", "bob").email("b@y.com")]).await;
    world.merge_leads("ada", &["bob"]).await.unwrap();
    back("1").await;
    back("2").await;
    assert_eq!(world.account_ids().await, [""; 0]);
    assert!(world.app.lead(world.workspace, &id("bob")).await.is_err());
    // What comes later for one of them is the survivor's all the same.
    world.record([row("3", "bob").email("b@y.com")]).await;
    assert_eq!(
        (world.employer("bob").await, world.person("bob").await.0.id),
        ("y.com".into(), id("ada"))
    );
    back("3").await;
    world.split_lead("bob").await.unwrap();
    let left = "SELECT (SELECT COUNT(*) FROM lead), (SELECT COUNT(*) FROM lead_state), \
                (SELECT COUNT(*) FROM lead_alias), (SELECT COUNT(*) FROM account), \
                (SELECT CAST(SUM(merged_leads) AS BIGINT) FROM workspace)";
    assert_eq!(world.sql().await.numbers(left).await, [[0, 0, 0, 0, 0]]);
    world.digest().await;
}

async fn a_lead_that_was_sent_is_found_as_its_survivor_whatever_becomes_of_that(world: World) {
    world.record([row("1", "seen").email("a@x.com")]).await;
    world.leads([lead("a.l").title("CTO")]).await;
    world.merge_leads("seen", &["a.l"]).await.unwrap();
    world.retract(one("1")).await;
    for of in ["seen", "a.l"] {
        assert_eq!(world.person(of).await.0.id, id("seen"));
    }
    assert_eq!(world.account_ids().await, [""; 0]);
    world.digest().await;
    world.split_lead("a.l").await.unwrap();
    assert_eq!(world.person("a.l").await.0.profile.title, "CTO");
    assert!(world.app.lead(world.workspace, &id("seen")).await.is_err(), "nothing names it");
    // One that is gone because nobody was sent comes back with who is.
    world.record([row("2", "x"), row("3", "y")]).await;
    world.merge_leads("x", &["y"]).await.unwrap();
    world.retract(one("2")).await;
    world.retract(one("3")).await;
    assert!(world.app.lead(world.workspace, &id("y")).await.is_err());
    assert_eq!(world.leads([lead("y").title("CEO")]).await, [UpsertOutcome::Created]);
    assert_eq!(world.person("y").await.0.id, id("x"));
    world.digest().await;
}
