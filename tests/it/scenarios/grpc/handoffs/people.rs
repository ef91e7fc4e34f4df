//! What people do with handoffs.

use abm_app::Role;
use abm_client::v1;
use abm_core::handoff::HandoffState;
use abm_core::lifecycle::Actor;
use abm_tests::{World, both_engines};

use super::TRIES;
use crate::scenarios::files::handoffs::{Deed, Handoffs, Need};
use crate::scenarios::files::policy;
use crate::scenarios::files::stages::Stages;
use crate::scenarios::grpc::acts::Doing;
use crate::scenarios::grpc::desk::{Desk, Refusal, expect_forbidden};

both_engines!(people_do_with_handoffs_what_the_table_says, who_is_neither_does_nothing);

/// The call for an act, by or for Ann. Nobody can give up by hand; to turn down for such a reason
/// comes nearest to it.
const fn doing(deed: Deed) -> Doing<'static> {
    match deed {
        Deed::Claim => Doing::Claim("ann"),
        Deed::Attempt => Doing::Attempt(v1::AttemptOutcome::Answered),
        Deed::Accept => Doing::Accept,
        Deed::RejectForNow => Doing::Reject("not_now", None),
        Deed::RejectForGood => Doing::Reject("wrong_person", None),
        Deed::Reassign => Doing::Reassign("ben"),
        Deed::GiveUp => Doing::Reject("given_up", None),
    }
}

async fn people_do_with_handoffs_what_the_table_says(world: World) {
    let (desk, stages, table) =
        (Desk::open(&world, 2, &policy()).await, Stages::read(), Handoffs::read());
    let (mut tried, mut done, mut lacking) = (0, 0, 0);
    for &from in HandoffState::ALL {
        let unmoved = desk.bring_handoff(from).await;
        let before = desk.standing(&stages, &unmoved).await;
        for &deed in Deed::ALL {
            for actor in [Actor::Marketing, Actor::Sales, Actor::Admin] {
                tried += 1;
                let client = desk.as_actor(actor);
                let what = format!("{deed} by {} when {}", actor.name(), from.name());
                let told = match table.way(deed, actor, from, "ann", Need::ALL) {
                    Err(told) => told,
                    Ok(way) => {
                        done += 1;
                        let someone = desk.bring_handoff(from).await;
                        let (lead, id) = (&someone.lead, &someone.handoff);
                        if way.needs.contains(&Need::FreeForThem) {
                            lacking += 1;
                            desk.act(client, id, Doing::Reassign("ben")).await.unwrap();
                            let answer = desk.act(client, id, doing(deed)).await;
                            let words = table.lacks(Need::FreeForThem, "ben");
                            expect_forbidden(&answer, &words, &what);
                            desk.act(client, id, Doing::Enqueue("inbox")).await.unwrap();
                        }
                        if deed == Deed::Accept {
                            desk.find_out_the_need(client, lead).await.unwrap();
                        }
                        assert_eq!(desk.act(client, id, doing(deed)).await, Ok(()), "{what}");
                        let both = (&stages, &table);
                        desk.expect_done(both, &someone, way.to, (deed, actor)).await;
                        continue;
                    }
                };
                let answer = desk.act(client, &unmoved.handoff, doing(deed)).await;
                match (actor, deed) {
                    (Actor::Marketing, _) => assert_eq!(answer, Err(Refusal::Denied), "{what}"),
                    (_, Deed::GiveUp) => {
                        let is_no_reason = matches!(&answer, Err(Refusal::Invalid(message))
                            if message.contains("is none of the policy's"));
                        assert!(is_no_reason, "{what}: {answer:?}");
                    }
                    _ => expect_forbidden(&answer, &told, &what),
                }
                desk.expect_unmoved(&stages, &unmoved, &before, &what).await;
            }
        }
    }
    assert_eq!((tried, done, lacking), (3 * TRIES, 24, 2));
    desk.close().await;
}

async fn who_is_neither_does_nothing(world: World) {
    let (desk, stages) = (Desk::open(&world, 2, &policy()).await, Stages::read());
    let mut tried = 0;
    for &from in HandoffState::ALL {
        let someone = desk.bring_handoff(from).await;
        let before = desk.standing(&stages, &someone).await;
        for &deed in Deed::ALL {
            for role in [Role::Ingest, Role::Planner] {
                tried += 1;
                let answer = desk.act(desk.as_role(role), &someone.handoff, doing(deed)).await;
                assert_eq!(answer, Err(Refusal::Denied), "{deed} by {role:?}");
            }
        }
        desk.expect_unmoved(&stages, &someone, &before, "who is neither").await;
    }
    assert_eq!(tried, 2 * TRIES);
    desk.close().await;
}
