//! Accounts: storing, removing, reading.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::{AccountId, AccountOrigin, AccountProfile, Timestamp, WorkspaceId};
use abm_store::{AccountRecord, Cause, Lock, StoreError, WorkspaceRecord, WriteTx};

use crate::claims::renew_claims;
use crate::fold::unassessed;
use crate::gather::News;
use crate::idempotency::RequestKey;
use crate::matching::mentioned;
use crate::regroup::{Accounts, Change, rematch};
use crate::survivors::Survivors;
use crate::upsert::{Rows, Upsert, UpsertOptions, UpsertOutcome, Upserted, too_much};
use crate::{App, AppError, Inner};

impl App {
    /// Stores accounts, and matches people anew where claims of domains changed. With `merge`
    /// the fields that are empty keep what is stored and domains are added to it.
    ///
    /// # Errors
    /// When the request id was used for something else.
    pub async fn upsert_accounts(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        rows: Vec<Upsert<AccountId, AccountProfile>>,
        options: UpsertOptions,
    ) -> Result<Upserted, AppError> {
        self.writer
            .run(
                move |inner| async move { upsert(&inner, workspace, request, rows, options).await },
            )
            .await
    }

    /// Removes an account's profile, domains and history. People who matched its domains are
    /// matched anew; activities stay. If somebody still names it, its bare id remains.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn delete_account(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        id: AccountId,
    ) -> Result<u64, AppError> {
        self.writer
            .run(move |inner| async move { delete(&inner, workspace, request, id).await })
            .await
    }

    /// One account, or the one that it is merged into, and the position it was read at.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn account(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
    ) -> Result<(AccountRecord, u64), AppError> {
        let found = self.one_account(workspace, id).await;
        match self.inner.instead(workspace, id, found.as_ref().err()).await? {
            Some(id) => self.one_account(workspace, &id).await,
            None => found,
        }
    }

    async fn one_account(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
    ) -> Result<(AccountRecord, u64), AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        let found = view.account(id).await?;
        Ok((found.ok_or_else(|| AppError::not_found("account", id))?, revision))
    }

    /// Accounts in the order of their ids, and the position they were read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn accounts(
        &self,
        workspace: WorkspaceId,
        after: Option<&AccountId>,
        limit: u64,
    ) -> Result<(Vec<AccountRecord>, u64), AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        Ok((view.accounts_after(after, limit).await?, revision))
    }
}

async fn upsert(
    inner: &Inner,
    workspace: WorkspaceId,
    request: RequestKey,
    rows: Vec<Upsert<AccountId, AccountProfile>>,
    options: UpsertOptions,
) -> Result<Upserted, AppError> {
    let now = inner.clock.now();
    let (tx, workspace) = inner.begin(workspace, Lock::Exclusive).await?;
    let mut rows = Rows::new(rows);
    if let Some(first) = request.first_outcome(&tx).await? {
        rows.recall(&first);
        let revision = tx.revision().await?;
        return Ok(Upserted { rows: rows.into_outcomes(), revision });
    }
    let compiled = inner.models.get(&tx, workspace.model_version).await?;
    let ids: BTreeSet<AccountId> = rows.good.iter().map(|(_, id, _)| id.clone()).collect();
    let before = stored(&tx, &workspace, ids).await?;
    let after = lay_over(&mut rows, &before.all, options.merge, now);
    if options.all_or_nothing {
        rows.all_taken("accounts")?;
    }
    let cause = Cause::Profile;
    let change = Change { tx: &tx, compiled: &compiled, workspace: &workspace, cause, now };
    store_changed(&change, &before, after).await?;
    request.remember(&tx, rows.letters(), now).await?;
    let revision = tx.commit().await?;
    Ok(Upserted { rows: rows.into_outcomes(), revision })
}

/// Accounts as they are stored, merged or not.
pub(crate) struct Stored {
    pub(crate) all: Accounts,
    /// Whom those of them count for that are merged.
    pub(crate) merged: BTreeMap<AccountId, AccountId>,
}

pub(crate) async fn stored(
    tx: &WriteTx,
    workspace: &WorkspaceRecord,
    ids: BTreeSet<AccountId>,
) -> Result<Stored, StoreError> {
    let mut all = tx.accounts(ids.iter().cloned()).await?;
    if workspace.merged_accounts == 0 {
        return Ok(Stored { all, merged: BTreeMap::new() });
    }
    let merged = tx.survivors(ids.iter().cloned()).await?;
    all.extend(tx.merged_accounts(merged.keys().cloned()).await?);
    Ok(Stored { all, merged })
}

/// The accounts after the rows, and in the rows what becomes of each.
fn lay_over(
    rows: &mut Rows<AccountId, AccountProfile>,
    before: &BTreeMap<AccountId, AccountRecord>,
    merge: bool,
    now: Timestamp,
) -> BTreeMap<AccountId, AccountRecord> {
    let mut after = before.clone();
    for (index, id, mut profile) in std::mem::take(&mut rows.good) {
        let old = after.get(&id);
        // An account of which only the id was known is new to the caller.
        let sent = old.filter(|account| account.origin == AccountOrigin::Caller);
        if merge && let Some(old) = sent {
            profile = old.profile.clone().merged_with(profile);
        }
        profile.domains.sort();
        profile.domains.dedup();
        if profile.check().is_err() {
            rows.note(index, UpsertOutcome::Rejected(too_much()));
            continue;
        }
        let outcome = match sent {
            None => UpsertOutcome::Created,
            Some(old) if old.profile == profile => UpsertOutcome::Unchanged,
            Some(_) => UpsertOutcome::Updated,
        };
        if outcome != UpsertOutcome::Unchanged {
            let created_at = old.map_or(now, |old| old.created_at);
            let origin = AccountOrigin::Caller;
            let record =
                AccountRecord { id: id.clone(), profile, origin, created_at, updated_at: now };
            after.insert(id, record);
        }
        rows.note(index, outcome);
    }
    after
}

/// Stores accounts that changed, and matches people anew where claims of domains did. Of those
/// that are merged only what they claim counts.
pub(crate) async fn store_changed(
    change: &Change<'_>,
    before: &Stored,
    after: Accounts,
) -> Result<(), AppError> {
    let Change { tx, workspace, .. } = *change;
    let changed = after.into_values().filter(|new| before.all.get(&new.id) != Some(new));
    let (merged, changed): (Vec<AccountRecord>, Vec<AccountRecord>) =
        changed.partition(|new| before.merged.contains_key(&new.id));
    if merged.is_empty() && changed.is_empty() {
        return Ok(());
    }
    tx.put_merged_accounts(&merged).await?;
    tx.put_accounts(&changed, true).await?;
    let new: Vec<_> = changed.iter().map(|account| unassessed(&account.id)).collect();
    tx.put_account_states(&new, false).await?;
    let mut ids: BTreeSet<AccountId> = changed.iter().map(|account| account.id.clone()).collect();
    let news = News { accounts: ids.clone(), ..News::default() };
    // Whether a survivor that no caller sent is needed depends on what is merged into it.
    ids.extend(merged.iter().filter_map(|account| before.merged.get(&account.id).cloned()));
    let owners = ids.clone();
    // Parents may be mentioned for the first time by this, or no longer.
    let as_before = changed.iter().filter_map(|account| before.all.get(&account.id));
    let parents = changed.iter().chain(as_before).filter_map(|a| a.profile.parent.clone());
    let parents: Vec<AccountId> = parents.collect();
    let survivors = Survivors::load(tx, workspace.merged_accounts, parents.clone()).await?;
    if !survivors.is_empty() {
        tx.point_parents(changed.iter().map(|account| &account.id)).await?;
    }
    ids.extend(parents.iter().map(|parent| survivors.of(parent).clone()));
    let moved = renew_claims(tx, workspace, &owners, &changed).await?;
    rematch(change, moved, &BTreeSet::new(), ids, news).await
}

async fn delete(
    inner: &Inner,
    workspace: WorkspaceId,
    request: RequestKey,
    id: AccountId,
) -> Result<u64, AppError> {
    let now = inner.clock.now();
    let (tx, workspace) = inner.begin(workspace, Lock::Exclusive).await?;
    if request.first_outcome(&tx).await?.is_some() {
        return Ok(tx.revision().await?);
    }
    let compiled = inner.models.get(&tx, workspace.model_version).await?;
    let before = stored(&tx, &workspace, [id.clone()].into()).await?;
    if before.all.is_empty() {
        return Err(AppError::not_found("account", &id));
    }
    let bare = mentioned(&id, AccountOrigin::Mention, now);
    let cause = Cause::Profile;
    let change = Change { tx: &tx, compiled: &compiled, workspace: &workspace, cause, now };
    // If nobody mentions it any more, it goes with this.
    store_changed(&change, &before, [(id, bare)].into()).await?;
    request.remember(&tx, String::new(), now).await?;
    Ok(tx.commit().await?)
}
