//! Handing over because a person of marketing says so.

use abm_core::handoff::HandoffCause;
use abm_core::lifecycle::{Actor, Asked, Move};
use abm_core::{AccountId, LeadId, Timestamp, WorkspaceId};
use abm_store::{Lock, WriteTx};

use super::act::{Given, HandoffCall, check_comment};
use super::leads::as_counted;
use super::made::Made;
use super::policy::{InForce, Loads};
use super::subject::{Handed, Whom};
use crate::lifecycle::{Moving, Record};
use crate::models::Compiled;
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
    let leads = as_counted(&tx, lead.into_iter().collect()).await?;
    let account = match (account, leads.first()) {
        (_, Some(lead)) => {
            let found = tx.leads([lead.clone()]).await?.remove(lead);
            found.ok_or_else(|| AppError::not_found("lead", lead))?.account
        }
        (account, None) => account,
    };
    let compiled = inner.models.get(&tx, record.model_version).await?;
    let by = (call.actor, call.caller.as_str());
    let Passed { made, id, joined } = pass_on(&tx, &compiled, account, &leads, by, now).await?;
    let mut moving = Moving::begin(&tx, leads.iter().cloned().collect(), now).await?;
    for lead in &leads {
        if moving.get(lead).is_some_and(|stands| stands.lifecycle.is_mql()) {
            continue;
        }
        let note = Record {
            caller: call.caller.clone(),
            reason: reason.clone(),
            model_version: record.model_version,
            handoff: id.clone(),
            evidence: String::new(),
        };
        let moved = moving.step(lead, Move::Qualify, &Asked::new(call.actor, now), note);
        moved.map_err(|refused| AppError::StateForbids {
            subject: format!("lead/{lead}"),
            message: format!("the lead {refused}"),
        })?;
    }
    moving.store(&tx).await?;
    made.store(&tx).await?;
    let word = if joined { "joined" } else { "created" };
    call.request.remember(&tx, format!("{word} {id}"), now).await?;
    let handoff = tx.handoff(&id).await?.ok_or(AppError::Broken)?;
    let revision = tx.commit().await?;
    Ok(Given { handoff, joined, revision })
}

/// What is passed on by a person, before it is stored.
pub(crate) struct Passed {
    pub(crate) made: Made,
    pub(crate) id: String,
    pub(crate) joined: bool,
}

/// Makes a handoff of an account, or of leads and their account, because a person says so; or joins the
/// one that is open. The workspace is locked.
pub(crate) async fn pass_on(
    tx: &WriteTx,
    compiled: &Compiled,
    account: Option<AccountId>,
    leads: &[LeadId],
    by: (Actor, &str),
    now: Timestamp,
) -> Result<Passed, AppError> {
    let of_account = tx.open_handoffs_of_accounts(account.clone()).await?.into_values().next();
    let of_leads = tx.open_handoffs_of_leads(leads.iter().cloned()).await?;
    let of_lead = of_leads.values().next().cloned();
    let open = of_lead.or_else(|| of_account.as_ref().map(|handoff| handoff.id.clone()));
    let mut made = Made::default();
    let (id, joined) = match open {
        Some(id) => {
            if let (Some(handoff), false) = (of_account, leads.is_empty()) {
                made.join(handoff, leads, by, now);
            }
            (id, true)
        }
        None => {
            let policy = InForce::read(tx).await?;
            let cause = HandoffCause::Person;
            let whom = Whom { account: account.as_ref(), leads, cause };
            let handed = Handed::read(tx, compiled, whom, now).await?;
            let mut loads = Loads::lock(tx).await?;
            let id = made.hand_over(handed, &policy, &mut loads, by, now);
            loads.store(tx).await?;
            (id, false)
        }
    };
    for lead in leads.iter().filter(|lead| !of_leads.contains_key(*lead)) {
        made.add_lead(&id, lead, HandoffCause::Person, now);
    }
    Ok(Passed { made, id, joined })
}
