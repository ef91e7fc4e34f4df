//! The people of accounts as last written, kept so that a busy account is not read anew for
//! each of its activities.
//!
//! An account's state carries a stamp that changes whenever its people do. What is kept is used
//! only under the stamp that was read and locked in the same transaction, so it does not matter
//! whether a transaction was undone or another replica has written since: its stamp is another.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use abm_core::{AccountId, WorkspaceId};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::{AccountState, PersonState, StoreError, WriteTx};

/// Most people kept in all: some tens of megabytes.
const PEOPLE: u64 = 50_000;

/// A guess of how many accounts these are.
const ACCOUNTS: usize = 5_000;

#[derive(Debug)]
pub(crate) struct KeptPeople {
    kept: Cache<(WorkspaceId, AccountId), Kept, ByPeople>,
    stamp: AtomicU64,
}

#[derive(Clone, Debug)]
struct Kept {
    stamp: i64,
    people: Arc<Vec<PersonState>>,
}

#[derive(Clone, Debug)]
struct ByPeople;

impl Weighter<(WorkspaceId, AccountId), Kept> for ByPeople {
    fn weight(&self, _: &(WorkspaceId, AccountId), kept: &Kept) -> u64 {
        1 + kept.people.len() as u64
    }
}

impl Default for KeptPeople {
    fn default() -> Self {
        Self {
            kept: Cache::with_weighter(ACCOUNTS, PEOPLE, ByPeople),
            // Replicas count from far apart.
            stamp: AtomicU64::new(RandomState::new().hash_one(())),
        }
    }
}

impl WriteTx {
    /// The people of accounts that this transaction has locked, by account and id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn people_of_locked(
        &self,
        states: &BTreeMap<AccountId, AccountState>,
    ) -> Result<BTreeMap<AccountId, Vec<PersonState>>, StoreError> {
        let mut people = BTreeMap::new();
        let mut others = Vec::new();
        for (id, state) in states {
            match self.kept.kept.get(&(self.workspace, id.clone())) {
                Some(kept) if kept.stamp == state.stamp => {
                    people.insert(id.clone(), kept.people.as_ref().clone());
                }
                _ => others.push(id.clone()),
            }
        }
        people.append(&mut self.people_of(others).await?);
        Ok(people)
    }

    /// Stamps a state that is about to be stored with other people than before.
    pub(crate) fn stamp(&self, state: &mut AccountState) {
        state.stamp = self.kept.stamp.fetch_add(1, Ordering::Relaxed).cast_signed();
    }

    /// Stamps a state that is about to be stored, and keeps all its people as they will be
    /// stored with it.
    pub fn keep_people(&self, state: &mut AccountState, people: Vec<PersonState>) {
        self.stamp(state);
        let kept = Kept { stamp: state.stamp, people: Arc::new(people) };
        self.kept.kept.insert((self.workspace, state.id.clone()), kept);
    }
}
