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

/// Most bytes of people kept in all: a quarter of what the service may use.
const BYTES: u64 = 128 << 20;

/// A guess of how many accounts these are: four people each, who did some ten things.
const ACCOUNTS: usize = 60_000;

#[derive(Debug)]
pub(crate) struct KeptPeople {
    kept: Cache<(WorkspaceId, AccountId), Kept, ByBytes>,
    stamp: AtomicU64,
}

#[derive(Clone, Debug)]
struct Kept {
    stamp: i64,
    people: Arc<Vec<PersonState>>,
}

#[derive(Clone, Debug)]
struct ByBytes;

impl Weighter<(WorkspaceId, AccountId), Kept> for ByBytes {
    fn weight(&self, (_, id): &(WorkspaceId, AccountId), kept: &Kept) -> u64 {
        let people: usize = kept.people.iter().map(bytes).sum();
        (size_of::<(WorkspaceId, AccountId, Kept)>() + id.as_str().len() + people) as u64
    }
}

/// About what a person takes in memory: nearly all of it is what they did.
fn bytes(person: &PersonState) -> usize {
    let account = person.account.as_ref().map_or(0, |account| account.as_str().len());
    let (entries, overflow) = (person.ledger.entries(), person.ledger.overflow());
    size_of::<PersonState>()
        + person.lead.as_str().len()
        + account
        + size_of_val(entries)
        + overflow.len() * size_of::<((i64, u16), u64)>()
}

impl Default for KeptPeople {
    fn default() -> Self {
        Self {
            kept: Cache::with_weighter(ACCOUNTS, BYTES, ByBytes),
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
