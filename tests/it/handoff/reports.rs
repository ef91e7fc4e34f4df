//! What reports tell of handoffs.

use abm_app::{FunnelQuestion, Period};
use abm_learn::feedback::GroupBy;
use abm_learn::feedback::rules::Standing;
use abm_tests::{World, account, both_engines, days, lead, opportunity};

use super::{a_world, asks, meets};

both_engines!(
    the_rule_that_brings_what_sales_turns_down_is_named_first,
    the_funnel_counts_each_lead_once_with_its_lags,
);

const ALL: Period = Period { from: None, until: None };

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

async fn the_funnel_counts_each_lead_once_with_its_lags(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    world.pass(days(2));
    world.accept_knowing(&claimed, "ada").await;
    let won = |id: &str, at| opportunity(id).account("sap").person("ada", None).won(at);
    world.opportunities([won("late", days(30)), won("early", days(10))]).await;
    let question = FunnelQuestion { by: GroupBy::Month, period: ALL, origin: "origin".into() };
    let (cohorts, _) = world.app.funnel(world.workspace, &question).await.unwrap();
    let [cohort] = &cohorts[..] else { panic!("{cohorts:?}") };
    assert_eq!(cohort.group.to_string(), "2026-03");
    assert_eq!((cohort.mqls, cohort.sqls, cohort.opportunities, cohort.won), (1, 1, 1, 1));
    assert_eq!(cohort.to_sql.days.unwrap().median, 2.0);
    assert_eq!(cohort.to_won.days.unwrap().median, 10.0, "the first sale counts");
    let period = Period { from: Some(world.now()), until: None };
    let later = FunnelQuestion { period, ..question };
    assert!(world.app.funnel(world.workspace, &later).await.unwrap().0.is_empty());
}
