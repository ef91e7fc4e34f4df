//! Handing over because a person of marketing says so.

use abm_core::handoff::HandoffCause;
use abm_core::lifecycle::{Asked, Move};
use abm_core::{AccountId, LeadId, WorkspaceId};
use abm_store::Lock;

use super::act::{Given, HandoffCall, check_comment};
use super::made::Made;
use super::policy::{InForce, Loads};
use super::subject::{Handed, Whom};
use crate::lifecycle::{Moving, Record};
use crate::{App, AppError, Inner};

impl App {
    /// Hands an account or a lead over because a person of marketing says so. One that is handed
    /// over already is joined.
    ///
    /// # Errors
    /// When there is no such lead or account; when the lead cannot be marketing qualified from
    /// where it stands.
    pub async fn hand_over(
        &self,
        workspace: WorkspaceId,
        call: HandoffCall,
        account: Option<AccountId>,
        lead: Option<LeadId>,
        reason: String,
    ) -> Result<Given, AppError> {
        check_comment(&reason)?;
        self.writer
            .run(move |inner| async move {
                hand_over(&inner, workspace, call, account, lead, reason).await
            })
            .await
    }
}

async fn hand_over(
    inner: &Inner,
    workspace: WorkspaceId,
    call: HandoffCall,
    account: Option<AccountId>,
    lead: Option<LeadId>,
    reason: String,
) -> Result<Given, AppError> {
    let now = inner.clock.now();
    let (tx, record) = inner.begin(workspace, Lock::Exclusive).await?;
    if let Some(first) = call.request.first_outcome(&tx).await? {
        let (joined, id) = first.split_once(' ').unwrap_or(("", first.as_str()));
        let found = tx.handoff(id).await?.ok_or_else(|| AppError::not_found("handoff", id))?;
        let revision = tx.revision().await?;
        return Ok(Given { handoff: found, joined: joined == "joined", revision });
    }
    let account = match (account, &lead) {
        (_, Some(lead)) => {
            let found = tx.leads([lead.clone()]).await?.remove(lead);
            found.ok_or_else(|| AppError::not_found("lead", lead))?.account
        }
        (account, None) => account,
    };
    let leads: Vec<LeadId> = lead.into_iter().collect();
    let of_account = tx.open_handoffs_of_accounts(account.clone()).await?.into_values().next();
    let of_lead = tx.open_handoffs_of_leads(leads.iter().cloned()).await?.into_values().next();
    let open = match of_lead {
        Some(id) => Some(id),
        None => of_account.as_ref().map(|handoff| handoff.id.clone()),
    };
    let compiled = inner.models.get(&tx, record.model_version).await?;
    let policy = InForce::read(&tx).await?;
    let mut made = Made::default();
    let (id, joined) = match (open, of_account) {
        (Some(id), handoff) => {
            if let (Some(handoff), false) = (handoff, leads.is_empty()) {
                made.join(handoff, &leads, (call.actor, &call.caller), now);
            }
            (id, true)
        }
        (None, _) => {
            let cause = HandoffCause::Person;
            let whom = Whom { account: account.as_ref(), leads: &leads, cause };
            let handed = Handed::read(&tx, &compiled, whom, now).await?;
            let mut loads = Loads::read(&tx, &policy.rules).await?;
            let by = (call.actor, call.caller.as_str());
            (made.hand_over(handed, &policy, &mut loads, by, now), false)
        }
    };
    let mut moving = Moving::begin(&tx, leads.iter().cloned().collect(), now).await?;
    for lead in &leads {
        let is_mql = moving.get(lead).is_some_and(|stands| stands.lifecycle.is_mql());
        let asked = Asked::new(call.actor, now);
        let note = Record {
            caller: call.caller.clone(),
            reason: reason.clone(),
            model_version: record.model_version,
            handoff: id.clone(),
            evidence: String::new(),
        };
        if !is_mql {
            let moved = moving.step(lead, Move::Qualify, &asked, note);
            moved.map_err(|refused| AppError::StateForbids {
                subject: format!("lead/{lead}"),
                message: format!("the lead {refused}"),
            })?;
        }
        if !tx.open_handoffs_of_leads([lead.clone()]).await?.contains_key(lead) {
            made.add_lead(&id, lead, HandoffCause::Person, now);
        }
    }
    moving.store(&tx).await?;
    made.store(&tx).await?;
    let word = if joined { "joined" } else { "created" };
    call.request.remember(&tx, format!("{word} {id}"), now).await?;
    let handoff = tx.handoff(&id).await?.ok_or(AppError::Broken)?;
    let revision = tx.commit().await?;
    Ok(Given { handoff, joined, revision })
}
