//! Leads: storing and reading.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::{LeadId, LeadProfile, Timestamp, WorkspaceId};
use abm_store::{Cause, LeadRecord, Lock, WriteTx};

use crate::gather::{News, fold_accounts};
use crate::idempotency::RequestKey;
use crate::ingest::seen;
use crate::regroup::{Change, Entries, People, lock_accounts, match_people, move_people};
use crate::stages::declare;
use crate::upsert::{Rows, Upsert, UpsertOptions, UpsertOutcome, Upserted, too_much};
use crate::{App, AppError, Inner};

impl App {
    /// Stores leads, matches them to accounts, and scores both. With `merge` the fields that
    /// are empty keep what is stored.
    ///
    /// # Errors
    /// When the request id was used for something else.
    pub async fn upsert_leads(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        rows: Vec<Upsert<LeadId, LeadProfile>>,
        options: UpsertOptions,
    ) -> Result<Upserted, AppError> {
        self.writer
            .run(
                move |inner| async move { upsert(&inner, workspace, request, rows, options).await },
            )
            .await
    }
}

async fn upsert(
    inner: &Inner,
    workspace: WorkspaceId,
    request: RequestKey,
    rows: Vec<Upsert<LeadId, LeadProfile>>,
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
    let ids: BTreeSet<LeadId> = rows.good.iter().map(|(_, id, _)| id.clone()).collect();
    let mut before = tx.leads(ids.iter().cloned()).await?;
    let merged = match workspace.merged_leads {
        0 => BTreeMap::new(),
        _ => tx.merged_leads(ids).await?,
    };
    before.extend(merged.clone());
    let mut after = lay_over(&mut rows, &before, options.merge, now);
    if options.all_or_nothing {
        rows.all_taken("leads")?;
    }
    after.retain(|id, lead| before.get(id) != Some(lead));
    // What is sent of those who are merged is kept, and changes nothing.
    let of_merged = after.extract_if(.., |id, _| merged.contains_key(id));
    let of_merged: Vec<LeadRecord> = of_merged.map(|(_, lead)| lead).collect();
    tx.put_merged_leads(&of_merged).await?;
    for lead in missing_survivors(&tx, &of_merged, now).await? {
        after.entry(lead.id.clone()).or_insert(lead);
    }
    let cause = Cause::Profile;
    let change = Change { tx: &tx, compiled: &compiled, workspace: &workspace, cause, now };
    let is_new = |lead: &&LeadRecord| before.get(&lead.id).is_none_or(|before| !before.known);
    declare(&tx, after.values().filter(is_new), now).await?;
    store_changed(&change, before, after).await?;
    request.remember(&tx, rows.letters(), now).await?;
    let revision = tx.commit().await?;
    Ok(Upserted { rows: rows.into_outcomes(), revision })
}

/// Whom leads are merged into that are no longer there, as nothing named them any more: what was
/// sent now needs them again.
async fn missing_survivors(
    tx: &WriteTx,
    merged: &[LeadRecord],
    now: Timestamp,
) -> Result<Vec<LeadRecord>, AppError> {
    let survivors = tx.survivors(merged.iter().map(|lead| lead.id.clone())).await?;
    let survivors: BTreeSet<LeadId> = survivors.into_values().collect();
    let there = tx.leads(survivors.iter().cloned()).await?;
    let missing = survivors.iter().filter(|id| !there.contains_key(*id));
    Ok(missing.map(|id| seen(id, now)).collect())
}

/// Stores leads that changed, and puts them where they belong.
pub(crate) async fn store_changed(
    change: &Change<'_>,
    before: BTreeMap<LeadId, LeadRecord>,
    mut after: BTreeMap<LeadId, LeadRecord>,
) -> Result<(), AppError> {
    let Change { tx, compiled, workspace, cause, now } = *change;
    let made = match_people(tx, workspace, after.values_mut(), now).await?;
    let people = People { before, after };
    let changed: Vec<LeadRecord> = people.after.values().cloned().collect();
    tx.put_leads(&changed).await?;
    let states = lock_accounts(tx, compiled, touched(&people), made, now).await?;
    let mut news = News::default();
    move_people(tx, compiled, &people, &mut Entries::new(), &mut news).await?;
    for lead in people.after.values() {
        if let Some(account) = &lead.account {
            news.leads.entry(account.clone()).or_default().insert(lead.id.clone());
        }
    }
    fold_accounts(tx, compiled, states, news, cause, now).await?;
    Ok(())
}

/// The accounts that somebody who changed is or was in.
fn touched(people: &People) -> BTreeSet<abm_core::AccountId> {
    let of = |lead: &LeadRecord| {
        let old = people.before.get(&lead.id).and_then(|lead| lead.account.clone());
        [old, lead.account.clone()].into_iter().flatten()
    };
    people.after.values().flat_map(of).collect()
}

/// The leads after the rows, and in the rows what becomes of each.
fn lay_over(
    rows: &mut Rows<LeadId, LeadProfile>,
    before: &BTreeMap<LeadId, LeadRecord>,
    merge: bool,
    now: Timestamp,
) -> BTreeMap<LeadId, LeadRecord> {
    let mut after = before.clone();
    for (index, id, mut profile) in std::mem::take(&mut rows.good) {
        profile.email = profile.email.to_lowercase();
        let old = after.get(&id);
        // A person who was only seen in activities is new to the caller.
        let sent = old.filter(|lead| lead.known);
        if merge && let Some(old) = sent {
            profile = old.profile.clone().merged_with(profile);
        }
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
            let record = LeadRecord {
                id: id.clone(),
                profile,
                account: old.and_then(|old| old.account.clone()),
                hint: old.and_then(|old| old.hint.clone()),
                hint_email: old.map(|old| old.hint_email.clone()).unwrap_or_default(),
                known: true,
                created_at: old.map_or(now, |old| old.created_at),
                updated_at: now,
            };
            after.insert(id, record);
        }
        rows.note(index, outcome);
    }
    after
}
