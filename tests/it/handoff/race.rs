//! Of many who want the same handoff, one gets it.

use abm_app::AppError;
use abm_tests::{World, both_engines, cases, created};

use super::{a_world, asks};

both_engines!(of_many_claimers_one_wins_and_the_others_are_told);

const CLAIMERS: usize = 64;

async fn of_many_claimers_one_wins_and_the_others_are_told(world: World) {
    let world = a_world(world, 2).await;
    // In a process of its own each, as replicas are.
    let replicas = [world.clone(), world.replica().await];
    let rounds = cases(if world.database.url().starts_with("postgres") { 40 } else { 10 });
    for round in 0..rounds {
        let (company, person) = (format!("c{round}"), format!("p{round}"));
        world.accounts([abm_tests::account(&company).employees(5_000)]).await;
        world.leads([abm_tests::lead(&person).account(&company).title("CTO")]).await;
        assert_eq!(world.record([asks(&person)]).await, created(1));
        let handoff = world.handoffs_of(&company).await.remove(0);
        let claims = (0..CLAIMERS).map(|claimer| {
            let world = replicas[claimer % replicas.len()].clone();
            let (handoff, owner) = (handoff.clone(), format!("claimer {claimer}"));
            tokio::spawn(async move { (world.claim(&handoff, &owner).await, owner) })
        });
        let mut winners = Vec::new();
        for claim in claims.collect::<Vec<_>>() {
            match claim.await.unwrap() {
                (Ok(given), owner) => winners.push((given.handoff.owner, owner)),
                (Err(AppError::EtagMismatch { current, .. }), _) => assert_eq!(current, "2"),
                (Err(error), _) => panic!("{error}"),
            }
        }
        assert_eq!(winners.len(), 1, "round {round}");
        let now = world.handoff(&handoff.id).await;
        assert_eq!((&now.handoff.owner, &winners[0].0), (&winners[0].1, &winners[0].1));
        assert_eq!(now.events.len(), 2);
    }
}
