//! People made anew from what is stored of them, after their activities became others.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::{AccountId, LeadId};
use abm_store::{AccountState, LeadRecord, WriteTx};

use crate::AppError;
use crate::gather::{News, fold_accounts};
use crate::ingest::take_hints;
use crate::regroup::{Change, Entries, People, lock_accounts, match_people, move_people};

/// People as their activities make them.
pub(crate) struct Derived {
    pub(crate) people: People,
    /// Those of whom nothing is left: no caller sent them, or somebody who is merged into them, and
    /// no activity names them any more.
    pub(crate) gone: BTreeMap<LeadId, LeadRecord>,
}

/// Takes what activities tell of people from those that are stored now. `restored` were not there
/// before.
pub(crate) async fn derive(
    tx: &WriteTx,
    mut before: BTreeMap<LeadId, LeadRecord>,
    restored: Option<LeadRecord>,
) -> Result<Derived, AppError> {
    let mut after = before.clone();
    after.extend(restored.map(|lead| (lead.id.clone(), lead)));
    for lead in after.values_mut() {
        lead.hint = None;
        lead.hint_email.clear();
    }
    let mut seen = BTreeSet::new();
    for stored in tx.activities_of_leads(after.keys().cloned()).await? {
        if let Some(lead) = stored.activity.lead.as_ref().and_then(|id| after.get_mut(id)) {
            take_hints(lead, &stored.activity);
            seen.insert(lead.id.clone());
        }
    }
    let unnamed = after.values().filter(|lead| !lead.known && !seen.contains(&lead.id));
    let unnamed: Vec<LeadId> = unnamed.map(|lead| lead.id.clone()).collect();
    // Who was sent and is merged into somebody is read as them.
    let needed = tx.survivors_of_sent(unnamed).await?;
    after.retain(|id, lead| lead.known || seen.contains(id) || needed.contains(id));
    let gone: BTreeSet<LeadId> =
        before.keys().filter(|id| !after.contains_key(*id)).cloned().collect();
    let gone = gone.into_iter().filter_map(|id| before.remove_entry(&id)).collect();
    Ok(Derived { people: People { before, after }, gone })
}

impl Derived {
    /// Matches people, puts them where they belong, with ledgers made anew as those of `visited`
    /// accounts' unknown visitors are, and folds. Gives the accounts touched as they were.
    pub(crate) async fn store(
        &mut self,
        change: &Change<'_>,
        visited: BTreeSet<AccountId>,
    ) -> Result<BTreeMap<AccountId, AccountState>, AppError> {
        let Change { tx, compiled, workspace, cause, now } = *change;
        let Self { people, gone } = self;
        let made = match_people(tx, workspace, people.after.values_mut(), now).await?;
        let changed: Vec<LeadRecord> = people.changed().cloned().collect();
        tx.put_leads(&changed).await?;
        let left = gone.values().filter_map(|lead| lead.account.clone());
        let all = people.accounts().chain(left.clone()).chain(visited.iter().cloned()).collect();
        let states = lock_accounts(tx, compiled, all, made, now).await?;
        let before = states.clone();
        let mut news = News { left: left.collect(), visited, ..News::default() };
        news.again.extend(people.after.keys().cloned());
        move_people(tx, compiled, people, &mut Entries::new(), &mut news).await?;
        tx.remove_people(gone.values().map(|lead| (lead.account.clone(), lead.id.clone()))).await?;
        tx.remove_leads(gone.keys().cloned()).await?;
        fold_accounts(tx, compiled, states, news, cause, now).await?;
        Ok(before)
    }
}
