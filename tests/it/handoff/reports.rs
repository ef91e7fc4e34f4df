//! What reports tell of handoffs.

use abm_app::{Grouped, HandoffRecord, Period};
use abm_core::handoff::{AttemptOutcome, HandoffCause, Packet};
use abm_learn::feedback::clock::Service;
use abm_learn::feedback::rules::Standing;
use abm_learn::feedback::{Dimension, GroupBy};
use abm_tests::{HOUR, World, account, activity, both_engines, days, lead, lively, opportunity};

use super::{a_world, a_world_of_accounts, asks, meets};

both_engines!(
    the_rule_that_brings_what_sales_turns_down_is_named_first,
    every_rule_that_gave_points_stands_behind_a_handoff,
    what_made_an_account_qualify_stands_behind_its_handoff,
    the_funnel_counts_each_lead_once_with_its_lags,
    the_time_allowed_is_told_by_group,
    what_is_turned_down_for_good_has_a_persona_that_can_be_published,
    a_period_is_looked_back_on_by_what_says_most,
    who_buys_without_an_account_counts_as_sold,
);

const ALL: Period = Period { from: None, until: None };

fn grouped(by: GroupBy) -> Grouped {
    Grouped { by, period: ALL, origin: "origin".into() }
}

/// A company with an officer who has just asked to be called.
async fn someone_asks(world: &World, n: usize, title: &str) -> HandoffRecord {
    let (company, person) = (format!("c{n}"), format!("p{n}"));
    world.accounts([account(&company).employees(5_000)]).await;
    world.leads([lead(&person).account(&company).title(title)]).await;
    let campaign = if n.is_multiple_of(2) { "fair" } else { "" };
    world.record([asks(&person).campaign(campaign).at(world.now())]).await;
    world.handoffs_of(&company).await.remove(0)
}

async fn the_rule_that_brings_what_sales_turns_down_is_named_first(world: World) {
    let world = a_world(world, 2).await;
    // Half asks for a demonstration, half has met somebody; of these sales turns down most.
    for n in 0..60 {
        let (company, person) = (format!("c{n}"), format!("p{n}"));
        let met = n % 2 == 0;
        world.accounts([account(&company).employees(5_000)]).await;
        world.leads([lead(&person).account(&company).title("CTO")]).await;
        world.record(if met { meets(&person) } else { vec![asks(&person)] }).await;
        let handoff = world.handoffs_of(&company).await.remove(0);
        let claimed = world.claim(&handoff, "ann").await.unwrap().handoff;
        let turned_down = if met { n % 10 != 0 } else { n % 10 == 1 };
        if turned_down {
            world.reject(&claimed, "not_a_fit", None).await.unwrap();
        } else {
            world.accept_knowing(&claimed, &person).await;
        }
    }
    let (found, _) = world.app.rule_report(world.workspace, ALL).await.unwrap();
    assert_eq!((found.all.handoffs, found.all.rejected, found.all.accepted), (60, 30, 30));
    let first = &found.rules[0];
    assert_eq!((first.rule.as_str(), &first.standing), ("meeting", &Standing::Bad));
    assert_eq!((first.outcomes.handoffs, first.outcomes.rejected), (30, 24));
    assert_eq!(first.reasons[0].reason, "not_a_fit");
    let others = found.rules.iter().skip(1);
    assert!(others.clone().all(|rule| rule.standing != Standing::Bad), "{others:?}");
    assert!(
        found.rules.iter().any(|rule| rule.rule == "decides"),
        "rules of fit stand behind it too"
    );
    let none = Period { from: Some(world.now() + 1), until: None };
    assert_eq!(world.app.rule_report(world.workspace, none).await.unwrap().0.all.handoffs, 0);
}

/// The rules that stand behind handoffs, by name.
async fn rules(world: &World) -> Vec<String> {
    let (found, _) = world.app.rule_report(world.workspace, ALL).await.unwrap();
    let mut rules: Vec<String> = found.rules.into_iter().map(|rule| rule.rule).collect();
    rules.sort_unstable();
    rules
}

async fn every_rule_that_gave_points_stands_behind_a_handoff(world: World) {
    let rule =
        |n: i32| format!("  - {{name: small {n}, when: 'lead.title != \"{n}\"', points: 1}}\n");
    let more: String = (1..=6).map(rule).collect();
    let model = lively("\nlead_fit:\n", &format!("\nlead_fit:\n{more}"));
    let world = world.beside(2, &model).await;
    world.accounts([account("sap").employees(5_000)]).await;
    world.leads([lead("ada").account("sap").title("CTO")]).await;
    world.record([asks("ada")]).await;
    let handoff = world.the_handoff().await;
    let packet: Packet = serde_json::from_str(&handoff.packet).unwrap();
    assert_eq!(packet.people[0].fit_lines.len(), 5, "so many are read");
    let large = ["at a large company", "decides", "demo", "has a title", "large"];
    let small = ["small 1", "small 2", "small 3", "small 4", "small 5", "small 6"];
    assert_eq!(packet.evidence, [&large[..], &small[..]].concat());
    assert_eq!(rules(&world).await, packet.evidence);
    // A packet from before this was kept knows the lines alone.
    let mut old: serde_json::Value = serde_json::from_str(&handoff.packet).unwrap();
    old.as_object_mut().unwrap().remove("evidence");
    let sql = format!("UPDATE handoff SET packet = '{old}' WHERE workspace_id = 2");
    world.sql().await.execute(&sql).await;
    assert_eq!(rules(&world).await, [&large[..], &small[..2]].concat());
}

async fn what_made_an_account_qualify_stands_behind_its_handoff(world: World) {
    let world = a_world_of_accounts(world).await;
    world.leads([lead("eve").account("sap").title("Analyst")]).await;
    world.record([activity("web", "v").lead("eve").kind("page_view")]).await;
    world.record(meets("ada").into_iter().chain(meets("bob"))).await;
    let handoff = world.the_handoff().await;
    assert_eq!((handoff.cause, &handoff.lead), (HandoffCause::Account, &None));
    let packet: Packet = serde_json::from_str(&handoff.packet).unwrap();
    assert_eq!(packet.people.len(), 3);
    let expected = ["at a large company", "decides", "has a title", "large", "meeting"];
    assert_eq!(packet.evidence, expected, "who has seen a page once is not engaged");
    assert_eq!(rules(&world).await, expected);
}

async fn the_funnel_counts_each_lead_once_with_its_lags(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    world.pass(days(2));
    world.accept_knowing(&claimed, "ada").await;
    let won = |id: &str, at| opportunity(id).account("sap").person("ada", None).won(at);
    world.opportunities([won("late", days(30)), won("early", days(10))]).await;
    let question = grouped(GroupBy::Month);
    let (cohorts, _) = world.app.funnel(world.workspace, &question).await.unwrap();
    let [cohort] = &cohorts[..] else { panic!("{cohorts:?}") };
    assert_eq!(cohort.group.to_string(), "2026-03");
    assert_eq!((cohort.mqls, cohort.sqls, cohort.opportunities, cohort.won), (1, 1, 1, 1));
    assert_eq!(cohort.to_sql.days.unwrap().median, 2.0);
    assert_eq!(cohort.to_won.days.unwrap().median, 10.0, "the first sale counts");
    let period = Period { from: Some(world.now()), until: None };
    let later = Grouped { period, ..question };
    assert!(world.app.funnel(world.workspace, &later).await.unwrap().0.is_empty());
}

async fn the_time_allowed_is_told_by_group(world: World) {
    let world = a_world(world, 2).await;
    let policy = r#"
name: office
calendars: [{name: office, time_zone: Europe/Berlin, hours: {mon: ["09:00-17:00"], tue: ["09:00-17:00"]}}]
owners: [{id: ann, calendar: office}, {id: ben}]
routes:
  - {name: even, when: lead.title.contains("Officer"), to: {owner: ann}}
  - {name: odd, to: {owner: ben}}
sla: [{name: two hours, minutes: 120}]
"#;
    world.put_policy(policy).await;
    // It is Monday, one o'clock at night: for Ann the clock begins at nine.
    let mut handoffs = Vec::new();
    for n in 0..6 {
        let title = if n % 2 == 0 { "CTO, Officer" } else { "CTO" };
        let made = someone_asks(&world, n, title).await;
        let owner = made.owner.clone();
        handoffs.push(world.claim(&made, &owner).await.unwrap().handoff);
    }
    world.pass(HOUR);
    world.attempt(&handoffs[1], AttemptOutcome::NoAnswer).await.unwrap();
    world.pass(2 * HOUR);
    world.attempt(&handoffs[3], AttemptOutcome::NoAnswer).await.unwrap();
    // Half past nine in Berlin.
    world.at(8 * HOUR + HOUR / 2);
    world.attempt(&handoffs[0], AttemptOutcome::NoAnswer).await.unwrap();
    world.reject(&handoffs[2], "not_a_fit", None).await.unwrap();
    let told = async |by| {
        let found = world.app.service_levels(world.workspace, &grouped(by)).await.unwrap().0;
        let line = |s: &Service| {
            let tried = s.to_try.map_or(-1.0, |tried| tried.median);
            (s.group.to_string(), [s.within, s.late, s.never, s.not_due], tried)
        };
        found.iter().map(line).collect::<Vec<_>>()
    };
    let by_owner = told(GroupBy::Key(Dimension::Owner)).await;
    assert_eq!(
        by_owner,
        [
            ("ann".to_owned(), [2, 0, 0, 1], 1_800.0),
            ("ben".to_owned(), [1, 1, 1, 0], 2.0 * HOUR as f64),
        ]
    );
    let by_campaign = told(GroupBy::Key(Dimension::Campaign)).await;
    let groups: Vec<&str> = by_campaign.iter().map(|(group, ..)| group.as_str()).collect();
    assert_eq!(groups, ["fair", "(unknown)"]);
}

async fn what_is_turned_down_for_good_has_a_persona_that_can_be_published(world: World) {
    let world = a_world(world, 2).await;
    for n in 0..70 {
        let interns = n % 2 == 0;
        let made = someone_asks(&world, n, if interns { "CTO Intern" } else { "CTO" }).await;
        let claimed = world.claim(&made, "ann").await.unwrap().handoff;
        if interns {
            world.reject(&claimed, "student_or_job_seeker", None).await.unwrap();
        } else {
            world.accept_knowing(&claimed, &format!("p{n}")).await;
        }
        if n == 40 {
            let found = world.app.negative_persona(world.workspace, ALL, vec![]).await.unwrap();
            assert_eq!(found.handoffs, 41);
            assert!(found.found.is_err() && found.draft.is_empty(), "there are too few");
        }
    }
    let found = world.app.negative_persona(world.workspace, ALL, vec![]).await.unwrap();
    let traits = found.found.unwrap();
    assert_eq!(traits[0].field.expression(), "lead.title");
    assert_eq!(traits[0].attribute.to_string(), "cto intern");
    assert_eq!((traits[0].permanent.hits, traits[0].others.hits), (35, 0));
    let fit = world.person("p0").await.1.fit.score;
    world.publish(&found.draft).await;
    assert!(world.person("p0").await.1.fit.score < fit, "the draft counts against them");
    assert_eq!(world.person("p1").await.1.fit.score, fit, "and against nobody else");
    // Once it is in force there is nothing new to draft.
    let again = world.app.negative_persona(world.workspace, ALL, vec![]).await.unwrap();
    assert_eq!((again.found.unwrap().len(), again.draft.as_str()), (traits.len(), ""));
    for called in ["lead.title", "title"] {
        let without = vec![called.to_owned()];
        let found = world.app.negative_persona(world.workspace, ALL, without).await.unwrap();
        assert!(found.found.unwrap().is_empty());
    }
}

async fn a_period_is_looked_back_on_by_what_says_most(world: World) {
    let world = a_world(world, 2).await;
    let mut made = Vec::new();
    for n in 0..5 {
        let handoff = someone_asks(&world, n, "CTO").await;
        made.push(world.claim(&handoff, "ann").await.unwrap().handoff);
    }
    world.accept_knowing(&made[0], "p0").await;
    world.accept_knowing(&made[1], "p1").await;
    world.opportunities([opportunity("o").account("c1").won(-60)]).await;
    world.reject(&made[2], "no_timing", None).await.unwrap();
    world.reject(&made[3], "not_a_fit", None).await.unwrap();
    world.pass(days(43));
    world.apply_handoffs().await;
    let (pack, _) = world.app.review_pack(world.workspace, ALL, 5).await.unwrap();
    let ids = |list: &[abm_app::ReviewedHandoff]| {
        list.iter().map(|found| found.handoff.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&pack.good), [made[1].id.clone(), made[0].id.clone()]);
    assert_eq!(ids(&pack.bad), [made[3].id.clone(), made[2].id.clone()]);
    assert_eq!(ids(&pack.missed), [made[4].id.clone()]);
    assert!(pack.good[0].won && !pack.good[1].won);
    assert_eq!(pack.bad[0].reasons[0], "p3: demo once");
    let (pack, _) = world.app.review_pack(world.workspace, ALL, 1).await.unwrap();
    assert_eq!((pack.good.len(), pack.bad.len(), pack.missed.len()), (1, 1, 1));
}

async fn who_buys_without_an_account_counts_as_sold(world: World) {
    let world = a_world(world, 2).await;
    world.leads([lead("eve").title("CEO").email("eve@gmail.com")]).await;
    world.record([asks("eve")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    assert_eq!(claimed.account, None);
    world.accept_knowing(&claimed, "eve").await;
    let sold = async || {
        let (rules, _) = world.app.rule_report(world.workspace, ALL).await.unwrap();
        let (pack, _) = world.app.review_pack(world.workspace, ALL, 5).await.unwrap();
        (rules.all.won, pack.good[0].won)
    };
    assert_eq!(sold().await, (0, false));
    world.opportunities([opportunity("o").person("eve", None).won(60)]).await;
    assert_eq!(sold().await, (1, true));
}
