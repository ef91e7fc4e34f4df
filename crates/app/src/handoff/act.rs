//! What sales does with handoffs.

use abm_core::handoff::{AttemptKind, AttemptOutcome, HandoffState};
use abm_core::lifecycle::Actor;
use abm_core::policy::Assignee;
use abm_core::{LeadId, Timestamp, WorkspaceId, limits};
use abm_store::{HandoffEvent, HandoffRecord, Lock};

use super::policy::InForce;
use super::step::Step;
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
#[derive(Clone, Debug)]
pub(super) enum Doing {
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

pub(super) fn forbids(id: &str, message: impl std::fmt::Display) -> AppError {
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
