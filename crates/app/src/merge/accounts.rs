//! Merging and splitting accounts.

use std::collections::BTreeSet;

use abm_core::{AccountId, WorkspaceId};
use abm_store::{AccountRecord, AccountState, Adjusted, Cause, Lock, StoreError, WriteTx};

use super::{Cut, Note, Plan, check_others, plan_merge, plan_split};
use crate::claims::renew_claims;
use crate::fold::unassessed;
use crate::gather::News;
use crate::handoff::join_handoffs_of_accounts;
use crate::idempotency::RequestKey;
use crate::regroup::{Accounts, Change, lock_accounts, rematch};
use crate::survivors::Survivors;
use crate::{App, AppError, Inner};

impl App {
    /// Merges accounts into another one, as if everything that names them had named it and it
    /// had claimed their domains. Its profile stays as it is.
    ///
    /// # Errors
    /// When one of them is not known or is merged into yet another one.
    pub async fn merge_accounts(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        survivor: AccountId,
        others: Vec<AccountId>,
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

    /// Splits an account off the one it is merged into, as if it had never been. What was merged
    /// into it before goes with it.
    ///
    /// # Errors
    /// When it is not known or not merged.
    pub async fn split_account(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        id: AccountId,
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
    survivor: AccountId,
    others: Vec<AccountId>,
    note: Note,
) -> Result<u64, AppError> {
    let now = inner.clock.now();
    let (tx, mut workspace) = inner.begin(workspace, Lock::Exclusive).await?;
    if request.first_outcome(&tx).await?.is_some() {
        return Ok(tx.revision().await?);
    }
    let known = async |ids| Ok(tx.accounts(ids).await?.into_keys().collect());
    let Plan { survivor, others } = plan_merge(&tx, survivor, others, known).await?;
    if !others.is_empty() {
        let compiled = inner.models.get(&tx, workspace.model_version).await?;
        // What time has brought them is on record before they end.
        lock_accounts(&tx, &compiled, others.clone(), Accounts::new(), now).await?;
        let mut people = tx.leads_of(others.iter().cloned()).await?;
        let merged = tx.accounts(others.iter().cloned()).await?;
        let all = others.iter().chain([&survivor]).cloned();
        join_handoffs_of_accounts(&tx, all.collect(), (note.actor, &note.by), now).await?;
        tx.merge_accounts(&survivor, &others).await?;
        workspace.merged_accounts += others.len() as u64;
        people.extend(renew_claims(&tx, &workspace, &[survivor.clone()].into(), &[]).await?);
        let mut touched = parents(&tx, &workspace, merged.values()).await?;
        touched.insert(survivor.clone());
        let news = News { visited: [survivor.clone()].into(), ..News::default() };
        let (tx, compiled, workspace, cause) = (&tx, &compiled, &workspace, Cause::Merge);
        let change = Change { tx, compiled, workspace, cause, now };
        rematch(&change, people, &others, touched, news).await?;
        let adjustment = |id| note.adjustment(id, Adjusted::Merge, &survivor, now);
        let adjustments: Vec<_> = others.iter().map(adjustment).collect();
        tx.add_adjustments::<AccountId>(&adjustments).await?;
    }
    request.remember(&tx, String::new(), now).await?;
    Ok(tx.commit().await?)
}

async fn split(
    inner: &Inner,
    workspace: WorkspaceId,
    request: RequestKey,
    id: AccountId,
    note: Note,
) -> Result<u64, AppError> {
    let now = inner.clock.now();
    let (tx, workspace) = inner.begin(workspace, Lock::Exclusive).await?;
    if request.first_outcome(&tx).await?.is_some() {
        return Ok(tx.revision().await?);
    }
    let known = async || Ok(tx.account(&id).await?.is_some());
    let Cut { survivor, with } = plan_split(&tx, &id, known).await?;
    let compiled = inner.models.get(&tx, workspace.model_version).await?;
    let restored = tx.merged_accounts([id.clone()]).await?.into_values().collect::<Vec<_>>();
    let mut people = tx.leads_of([survivor.clone()]).await?;
    tx.split(&id, &with, &survivor).await?;
    tx.put_accounts(&restored, true).await?;
    tx.point_parents([&id]).await?;
    tx.put_account_states(&[as_last_shown(&tx, &id).await?], false).await?;
    let both = BTreeSet::from([id.clone(), survivor.clone()]);
    people.extend(renew_claims(&tx, &workspace, &both, &[]).await?);
    let mut touched = parents(&tx, &workspace, restored.iter()).await?;
    touched.extend(both.iter().cloned());
    let news = News { visited: both, accounts: [id.clone()].into(), ..News::default() };
    let change =
        Change { tx: &tx, compiled: &compiled, workspace: &workspace, cause: Cause::Merge, now };
    rematch(&change, people, &BTreeSet::new(), touched, news).await?;
    let adjustment = note.adjustment(&id, Adjusted::Split, &survivor, now);
    tx.add_adjustments::<AccountId>(&[adjustment]).await?;
    request.remember(&tx, String::new(), now).await?;
    Ok(tx.commit().await?)
}

/// Whom the parents of accounts count for: that they are mentioned begins or ends here.
async fn parents(
    tx: &WriteTx,
    workspace: &abm_store::WorkspaceRecord,
    accounts: impl Iterator<Item = &AccountRecord>,
) -> Result<BTreeSet<AccountId>, StoreError> {
    let named: Vec<AccountId> =
        accounts.filter_map(|account| account.profile.parent.clone()).collect();
    let survivors = Survivors::load(tx, workspace.merged_accounts, named.iter().cloned()).await?;
    Ok(named.iter().map(|parent| survivors.of(parent).clone()).collect())
}

/// A state without any finding, to go on with the timeline that the account had before it was
/// merged.
async fn as_last_shown(tx: &WriteTx, id: &AccountId) -> Result<AccountState, StoreError> {
    let state = unassessed(id);
    let last = tx.timeline_before(id, None, 1).await?.into_iter().next();
    Ok(match last {
        Some(last) => AccountState {
            sequence: last.sequence,
            engagement: last.engagement,
            fit: last.fit,
            tier: last.tier,
            mqa: last.mqa,
            priority: last.priority,
            engaged_people: last.engaged_people,
            ..state
        },
        None => state,
    })
}
