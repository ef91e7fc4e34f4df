//! Where new activities belong: people who are seen for the first time, and accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use abm_core::{AccountId, Activity, Entry, LeadId, LeadProfile, Timestamp};
use abm_store::{AccountState, Hint, LeadRecord, WorkspaceRecord, WriteTx};

use crate::AppError;
use crate::gather::News;
use crate::models::Compiled;
use crate::regroup::{Accounts, Entries, People, lock_accounts, match_people, move_people};

/// An activity that is new, and what it adds to a ledger.
pub(super) type Sorted<'a> = (&'a Activity, Option<Entry>);

/// Finds, makes and locks the accounts that activities belong to, and sorts the entries to
/// them. People without an account are dealt with at once.
pub(super) async fn place(
    tx: &WriteTx,
    compiled: &Arc<Compiled>,
    workspace: &WorkspaceRecord,
    activities: &[Sorted<'_>],
    now: Timestamp,
) -> Result<(BTreeMap<AccountId, AccountState>, News), AppError> {
    let (people, made) = find_people(tx, workspace, activities, now).await?;
    let visited = activities.iter().filter(|(activity, _)| activity.lead.is_none());
    let visited = visited.filter_map(|(activity, _)| activity.account.clone());
    let accounts: BTreeSet<AccountId> = people.accounts().chain(visited).collect();
    let states = lock_accounts(tx, compiled, accounts, made, now).await?;
    let mut entries = by_person(activities);
    let mut news = News::default();
    move_people(tx, compiled, &people, &mut entries, &mut news).await?;
    for ((lead, account), entries) in entries {
        let account = match &lead {
            Some(lead) => people.after.get(lead).and_then(|lead| lead.account.clone()),
            None => account,
        };
        if let Some(account) = account {
            news.entries.entry(account).or_default().entry(lead).or_default().extend(entries);
        }
    }
    Ok((states, news))
}

/// Entries by person, or by account for its unknown visitor. Who did something that counts
/// nothing is there as well, with no entry.
fn by_person(activities: &[Sorted<'_>]) -> Entries {
    let mut entries = Entries::new();
    for (activity, entry) in activities {
        let account = if activity.lead.is_none() { activity.account.clone() } else { None };
        entries.entry((activity.lead.clone(), account)).or_default().extend(*entry);
    }
    entries
}

/// Loads and locks the people of activities, and makes those who are not known yet. Gives with
/// them the accounts that stand for a match.
async fn find_people(
    tx: &WriteTx,
    workspace: &WorkspaceRecord,
    activities: &[Sorted<'_>],
    now: Timestamp,
) -> Result<(People, Accounts), AppError> {
    let ids: BTreeSet<LeadId> =
        activities.iter().filter_map(|(activity, _)| activity.lead.clone()).collect();
    let mut before = tx.lock_leads(ids).await?;
    let mut made = BTreeSet::new();
    loop {
        let mut after = before.clone();
        for (activity, _) in activities {
            let Some(id) = &activity.lead else { continue };
            take_hints(after.entry(id.clone()).or_insert_with(|| seen(id, now)), activity);
        }
        let changed = after.values_mut().filter(|lead| before.get(&lead.id) != Some(&**lead));
        let accounts = match_people(tx, workspace, changed, now).await?;
        let people = People { before, after };
        let (known, new): (Vec<LeadRecord>, Vec<LeadRecord>) =
            people.changed().cloned().partition(|lead| people.before.contains_key(&lead.id));
        let new: Vec<LeadRecord> =
            new.into_iter().filter(|lead| !made.contains(&lead.id)).collect();
        made.extend(tx.add_leads(&new).await?);
        let others = new.into_iter().map(|lead| lead.id).filter(|id| !made.contains(id));
        let others: Vec<LeadId> = others.collect();
        if others.is_empty() {
            tx.put_leads(&known).await?;
            return Ok((people, accounts));
        }
        // Somebody else made these people meanwhile: what they know of them goes first.
        before = people.before;
        before.extend(tx.lock_leads(others).await?);
    }
}

/// A person of whom only the id is known.
pub(crate) fn seen(id: &LeadId, now: Timestamp) -> LeadRecord {
    LeadRecord {
        id: id.clone(),
        profile: LeadProfile::default(),
        account: None,
        hint: None,
        hint_email: String::new(),
        known: false,
        created_at: now,
        updated_at: now,
    }
}

/// Takes what an activity says of a person's employer. Of several activities the greatest
/// [`Hint`] tells the account and the smallest address counts, so that their order does not
/// matter.
pub(crate) fn take_hints(lead: &mut LeadRecord, activity: &Activity) {
    if let Some(account) = &activity.account {
        let hint =
            Hint { at: activity.occurred_at, key: activity.key.hash(), account: account.clone() };
        if lead.hint.as_ref().is_none_or(|known| *known < hint) {
            lead.hint = Some(hint);
        }
    }
    let email = activity.email.to_lowercase();
    if !email.is_empty() && (lead.hint_email.is_empty() || email < lead.hint_email) {
        lead.hint_email = email;
    }
}
