//! The stages of leads: declared, set by hand, told by opportunities.

use abm_app::StageChange;
use abm_core::Stage;
use abm_core::lifecycle::Actor;
use abm_tests::{World, both_engines, days, lead, opportunity};

use super::{a_world, asks};

both_engines!(
    a_lead_begins_where_its_caller_says_and_moves_by_its_paths_alone,
    opportunities_move_their_leads_in_any_order,
    who_loses_an_opportunity_is_recycled,
    no_call_makes_an_sql_but_the_acceptance_of_a_handoff,
);

async fn a_lead_begins_where_its_caller_says_and_moves_by_its_paths_alone(world: World) {
    let world = a_world(world, 2).await;
    let since = world.now() - days(30);
    world.leads([lead("old").stage(Stage::Mql).stage_at(since), lead("new")]).await;
    assert_eq!(world.stage("old").await, "mql");
    let standing = world.standing("old").await.lifecycle;
    assert_eq!((standing.mql_at, standing.since), (Some(since), since));
    assert_eq!(world.moves("old").await, ["declared to mql by import"]);
    // What the caller's system says later is kept, and is no way around.
    world.leads([lead("old").stage(Stage::Sql), lead("new").stage(Stage::Sql)]).await;
    assert_eq!(world.person("new").await.0.profile.stage, Some(Stage::Sql));
    assert_eq!((world.stage("old").await, world.stage("new").await), ("mql".into(), "lead".into()));
    // Somebody who was seen before anybody sent them is new to their caller.
    world.record([abm_tests::activity("web", "1").lead("seen").kind("page_view")]).await;
    world.leads([lead("seen").stage(Stage::Subscriber)]).await;
    assert_eq!(world.stage("seen").await, "subscriber");
    let moved = world.set_stage("seen", StageChange::To(Stage::Lead), Actor::Marketing, "").await;
    assert_eq!(moved.unwrap(), Stage::Lead);
}

async fn opportunities_move_their_leads_in_any_order(world: World) {
    let mut told = Vec::new();
    for (number, late) in [(2, false), (3, true)] {
        let world = a_world(world.clone(), number).await;
        let people = || [lead("eve").stage(Stage::Mql)];
        if !late {
            world.leads(people()).await;
        }
        world
            .opportunities([
                opportunity("a").person("eve", None),
                opportunity("b").person("eve", None),
            ])
            .await;
        if late {
            world.leads(people()).await;
        }
        assert_eq!(world.stage("eve").await, "opportunity");
        world.opportunities([opportunity("a").person("eve", None).won(-60)]).await;
        assert_eq!(world.stage("eve").await, "customer");
        // It was a mistake.
        world.opportunities([opportunity("a").person("eve", None)]).await;
        assert_eq!(world.stage("eve").await, "opportunity");
        world.opportunities([opportunity("a").person("eve", None).won(-60)]).await;
        told.push((
            world.stage("eve").await,
            world.standing("eve").await.lifecycle.mql_at.is_some(),
        ));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], ("customer".to_owned(), true));
}

async fn who_loses_an_opportunity_is_recycled(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    world.opportunities([opportunity("a").person("ada", None)]).await;
    assert_eq!(world.stage("ada").await, "opportunity");
    world.opportunities([opportunity("a").person("ada", None).lost("price")]).await;
    assert_eq!(world.stage("ada").await, "lead, recycled");
    assert_eq!(world.moves("ada").await.last().unwrap(), "recycle to lead by opportunity");
}

async fn no_call_makes_an_sql_but_the_acceptance_of_a_handoff(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    for actor in Actor::ALL {
        for stage in [Stage::Sql, Stage::Opportunity, Stage::Customer, Stage::Subscriber] {
            let set = world.set_stage("ada", StageChange::To(stage), *actor, "because").await;
            assert!(set.is_err(), "{actor:?} {stage:?}");
        }
    }
    assert_eq!(world.moves("ada").await, ["qualify to mql by rule"]);
}
