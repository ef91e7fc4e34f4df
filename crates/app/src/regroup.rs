//! Moving people: into the accounts they match, and out of those they matched before.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::{AccountId, AccountOrigin, Entry, LeadId, Timestamp};
use abm_store::{AccountState, LeadRecord, PersonState, StoreError, WorkspaceRecord, WriteTx};

use crate::AppError;
use crate::fold::{unassessed, unassessed_person};
use crate::gather::{News, ledgers_of_leads};
use crate::matching::{Matcher, mentioned, new_account};
use crate::models::Compiled;

/// Entries by person, or by account for its unknown visitor.
pub(crate) type Entries = BTreeMap<(Option<LeadId>, Option<AccountId>), Vec<Entry>>;

/// People as they were and as they are to be.
pub(crate) struct People {
    /// Before; those who are new are left out.
    pub(crate) before: BTreeMap<LeadId, LeadRecord>,
    pub(crate) after: BTreeMap<LeadId, LeadRecord>,
}

impl People {
    /// Those who are new or not as they were.
    pub(crate) fn changed(&self) -> impl Iterator<Item = &LeadRecord> {
        self.after.values().filter(|lead| self.before.get(&lead.id) != Some(*lead))
    }

    /// Every account that somebody is or was in.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = AccountId> {
        self.before.values().chain(self.after.values()).filter_map(|lead| lead.account.clone())
    }
}

/// Finds the accounts of people, and makes those that are not there.
pub(crate) async fn match_people<'a>(
    tx: &WriteTx,
    workspace: &WorkspaceRecord,
    leads: impl Iterator<Item = &'a mut LeadRecord>,
    now: Timestamp,
) -> Result<(), AppError> {
    let leads: Vec<&mut LeadRecord> = leads.collect();
    let known = leads.iter().map(|lead| &**lead);
    let matcher = Matcher::load(tx, known, workspace.creates_accounts).await?;
    let mut accounts = BTreeMap::new();
    for lead in leads {
        let found = matcher.find(lead);
        if let Some(account) = new_account(&found, now) {
            accounts.insert(account.id.clone(), account);
        }
        lead.account = found.account().cloned();
    }
    let accounts: Vec<_> = accounts.into_values().collect();
    Ok(tx.put_accounts(&accounts, false).await?)
}

/// Locks accounts in the order of their ids; those that are not there are made.
pub(crate) async fn lock_accounts(
    tx: &WriteTx,
    ids: BTreeSet<AccountId>,
    now: Timestamp,
) -> Result<BTreeMap<AccountId, AccountState>, AppError> {
    let states = tx.lock_account_states(ids.iter().cloned()).await?;
    if states.len() == ids.len() {
        return Ok(states);
    }
    let missing: Vec<AccountId> =
        ids.iter().filter(|id| !states.contains_key(id)).cloned().collect();
    // Only what a visitor names can still be without a profile; others were made before.
    let profiles: Vec<_> =
        missing.iter().map(|id| mentioned(id, AccountOrigin::Mention, now)).collect();
    tx.put_accounts(&profiles, false).await?;
    let new: Vec<AccountState> = missing.iter().map(unassessed).collect();
    tx.put_account_states(&new, false).await?;
    Ok(tx.lock_account_states(ids).await?)
}

/// Locks people, and makes sure that nobody moved one between reading and locking.
pub(crate) async fn lock_people(tx: &WriteTx, people: &People) -> Result<(), AppError> {
    let locked = tx.lock_leads(people.after.keys().cloned()).await?;
    for (id, lead) in &people.after {
        let now = locked.get(id).map(|lead| &lead.account);
        if now != Some(&lead.account) {
            return Err(StoreError::Conflict.into());
        }
    }
    Ok(())
}

/// Puts people where they belong: those who are new into their account, those whose match
/// changed into another one. Entries of people without an account are recorded here.
pub(crate) async fn move_people(
    tx: &WriteTx,
    compiled: &Compiled,
    people: &People,
    entries: &mut Entries,
    news: &mut News,
) -> Result<(), AppError> {
    let old_account = |id: &LeadId| people.before.get(id).map(|lead| lead.account.clone());
    let mut loaded = Vec::new();
    for (id, lead) in &people.after {
        let moved = old_account(id).is_none_or(|old| old != lead.account);
        if (moved || lead.account.is_none())
            && let Some(old) = old_account(id)
        {
            loaded.push((old, id.clone()));
        }
    }
    let mut states = tx.people(loaded).await?;
    let stale: Vec<LeadId> = states
        .values()
        .filter(|state| state.matching != compiled.matching && state.account.is_none())
        .map(|state| state.lead.clone())
        .collect();
    let mut rebuilt = ledgers_of_leads(tx, compiled, stale).await?;
    let (mut gone, mut alone) = (Vec::new(), Vec::new());
    for (id, lead) in &people.after {
        let old = old_account(id);
        let moved = old.as_ref().is_none_or(|old| *old != lead.account);
        if !moved && lead.account.is_some() {
            continue;
        }
        let fresh = || unassessed_person(id, None, compiled.matching);
        let mut state = states.remove(id).unwrap_or_else(fresh);
        if moved && let Some(old) = old {
            news.left.extend(old.clone());
            gone.push((old, id.clone()));
        }
        state.account.clone_from(&lead.account);
        match &lead.account {
            Some(account) => news.joined.entry(account.clone()).or_default().push(state),
            None => alone.push(record_alone(compiled, state, &mut rebuilt, entries)),
        }
    }
    tx.remove_people(gone).await?;
    tx.put_people(&alone).await?;
    Ok(())
}

/// Records the entries of a person who has no account.
fn record_alone(
    compiled: &Compiled,
    mut state: PersonState,
    rebuilt: &mut BTreeMap<LeadId, abm_core::Ledger>,
    entries: &mut Entries,
) -> PersonState {
    let new = entries.remove(&(Some(state.lead.clone()), None)).unwrap_or_default();
    match rebuilt.remove(&state.lead) {
        // Made from the stored activities, among which the new ones are.
        Some(ledger) => state.ledger = ledger,
        None => state.ledger.record(new),
    }
    state.matching = compiled.matching;
    state.last_activity = state.ledger.entries().last().map(|entry| entry.time);
    state
}
