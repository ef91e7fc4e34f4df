//! The callers of a service: who asks, and what is answered.

use std::sync::atomic::{AtomicU32, Ordering};

use abm_app::Role;
use abm_client::{Client, Error, v1};
use abm_core::Timestamp;
use abm_core::lifecycle::Actor;
use abm_tests::{Served, World, lively};
use tonic::Code;

use crate::scenarios::files::stages::{Place, Stages};

/// What is said to a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Such callers may not ask.
    Denied,
    /// The state forbids it.
    Forbidden(String),
    /// There is no such thing.
    Invalid(String),
}

/// What comes of a call.
pub(super) type Answer = Result<(), Refusal>;

/// Takes an answer apart. Errors that no scenario tells of end it.
pub(super) fn answer<T>(reply: Result<T, Error>) -> Answer {
    let Err(error) = reply else { return Ok(()) };
    let refusal = error.refusal().unwrap();
    Err(match (refusal.code, refusal.reason) {
        (Code::PermissionDenied, _) => Refusal::Denied,
        (Code::FailedPrecondition, v1::ErrorReason::StateForbids) => {
            Refusal::Forbidden(refusal.message)
        }
        (Code::InvalidArgument, _) => Refusal::Invalid(refusal.message),
        _ => panic!("{error}"),
    })
}

/// Expects that a call is refused because the state forbids it, in some words.
pub(super) fn expect_forbidden(answer: &Answer, words: &str, what: &str) {
    match answer {
        Err(Refusal::Forbidden(message)) => assert!(message.contains(words), "{what}: {message}"),
        other => panic!("{what}: {other:?} and not `{words}`"),
    }
}

/// A moment of the contract.
pub(super) fn moment(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.secs(), nanos: 0 }
}

/// A name of the contract without what all of its enumeration begin with, as the core spells it.
fn spelled(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap().to_lowercase()
}

/// A service with a caller in each role.
pub(super) struct Desk {
    served: Served,
    clients: Vec<(Role, Client)>,
    /// The company that everybody works for; empty for people without one.
    pub(super) company: &'static str,
    counted: AtomicU32,
}

impl Desk {
    /// Serves a workspace of its own under a policy, in which no account is handed over as such.
    pub(super) async fn open(world: &World, number: i64, policy: &str) -> Self {
        let model = lively("mqa: {fit: 30, engagement: 50, engaged_people: 2}\n", "");
        let world = world.beside(number, &model).await;
        world.put_policy(policy).await;
        let served = Served::with(world, |config| {
            (config.calls_per_second, config.calls_at_once) = (1_000_000, 1_000_000);
        });
        let (clients, counted) = (Vec::new(), AtomicU32::default());
        let mut desk = Self { served: served.await, clients, company: "", counted };
        desk.renew().await;
        desk
    }

    /// Gives everybody a credential for the year to come.
    pub(super) async fn renew(&mut self) {
        self.clients.clear();
        for role in Role::ALL {
            let client = self.served.client_as(role).await;
            self.clients.push((role, client));
        }
    }

    /// Stops the service.
    pub(super) async fn close(self) {
        self.served.stop().await;
    }

    /// What is served.
    pub(super) fn world(&self) -> &World {
        &self.served.world
    }

    /// A caller in a role.
    pub(super) fn as_role(&self, role: Role) -> &Client {
        &self.clients.iter().find(|(known, _)| *known == role).unwrap().1
    }

    /// A caller on whose behalf things are done.
    pub(super) fn as_actor(&self, actor: Actor) -> &Client {
        self.as_role(role(actor))
    }

    /// A name that nobody has yet.
    pub(super) fn name(&self, what: &str) -> String {
        format!("{what}{}", self.counted.fetch_add(1, Ordering::Relaxed))
    }

    /// Lets time go by, and what is due happen.
    pub(super) async fn pass(&self, seconds: i64) {
        self.world().pass(seconds);
        self.world().apply_handoffs().await;
    }

    /// How a lead stands as it is shown.
    pub(super) async fn shown(&self, lead: &str) -> String {
        let asked = v1::GetLeadRequest { lead_id: lead.to_owned(), ..Default::default() };
        let found = self.as_role(Role::Sales).get_lead(asked).await.unwrap();
        let lifecycle = found.lead.unwrap().lifecycle.unwrap();
        let stage = spelled(lifecycle.stage().as_str_name(), "STAGE_");
        match lifecycle.mark() {
            v1::StageMark::Unspecified => stage,
            mark => format!("{stage}, {}", spelled(mark.as_str_name(), "STAGE_MARK_")),
        }
    }

    /// Where a lead stands; what is shown of it is what the table says of the place.
    pub(super) async fn place(&self, stages: &Stages, lead: &str) -> Place {
        let standing = self.world().standing(lead).await.lifecycle.lifecycle;
        let place = Place::of(&standing, self.world().now());
        assert_eq!(self.shown(lead).await, stages.shown(place), "{lead} {standing:?}");
        place
    }

    /// The latest move of a lead: which, and on whose behalf.
    pub(super) async fn latest_move(&self, lead: &str) -> Option<(String, String)> {
        let asked = v1::ListStageTransitionsRequest {
            lead_id: lead.to_owned(),
            page_size: 1,
            ..Default::default()
        };
        let found = self.as_role(Role::Marketing).list_stage_transitions(asked).await.unwrap();
        let found = found.transitions.into_iter().next()?;
        let step = spelled(found.r#move().as_str_name(), "STAGE_MOVE_");
        Some((step, spelled(found.actor().as_str_name(), "STAGE_ACTOR_")))
    }

    /// A handoff as it is now.
    pub(super) async fn handoff(&self, id: &str) -> v1::Handoff {
        let asked = v1::GetHandoffRequest { handoff_id: id.to_owned(), ..Default::default() };
        self.as_role(Role::Admin).get_handoff(asked).await.unwrap().handoff.unwrap()
    }
}

/// The role in which somebody calls.
fn role(actor: Actor) -> Role {
    match actor {
        Actor::Marketing => Role::Marketing,
        Actor::Sales => Role::Sales,
        Actor::Admin => Role::Admin,
        other => panic!("{} is nobody who calls", other.name()),
    }
}

/// The state of a handoff, in words.
pub(super) fn state(handoff: &v1::Handoff) -> String {
    spelled(handoff.state().as_str_name(), "HANDOFF_STATE_")
}
