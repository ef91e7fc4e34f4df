//! Whose turn it is, and who has enough.

use std::collections::BTreeMap;

use abm_tests::{World, account, both_engines, lead};

use super::{a_world, asks};

both_engines!(
    replicas_give_nobody_too_much_and_keep_the_turns,
    the_turn_goes_on_after_many_at_once,
);

async fn people(world: &World, number: usize) -> Vec<String> {
    let ids: Vec<String> = (0..number).map(|n| format!("p{n}")).collect();
    world.accounts((0..number).map(|n| account(&format!("c{n}")).employees(5_000))).await;
    let new = |n: usize| lead(&format!("p{n}")).account(&format!("c{n}")).title("CTO");
    world.leads((0..number).map(new)).await;
    ids
}

async fn given(world: &World) -> BTreeMap<String, usize> {
    let mut given = BTreeMap::new();
    for handoff in world.handoffs().await {
        let to = if handoff.owner.is_empty() { handoff.queue } else { handoff.owner };
        *given.entry(to).or_default() += 1;
    }
    given
}

async fn replicas_give_nobody_too_much_and_keep_the_turns(world: World) {
    let world = a_world(world, 2).await;
    world
        .put_policy(
            "name: team\nowners: [{id: amy, team: us}, {id: bea, team: us}, \
             {id: cleo, team: us, capacity: 3}]\nroutes: [{name: all, to: {team: us}}]\n",
        )
        .await;
    let ids = people(&world, 25).await;
    let replicas = [world.clone(), world.replica().await];
    let all = ids.into_iter().enumerate().map(|(n, id)| {
        let world = replicas[n % replicas.len()].clone();
        tokio::spawn(async move { world.record([asks(&id)]).await })
    });
    for one in all.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    let given = given(&world).await;
    // Cleo has enough after three turns; the others go on in turn.
    assert_eq!(given, BTreeMap::from([("amy".into(), 11), ("bea".into(), 11), ("cleo".into(), 3)]));
}

async fn the_turn_goes_on_after_many_at_once(world: World) {
    let world = a_world(world, 2).await;
    world
        .put_policy(
            "name: team\nowners: [{id: amy, team: us}, {id: bea, team: us}, \
             {id: cleo, team: us}]\nroutes: [{name: all, to: {team: us}}]\n",
        )
        .await;
    let ids = people(&world, 12).await;
    for some in ids.chunks(4) {
        world.record(some.iter().map(|id| asks(id))).await;
    }
    assert!(given(&world).await.values().all(|given| *given == 4));
}
