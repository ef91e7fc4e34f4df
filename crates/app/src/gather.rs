//! Loading what a fold needs, and storing what it found.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use abm_core::assess::{AccountRules, LeadRules, assess_lead, raised_hand};
use abm_core::engagement::Reading;
use abm_core::model::Match;
use abm_core::rule::AccountFacts;
use abm_core::{
    AccountId, AccountOrigin, AccountProfile, Activity, Entry, LeadId, LeadProfile, Ledger, Model,
    Timestamp,
};
use abm_store::{AccountState, Cause, PersonState, StoreError, StoredActivity, View, WriteTx};

use crate::AppError;
use crate::fold::{self, Folded, Work};
use crate::handoff::{Reached, decide};
use crate::models::Compiled;

/// What is new about accounts, before their fold.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// Entries for ledgers, by account and person; `None` is the unknown visitor.
    pub(crate) entries: BTreeMap<AccountId, BTreeMap<Option<LeadId>, Vec<Entry>>>,
    /// People who come into an account, with what they bring.
    pub(crate) joined: BTreeMap<AccountId, Vec<PersonState>>,
    /// Accounts that people have left.
    pub(crate) left: BTreeSet<AccountId>,
    /// Accounts whose own profile changed.
    pub(crate) accounts: BTreeSet<AccountId>,
    /// People whose profile changed, by account.
    pub(crate) leads: BTreeMap<AccountId, BTreeSet<LeadId>>,
    /// People whose ledger is to be made again from their activities.
    pub(crate) again: BTreeSet<LeadId>,
    /// Accounts of whose unknown visitor the same holds.
    pub(crate) visited: BTreeSet<AccountId>,
    /// People without an account about whom something is new.
    pub(crate) alone: Vec<Alone>,
    /// Another version whose rules say the same of every profile.
    pub(crate) asked_by: Option<u64>,
}

/// A person without an account.
#[derive(Debug)]
pub(crate) struct Alone {
    pub(crate) state: PersonState,
    pub(crate) profile: LeadProfile,
}

impl Alone {
    /// The person, if they stand where marketing hands over.
    fn reached(&self, model: &Model, now: Timestamp) -> Option<Reached> {
        let Self { state, profile } = self;
        let (at, ledger) = (now.secs(), &state.ledger);
        let bar = model.tiers.mql?;
        // Rules cost more than this, and hardly anybody comes so far.
        let engagement = Reading::new(model, ledger).engagement(at);
        let raised_at = raised_hand(model, &state.rules, ledger, at);
        if engagement < bar.engagement && raised_at.is_none() {
            return None;
        }
        let facts = AccountFacts::new(&AccountProfile::default());
        let rules = LeadRules::new(model, profile, &facts);
        let found = assess_lead(model, &rules, &AccountRules::default(), ledger, at);
        let (lead, fit) = (Some(state.lead.clone()), rules.fit.score);
        found.mql.then_some(Reached { account: None, lead, at, raised_at, engagement, fit })
    }
}

/// Folds locked accounts at a moment and stores what was found. Their activities are stored
/// already. Gives how many are late still, by more changes than one fold follows.
pub(crate) async fn fold_accounts(
    tx: &WriteTx,
    compiled: &Arc<Compiled>,
    states: BTreeMap<AccountId, AccountState>,
    mut news: News,
    cause: Cause,
    now: Timestamp,
) -> Result<u64, AppError> {
    let alone = std::mem::take(&mut news.alone);
    let mut folded = fold_only(tx, compiled, states, news, cause, now).await?;
    let (behind, mut reached) = (folded.behind, std::mem::take(&mut folded.reached));
    let gone = store(tx, folded).await?;
    // What is no longer there is handed over to nobody.
    reached.retain(|reached| reached.account.as_ref().is_none_or(|id| !gone.contains(id)));
    reached.extend(alone.iter().filter_map(|alone| alone.reached(&compiled.model, now)));
    decide(tx, compiled, reached, now).await?;
    Ok(behind)
}

/// Folds locked accounts at a moment, and stores nothing.
pub(crate) async fn fold_only(
    tx: &WriteTx,
    compiled: &Arc<Compiled>,
    states: BTreeMap<AccountId, AccountState>,
    news: News,
    cause: Cause,
    now: Timestamp,
) -> Result<Folded, AppError> {
    let work = gather(tx, compiled, states, news, cause).await?;
    let compiled = Arc::clone(compiled);
    let folded = tokio::task::spawn_blocking(move || fold::fold(&compiled, work, now));
    folded.await.map_err(|_| AppError::Broken)
}

async fn gather(
    tx: &WriteTx,
    compiled: &Compiled,
    states: BTreeMap<AccountId, AccountState>,
    mut news: News,
    cause: Cause,
) -> Result<Vec<Work>, AppError> {
    // Who has left or come is written already.
    let (regrouped, same): (BTreeMap<_, _>, BTreeMap<_, _>) = states
        .into_iter()
        .partition(|(id, _)| news.left.contains(id) || news.joined.contains_key(id));
    let mut people = tx.people_of_locked(&same).await?;
    people.append(&mut tx.people_of(regrouped.keys().cloned()).await?);
    let states = same.into_iter().chain(regrouped).collect::<BTreeMap<_, _>>();
    let mut work = Vec::with_capacity(states.len());
    for (id, state) in states {
        let mut people = people.remove(&id).unwrap_or_default();
        let joined = news.joined.remove(&id).unwrap_or_default();
        let joined_ids: BTreeSet<LeadId> = joined.iter().map(|p| p.lead.clone()).collect();
        people.retain(|person| !joined_ids.contains(&person.lead));
        people.extend(joined);
        people.sort_by(|one, other| one.lead.cmp(&other.lead));
        work.push(Work {
            people,
            profile: None,
            profiles: BTreeMap::new(),
            entries: news.entries.remove(&id).unwrap_or_default(),
            rebuilt: BTreeMap::new(),
            cause,
            joined: joined_ids,
            left: news.left.contains(&id),
            state,
        });
    }
    load_profiles(tx, compiled, &mut work, &news).await?;
    rebuild_ledgers(tx, compiled, &mut work, &news).await?;
    Ok(work)
}

/// Loads the profiles about which the rules must be asked: of accounts under another model
/// version that asks something else, or with a new profile, those of everybody, else those of the
/// people who are new.
async fn load_profiles(
    tx: &WriteTx,
    compiled: &Compiled,
    work: &mut [Work],
    news: &News,
) -> Result<(), AppError> {
    let (mut accounts, mut leads) = (Vec::new(), Vec::new());
    for work in work.iter() {
        let id = &work.state.id;
        let alike = [Some(compiled.version), news.asked_by];
        let stands = alike.contains(&Some(work.state.model_version));
        let all = !stands || news.accounts.contains(id);
        let some = news.leads.get(id);
        let before = leads.len();
        let asked = |lead: &LeadId| {
            all || work.joined.contains(lead) || some.is_some_and(|some| some.contains(lead))
        };
        leads.extend(work.people.iter().map(|person| &person.lead).filter(|l| asked(l)).cloned());
        if all || leads.len() > before {
            accounts.push(id.clone());
        }
    }
    let mut accounts = tx.accounts(accounts).await?;
    let mut leads = tx.leads(leads).await?;
    for work in work {
        work.profile = accounts.remove(&work.state.id).map(|account| account.profile);
        for person in &work.people {
            if let Some(lead) = leads.remove(&person.lead) {
                work.profiles.insert(lead.id, lead.profile);
            }
        }
    }
    Ok(())
}

/// Makes the ledgers anew that other matching rules have made, or that lack something since.
async fn rebuild_ledgers(
    tx: &WriteTx,
    compiled: &Compiled,
    work: &mut [Work],
    news: &News,
) -> Result<(), AppError> {
    let (mut leads, mut accounts) = (Vec::new(), Vec::new());
    for work in work.iter() {
        let stale = work.people.iter().filter(|person| {
            person.matching != compiled.matching || news.again.contains(&person.lead)
        });
        leads.extend(stale.map(|person| person.lead.clone()));
        if work.state.matching != compiled.matching || news.visited.contains(&work.state.id) {
            accounts.push(work.state.id.clone());
        }
    }
    let mut by_lead = ledgers_of_leads(tx, compiled, leads).await?;
    let mut by_account = ledgers_of_visitors(tx, compiled, accounts).await?;
    for work in work {
        if let Some(ledger) = by_account.remove(&work.state.id) {
            work.rebuilt.insert(None, ledger);
        }
        for person in &work.people {
            if let Some(ledger) = by_lead.remove(&person.lead) {
                work.rebuilt.insert(Some(person.lead.clone()), ledger);
            }
        }
    }
    Ok(())
}

/// The ledgers of people, made from their stored activities.
pub(crate) async fn ledgers_of_leads(
    view: &View,
    compiled: &Compiled,
    leads: Vec<LeadId>,
) -> Result<BTreeMap<LeadId, Ledger>, StoreError> {
    if leads.is_empty() {
        return Ok(BTreeMap::new());
    }
    let activities = view.activities_of_leads(leads.iter().cloned()).await?;
    let mut ledgers: BTreeMap<LeadId, Vec<Entry>> =
        leads.into_iter().map(|lead| (lead, Vec::new())).collect();
    for StoredActivity { activity, .. } in activities {
        let ledger = activity.lead.as_ref().and_then(|lead| ledgers.get_mut(lead));
        if let (Some(ledger), Some(entry)) = (ledger, entry_of(compiled, &activity)) {
            ledger.push(entry);
        }
    }
    Ok(ledgers.into_iter().map(|(lead, entries)| (lead, entries.into_iter().collect())).collect())
}

/// The ledgers of unknown visitors, made from their stored activities.
pub(crate) async fn ledgers_of_visitors(
    view: &View,
    compiled: &Compiled,
    accounts: Vec<AccountId>,
) -> Result<BTreeMap<AccountId, Ledger>, StoreError> {
    if accounts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let activities = view.activities_of_visitors(accounts.iter().cloned()).await?;
    let mut ledgers: BTreeMap<AccountId, Vec<Entry>> =
        accounts.into_iter().map(|account| (account, Vec::new())).collect();
    for StoredActivity { activity, .. } in activities {
        let ledger = activity.account.as_ref().and_then(|account| ledgers.get_mut(account));
        if let (Some(ledger), Some(entry)) = (ledger, entry_of(compiled, &activity)) {
            ledger.push(entry);
        }
    }
    Ok(ledgers.into_iter().map(|(id, entries)| (id, entries.into_iter().collect())).collect())
}

/// What an activity is in a ledger; `None` when it counts nothing.
pub(crate) fn entry_of(compiled: &Compiled, activity: &Activity) -> Option<Entry> {
    match compiled.model.signals.classify(activity) {
        Match::Counts(signal) => Some(Entry { time: activity.occurred_at.secs(), signal }),
        Match::Ignored(_) | Match::None => None,
    }
}

/// Stores what was found, and gives the accounts that are no longer there.
async fn store(tx: &WriteTx, folded: Folded) -> Result<BTreeSet<AccountId>, AppError> {
    let Folded { states, people, lines, .. } = folded;
    let gone = no_longer_there(tx, &states).await?;
    let states: Vec<AccountState> = states
        .into_iter()
        .filter(|(state, _)| !gone.contains(&state.id))
        .map(|(mut state, people)| {
            tx.keep_people(&mut state, people);
            state
        })
        .collect();
    let lines: Vec<_> = lines.into_iter().filter(|line| !gone.contains(&line.account)).collect();
    tx.put_people(&people).await?;
    tx.put_account_states(&states, true).await?;
    tx.add_timeline(&lines).await?;
    if !gone.is_empty() {
        tx.remove_accounts(gone.clone()).await?;
    }
    Ok(gone)
}

/// Of these accounts those that no caller sent and nothing mentions any more: an account that
/// is only mentioned is there as long as it is, so that it does not matter what came first.
async fn no_longer_there(
    tx: &WriteTx,
    states: &[(AccountState, Vec<PersonState>)],
) -> Result<BTreeSet<AccountId>, StoreError> {
    let empty =
        states.iter().filter(|(state, people)| people.is_empty() && state.visitor.is_empty());
    let mut accounts = tx.accounts(empty.map(|(state, _)| state.id.clone())).await?;
    accounts.retain(|_, account| account.origin != AccountOrigin::Caller);
    let mut gone: BTreeSet<AccountId> = accounts.into_keys().collect();
    for mentioned in tx.mentioned(gone.iter().cloned()).await? {
        gone.remove(&mentioned);
    }
    Ok(gone)
}
