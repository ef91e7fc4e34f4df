//! Going on with a publication, some accounts at a time.

use std::collections::BTreeMap;

use abm_core::{AccountId, Timestamp, WorkspaceId};
use abm_store::{
    AccountState, Cause, Lock, ModelState, OperationRecord, OperationState, PersonState,
    Publication, StoreError, WriteTx,
};

use super::course::{Course, FAILURES};
use crate::gather::{News, fold_accounts, fold_only};
use crate::operations::counted;
use crate::{AppError, Inner};

/// Accounts of one lot: few enough that activities do not wait long behind it.
const CHUNK: u64 = 400;

/// People of one lot, but for an account that has more: the fold of a lot is a silence in its
/// transaction, and PostgreSQL ends one that is silent for ten seconds.
const PEOPLE: u64 = 10_000;

/// What a step found to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// There is more to do.
    More,
    /// Every account is made once; what remains is to look for those that changed meanwhile.
    Complete,
    /// There is nothing to do here.
    Idle,
}

/// Goes on with the work of a workspace: by one lot, or under the exclusive lock, which lets
/// nobody change an account, by a stretch of lots that may put the scores in force.
pub(super) async fn step(
    inner: &Inner,
    workspace: WorkspaceId,
    lock: Lock,
) -> Result<Step, AppError> {
    let (tx, found) = inner.begin(workspace, lock).await?;
    if found.standby_used {
        return empty(tx, lock).await;
    }
    let operation = match found.publishing {
        Some(version) => tx.lock_publishing(version).await?,
        None => None,
    };
    let Some(operation) = operation else {
        tx.roll_back().await?;
        return Ok(Step::Idle);
    };
    let now = inner.clock.now();
    let (id, active) = (operation.id.clone(), found.model_version);
    let publishing = Publishing { inner, workspace, tx, operation, active, now };
    let done = match lock {
        Lock::Shared => publishing.one_lot().await,
        Lock::Exclusive => publishing.stretch().await,
    };
    match done {
        Ok(Step::More) => {
            inner.courses.with(workspace, &id, Course::went_on);
            Ok(Step::More)
        }
        // A defect that meets one account would meet it again for ever.
        Err(AppError::Broken) => {
            fail(inner, workspace, "an account could not be assessed".to_owned()).await
        }
        // So may what the database refuses. One that is away is so before a step begins.
        Err(AppError::Store(error)) if !matches!(error, StoreError::Conflict) => {
            if !inner.courses.with(workspace, &id, Course::failed_too_often) {
                return Err(error.into());
            }
            let message = format!("accounts could not be made {FAILURES} times in a row: {error}");
            fail(inner, workspace, message).await
        }
        done => done,
    }
}

/// Removes scores of before from the slot that is to be filled.
async fn empty(tx: WriteTx, lock: Lock) -> Result<Step, AppError> {
    if tx.empty_standby(CHUNK).await? == 0 {
        if lock == Lock::Shared {
            tx.roll_back().await?;
            return Ok(Step::Complete);
        }
        tx.standby_is_empty().await?;
    }
    tx.commit().await?;
    Ok(Step::More)
}

/// A publication, in one transaction.
struct Publishing<'a> {
    inner: &'a Inner,
    workspace: WorkspaceId,
    tx: WriteTx,
    operation: OperationRecord,
    /// The version in force.
    active: u64,
    now: Timestamp,
}

/// Accounts that are made together.
type Lot = BTreeMap<AccountId, AccountState>;

impl Publishing<'_> {
    /// Makes the lot behind where the work is.
    async fn one_lot(mut self) -> Result<Step, AppError> {
        let (lot, _) = self.lot(self.operation.place.as_ref()).await?;
        if lot.is_empty() {
            self.tx.roll_back().await?;
            return Ok(Step::Complete);
        }
        self.operation.place = lot.keys().next_back().cloned();
        self.make(lot).await?;
        self.tx.put_operation(&self.operation).await?;
        self.tx.commit().await?;
        Ok(Step::More)
    }

    /// Lets time do what is due, then goes through the whole once more, by so many lots as this
    /// stretch has. At the end of the whole the scores are put in force; else the work goes on
    /// behind the stretch.
    async fn stretch(mut self) -> Result<Step, AppError> {
        let (courses, id) = (&self.inner.courses, self.operation.id.clone());
        if !self.catch_up().await? {
            // The work goes through the whole once more, and nobody waits for all that is due.
            self.operation.place = None;
            self.tx.put_operation(&self.operation).await?;
            self.tx.commit().await?;
            return Ok(Step::More);
        }
        let lots = courses.with(self.workspace, &id, |course| course.lots());
        let (mut place, mut complete) = (None, false);
        for _ in 0..lots {
            let (lot, is_last) = self.lot(place.as_ref()).await?;
            place = lot.keys().next_back().cloned();
            self.make(lot).await?;
            complete = is_last;
            if complete {
                break;
            }
        }
        self.operation.place = place;
        if complete {
            self.put_in_force().await?;
        }
        self.tx.put_operation(&self.operation).await?;
        self.tx.commit().await?;
        if !complete {
            courses.with(self.workspace, &id, Course::did_not_finish);
        }
        Ok(Step::More)
    }

    /// Lets time change what is shown as it has under the version in force, up to now: once
    /// another one is, nobody would. Goes on by a lot, and tells whether nothing is due any more.
    async fn catch_up(&self) -> Result<bool, AppError> {
        let Self { inner, tx, now, .. } = self;
        let late = tx.lock_due(now.secs(), CHUNK).await?;
        if late.is_empty() {
            return Ok(true);
        }
        let compiled = inner.models.get(tx, self.active).await?;
        fold_accounts(tx, &compiled, late, News::default(), Cause::Time, *now).await?;
        Ok(tx.lock_due(now.secs(), 1).await?.is_empty())
    }

    /// The accounts behind `after` that are to be made next, locked, and whether they are the
    /// last.
    async fn lot(&self, after: Option<&AccountId>) -> Result<(Lot, bool), AppError> {
        Ok(cut(self.tx.lock_not_in_standby(after, self.now.secs(), CHUNK + 1).await?))
    }

    /// Makes the scores of accounts under the coming version beside those that are shown.
    async fn make(&self, lot: Lot) -> Result<(), AppError> {
        if lot.is_empty() {
            return Ok(());
        }
        let Self { inner, tx, operation, now, .. } = self;
        let compiled = inner.models.get(tx, operation.model_version).await?;
        let active = inner.models.get(tx, self.active).await?;
        let alike = compiled.model.asks_alike(&active.model);
        let news = News { asked_by: alike.then_some(active.version), ..News::default() };
        let folded = fold_only(tx, &compiled, lot, news, Cause::Model, *now).await?;
        let (states, people): (Vec<AccountState>, Vec<Vec<PersonState>>) =
            folded.states.into_iter().unzip();
        let people: Vec<PersonState> = people.into_iter().flatten().collect();
        Ok(tx.put_standby(states, &people).await?)
    }

    async fn put_in_force(&mut self) -> Result<(), AppError> {
        let (version, now) = (self.operation.model_version, self.now);
        self.operation = counted(&self.tx, self.operation.clone()).await?;
        self.operation.state = OperationState::Succeeded;
        self.operation.ended_at = Some(now);
        retire(self.inner, &self.tx, self.active).await?;
        let publication = Publication { at: now, by: self.operation.created_by.clone() };
        self.tx.set_model_state(version, &ModelState::Published(publication)).await?;
        self.tx.switch_slots(version, now).await?;
        Ok(())
    }
}

/// The first of some accounts, as many as make a lot, and whether these are all.
fn cut(mut found: Lot) -> (Lot, bool) {
    let mut people = 0;
    let mut places = found.values().zip(0..);
    let behind = places.find(|(state, place)| {
        people += u64::from(state.people);
        *place > 0 && (*place >= CHUNK || people > PEOPLE)
    });
    let Some(behind) = behind.map(|(state, _)| state.id.clone()) else { return (found, true) };
    found.retain(|id, _| *id < behind);
    (found, false)
}

async fn retire(inner: &Inner, tx: &WriteTx, version: u64) -> Result<(), AppError> {
    let record = inner.model_record(tx, version).await?;
    if let Some(publication) = record.state.publication() {
        let publication = publication.clone();
        let state = ModelState::Retired { publication, at: inner.clock.now() };
        tx.set_model_state(version, &state).await?;
    }
    Ok(())
}

/// Gives up the work, and says why.
async fn fail(inner: &Inner, workspace: WorkspaceId, message: String) -> Result<Step, AppError> {
    let (tx, found) = inner.begin(workspace, Lock::Exclusive).await?;
    let Some(version) = found.publishing else { return Err(AppError::Broken) };
    if let Some(operation) = tx.lock_publishing(version).await? {
        let mut operation = counted(&tx, operation).await?;
        operation.state = OperationState::Failed;
        operation.ended_at = Some(inner.clock.now());
        operation.message = message;
        tx.put_operation(&operation).await?;
    }
    tx.end_publishing().await?;
    tx.commit().await?;
    Ok(Step::More)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::unassessed;

    /// Sizes of the lots of accounts with so many people.
    fn lots(people: &[u32]) -> Vec<usize> {
        let states = people.iter().enumerate().map(|(n, &people)| {
            let id = AccountId::new(format!("a{n:04}")).expect("an id");
            (id.clone(), AccountState { people, ..unassessed(&id) })
        });
        let mut left: Lot = states.collect();
        let mut sizes = Vec::new();
        loop {
            let (lot, is_last) = cut(left.clone());
            sizes.push(lot.len());
            left.retain(|id, _| !lot.contains_key(id));
            if is_last {
                assert!(left.is_empty());
                return sizes;
            }
        }
    }

    #[test]
    fn a_lot_is_bounded_by_accounts_and_by_people() {
        assert_eq!(lots(&[]), [0]);
        assert_eq!(lots(&[0; 400]), [400]);
        assert_eq!(lots(&[1; 401]), [400, 1]);
        assert_eq!(lots(&[400; 60]), [25, 25, 10]);
        assert_eq!(lots(&[1, 9_999, 1]), [2, 1]);
    }

    #[test]
    fn an_account_above_the_bound_is_a_lot_of_its_own() {
        assert_eq!(lots(&[20_000]), [1]);
        assert_eq!(lots(&[1, 20_000, 30_000, 1, 1]), [1, 1, 1, 2]);
    }
}
