//! Bringing leads and handoffs to where they are to stand, through calls.

use abm_app::Role;
use abm_client::v1;
use abm_core::handoff::HandoffState;
use abm_tests::days;

use super::acts::Doing;
use super::calls::{disqualify, to};
use super::desk::Desk;
use crate::scenarios::files::stages::{Place, Stages};

/// Days after which a handoff without a decision ends, by the policy of the scenarios.
pub(super) const GIVE_UP_DAYS: i64 = 10;

/// A lead, and its handoff as far as there was one.
pub(super) struct Someone {
    pub(super) lead: String,
    pub(super) handoff: String,
}

impl Someone {
    /// The opportunity that they take part in, if any.
    pub(super) fn deal(&self) -> String {
        format!("{}-deal", self.lead)
    }

    /// An opportunity beside that.
    pub(super) fn further_deal(&self) -> String {
        format!("{}-further-deal", self.lead)
    }
}

impl Desk {
    /// Brings somebody new to a place.
    pub(super) async fn bring(&self, stages: &Stages, place: Place) -> Someone {
        let found = self.begin(place).await;
        let lead = found.lead.as_str();
        let (marketing, sales) = (self.as_role(Role::Marketing), self.as_role(Role::Sales));
        match place {
            Place::Disqualified => {
                self.set(marketing, lead, disqualify(), "a rival").await.unwrap();
            }
            Place::Other => {
                self.set(marketing, lead, to(v1::Stage::Other), "a supplier").await.unwrap();
            }
            Place::Resting | Place::Rested => {
                let rest = if place == Place::Resting { days(1_000) } else { 60 };
                let until = Some(self.world().now() + rest);
                self.act(sales, &found.handoff, Doing::Reject("not_now", until)).await.unwrap();
                // What they do from now on is after they were given back.
                self.pass(60).await;
            }
            Place::Opportunity | Place::EarlyOpportunity => {
                self.tell(&found.deal(), Some(lead), v1::OpportunityState::Open).await;
            }
            Place::Customer | Place::EarlyCustomer | Place::Evangelist => {
                self.tell(&found.deal(), Some(lead), v1::OpportunityState::Won).await;
            }
            Place::Subscriber | Place::Lead | Place::Mql | Place::Sql => {}
        }
        if place == Place::Evangelist {
            self.set(sales, lead, to(v1::Stage::Evangelist), "").await.unwrap();
        }
        assert_eq!(self.place(stages, lead).await, place);
        found
    }

    /// Brings somebody new to where they are on their way.
    async fn begin(&self, place: Place) -> Someone {
        match place {
            Place::Subscriber | Place::Lead | Place::Disqualified | Place::Other => {
                let stage = match place {
                    Place::Subscriber => v1::Stage::Subscriber,
                    _ => v1::Stage::Unspecified,
                };
                let (lead, handoff) = (self.name("lead"), String::new());
                self.send(&lead, stage).await;
                Someone { lead, handoff }
            }
            Place::Resting | Place::Rested | Place::Mql => {
                self.bring_handoff(HandoffState::Claimed).await
            }
            Place::EarlyOpportunity | Place::EarlyCustomer => {
                self.bring_handoff(HandoffState::Claimed).await
            }
            Place::Sql | Place::Opportunity | Place::Customer | Place::Evangelist => {
                self.bring_handoff(HandoffState::Accepted).await
            }
        }
    }

    /// Brings a new handoff to a state; Ann has it, or had it.
    pub(super) async fn bring_handoff(&self, state: HandoffState) -> Someone {
        let (marketing, sales) = (self.as_role(Role::Marketing), self.as_role(Role::Sales));
        let lead = self.name("lead");
        self.send(&lead, v1::Stage::Unspecified).await;
        let (handoff, joined) = self.hand_over(marketing, &lead).await.unwrap();
        assert!(!joined);
        let id = handoff.as_str();
        if !matches!(state, HandoffState::Pending | HandoffState::Expired) {
            self.act(sales, id, Doing::Claim("ann")).await.unwrap();
        }
        match state {
            HandoffState::Pending | HandoffState::Claimed => {}
            HandoffState::Working => {
                let outcome = v1::AttemptOutcome::NoAnswer;
                self.act(sales, id, Doing::Attempt(outcome)).await.unwrap();
            }
            HandoffState::Accepted => {
                self.find_out_the_need(sales, &lead).await.unwrap();
                self.act(sales, id, Doing::Accept).await.unwrap();
            }
            HandoffState::Rejected => {
                self.act(sales, id, Doing::Reject("not_now", None)).await.unwrap();
            }
            HandoffState::Expired | HandoffState::Recycled => {
                self.pass(days(GIVE_UP_DAYS)).await;
            }
        }
        assert_eq!(super::desk::state(&self.handoff(id).await), state.name());
        Someone { lead, handoff }
    }
}
