//! Moving people: into the accounts they match, and out of those they matched before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use abm_core::matching::Match;
use abm_core::{AccountId, AccountOrigin, Entry, LeadId, Timestamp};
use abm_store::{
    AccountRecord, AccountState, Cause, LeadRecord, PersonState, WorkspaceRecord, WriteTx,
};

use crate::AppError;
use crate::fold::{is_late, unassessed, unassessed_person};
use crate::gather::{Alone, News, fold_accounts, ledgers_of_leads};
use crate::matching::{Matcher, mentioned, new_account};
use crate::models::Compiled;
use crate::survivors::Survivors;

/// Entries by person, or by account for its unknown visitor.
pub(crate) type Entries = BTreeMap<(Option<LeadId>, Option<AccountId>), Vec<Entry>>;

/// Accounts by id.
pub(crate) type Accounts = BTreeMap<AccountId, AccountRecord>;

/// What a change of who belongs where works with.
#[derive(Clone, Copy)]
pub(crate) struct Change<'a> {
    pub(crate) tx: &'a WriteTx,
    pub(crate) compiled: &'a Arc<Compiled>,
    pub(crate) workspace: &'a WorkspaceRecord,
    /// What the timeline tells as the cause.
    pub(crate) cause: Cause,
    pub(crate) now: Timestamp,
}

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

/// Finds the accounts of people, and gives those that stand for a match until a caller sends
/// them.
pub(crate) async fn match_people<'a>(
    tx: &WriteTx,
    workspace: &WorkspaceRecord,
    leads: impl Iterator<Item = &'a mut LeadRecord>,
    now: Timestamp,
) -> Result<Accounts, AppError> {
    let leads: Vec<&mut LeadRecord> = leads.collect();
    let known = leads.iter().map(|lead| &**lead);
    let matcher = Matcher::load(tx, known, workspace.creates_accounts).await?;
    let found: Vec<Match> = leads.iter().map(|lead| matcher.find(lead)).collect();
    let named = found.iter().filter_map(|found| found.account().cloned());
    let survivors = Survivors::load(tx, workspace.merged_accounts, named).await?;
    let mut accounts = Accounts::new();
    for (lead, found) in leads.into_iter().zip(found) {
        lead.account = found.account().map(|id| survivors.of(id).clone());
        if let Some(id) = &lead.account {
            accounts.insert(id.clone(), new_account(&found, id, now));
        }
    }
    Ok(accounts)
}

/// Matches people anew, moves those whose account is another one now, and folds. `ended` are
/// accounts that some of them were in and that are no more; `accounts` are folded in any case.
pub(crate) async fn rematch(
    change: &Change<'_>,
    before: BTreeMap<LeadId, LeadRecord>,
    ended: &BTreeSet<AccountId>,
    accounts: BTreeSet<AccountId>,
    mut news: News,
) -> Result<(), AppError> {
    let Change { tx, compiled, workspace, cause, now } = *change;
    let mut people = People { after: before.clone(), before };
    let made = match_people(tx, workspace, people.after.values_mut(), now).await?;
    let changed: Vec<LeadRecord> = people.changed().cloned().collect();
    let kept: BTreeSet<_> = changed.iter().map(|lead| lead.id.clone()).collect();
    people.before.retain(|id, _| kept.contains(id));
    people.after.retain(|id, _| kept.contains(id));
    tx.put_leads(&changed).await?;
    let all = people.accounts().chain(accounts).filter(|id| !ended.contains(id)).collect();
    let states = lock_accounts(tx, compiled, all, made, now).await?;
    move_people(tx, compiled, &people, &mut Entries::new(), &mut news).await?;
    fold_accounts(tx, compiled, states, news, cause, now).await?;
    Ok(())
}

/// Locks accounts in the order of their ids, each as time has made it by now. Those that are
/// not there are made, as `new` has them or else from their bare id.
pub(crate) async fn lock_accounts(
    tx: &WriteTx,
    compiled: &Arc<Compiled>,
    ids: BTreeSet<AccountId>,
    mut new: Accounts,
    now: Timestamp,
) -> Result<BTreeMap<AccountId, AccountState>, AppError> {
    let mut states = lock_or_make(tx, &ids, &mut new, now).await?;
    // What time has brought is on record before what happens now, by whatever means it comes.
    loop {
        let is_behind = |_: &AccountId, state: &mut AccountState| {
            state.model_version == compiled.version && is_late(state, now)
        };
        let late: BTreeMap<_, _> = states.extract_if(.., is_behind).collect();
        if late.is_empty() {
            return Ok(states);
        }
        let ids_of_late: BTreeSet<AccountId> = late.keys().cloned().collect();
        fold_accounts(tx, compiled, late, News::default(), Cause::Time, now).await?;
        // One that nothing named any more is gone by that, and begins anew.
        states.extend(lock_or_make(tx, &ids_of_late, &mut new, now).await?);
    }
}

/// Locks accounts in the order of their ids, and makes those that are not there.
async fn lock_or_make(
    tx: &WriteTx,
    ids: &BTreeSet<AccountId>,
    new: &mut Accounts,
    now: Timestamp,
) -> Result<BTreeMap<AccountId, AccountState>, AppError> {
    let states = tx.lock_account_states(ids.iter().cloned()).await?;
    if states.len() == ids.len() {
        return Ok(states);
    }
    let missing: Vec<&AccountId> = ids.iter().filter(|id| !states.contains_key(id)).collect();
    let bare = |id: &AccountId| mentioned(id, AccountOrigin::Mention, now);
    let profiles: Vec<_> =
        missing.iter().map(|id| new.remove(id).unwrap_or_else(|| bare(id))).collect();
    tx.put_accounts(&profiles, false).await?;
    let unassessed: Vec<AccountState> = missing.into_iter().map(unassessed).collect();
    tx.put_account_states(&unassessed, false).await?;
    Ok(tx.lock_account_states(ids.iter().cloned()).await?)
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
    // Of those who go into an account the ledger is looked at with it.
    let alone = people.after.values().filter(|lead| lead.account.is_none());
    let stale = alone.map(|lead| &lead.id).filter(|id| {
        let state = states.get(*id);
        let other_rules = state.is_some_and(|state| state.matching != compiled.matching);
        other_rules || news.again.contains(*id)
    });
    let stale: Vec<LeadId> = stale.cloned().collect();
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
            None => {
                let state = record_alone(compiled, state, &mut rebuilt, entries);
                alone.push(Alone { state, profile: lead.profile.clone() });
            }
        }
    }
    tx.remove_people(gone).await?;
    let states: Vec<PersonState> = alone.iter().map(|alone| alone.state.clone()).collect();
    tx.put_people(&states).await?;
    news.alone.extend(alone);
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
