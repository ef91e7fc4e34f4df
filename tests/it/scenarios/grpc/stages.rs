//! Every move from everywhere, tried with the calls that there are: on behalf of people, of the
//! rule, of time, of opportunities and of other systems. Where no call asks for a move, the nearest
//! way around is tried. Whom nothing moves stands where they stood.

mod people;

use abm_client::v1;
use abm_core::lifecycle::Actor;
use abm_tests::{World, both_engines, days};

use super::bring::{GIVE_UP_DAYS, Someone};
use super::desk::Desk;
use crate::scenarios::files::policy;
use crate::scenarios::files::stages::{Need, Place, Stages, Step};

both_engines!(
    the_rule_qualifies_whom_the_table_says,
    time_moves_whom_the_table_says,
    opportunities_move_whom_the_table_says,
    what_other_systems_say_moves_nobody,
);

/// Moves times places: what is tried for each actor.
const TRIES: usize = 11 * 13;

impl Desk {
    /// Expects that a lead has come to a place on a move, if it is another place than before.
    async fn expect_moved(
        &self,
        stages: &Stages,
        lead: &str,
        (from, to): (Place, Place),
        (step, actor): (Step, Actor),
    ) {
        let what = format!("{step} by {} from {from}", actor.name());
        assert_eq!(self.place(stages, lead).await, to, "{what}");
        if from != to {
            let made = (step.of_core().0.name().to_owned(), actor.name().to_owned());
            assert_eq!(self.latest_move(lead).await, Some(made), "{what}");
        }
    }
}

async fn the_rule_qualifies_whom_the_table_says(world: World) {
    let (desk, stages) = (Desk::open(&world, 2, &policy()).await, Stages::read());
    let (mut tried, mut moved, mut lacking) = (0, 0, 0);
    for &place in Place::ALL {
        let unmoved = desk.bring(&stages, place).await;
        for &step in Step::ALL {
            tried += 1;
            let Ok(way) = stages.way(step, Actor::Rule, place, Need::ALL) else {
                // There is nothing that the rule could be asked for but to qualify.
                match step {
                    Step::Qualify => desk.ask(&unmoved.lead).await,
                    _ => desk.read(&unmoved.lead).await,
                }
                assert_eq!(desk.place(&stages, &unmoved.lead).await, place, "{step} by the rule");
                continue;
            };
            assert_eq!(step, Step::Qualify, "the rule asks for nothing else");
            moved += 1;
            let Someone { lead, .. } = desk.bring(&stages, place).await;
            for need in &way.needs {
                lacking += 1;
                assert_eq!(*need, Need::RaisedHand, "the rule has nothing else");
                desk.meet(&lead).await;
                assert_eq!(desk.place(&stages, &lead).await, place, "without {need}");
            }
            match way.needs.is_empty() {
                true => desk.meet(&lead).await,
                false => desk.ask(&lead).await,
            }
            desk.expect_moved(&stages, &lead, (place, way.to), (step, Actor::Rule)).await;
        }
    }
    assert_eq!((tried, moved, lacking), (TRIES, 4, 1));
    desk.close().await;
}

async fn time_moves_whom_the_table_says(world: World) {
    let (mut desk, stages) = (Desk::open(&world, 2, &policy()).await, Stages::read());
    let (mut tried, mut moved) = (0, 0);
    for &place in Place::ALL {
        desk.renew().await;
        let unmoved = desk.bring(&stages, place).await;
        // A handoff ends at its time, and what time does then is tried below.
        let passes = if place.owes_a_decision() { 60 } else { days(GIVE_UP_DAYS) };
        for &step in Step::ALL {
            tried += 1;
            if stages.way(step, Actor::Time, place, Need::ALL).is_err() {
                if (step, place) == (Step::Recycle, Place::Sql) {
                    // What ends now is the handoff of a duplicate.
                    let duplicate = desk.bring(&stages, Place::Mql).await.lead;
                    desk.merge(&duplicate, &unmoved.lead).await;
                }
                desk.pass(passes).await;
                assert_eq!(desk.place(&stages, &unmoved.lead).await, place, "{step} by time");
            }
        }
        for &step in Step::ALL {
            let Ok(way) = stages.way(step, Actor::Time, place, Need::ALL) else { continue };
            moved += 1;
            let Someone { lead, .. } = desk.bring(&stages, place).await;
            desk.pass(days(GIVE_UP_DAYS)).await;
            desk.expect_moved(&stages, &lead, (place, way.to), (step, Actor::Time)).await;
        }
    }
    assert_eq!((tried, moved), (TRIES, 3));
    desk.close().await;
}

async fn opportunities_move_whom_the_table_says(world: World) {
    let (desk, stages) = (Desk::open(&world, 2, &policy()).await, Stages::read());
    let (mut tried, mut moved, mut never_asked) = (0, 0, 0);
    for &place in Place::ALL {
        let unmoved = desk.bring(&stages, place).await;
        for &step in Step::ALL {
            tried += 1;
            let way = stages.way(step, Actor::Opportunity, place, Need::ALL);
            let someone = match way {
                Ok(_) => &desk.bring(&stages, place).await,
                Err(_) => &unmoved,
            };
            tell(&desk, step, someone).await;
            let lead = &someone.lead;
            match way {
                Ok(way) if way.never_asked.is_none() => {
                    moved += 1;
                    let made = (step, Actor::Opportunity);
                    desk.expect_moved(&stages, lead, (place, way.to), made).await;
                }
                other => {
                    never_asked += usize::from(other.is_ok());
                    assert_eq!(desk.place(&stages, lead).await, place, "{step}");
                }
            }
        }
    }
    assert_eq!((tried, moved, never_asked), (TRIES, 41, 2));
    desk.close().await;
}

/// Has an opportunity of somebody say what makes a move. One that is lost without having been
/// known says nothing.
async fn tell(desk: &Desk, step: Step, someone: &Someone) {
    use v1::OpportunityState::{Lost, Open, Won};
    let (lead, deal, further) =
        (Some(someone.lead.as_str()), someone.deal(), someone.further_deal());
    match step {
        Step::UnderWay => desk.tell(&deal, lead, Open).await,
        Step::Won => desk.tell(&deal, lead, Won).await,
        Step::Gone => desk.tell(&deal, None, Open).await,
        Step::Recycle => {
            desk.tell(&further, lead, Open).await;
            desk.tell(&further, lead, Lost).await;
        }
        _ => desk.tell_of_an_old_loss(&further, &someone.lead).await,
    }
}

async fn what_other_systems_say_moves_nobody(world: World) {
    let (desk, stages) = (Desk::open(&world, 2, &policy()).await, Stages::read());
    let mut tried = 0;
    for &place in Place::ALL {
        let someone = desk.bring(&stages, place).await;
        for &step in Step::ALL {
            tried += 1;
            assert!(stages.way(step, Actor::Import, place, Need::ALL).is_err(), "{step}");
            desk.send(&someone.lead, aimed_at(step)).await;
            assert_eq!(desk.place(&stages, &someone.lead).await, place, "{step} by import");
        }
    }
    assert_eq!(tried, TRIES);
    desk.close().await;
}

/// The stage that a move leads to.
const fn aimed_at(step: Step) -> v1::Stage {
    match step {
        Step::Identify | Step::Recycle | Step::Disqualify | Step::Reinstate => v1::Stage::Lead,
        Step::Qualify => v1::Stage::Mql,
        Step::Accept => v1::Stage::Sql,
        Step::Advocate => v1::Stage::Evangelist,
        Step::SetAside => v1::Stage::Other,
        Step::UnderWay => v1::Stage::Opportunity,
        Step::Won => v1::Stage::Customer,
        // Nothing leads back to there.
        Step::Gone => v1::Stage::Subscriber,
    }
}
