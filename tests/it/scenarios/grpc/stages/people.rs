//! What people make of leads: with SetStage, and by ending a handoff.

use abm_app::Role;
use abm_client::Client;
use abm_core::lifecycle::Actor;
use abm_tests::{World, both_engines};

use super::{TRIES, aimed_at};
use crate::scenarios::files::policy;
use crate::scenarios::files::stages::{Need, Place, Stages, Step};
use crate::scenarios::files::ways::pairs;
use crate::scenarios::grpc::acts::Doing;
use crate::scenarios::grpc::bring::Someone;
use crate::scenarios::grpc::calls::{disqualify, recycle, to};
use crate::scenarios::grpc::desk::{Answer, Desk, Refusal, expect_forbidden};

both_engines!(people_move_leads_as_the_table_says, who_is_neither_moves_nobody);

const PEOPLE: [Actor; 3] = [Actor::Marketing, Actor::Sales, Actor::Admin];

/// What is to come of a try that the table does not list.
enum Told {
    /// Such callers may not ask.
    Denied,
    /// It is forbidden in these words.
    Forbidden(String),
    /// The call asks for another move, which is theirs to make.
    Another(Step),
}

/// Asks for a move on the way that comes nearest to it.
async fn ask(desk: &Desk, client: &Client, step: Step, place: Place, someone: &Someone) -> Answer {
    match step {
        Step::Accept if place.owes_a_decision() => {
            desk.act(client, &someone.handoff, Doing::Accept).await
        }
        Step::Recycle if place.owes_a_decision() => {
            desk.act(client, &someone.handoff, Doing::Reject("not_now", None)).await
        }
        _ => set(desk, client, step, someone, reason(step)).await,
    }
}

/// Asks for a move, or for the stage that it leads to, with SetStage.
async fn set(desk: &Desk, client: &Client, step: Step, someone: &Someone, reason: &str) -> Answer {
    let request = match step {
        Step::Disqualify => disqualify(),
        Step::Recycle => recycle(),
        _ => to(aimed_at(step)),
    };
    desk.set(client, &someone.lead, request, reason).await
}

/// A reason, with all moves but those which no reason is asked for: without one, to be a lead is
/// to be identified and not reinstated.
const fn reason(step: Step) -> &'static str {
    match step {
        Step::Identify | Step::Qualify | Step::Advocate => "",
        _ => "they say so",
    }
}

/// What is to come of a try that the table does not list.
fn told(stages: &Stages, step: Step, actor: Actor, place: Place) -> Told {
    let words = |asked: Step, has: &[Need]| match stages.way(asked, actor, place, has) {
        Ok(_) => Told::Another(asked),
        Err(words) => Told::Forbidden(words),
    };
    match step {
        // The calls of handoffs are for sales.
        Step::Accept | Step::Recycle if place.owes_a_decision() => Told::Denied,
        Step::Accept => Told::Forbidden(stages.lacks(step, Need::ClaimedHandoff)),
        Step::UnderWay => Told::Forbidden(stages.not_by_hand("opportunity")),
        Step::Won => Told::Forbidden(stages.not_by_hand("customer")),
        Step::Gone => Told::Forbidden(stages.not_by_hand("subscriber")),
        // Both are to be a lead, from different places.
        Step::Identify if place != Place::Subscriber => words(Step::Reinstate, &[]),
        Step::Reinstate if place == Place::Subscriber => words(Step::Identify, Need::ALL),
        _ => words(step, Need::ALL),
    }
}

async fn people_move_leads_as_the_table_says(world: World) {
    let (desk, stages) = (Desk::open(&world, 2, &policy()).await, Stages::read());
    let (mut tried, mut moved, mut lacking, mut another) = (0, 0, 0, 0);
    for &place in Place::ALL {
        let unmoved = desk.bring(&stages, place).await;
        for (&step, &actor) in pairs(Step::ALL, &PEOPLE) {
            tried += 1;
            let client = desk.as_actor(actor);
            let what = format!("{step} by {} from {place}", actor.name());
            if let Ok(way) = stages.way(step, actor, place, Need::ALL) {
                moved += 1;
                let someone = desk.bring(&stages, place).await;
                for &need in &way.needs {
                    lacking += 1;
                    lacks(&desk, &stages, client, (step, need), place, &someone).await;
                    assert_eq!(desk.place(&stages, &someone.lead).await, place, "{what}: {need}");
                }
                if way.needs.contains(&Need::Known) {
                    desk.find_out_the_need(client, &someone.lead).await.unwrap();
                }
                assert_eq!(ask(&desk, client, step, place, &someone).await, Ok(()), "{what}");
                let lead = &someone.lead;
                desk.expect_moved(&stages, lead, (place, way.to), (step, actor)).await;
                continue;
            }
            match told(&stages, step, actor, place) {
                Told::Denied => {
                    let answer = ask(&desk, client, step, place, &unmoved).await;
                    assert_eq!(answer, Err(Refusal::Denied), "{what}");
                    let around = set(&desk, client, step, &unmoved, reason(step)).await;
                    let words = match step {
                        Step::Accept => stages.lacks(step, Need::ClaimedHandoff),
                        _ => stages.way(step, actor, place, Need::ALL).unwrap_err(),
                    };
                    expect_forbidden(&around, &words, &what);
                }
                Told::Forbidden(words) => {
                    let answer = ask(&desk, client, step, place, &unmoved).await;
                    expect_forbidden(&answer, &words, &what);
                }
                Told::Another(other) => {
                    another += 1;
                    let someone = desk.bring(&stages, place).await;
                    assert_eq!(ask(&desk, client, step, place, &someone).await, Ok(()), "{what}");
                    let to = stages.way(other, actor, place, Need::ALL).unwrap().to;
                    let lead = &someone.lead;
                    desk.expect_moved(&stages, lead, (place, to), (other, actor)).await;
                }
            }
            assert_eq!(desk.place(&stages, &unmoved.lead).await, place, "{what}");
        }
    }
    assert_eq!((tried, moved, lacking, another), (3 * TRIES, 60, 50, 2));
    desk.close().await;
}

/// Asks for a move without something that it needs.
async fn lacks(
    desk: &Desk,
    stages: &Stages,
    client: &Client,
    (step, need): (Step, Need),
    place: Place,
    someone: &Someone,
) {
    let answer = match need {
        Need::Reason => set(desk, client, step, someone, "").await,
        // What SetStage asks for is no end of a handoff.
        Need::ClaimedHandoff => set(desk, client, step, someone, reason(step)).await,
        // Nobody has written it down yet.
        Need::Known => ask(desk, client, step, place, someone).await,
        Need::RaisedHand => panic!("people need no raised hand"),
    };
    expect_forbidden(&answer, &stages.lacks(step, need), &format!("{step} without {need}"));
}

async fn who_is_neither_moves_nobody(world: World) {
    let (desk, stages) = (Desk::open(&world, 2, &policy()).await, Stages::read());
    let mut tried = 0;
    for &place in Place::ALL {
        let someone = desk.bring(&stages, place).await;
        for (&step, &role) in pairs(Step::ALL, &[Role::Ingest, Role::Planner]) {
            tried += 1;
            let answer = ask(&desk, desk.as_role(role), step, place, &someone).await;
            assert_eq!(answer, Err(Refusal::Denied), "{step} by {role:?} from {place}");
        }
        assert_eq!(desk.place(&stages, &someone.lead).await, place);
    }
    assert_eq!(tried, 2 * TRIES);
    desk.close().await;
}
