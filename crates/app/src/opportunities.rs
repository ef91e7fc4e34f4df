//! Opportunities: storing and reading.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use abm_core::{
    AccountId, AccountOrigin, LeadId, Opportunity, OpportunityId, OpportunityState, Timestamp,
    WorkspaceId,
};
use abm_store::{Cause, Lock, OpportunityFilter, OpportunityRecord, WriteTx};

use crate::gather::{News, fold_accounts};
use crate::idempotency::RequestKey;
use crate::models::Compiled;
use crate::regroup::{Accounts, lock_accounts};
use crate::stages::follow_opportunities;
use crate::survivors::Survivors;
use crate::upsert::{Rows, Upsert, UpsertOptions, UpsertOutcome, Upserted, too_much};
use crate::{App, AppError, Inner};

impl App {
    /// Stores opportunities. With `merge` the fields that are empty keep what is stored, and
    /// people are added to it. An account that is not known is made from its bare id.
    ///
    /// # Errors
    /// When the request id was used for something else.
    pub async fn upsert_opportunities(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        rows: Vec<Upsert<OpportunityId, Opportunity>>,
        options: UpsertOptions,
    ) -> Result<Upserted, AppError> {
        self.writer
            .run(
                move |inner| async move { upsert(&inner, workspace, request, rows, options).await },
            )
            .await
    }

    /// One opportunity, and the position it was read at.
    ///
    /// # Errors
    /// When there is no such opportunity.
    pub async fn opportunity(
        &self,
        workspace: WorkspaceId,
        id: &OpportunityId,
    ) -> Result<(OpportunityRecord, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let found = view.opportunities([id.clone()]).await?.remove(id);
        Ok((found.ok_or_else(|| AppError::not_found("opportunity", id))?, revision))
    }

    /// Opportunities in the order of their ids, and the position they were read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn opportunities(
        &self,
        workspace: WorkspaceId,
        filter: &OpportunityFilter,
        after: Option<&OpportunityId>,
        limit: u64,
    ) -> Result<(Vec<OpportunityRecord>, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let mut filter = filter.clone();
        if let Some(account) = &mut filter.account
            && let Some(survivor) = view.survivors([account.clone()]).await?.remove(account)
        {
            *account = survivor;
        }
        Ok((view.opportunities_after(&filter, after, limit).await?, revision))
    }
}

async fn upsert(
    inner: &Inner,
    workspace: WorkspaceId,
    request: RequestKey,
    rows: Vec<Upsert<OpportunityId, Opportunity>>,
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
    let ids: BTreeSet<OpportunityId> = rows.good.iter().map(|(_, id, _)| id.clone()).collect();
    let before = tx.opportunities(ids).await?;
    let after = lay_over(&mut rows, &before, options.merge, now);
    if options.all_or_nothing {
        rows.all_taken("opportunities")?;
    }
    let changed: Vec<OpportunityRecord> =
        after.into_values().filter(|record| before.get(&record.id) != Some(record)).collect();
    tx.put_opportunities(&changed).await?;
    if workspace.merged_accounts > 0 {
        tx.point_opportunities(changed.iter().map(|record| &record.id)).await?;
    }
    let named = changed.iter().filter_map(|record| record.opportunity.account.clone());
    let left = changed.iter().filter_map(|record| {
        let old = before.get(&record.id)?.opportunity.account.as_ref()?;
        (record.opportunity.account.as_ref() != Some(old)).then(|| old.clone())
    });
    let (named, left): (Vec<_>, Vec<_>) = (named.collect(), left.collect());
    let ids = named.iter().chain(&left).cloned();
    let survivors = Survivors::load(&tx, workspace.merged_accounts, ids).await?;
    let counted = |ids: Vec<AccountId>| ids.iter().map(|id| survivors.of(id).clone()).collect();
    let people = |record: &OpportunityRecord| {
        let old = before.get(&record.id).map(|old| &old.opportunity.people);
        let all = old.into_iter().chain([&record.opportunity.people]);
        all.flat_map(|people| people.keys().cloned()).collect::<Vec<LeadId>>()
    };
    let lost = lost_now(&changed, &before, now);
    follow_opportunities(&tx, changed.iter().flat_map(people).collect(), &lost, now).await?;
    let compiled = inner.models.get(&tx, workspace.model_version).await?;
    mention(&tx, &compiled, counted(named), counted(left), now).await?;
    request.remember(&tx, rows.letters(), now).await?;
    let revision = tx.commit().await?;
    Ok(Upserted { rows: rows.into_outcomes(), revision })
}

/// The opportunities after the rows, and in the rows what becomes of each.
fn lay_over(
    rows: &mut Rows<OpportunityId, Opportunity>,
    before: &BTreeMap<OpportunityId, OpportunityRecord>,
    merge: bool,
    now: Timestamp,
) -> BTreeMap<OpportunityId, OpportunityRecord> {
    let mut after = before.clone();
    for (index, id, mut opportunity) in std::mem::take(&mut rows.good) {
        let old = after.get(&id);
        if merge && let Some(old) = old {
            opportunity = old.opportunity.clone().merged_with(opportunity);
        }
        if opportunity.check().is_err() {
            rows.note(index, UpsertOutcome::Rejected(too_much()));
            continue;
        }
        let outcome = match old {
            None => UpsertOutcome::Created,
            Some(old) if old.opportunity == opportunity => UpsertOutcome::Unchanged,
            Some(_) => UpsertOutcome::Updated,
        };
        if outcome != UpsertOutcome::Unchanged {
            let created_at = old.map_or(now, |old| old.created_at);
            let record = OpportunityRecord {
                id: id.clone(),
                opportunity,
                survivor: None,
                people_survivors: BTreeMap::new(),
                created_at,
                updated_at: now,
            };
            after.insert(id, record);
        }
        rows.note(index, outcome);
    }
    after
}

/// Who takes part in opportunities that were lost just now, and when that was at the latest.
fn lost_now(
    changed: &[OpportunityRecord],
    before: &BTreeMap<OpportunityId, OpportunityRecord>,
    now: Timestamp,
) -> BTreeMap<LeadId, Timestamp> {
    let is_lost = |record: &OpportunityRecord| record.opportunity.state == OpportunityState::Lost;
    let mut lost = BTreeMap::new();
    for record in changed.iter().filter(|record| is_lost(record)) {
        if before.get(&record.id).is_some_and(is_lost) {
            continue;
        }
        let at = record.opportunity.closed_at.unwrap_or(now);
        for lead in record.opportunity.people.keys() {
            let latest = lost.entry(lead.clone()).or_insert(at);
            *latest = at.max(*latest);
        }
    }
    lost
}

/// Makes the accounts that are named for the first time, and lets those go that nothing names
/// any more. Others are not touched: no score depends on an opportunity.
async fn mention(
    tx: &WriteTx,
    compiled: &Arc<Compiled>,
    named: BTreeSet<AccountId>,
    left: BTreeSet<AccountId>,
    now: Timestamp,
) -> Result<(), AppError> {
    let known = tx.accounts(named.union(&left).cloned()).await?;
    let is_new = |id: &&AccountId| !known.contains_key(*id);
    let is_bare = |id: &&AccountId| {
        known.get(*id).is_some_and(|account| account.origin != AccountOrigin::Caller)
    };
    let touched = named.iter().filter(is_new).chain(left.iter().filter(is_bare)).cloned();
    let touched: BTreeSet<AccountId> = touched.collect();
    if touched.is_empty() {
        return Ok(());
    }
    let states = lock_accounts(tx, compiled, touched, Accounts::new(), now).await?;
    fold_accounts(tx, compiled, states, News::default(), Cause::Profile, now).await?;
    Ok(())
}
