//! What sales does with handoffs, and handing over by hand.

use std::collections::BTreeSet;

use abm_core::handoff::{Act, AttemptKind, AttemptOutcome, HandoffState, RejectionKind};
use abm_core::lifecycle::{Actor, Grounds};
use abm_core::policy::Assignee;
use abm_core::qualification::Criterion;
use abm_core::{DAY, LeadId, Timestamp, WorkspaceId, limits};
use abm_store::{HandoffEnd, HandoffEvent, HandoffRecord, Lock, WriteTx};

use super::leads::{Leads, counted};
use super::policy::InForce;
use crate::idempotency::RequestKey;
use crate::{App, AppError, Inner};

/// A call about one handoff.
#[derive(Clone, Debug)]
pub struct HandoffCall {
    /// Its request id and content.
    pub request: RequestKey,
    /// Which handoff.
    pub id: String,
    /// The version that the caller saw.
    pub version: i64,
    /// On whose behalf.
    pub actor: Actor,
    /// By whom, for the record.
    pub caller: String,
}

/// What somebody of sales says of an attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// How they tried.
    pub kind: AttemptKind,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// When; now when unset.
    pub at: Option<Timestamp>,
    /// Whom they tried; the lead that the handoff began with when unset.
    pub lead: Option<LeadId>,
    /// More of it.
    pub comment: String,
}

/// Why sales turns a handoff down.
#[derive(Clone, Debug)]
pub struct Rejection {
    /// One of the policy's reasons.
    pub reason: String,
    /// More of it.
    pub comment: String,
    /// Until when its leads are nurtured, of a temporary one; what the policy says when unset.
    pub nurture_until: Option<Timestamp>,
}

/// A handoff after a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// As it is after the call. A retry gets the state, owner and version of the first answer.
    pub handoff: HandoffRecord,
    /// Whether what was handed over joined a handoff that was open.
    pub joined: bool,
    /// The position after it.
    pub revision: u64,
}

/// What a call does.
#[derive(Debug)]
enum Doing {
    Claim(String),
    Attempt(Attempt),
    Accept(String),
    Reject(Rejection),
    Reassign(Assignee, String),
}

impl App {
    /// Takes a handoff for an owner.
    ///
    /// # Errors
    /// When there is no such handoff; when it changed since the caller saw it; when it is
    /// somebody else's.
    pub async fn claim_handoff(
        &self,
        workspace: WorkspaceId,
        call: HandoffCall,
        owner: String,
    ) -> Result<Given, AppError> {
        limits::check_text("owner", &owner).map_err(|found| AppError::Invalid(vec![found]))?;
        if owner.is_empty() {
            return Err(AppError::invalid("owner", "is required"));
        }
        self.act(workspace, call, Doing::Claim(owner)).await
    }

    /// Records that whoever has a handoff tried to reach them.
    ///
    /// # Errors
    /// As for a claim; when nobody has claimed it.
    pub async fn record_attempt(
        &self,
        workspace: WorkspaceId,
        call: HandoffCall,
        attempt: Attempt,
    ) -> Result<Given, AppError> {
        check_comment(&attempt.comment)?;
        self.act(workspace, call, Doing::Attempt(attempt)).await
    }

    /// Takes the leads of a handoff as sales qualified.
    ///
    /// # Errors
    /// As for an attempt; when the workspace asks for more to be known of them.
    pub async fn accept_handoff(
        &self,
        workspace: WorkspaceId,
        call: HandoffCall,
        comment: String,
    ) -> Result<Given, AppError> {
        check_comment(&comment)?;
        self.act(workspace, call, Doing::Accept(comment)).await
    }

    /// Turns a handoff down.
    ///
    /// # Errors
    /// As for an attempt; when the reason is none of the policy's.
    pub async fn reject_handoff(
        &self,
        workspace: WorkspaceId,
        call: HandoffCall,
        rejection: Rejection,
    ) -> Result<Given, AppError> {
        check_comment(&rejection.comment)?;
        self.act(workspace, call, Doing::Reject(rejection)).await
    }

    /// Gives a handoff to somebody else, or into a queue. Its clock goes on.
    ///
    /// # Errors
    /// When there is no such handoff; when it changed since the caller saw it or has ended.
    pub async fn reassign_handoff(
        &self,
        workspace: WorkspaceId,
        call: HandoffCall,
        to: Assignee,
        reason: String,
    ) -> Result<Given, AppError> {
        check_comment(&reason)?;
        self.act(workspace, call, Doing::Reassign(to, reason)).await
    }

    async fn act(
        &self,
        workspace: WorkspaceId,
        call: HandoffCall,
        doing: Doing,
    ) -> Result<Given, AppError> {
        // Of many who want the same, all but one are told so without waiting to write.
        let view = self.inner.store.view(workspace);
        let found = view.handoff(&call.id).await?;
        let found = found.ok_or_else(|| AppError::not_found("handoff", &call.id))?;
        if found.version != call.version && call.request.first_outcome(&view).await?.is_none() {
            return Err(mismatch(&found));
        }
        self.writer.run(move |inner| async move { act(&inner, workspace, call, doing).await }).await
    }
}

pub(super) fn check_comment(comment: &str) -> Result<(), AppError> {
    limits::check_free_text("comment", comment).map_err(|found| AppError::Invalid(vec![found]))
}

fn mismatch(found: &HandoffRecord) -> AppError {
    AppError::EtagMismatch { kind: "handoff", current: found.version.to_string() }
}

fn forbids(id: &str, message: impl std::fmt::Display) -> AppError {
    AppError::StateForbids {
        subject: format!("handoff/{id}"),
        message: format!("the handoff {message}"),
    }
}

async fn act(
    inner: &Inner,
    workspace: WorkspaceId,
    call: HandoffCall,
    doing: Doing,
) -> Result<Given, AppError> {
    let now = inner.clock.now();
    let (tx, record) = inner.begin(workspace, Lock::Shared).await?;
    let handoff = tx.lock_handoff(&call.id).await?;
    let mut handoff = handoff.ok_or_else(|| AppError::not_found("handoff", &call.id))?;
    if let Some(first) = call.request.first_outcome(&tx).await? {
        recall(&mut handoff, &first);
        return Ok(Given { handoff, joined: false, revision: tx.revision().await? });
    }
    if handoff.version != call.version {
        return Err(mismatch(&handoff));
    }
    let policy = InForce::read(&tx).await?;
    let step =
        Step { tx: &tx, policy: &policy, call: &call, model_version: record.model_version, now };
    let details = step.apply(&mut handoff, doing).await?;
    handoff.version += 1;
    let event = HandoffEvent {
        handoff: handoff.id.clone(),
        version: handoff.version,
        at: now,
        what: details.0.to_owned(),
        actor: call.actor,
        caller: call.caller.clone(),
        details: details.1.to_string(),
    };
    tx.put_handoffs(std::slice::from_ref(&handoff), &[event]).await?;
    call.request.remember(&tx, letters(&handoff), now).await?;
    let revision = tx.commit().await?;
    Ok(Given { handoff, joined: false, revision })
}

/// What a retry is told again: the state, version and owner after the call.
fn letters(handoff: &HandoffRecord) -> String {
    format!("{} {} {}", handoff.state.name(), handoff.version, handoff.owner)
}

fn recall(handoff: &mut HandoffRecord, letters: &str) {
    let mut words = letters.splitn(3, ' ');
    let (state, version) = (words.next(), words.next());
    handoff.state = state.and_then(HandoffState::from_name).unwrap_or(handoff.state);
    handoff.version = version.and_then(|text| text.parse().ok()).unwrap_or(handoff.version);
    handoff.owner = words.next().unwrap_or_default().to_owned();
}

/// One step of a handoff, inside its transaction.
struct Step<'a> {
    tx: &'a WriteTx,
    policy: &'a InForce,
    call: &'a HandoffCall,
    model_version: u64,
    now: Timestamp,
}

/// What happened, by its name, and more of it.
type Happened = (&'static str, serde_json::Value);

impl Step<'_> {
    async fn apply(&self, handoff: &mut HandoffRecord, doing: Doing) -> Result<Happened, AppError> {
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
            let days = i64::from(self.policy.rules.give_up_days);
            handoff.clock.gives_up_at = last + days * DAY;
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
        let nurture_until = match reason.kind {
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
