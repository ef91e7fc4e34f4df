//! Handoffs that are made, joined and hurried in one transaction.

use std::collections::BTreeMap;

use abm_core::handoff::{HandoffCause, HandoffState};
use abm_core::lifecycle::Actor;
use abm_core::{LeadId, Timestamp};
use abm_store::{HandoffClock, HandoffEvent, HandoffLead, HandoffRecord, WriteTx};
use uuid::Uuid;

use super::policy::{InForce, Loads};
use super::subject::Handed;
use crate::AppError;

/// Handoffs that are made or joined in one transaction.
#[derive(Default)]
pub(crate) struct Made {
    handoffs: BTreeMap<String, HandoffRecord>,
    events: Vec<HandoffEvent>,
    leads: Vec<(String, HandoffLead)>,
}

impl Made {
    /// A new handoff, given to whom the policy says; gives its id.
    pub(super) fn hand_over(
        &mut self,
        handed: Handed,
        policy: &InForce,
        loads: &mut Loads,
        (actor, caller): (Actor, &str),
        now: Timestamp,
    ) -> String {
        let id = Uuid::new_v4().to_string();
        let owner = Some(handed.account_profile.owner.as_str()).filter(|owner| !owner.is_empty());
        let given = handed.with_facts(|facts| loads.give(&policy.rules, facts, owner, now));
        let clock = handed.with_facts(|facts| policy.clock(facts, given.owner(), now));
        let packet = serde_json::to_string(&handed.packet).unwrap_or_default();
        let handoff = HandoffRecord {
            id: id.clone(),
            account: handed.account,
            lead: handed.lead,
            state: HandoffState::Pending,
            cause: handed.cause,
            owner: given.owner().unwrap_or_default().to_owned(),
            first_owner: given.owner().unwrap_or_default().to_owned(),
            queue: given.queue().unwrap_or_default().to_owned(),
            team: given.team.unwrap_or_default(),
            route: given.route.unwrap_or_default(),
            sla: clock.0,
            created_at: now,
            clock: clock.1,
            claimed_at: None,
            attempted_at: None,
            answered_at: None,
            attempts: 0,
            early_contacts: 0,
            end: None,
            model_version: handed.packet.model_version,
            policy_version: policy.version,
            shown: (handed.engagement, handed.fit, handed.tier),
            packet,
            version: 1,
        };
        let details = serde_json::json!({
            "owner": handoff.owner,
            "queue": handoff.queue,
            "route": handoff.route,
        });
        self.note(&handoff, "created", actor, caller, details.to_string(), now);
        self.handoffs.insert(id.clone(), handoff);
        id
    }

    /// Those who qualified join a handoff that is open; gives its id.
    pub(super) fn join(
        &mut self,
        mut handoff: HandoffRecord,
        leads: &[LeadId],
        (actor, caller): (Actor, &str),
        now: Timestamp,
    ) -> String {
        handoff.version += 1;
        let leads: Vec<&str> = leads.iter().map(LeadId::as_str).collect();
        let details = serde_json::json!({ "leads": leads }).to_string();
        self.note(&handoff, "joined", actor, caller, details, now);
        let id = handoff.id.clone();
        self.handoffs.insert(id.clone(), handoff);
        id
    }

    /// Somebody of a handoff that nobody has tried to reach asks to be contacted: from now on it is a
    /// raised hand, and due as one if that is sooner. When it is given up stays.
    pub(super) fn hurry(
        &mut self,
        open: &HandoffRecord,
        handed: &Handed,
        policy: &InForce,
        now: Timestamp,
    ) {
        let mut handoff = self.handoffs.get(&open.id).unwrap_or(open).clone();
        let owner = Some(handoff.owner.as_str()).filter(|owner| !owner.is_empty());
        let (sla, clock) = handed.with_facts(|facts| policy.clock(facts, owner, now));
        handoff.cause = HandoffCause::HandRaiser;
        if clock.due_at < handoff.clock.due_at {
            let gives_up_at = handoff.clock.gives_up_at;
            handoff.clock = HandoffClock { gives_up_at, ..clock };
            handoff.sla = sla;
        }
        handoff.version += 1;
        let lead = handed.lead.as_ref().map(LeadId::as_str);
        let details = serde_json::json!({
            "lead": lead,
            "due_at_micros": handoff.clock.due_at.micros(),
        });
        self.note(&handoff, "hand_raised", Actor::Rule, "", details.to_string(), now);
        self.handoffs.insert(handoff.id.clone(), handoff);
    }

    pub(super) fn add_lead(
        &mut self,
        id: &str,
        lead: &LeadId,
        cause: HandoffCause,
        now: Timestamp,
    ) {
        let lead = HandoffLead { lead: lead.clone(), joined_at: now, cause };
        self.leads.push((id.to_owned(), lead));
    }

    fn note(
        &mut self,
        handoff: &HandoffRecord,
        what: &str,
        actor: Actor,
        caller: &str,
        details: String,
        at: Timestamp,
    ) {
        self.events.push(HandoffEvent {
            handoff: handoff.id.clone(),
            version: handoff.version,
            at,
            what: what.to_owned(),
            actor,
            caller: caller.to_owned(),
            details,
        });
    }

    pub(crate) async fn store(self, tx: &WriteTx) -> Result<(), AppError> {
        let handoffs: Vec<HandoffRecord> = self.handoffs.into_values().collect();
        tx.put_handoffs(&handoffs, &self.events).await?;
        Ok(tx.add_handoff_leads(&self.leads).await?)
    }
}
