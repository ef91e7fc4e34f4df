//! The stages of leads: declared, set by hand, told by opportunities.

use abm_app::StageChange;
use abm_core::Stage;
use abm_core::handoff::HandoffCause;
use abm_core::lifecycle::Actor;
use abm_tests::{World, account, both_engines, days, lead, opportunity};

use super::{a_world, asks, meets};

both_engines!(
    a_lead_begins_where_its_caller_says_and_moves_by_its_paths_alone,
    opportunities_move_their_leads_in_any_order,
    who_loses_an_opportunity_is_recycled,
    a_loss_counts_when_it_is_one_of_now,
    who_is_given_up_meanwhile_goes_on_in_the_same_handoff,
    no_call_makes_an_sql_but_the_acceptance_of_a_handoff,
    sales_gives_an_sql_back_with_a_reason_and_a_date,
    who_is_qualified_by_hand_has_an_owner_and_a_clock,
    an_account_stands_where_its_people_and_opportunities_stand,
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

async fn a_loss_counts_when_it_is_one_of_now(world: World) {
    let world = a_world(world, 2).await;
    let people = ["new", "old", "out"];
    world.leads(people.map(|id| lead(id).stage(Stage::Sql))).await;
    // Lost as it comes; lost before sales had them; lost once, and no part of another one any more.
    world.opportunities([opportunity("a").person("new", None).lost("price")]).await;
    let long_ago = opportunity("b").person("old", None).lost("price").closed(-days(400));
    world.opportunities([long_ago]).await;
    let lost = opportunity("c").person("out", None).lost("price").closed(-days(400));
    world.opportunities([lost, opportunity("d").person("out", None)]).await;
    world.opportunities([opportunity("d").person("new", None)]).await;
    assert_eq!(world.stage("new").await, "opportunity");
    world.opportunities([opportunity("d")]).await;
    assert_eq!(world.stage("new").await, "lead, recycled");
    assert_eq!((world.stage("old").await, world.stage("out").await), ("sql".into(), "sql".into()));
}

async fn who_is_given_up_meanwhile_goes_on_in_the_same_handoff(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada"), asks("bob")]).await;
    let handoff = world.the_handoff().await;
    world.set_stage("ada", StageChange::Disqualify, Actor::Marketing, "a namesake").await.unwrap();
    let back = StageChange::To(Stage::Lead);
    world.set_stage("ada", back, Actor::Marketing, "it was her after all").await.unwrap();
    world.opportunities([opportunity("a").person("bob", None)]).await;
    world.opportunities([opportunity("a").person("bob", None).lost("price")]).await;
    assert_eq!(world.stage("bob").await, "lead, recycled");
    world.pass(60);
    let again = |id: &str| asks(id).with_id(&format!("{id}-again")).after(60);
    world.record([again("ada"), again("bob")]).await;
    for id in ["ada", "bob"] {
        assert_eq!(world.stage(id).await, "mql", "{id}");
    }
    assert_eq!(world.the_handoff().await.id, handoff.id);
    assert_eq!(world.handoff(&handoff.id).await.leads.len(), 2);
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

async fn sales_gives_an_sql_back_with_a_reason_and_a_date(world: World) {
    let world = a_world(world, 2).await;
    world.record([asks("ada")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    let back = StageChange::Recycle { nurture_until: Some(world.now() + days(60)) };
    let refused = world.set_stage("ada", back, Actor::Sales, "too early").await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the lead cannot be recycled without a handoff that is claimed",
        "an MQL is given back by its handoff"
    );
    world.accept_knowing(&claimed, "ada").await;
    assert!(world.set_stage("ada", back, Actor::Sales, "").await.is_err(), "it needs a reason");
    assert!(world.set_stage("ada", back, Actor::Marketing, "too early").await.is_err());
    world.set_stage("ada", back, Actor::Sales, "too early").await.unwrap();
    assert_eq!(world.stage("ada").await, "lead, recycled");
    world.record(meets("ada")).await;
    assert_eq!(world.stage("ada").await, "lead, recycled", "it is given time");
    let until = world.standing("ada").await.lifecycle.lifecycle.nurture_until;
    assert_eq!(until, Some(world.now() + days(60)));
}

async fn an_account_stands_where_its_people_and_opportunities_stand(world: World) {
    let world = a_world(world, 2).await;
    let stands = async || {
        let (live, then) =
            (world.view("sap").await, world.view_at("sap", Some(world.now()), None).await);
        assert_eq!((live.stage, &live.handoff), (then.stage, &then.handoff));
        live.stage.unwrap()
    };
    assert_eq!(stands().await, Stage::Lead);
    world.leads([lead("sub").account("sap").stage(Stage::Subscriber)]).await;
    world.record([asks("ada")]).await;
    assert_eq!(stands().await, Stage::Mql);
    let view = world.view("sap").await;
    let handoff = world.the_handoff().await;
    assert_eq!(view.handoff.as_ref(), Some(&handoff));
    let stage = |id: &str| {
        let found = view.people.iter().find(|person| person.lead.as_str() == id);
        found.unwrap().lifecycle.stage()
    };
    assert_eq!(
        (stage("ada"), stage("bob"), stage("sub")),
        (Stage::Mql, Stage::Lead, Stage::Subscriber)
    );
    let claimed = world.claim(&handoff, "ann").await.unwrap().handoff;
    world.accept_knowing(&claimed, "ada").await;
    assert_eq!((stands().await, world.view("sap").await.handoff), (Stage::Sql, None));
    world.opportunities([opportunity("o").account("sap")]).await;
    assert_eq!(stands().await, Stage::Opportunity);
    world.opportunities([opportunity("o").account("sap").won(-60)]).await;
    assert_eq!(stands().await, Stage::Customer);
    world.accounts([account("empty")]).await;
    assert_eq!(world.view("empty").await.stage, None);
}

async fn who_is_qualified_by_hand_has_an_owner_and_a_clock(world: World) {
    let world = a_world(world, 2).await;
    let mql = StageChange::To(Stage::Mql);
    assert!(world.set_stage("ada", mql, Actor::Sales, "").await.is_err());
    assert_eq!(world.handoffs().await, [], "nothing is half done");
    world.set_stage("ada", mql, Actor::Marketing, "met at the fair").await.unwrap();
    let handoff = world.the_handoff().await;
    assert_eq!((handoff.cause, handoff.queue.as_str()), (HandoffCause::Person, "inbox"));
    world.set_stage("bob", mql, Actor::Marketing, "").await.unwrap();
    let found = world.handoff(&handoff.id).await;
    let leads: Vec<&str> = found.leads.iter().map(|lead| lead.lead.as_str()).collect();
    assert_eq!(leads, ["ada", "bob"]);
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    world.accept_knowing(&claimed, "ada").await;
    assert_eq!((world.stage("ada").await, world.stage("bob").await), ("sql".into(), "sql".into()));
}
