//! The clock of handoffs.

use std::collections::BTreeSet;

use abm_app::{Grouped, Period};
use abm_core::LeadId;
use abm_core::handoff::{AttemptOutcome, HandoffState};
use abm_learn::feedback::{Dimension, GroupBy};
use abm_store::Lock;
use abm_tests::{HOUR, START, World, account, activity, both_engines, days, lead, lively};

use super::{a_world, asks, meets};

both_engines!(
    whoever_is_late_is_warned_and_relieved_at_their_second,
    who_has_tried_is_left_in_peace,
    what_nobody_decides_on_is_given_up_at_its_second,
    an_answer_begins_the_period_anew,
    working_time_is_what_counts,
    a_service_that_was_down_writes_the_same_history,
    a_new_policy_leaves_the_clock_of_what_is_there,
    whoever_gets_what_is_late_does_not_answer_for_it,
    whose_nurturing_is_over_is_judged_by_the_rules_in_force,
    a_date_that_is_another_one_by_now_is_not_ended,
    what_is_wrong_with_one_handoff_holds_up_no_other,
    what_is_wrong_with_one_account_holds_up_no_other_nurturing,
    what_is_wrong_with_one_account_holds_up_no_other_that_qualifies,
);

const POLICY: &str = r"
name: clocked
owners: [{id: ann}]
routes: [{name: all, to: {owner: ann}}]
sla: [{name: hour, minutes: 60}]
warn_percent: 75
escalate_to: {queue: managers}
escalate_percent: 200
give_up_days: 10
nurture_days: 20
";

async fn events(world: &World, id: &str) -> Vec<(String, i64)> {
    let found = world.handoff(id).await;
    let start = found.handoff.created_at.secs();
    found.events.into_iter().map(|event| (event.what, event.at.secs() - start)).collect()
}

fn told(events: &[(String, i64)]) -> Vec<(&str, i64)> {
    events.iter().map(|(what, at)| (what.as_str(), *at)).collect()
}

async fn whoever_is_late_is_warned_and_relieved_at_their_second(world: World) {
    let world = a_world(world, 2).await;
    world.put_policy(POLICY).await;
    world.record([asks("ada")]).await;
    let handoff = world.the_handoff().await;
    for (passed, expected) in [(45 * 60 - 1, 1), (1, 2), (75 * 60 - 1, 2), (1, 3)] {
        world.pass(passed);
        world.apply_handoffs().await;
        assert_eq!(events(&world, &handoff.id).await.len(), expected, "after {passed} more");
    }
    let found = events(&world, &handoff.id).await;
    assert_eq!(told(&found), [("created", 0), ("warned", 45 * 60), ("escalated", 2 * HOUR)]);
    let late = world.the_handoff().await;
    assert_eq!((late.owner.as_str(), late.queue.as_str()), ("", "managers"));
    assert_eq!(late.state, HandoffState::Pending);
}

async fn who_has_tried_is_left_in_peace(world: World) {
    let world = a_world(world, 2).await;
    world.put_policy(POLICY).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    let tried = world.attempt(&claimed, AttemptOutcome::NoAnswer).await.unwrap().handoff;
    world.pass(days(5));
    world.apply_handoffs().await;
    assert_eq!(world.the_handoff().await, tried);
}

async fn what_nobody_decides_on_is_given_up_at_its_second(world: World) {
    let world = a_world(world, 2).await;
    world.put_policy(POLICY).await;
    world.record([asks("ada")]).await;
    world.pass(days(10) - 1);
    world.apply_handoffs().await;
    assert_eq!(world.the_handoff().await.state, HandoffState::Pending);
    assert_eq!(world.stage("ada").await, "mql");
    world.pass(days(3));
    world.apply_handoffs().await;
    let ended = world.the_handoff().await;
    let end = ended.end.clone().unwrap();
    assert_eq!(ended.state, HandoffState::Expired, "nobody had claimed it");
    assert_eq!(end.at, ended.created_at + days(10), "however late it was found");
    assert_eq!(end.nurture_until, Some(end.at + days(20)));
    assert_eq!(world.stage("ada").await, "lead, recycled");
    assert_eq!(world.standing("ada").await.lifecycle.since, end.at);
    assert_eq!(world.moves("ada").await[1], "recycle to lead by time");
}

async fn an_answer_begins_the_period_anew(world: World) {
    let world = a_world(world, 2).await;
    world.put_policy(POLICY).await;
    world.record(meets("ada")).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    world.pass(days(9));
    let tried = world.attempt(&claimed, AttemptOutcome::Answered).await.unwrap().handoff;
    world.pass(days(9));
    world.apply_handoffs().await;
    assert_eq!(world.the_handoff().await, tried);
    world.pass(days(1));
    world.apply_handoffs().await;
    assert_eq!(world.the_handoff().await.state, HandoffState::Recycled);
}

async fn working_time_is_what_counts(world: World) {
    let world = a_world(world, 2).await;
    // It is a Monday, one o'clock in the morning in Berlin.
    let policy = POLICY.replace(
        "owners: [{id: ann}]",
        "calendars: [{name: office, time_zone: Europe/Berlin, hours: {mon: [\"09:00-17:00\"]}}]\n\
         owners: [{id: ann, calendar: office}]",
    );
    world.put_policy(&policy).await;
    world.record([asks("ada")]).await;
    let handoff = world.the_handoff().await;
    assert_eq!(handoff.clock.due_at, START + 9 * HOUR, "an hour after the office opens");
}

async fn a_service_that_was_down_writes_the_same_history(world: World) {
    let mut told_of = Vec::new();
    for (number, step) in [(2, 60), (3, days(40))] {
        let world = a_world(world.clone(), number).await;
        world.put_policy(POLICY).await;
        world.record([asks("ada")]).await;
        let mut passed = 0;
        while passed < days(11) {
            // Minutes while something happens, then days.
            let next = if passed < 3 * HOUR { step } else { step.max(days(1)) };
            world.pass(next);
            passed += next;
            world.apply_handoffs().await;
        }
        let handoff = world.handoffs().await.pop().unwrap();
        told_of.push((events(&world, &handoff.id).await, world.moves("ada").await[..2].to_vec()));
    }
    assert_eq!(told_of[0], told_of[1]);
}

async fn a_new_policy_leaves_the_clock_of_what_is_there(world: World) {
    let world = a_world(world, 2).await;
    world.put_policy(POLICY).await;
    world.record([asks("ada")]).await;
    let handoff = world.the_handoff().await;
    world.put_policy("name: other\ngive_up_days: 3\nnurture_days: 1\n").await;
    world.pass(2 * HOUR);
    world.apply_handoffs().await;
    assert_eq!(world.the_handoff().await.queue, "managers");
    world.pass(days(10) - 2 * HOUR - 1);
    world.apply_handoffs().await;
    assert!(world.the_handoff().await.state.is_open());
    world.pass(1);
    world.apply_handoffs().await;
    let end = world.handoff(&handoff.id).await.handoff.end.unwrap();
    assert_eq!(end.nurture_until, Some(world.now() + days(20)));
}

async fn whoever_gets_what_is_late_does_not_answer_for_it(world: World) {
    let world = a_world(world, 2).await;
    world.put_policy(&POLICY.replace("{queue: managers}", "{owner: ann}")).await;
    world.record([asks("ada")]).await;
    let handoff = world.the_handoff().await;
    world.pass(2 * HOUR);
    world.apply_handoffs().await;
    let found = events(&world, &handoff.id).await;
    assert_eq!(found.last().unwrap().0, "overdue", "it is hers already");
    let world = a_world(world, 3).await;
    world.put_policy(POLICY).await;
    world.record([asks("ada")]).await;
    world.pass(2 * HOUR);
    world.apply_handoffs().await;
    assert_eq!(world.the_handoff().await.owner, "");
    let question = Grouped {
        by: GroupBy::Key(Dimension::Owner),
        period: Period::default(),
        origin: String::new(),
    };
    let (found, _) = world.app.service_levels(world.workspace, &question).await.unwrap();
    assert_eq!((found[0].group.to_string().as_str(), found[0].never), ("ann", 1));
}

async fn whose_nurturing_is_over_is_judged_by_the_rules_in_force(world: World) {
    let world = a_world(world, 2).await;
    world.leads([lead("eve").title("CEO")]).await;
    world.record([asks("eve")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    let until = world.now() + days(20);
    world.reject(&claimed, "no_budget", Some(until)).await.unwrap();
    world.pass(days(18));
    // They count nothing when they come.
    let talk = |n: i64| activity("crm", &n.to_string()).kind("talk_held").at(world.now() - days(n));
    world.record((0..3).map(|n| talk(n).lead("eve"))).await;
    world.publish(&lively("meeting_held", "talk_held")).await;
    world.pass(days(2));
    world.apply_handoffs().await;
    assert_eq!(world.stage("eve").await, "mql");
    assert_eq!(world.handoffs().await.len(), 2);
}

async fn a_date_that_is_another_one_by_now_is_not_ended(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    let until = world.now() + days(20);
    world.reject(&claimed, "no_budget", Some(until)).await.unwrap();
    let ada = || [LeadId::new("ada").unwrap()];
    let begun = world.app.store().begin(world.workspace, Lock::Shared).await;
    let (tx, _) = begun.unwrap().unwrap();
    assert_eq!(tx.end_nurturing(ada(), until - 1).await.unwrap(), BTreeSet::new());
    assert_eq!(tx.end_nurturing(ada(), until).await.unwrap(), BTreeSet::from(ada()));
    assert_eq!(tx.end_nurturing(ada(), until).await.unwrap(), BTreeSet::new());
    tx.roll_back().await.unwrap();
}

/// Another company with an officer, beside the one that is there.
async fn beside(world: &World) {
    world.accounts([account("ibm").employees(5_000)]).await;
    world.leads([lead("eve").account("ibm").title("CTO")]).await;
}

/// Changes what is stored of `sap` to what cannot be, or back.
async fn spoil(world: &World, change: &str) {
    let sql = world.sql().await;
    let of = "workspace_id = 2 AND account_id = 'sap'";
    sql.execute(&format!("UPDATE account_state SET fit = fit {change} WHERE {of}")).await;
}

async fn what_is_wrong_with_one_handoff_holds_up_no_other(world: World) {
    let world = a_world(world, 2).await;
    beside(&world).await;
    world.put_policy(POLICY).await;
    world.record([asks("ada"), asks("eve")]).await;
    let sql = world.sql().await;
    let policy = async |change: &str| {
        let of = "WHERE account_id = 'sap'";
        sql.execute(&format!("UPDATE handoff SET policy_version = policy_version {change} {of}"))
            .await;
    };
    let warned = "SELECT COUNT(*) FROM handoff_event WHERE what = 'warned'";
    policy("+ 90").await;
    world.pass(45 * 60);
    world.apply_handoffs().await;
    assert_eq!(sql.numbers(warned).await, [[1]]);
    policy("- 90").await;
    world.pass(60);
    world.apply_handoffs().await;
    for handoff in world.handoffs().await {
        let found = events(&world, &handoff.id).await;
        assert_eq!(told(&found), [("created", 0), ("warned", 45 * 60)]);
    }
}

async fn what_is_wrong_with_one_account_holds_up_no_other_nurturing(world: World) {
    let world = a_world(world, 2).await;
    beside(&world).await;
    world.put_policy(POLICY).await;
    world.record([asks("ada"), asks("eve")]).await;
    let until = world.now() + days(20);
    for handoff in world.handoffs().await {
        let claimed = world.claim(&handoff, "ann").await.unwrap().handoff;
        world.reject(&claimed, "no_budget", Some(until)).await.unwrap();
    }
    let sql = world.sql().await;
    let nurtured = "SELECT COUNT(*) FROM lead_lifecycle WHERE nurture_until IS NOT NULL";
    world.pass(days(20));
    for (change, left) in [("+ 101", 1), ("- 101", 0)] {
        spoil(&world, change).await;
        world.apply_handoffs().await;
        assert_eq!(sql.numbers(nurtured).await, [[left]]);
    }
}

async fn what_is_wrong_with_one_account_holds_up_no_other_that_qualifies(world: World) {
    let world = a_world(world, 2).await;
    beside(&world).await;
    let strict = lively("engagement: 45}", "engagement: 99}")
        .replace("engaged_people: 2}\nmql", "engaged_people: 50}\nmql");
    world.publish(&strict).await;
    world.record(["ada", "eve"].into_iter().flat_map(meets)).await;
    world.publish(&strict.replace("engagement: 99}", "engagement: 45}")).await;
    for (change, made) in [("+ 101", 1), ("- 101", 2)] {
        spoil(&world, change).await;
        world.apply_handoffs().await;
        assert_eq!(world.handoffs().await.len(), made);
    }
}
