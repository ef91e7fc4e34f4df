//! Every act on a handoff in every state, tried with the calls that there are, on behalf of people,
//! of time and of whatever else happens. What is refused leaves the handoff and its lead as they
//! were.

mod people;

use abm_app::Role;
use abm_client::v1;
use abm_core::handoff::HandoffState;
use abm_core::lifecycle::Actor;
use abm_tests::{HOUR, World, both_engines, days};

use super::bring::{GIVE_UP_DAYS, Someone};
use super::desk::{Desk, Refusal, expect_forbidden, state};
use crate::scenarios::files::handoffs::{Deed, Handoffs, Need};
use crate::scenarios::files::policy;
use crate::scenarios::files::stages::{Place, Stages};
use crate::scenarios::files::ways::pairs;

both_engines!(
    time_does_with_handoffs_what_the_table_says,
    nothing_else_does_anything_with_handoffs,
    who_is_handed_over_again_joins_what_is_open,
);

/// Acts times states: what is tried for each actor.
const TRIES: usize = 7 * 7;

/// A handoff with its lead as they are, to be compared later.
struct Standing {
    handoff: v1::Handoff,
    place: Place,
}

impl Desk {
    async fn standing(&self, stages: &Stages, someone: &Someone) -> Standing {
        let handoff = self.handoff(&someone.handoff).await;
        Standing { handoff, place: self.place(stages, &someone.lead).await }
    }

    /// Expects that a handoff and its lead are as they were.
    async fn expect_unmoved(
        &self,
        stages: &Stages,
        someone: &Someone,
        before: &Standing,
        what: &str,
    ) {
        let now = self.standing(stages, someone).await;
        assert_eq!(now.handoff, before.handoff, "{what}");
        assert_eq!(now.place, before.place, "{what}");
    }

    /// Expects that a handoff has come to a state, and its lead with it to where the act has it.
    async fn expect_done(
        &self,
        (stages, table): (&Stages, &Handoffs),
        someone: &Someone,
        to: HandoffState,
        (deed, actor): (Deed, Actor),
    ) {
        let what = format!("{deed} by {}", actor.name());
        assert_eq!(state(&self.handoff(&someone.handoff).await), to.name(), "{what}");
        let place = match table.leads(deed).step() {
            None => Place::Mql,
            Some(step) => {
                let has = crate::scenarios::files::stages::Need::ALL;
                stages.way(step, actor, Place::Mql, has).unwrap().to
            }
        };
        assert_eq!(self.place(stages, &someone.lead).await, place, "{what}");
    }
}

/// A policy by which what nobody has tried goes to somebody else after an hour.
fn escalating() -> String {
    format!("{}escalate_to: {{queue: managers}}\nsla: [{{name: hour, minutes: 60}}]\n", policy())
}

async fn time_does_with_handoffs_what_the_table_says(world: World) {
    let (stages, table) = (Stages::read(), Handoffs::read());
    let mut desk = Desk::open(&world, 2, &policy()).await;
    let late = Desk::open(&world, 3, &escalating()).await;
    let (mut tried, mut done, mut never_asked) = (0, 0, 0);
    for (&from, &deed) in pairs(HandoffState::ALL, Deed::ALL) {
        tried += 1;
        let what = format!("{deed} by time when {}", from.name());
        let way = table.way(deed, Actor::Time, from, "ann", Need::ALL);
        desk.renew().await;
        let (desk, passes) = match deed {
            Deed::Reassign if from.is_open() => (&late, HOUR),
            Deed::GiveUp => (&desk, days(GIVE_UP_DAYS)),
            _ => (&desk, HOUR),
        };
        let someone = desk.bring_handoff(from).await;
        let before = desk.standing(&stages, &someone).await;
        desk.pass(passes).await;
        match way {
            Ok(way) if way.never_asked.is_none() => {
                done += 1;
                let both = (&stages, &table);
                desk.expect_done(both, &someone, way.to, (deed, Actor::Time)).await;
            }
            other => {
                never_asked += usize::from(other.is_ok());
                // While it is open a warning is recorded, which changes nothing else.
                if !from.is_open() {
                    desk.expect_unmoved(&stages, &someone, &before, &what).await;
                }
                let now = desk.standing(&stages, &someone).await;
                assert_eq!(state(&now.handoff), from.name(), "{what}");
                assert_eq!(now.handoff.owner, before.handoff.owner, "{what}");
                assert_eq!(now.place, before.place, "{what}");
            }
        }
    }
    assert_eq!((tried, done, never_asked), (TRIES, 5, 1));
    desk.close().await;
    late.close().await;
}

async fn nothing_else_does_anything_with_handoffs(world: World) {
    let (desk, stages, table) =
        (Desk::open(&world, 2, &policy()).await, Stages::read(), Handoffs::read());
    let mut tried = 0;
    for &from in HandoffState::ALL {
        let someone = desk.bring_handoff(from).await;
        if from.is_open() {
            // A raised hand makes it due sooner, once.
            desk.ask(&someone.lead).await;
        }
        let before = desk.standing(&stages, &someone).await;
        for &deed in Deed::ALL {
            for actor in [Actor::Rule, Actor::Opportunity, Actor::Import] {
                tried += 1;
                let what = format!("{deed} by {} when {}", actor.name(), from.name());
                assert!(table.way(deed, actor, from, "ann", Need::ALL).is_err(), "{what}");
                let lead = someone.lead.as_str();
                match actor {
                    Actor::Rule => desk.ask(lead).await,
                    Actor::Import => desk.send(lead, v1::Stage::Sql).await,
                    _ => desk.tell_of_an_old_loss(&someone.deal(), lead).await,
                }
                desk.expect_unmoved(&stages, &someone, &before, &what).await;
            }
        }
    }
    assert_eq!(tried, 3 * TRIES);
    desk.close().await;
}

async fn who_is_handed_over_again_joins_what_is_open(world: World) {
    let (desk, stages) = (Desk::open(&world, 2, &policy()).await, Stages::read());
    for &from in HandoffState::ALL {
        let someone = desk.bring_handoff(from).await;
        let (lead, before) = (someone.lead.as_str(), desk.standing(&stages, &someone).await);
        for role in [Role::Sales, Role::Ingest, Role::Planner] {
            let refused = desk.hand_over(desk.as_role(role), lead).await;
            assert_eq!(refused, Err(Refusal::Denied), "{role:?}");
        }
        desk.expect_unmoved(&stages, &someone, &before, "who may not hand over").await;
        match desk.hand_over(desk.as_role(Role::Marketing), lead).await {
            Ok((id, joined)) => {
                assert_eq!(joined, from.is_open(), "{}", from.name());
                assert_eq!(id == someone.handoff, joined, "{}", from.name());
            }
            Err(Refusal::Forbidden(words)) => {
                assert_eq!(from, HandoffState::Accepted, "{words}");
                expect_forbidden(
                    &Err(Refusal::Forbidden(words)),
                    "cannot be marketing qualified from sql",
                    from.name(),
                );
            }
            Err(other) => panic!("{other:?}"),
        }
        let now = desk.handoff(&someone.handoff).await;
        assert_eq!(state(&now), from.name(), "what has ended stays so");
    }
    desk.close().await;
}
