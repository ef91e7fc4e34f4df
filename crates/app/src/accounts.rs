//! Accounts: storing, removing, reading.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::domain::Domain;
use abm_core::{AccountId, AccountOrigin, AccountProfile, Timestamp, WorkspaceId};
use abm_store::{
    AccountRecord, Cause, Claim, LeadRecord, Lock, StoreError, WorkspaceRecord, WriteTx,
};

use crate::fold::unassessed;
use crate::gather::{News, fold_accounts};
use crate::idempotency::RequestKey;
use crate::matching::mentioned;
use crate::models::Compiled;
use crate::regroup::{Entries, People, lock_accounts, match_people, move_people};
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

    /// One account, and the position it was read at.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn account(
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
    let before = tx.accounts(ids).await?;
    let after = lay_over(&mut rows, &before, options.merge, now);
    if options.all_or_nothing {
        rows.all_taken("accounts")?;
    }
    let changed: Vec<AccountRecord> =
        after.into_values().filter(|account| before.get(&account.id) != Some(account)).collect();
    if !changed.is_empty() {
        store_changed(&tx, &compiled, &workspace, &before, &changed, now).await?;
    }
    request.remember(&tx, rows.letters(), now).await?;
    let revision = tx.commit().await?;
    Ok(Upserted { rows: rows.into_outcomes(), revision })
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

async fn store_changed(
    tx: &WriteTx,
    compiled: &std::sync::Arc<Compiled>,
    workspace: &WorkspaceRecord,
    before: &BTreeMap<AccountId, AccountRecord>,
    changed: &[AccountRecord],
    now: Timestamp,
) -> Result<(), AppError> {
    tx.put_accounts(changed, true).await?;
    let new: Vec<_> = changed.iter().map(|account| unassessed(&account.id)).collect();
    tx.put_account_states(&new, false).await?;
    let mut ids: BTreeSet<AccountId> = changed.iter().map(|account| account.id.clone()).collect();
    let news = News { accounts: ids.clone(), ..News::default() };
    // Parents may be mentioned for the first time by this, or no longer.
    let as_before = changed.iter().filter_map(|account| before.get(&account.id));
    ids.extend(
        changed.iter().chain(as_before).filter_map(|account| account.profile.parent.clone()),
    );
    let claimed: Vec<(&AccountId, Vec<Domain>)> =
        changed.iter().map(|account| (&account.id, account.profile.claimed_domains())).collect();
    let claims: BTreeSet<Claim> =
        claimed.iter().flat_map(|(id, domains)| Claim::of(id, domains)).collect();
    let owners = changed.iter().map(|account| account.id.clone());
    let moved = change_claims(tx, owners, &claims).await?;
    rematch(tx, compiled, workspace, moved, ids, news, now).await
}

/// Stores what accounts claim from now on, and gives the people whose match that can change.
async fn change_claims(
    tx: &WriteTx,
    owners: impl Iterator<Item = AccountId>,
    claims: &BTreeSet<Claim>,
) -> Result<BTreeMap<abm_core::LeadId, LeadRecord>, StoreError> {
    let before = tx.claims_of(owners).await?;
    tx.remove_claims(before.difference(claims)).await?;
    tx.add_claims(claims.difference(&before)).await?;
    let touched = before.symmetric_difference(claims);
    let registrable = |claim: &Claim| Domain::parse(&claim.domain).ok()?.registrable();
    let domains: BTreeSet<String> =
        touched.filter_map(registrable).map(|domain| domain.to_string()).collect();
    if domains.is_empty() {
        return Ok(BTreeMap::new());
    }
    tx.leads_at_domains(domains.into_iter().collect()).await
}

/// Matches people anew, moves those whose account is another one now, and folds.
async fn rematch(
    tx: &WriteTx,
    compiled: &std::sync::Arc<Compiled>,
    workspace: &WorkspaceRecord,
    before: BTreeMap<abm_core::LeadId, LeadRecord>,
    accounts: BTreeSet<AccountId>,
    mut news: News,
    now: Timestamp,
) -> Result<(), AppError> {
    let mut people = People { after: before.clone(), before };
    let made = match_people(tx, workspace, people.after.values_mut(), now).await?;
    let changed: Vec<LeadRecord> = people.changed().cloned().collect();
    let kept: BTreeSet<_> = changed.iter().map(|lead| lead.id.clone()).collect();
    people.before.retain(|id, _| kept.contains(id));
    people.after.retain(|id, _| kept.contains(id));
    tx.put_leads(&changed).await?;
    let all = people.accounts().chain(accounts).collect();
    let states = lock_accounts(tx, compiled, all, made, now).await?;
    move_people(tx, compiled, &people, &mut Entries::new(), &mut news).await?;
    fold_accounts(tx, compiled, states, news, Cause::Profile, now).await?;
    Ok(())
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
    let old = tx.account(&id).await?.ok_or_else(|| AppError::not_found("account", &id))?;
    let compiled = inner.models.get(&tx, workspace.model_version).await?;
    change_claims(&tx, [id.clone()].into_iter(), &BTreeSet::new()).await?;
    let bare = mentioned(&id, AccountOrigin::Mention, now);
    tx.put_accounts(std::slice::from_ref(&bare), true).await?;
    let people = tx.leads_of([id.clone()]).await?;
    let mut ids = BTreeSet::from([id]);
    let news = News { accounts: ids.clone(), ..News::default() };
    ids.extend(old.profile.parent);
    // If nobody mentions it any more, it goes with this.
    rematch(&tx, &compiled, &workspace, people, ids, news, now).await?;
    request.remember(&tx, String::new(), now).await?;
    Ok(tx.commit().await?)
}
