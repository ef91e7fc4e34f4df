//! Merging and splitting leads.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::{LeadId, Timestamp, WorkspaceId};
use abm_store::{Adjusted, Cause, Lock, WriteTx};

use super::{Cut, Note, Plan, check_others, plan_merge, plan_split};
use crate::derive::derive;
use crate::handoff::join_handoffs_of_leads;
use crate::idempotency::RequestKey;
use crate::lifecycle::{Moving, Record};
use crate::regroup::Change;
use crate::stages::follow_opportunities;
use crate::{App, AppError, Inner};

impl App {
    /// Merges leads into another one, as if all their activities had been its. Its profile stays
    /// as it is.
    ///
    /// # Errors
    /// When one of them is not known or is merged into yet another one.
    pub async fn merge_leads(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        survivor: LeadId,
        others: Vec<LeadId>,
        note: Note,
    ) -> Result<u64, AppError> {
        note.check_given()?;
        check_others(&survivor, &others)?;
        self.writer
            .run(move |inner| async move {
                merge(&inner, workspace, request, survivor, others, note).await
            })
            .await
    }

    /// Splits a lead off the one it is merged into, as if it had never been. What was merged into
    /// it before goes with it.
    ///
    /// # Errors
    /// When it is not known or not merged.
    pub async fn split_lead(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        id: LeadId,
        note: Note,
    ) -> Result<u64, AppError> {
        note.check_given()?;
        self.writer
            .run(move |inner| async move { split(&inner, workspace, request, id, note).await })
            .await
    }
}

async fn merge(
    inner: &Inner,
    workspace: WorkspaceId,
    request: RequestKey,
    survivor: LeadId,
    others: Vec<LeadId>,
    note: Note,
) -> Result<u64, AppError> {
    let now = inner.clock.now();
    let (tx, workspace) = inner.begin(workspace, Lock::Exclusive).await?;
    if request.first_outcome(&tx).await?.is_some() {
        return Ok(tx.revision().await?);
    }
    let known = async |ids| Ok(tx.leads(ids).await?.into_keys().collect());
    let Plan { survivor, others } = plan_merge(&tx, survivor, others, known).await?;
    if !others.is_empty() {
        let compiled = inner.models.get(&tx, workspace.model_version).await?;
        let merged = tx.lock_leads(others.iter().cloned()).await?;
        let before = tx.lock_leads([survivor.clone()]).await?;
        take_over(&tx, &survivor, &others, &note, now).await?;
        tx.merge_leads(&survivor, &others).await?;
        follow_opportunities(&tx, [survivor.clone()].into(), &BTreeMap::new(), now).await?;
        let mut derived = derive(&tx, before, None).await?;
        derived.gone.extend(merged);
        let (tx, compiled, workspace, cause) = (&tx, &compiled, &workspace, Cause::Merge);
        derived.store(&Change { tx, compiled, workspace, cause, now }, [].into()).await?;
        let adjustment = |id| note.adjustment(id, Adjusted::Merge, &survivor, now);
        let adjustments: Vec<_> = others.iter().map(adjustment).collect();
        tx.add_adjustments::<LeadId>(&adjustments).await?;
    }
    request.remember(&tx, String::new(), now).await?;
    Ok(tx.commit().await?)
}

/// The survivor stands from now on where the one of all stands that got furthest.
async fn take_over(
    tx: &WriteTx,
    survivor: &LeadId,
    others: &BTreeSet<LeadId>,
    note: &Note,
    now: Timestamp,
) -> Result<(), AppError> {
    let all: BTreeSet<LeadId> = others.iter().chain([survivor]).cloned().collect();
    let mut moving = Moving::begin(tx, BTreeSet::clone(&all), now).await?;
    join_handoffs_of_leads(tx, all, (note.actor, &note.by), now).await?;
    for other in others {
        let record =
            Record { caller: note.by.clone(), reason: note.reason.clone(), ..Record::default() };
        moving.merge(survivor, other, note.actor, record);
    }
    Ok(moving.store(tx).await?)
}

async fn split(
    inner: &Inner,
    workspace: WorkspaceId,
    request: RequestKey,
    id: LeadId,
    note: Note,
) -> Result<u64, AppError> {
    let now = inner.clock.now();
    let (tx, workspace) = inner.begin(workspace, Lock::Exclusive).await?;
    if request.first_outcome(&tx).await?.is_some() {
        return Ok(tx.revision().await?);
    }
    let known = async || Ok(!tx.leads([id.clone()]).await?.is_empty());
    let Cut { survivor, with } = plan_split(&tx, &id, known).await?;
    let compiled = inner.models.get(&tx, workspace.model_version).await?;
    let restored = tx.merged_leads([id.clone()]).await?.remove(&id);
    let before = tx.lock_leads([survivor.clone()]).await?;
    tx.split(&id, &with, &survivor).await?;
    let both = [id.clone(), survivor.clone()].into();
    follow_opportunities(&tx, both, &BTreeMap::new(), now).await?;
    let mut derived = derive(&tx, before, restored).await?;
    let change =
        Change { tx: &tx, compiled: &compiled, workspace: &workspace, cause: Cause::Merge, now };
    derived.store(&change, [].into()).await?;
    let adjustment = note.adjustment(&id, Adjusted::Split, &survivor, now);
    tx.add_adjustments::<LeadId>(&[adjustment]).await?;
    request.remember(&tx, String::new(), now).await?;
    Ok(tx.commit().await?)
}
