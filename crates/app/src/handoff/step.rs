//! What a call does with a handoff, inside its transaction, and with its leads.

use std::collections::BTreeSet;

use abm_core::handoff::{Act, AttemptOutcome, RejectionKind};
use abm_core::lifecycle::Grounds;
use abm_core::policy::Assignee;
use abm_core::qualification::Criterion;
use abm_core::{DAY, LeadId, Timestamp, limits};
use abm_store::{HandoffEnd, HandoffRecord, WriteTx};

use super::act::{Attempt, Doing, HandoffCall, Rejection, forbids};
use super::leads::{Leads, counted};
use super::policy::{InForce, check_nurture, policy_of};
use crate::AppError;

/// One step of a handoff, inside its transaction.
pub(super) struct Step<'a> {
    pub(super) tx: &'a WriteTx,
    pub(super) policy: &'a InForce,
    pub(super) call: &'a HandoffCall,
    pub(super) model_version: u64,
    pub(super) now: Timestamp,
}

/// What happened, by its name, and more of it.
pub(super) type Happened = (&'static str, serde_json::Value);

impl Step<'_> {
    /// Does what is asked, and tells what happened.
    pub(super) async fn apply(
        &self,
        handoff: &mut HandoffRecord,
        doing: Doing,
    ) -> Result<Happened, AppError> {
        match doing {
            Doing::Claim(owner) => {
                self.lead(handoff, &Act::Claim { owner: owner.clone() })?;
                handoff.claimed_at = handoff.claimed_at.or(Some(self.now));
                handoff.queue.clear();
                let details = serde_json::json!({ "owner": owner });
                handoff.owner = owner;
                Ok(("claimed", details))
            }
            Doing::Attempt(attempt) => self.attempt(handoff, &attempt).await,
            Doing::Accept(comment) => {
                let act = Act::Accept;
                self.lead(handoff, &act)?;
                let grounds = Grounds {
                    handoff: true,
                    unknown: self.unknown(handoff).await?,
                    ..Grounds::default()
                };
                self.move_leads(handoff, &act, &grounds, &comment).await?;
                let details = serde_json::json!({ "comment": comment });
                handoff.end = Some(HandoffEnd { at: self.now, comment, ..HandoffEnd::default() });
                Ok(("accepted", details))
            }
            Doing::Reject(rejection) => self.reject(handoff, rejection).await,
            Doing::Reassign(to, reason) => {
                self.lead(handoff, &Act::Reassign)?;
                let (owner, queue) = match to {
                    Assignee::Owner(owner) => (owner, String::new()),
                    Assignee::Queue(queue) => (String::new(), queue),
                };
                let details =
                    serde_json::json!({ "owner": owner, "queue": queue, "reason": reason });
                (handoff.owner, handoff.queue) = (owner, queue);
                handoff.team.clear();
                Ok(("reassigned", details))
            }
        }
    }

    /// Moves the handoff itself.
    fn lead(&self, handoff: &mut HandoffRecord, act: &Act) -> Result<(), AppError> {
        let owner = Some(handoff.owner.as_str()).filter(|owner| !owner.is_empty());
        let after = act.leads_to(handoff.state, owner, self.call.actor);
        handoff.state = after.map_err(|refused| forbids(&handoff.id, refused))?;
        Ok(())
    }

    async fn attempt(
        &self,
        handoff: &mut HandoffRecord,
        attempt: &Attempt,
    ) -> Result<Happened, AppError> {
        self.lead(handoff, &Act::Attempt)?;
        let at = attempt.at.unwrap_or(self.now);
        if at < handoff.created_at || at > self.now + limits::FUTURE_SECS {
            return Err(AppError::invalid("attempted_at", "is before the handoff, or ahead"));
        }
        let lead = self.tried(handoff, attempt.lead.as_ref()).await?;
        let is_early = match &lead {
            Some(lead) => {
                let stands = self.tx.lifecycles([lead.clone()]).await?.remove(lead);
                stands.is_some_and(|stands| stands.lifecycle.is_resting(at))
            }
            None => false,
        };
        handoff.early_contacts = handoff.early_contacts.saturating_add(u32::from(is_early));
        handoff.attempts = handoff.attempts.saturating_add(1);
        handoff.attempted_at = Some(handoff.attempted_at.map_or(at, |first| first.min(at)));
        if attempt.outcome == AttemptOutcome::Answered {
            let last = handoff.answered_at.map_or(at, |last| last.max(at));
            handoff.answered_at = Some(last);
            let policy = policy_of(self.tx, handoff.policy_version).await?;
            let gives_up_at = last + i64::from(policy.give_up_days) * DAY;
            // An answer that is told late takes nothing from the time that is left.
            handoff.clock.gives_up_at = gives_up_at.max(handoff.clock.gives_up_at);
        }
        let details = serde_json::json!({
            "kind": attempt.kind.name(),
            "outcome": attempt.outcome.name(),
            "at_micros": at.micros(),
            "lead": lead.as_ref().map(LeadId::as_str),
            "early_contact": is_early,
            "comment": attempt.comment,
        });
        Ok(("attempted", details))
    }

    /// Whom somebody tried to reach: one of the account, or of the handoff.
    async fn tried(
        &self,
        handoff: &HandoffRecord,
        lead: Option<&LeadId>,
    ) -> Result<Option<LeadId>, AppError> {
        let Some(lead) = lead else { return Ok(handoff.lead.clone()) };
        let survivor = self.tx.survivors([lead.clone()]).await?.remove(lead);
        let lead = survivor.unwrap_or_else(|| lead.clone());
        let found = self.tx.leads([lead.clone()]).await?.remove(&lead);
        let of_account =
            found.is_some_and(|found| found.account.is_some() && found.account == handoff.account);
        if of_account || counted(self.tx, handoff).await?.contains(&lead) {
            return Ok(Some(lead));
        }
        Err(AppError::invalid("lead_id", "is neither of the handoff nor of its account"))
    }

    async fn reject(
        &self,
        handoff: &mut HandoffRecord,
        rejection: Rejection,
    ) -> Result<Happened, AppError> {
        let reasons = &self.policy.rules.reasons;
        let Some(reason) = reasons.iter().find(|reason| reason.name == rejection.reason) else {
            let names: Vec<&str> = reasons.iter().map(|reason| reason.name.as_str()).collect();
            let message = format!("is none of the policy's: {}", names.join(", "));
            return Err(AppError::invalid("reason", message));
        };
        let act = Act::Reject(reason.kind);
        self.lead(handoff, &act)?;
        check_nurture(rejection.nurture_until, self.now)?;
        let nurture_until = match reason.kind {
            RejectionKind::Permanent if rejection.nurture_until.is_some() => {
                let message = "is set, but the reason turns them down for good";
                return Err(AppError::invalid("nurture_until", message));
            }
            RejectionKind::Permanent => None,
            RejectionKind::Temporary => {
                let days = reason.nurture_days.unwrap_or(self.policy.rules.nurture_days);
                let usual = self.now + i64::from(days) * DAY;
                Some(rejection.nurture_until.unwrap_or(usual))
            }
        };
        let grounds = Grounds { reason: true, handoff: true, nurture_until, ..Grounds::default() };
        self.move_leads(handoff, &act, &grounds, &rejection.reason).await?;
        let details = serde_json::json!({
            "reason": rejection.reason,
            "kind": reason.kind.name(),
            "comment": rejection.comment,
        });
        handoff.end = Some(HandoffEnd {
            at: self.now,
            reason: rejection.reason,
            rejection: Some(reason.kind),
            comment: rejection.comment,
            nurture_until,
        });
        Ok(("rejected", details))
    }

    /// What the policy requires and nobody knows of any lead of the handoff.
    async fn unknown(&self, handoff: &HandoffRecord) -> Result<Vec<Criterion>, AppError> {
        let required = &self.policy.rules.required;
        if required.is_empty() {
            return Ok(Vec::new());
        }
        let leads = counted(self.tx, handoff).await?;
        let known = self.tx.qualifications(leads).await?;
        let known: BTreeSet<Criterion> =
            known.values().flat_map(|found| found.keys().copied()).collect();
        Ok(required.iter().filter(|criterion| !known.contains(criterion)).copied().collect())
    }

    /// Moves the leads of the handoff with it. Those that have moved on by themselves stay where
    /// they are: sales can turn down what is left of it, but not accept what is nobody's.
    async fn move_leads(
        &self,
        handoff: &HandoffRecord,
        act: &Act,
        grounds: &Grounds,
        reason: &str,
    ) -> Result<(), AppError> {
        let Some(step) = act.moves_lead() else { return Ok(()) };
        let actor = self.call.actor;
        let caller = &self.call.caller;
        let moved = Leads { handoff, step, grounds, actor, caller, reason };
        let refused = moved.go(self.tx, self.model_version, self.now).await?;
        match refused.filter(|_| *act == Act::Accept) {
            Some(refused) => Err(forbids(&handoff.id, format!("cannot end so: a lead {refused}"))),
            None => Ok(()),
        }
    }
}
