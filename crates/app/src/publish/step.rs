//! Going on with a publication, some accounts at a time.

use std::collections::BTreeMap;

use abm_core::{AccountId, Timestamp, WorkspaceId};
use abm_store::{
    AccountState, Cause, Lock, ModelState, OperationRecord, OperationState, PersonState,
    Publication, WriteTx,
};

use super::course::Course;
use crate::gather::{News, fold_only};
use crate::operations::counted;
use crate::{AppError, Inner};

/// Accounts of one lot: few enough that activities do not wait long behind it.
const CHUNK: u64 = 400;

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
    let publishing = Publishing { inner, workspace, tx, operation, now };
    match lock {
        Lock::Shared => publishing.one_lot().await,
        Lock::Exclusive => publishing.stretch(found.model_version).await,
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

    /// Goes through the whole once more, by so many lots as this stretch has. At the end of the
    /// whole the scores are put in force; else the work goes on behind the stretch.
    async fn stretch(mut self, active: u64) -> Result<Step, AppError> {
        let (courses, id) = (&self.inner.courses, self.operation.id.clone());
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
            self.put_in_force(active).await?;
        }
        self.tx.put_operation(&self.operation).await?;
        self.tx.commit().await?;
        if !complete {
            courses.with(self.workspace, &id, Course::did_not_finish);
        }
        Ok(Step::More)
    }

    /// The accounts behind `after` that are to be made next, locked, and whether they are the
    /// last.
    async fn lot(&self, after: Option<&AccountId>) -> Result<(Lot, bool), AppError> {
        let mut lot = self.tx.lock_not_in_standby(after, self.now.secs(), CHUNK + 1).await?;
        let is_last = lot.len() as u64 <= CHUNK;
        if !is_last {
            lot.pop_last();
        }
        Ok((lot, is_last))
    }

    /// Makes the scores of accounts under the coming version beside those that are shown.
    async fn make(&self, lot: Lot) -> Result<(), AppError> {
        if lot.is_empty() {
            return Ok(());
        }
        let Self { inner, tx, operation, now, .. } = self;
        let compiled = inner.models.get(tx, operation.model_version).await?;
        let folded = fold_only(tx, &compiled, lot, News::default(), Cause::Model, *now).await?;
        let (states, people): (Vec<AccountState>, Vec<Vec<PersonState>>) =
            folded.states.into_iter().unzip();
        let people: Vec<PersonState> = people.into_iter().flatten().collect();
        Ok(tx.put_standby(states, &people).await?)
    }

    async fn put_in_force(&mut self, active: u64) -> Result<(), AppError> {
        let (version, now) = (self.operation.model_version, self.now);
        self.operation = counted(&self.tx, self.operation.clone()).await?;
        self.operation.state = OperationState::Succeeded;
        self.operation.ended_at = Some(now);
        retire(self.inner, &self.tx, active).await?;
        let publication = Publication { at: now, by: self.operation.created_by.clone() };
        self.tx.set_model_state(version, &ModelState::Published(publication)).await?;
        self.tx.switch_slots(version, now).await?;
        Ok(())
    }
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

/// Gives up the work after a defect.
pub(super) async fn fail(inner: &Inner, workspace: WorkspaceId) -> Result<Step, AppError> {
    let (tx, found) = inner.begin(workspace, Lock::Exclusive).await?;
    let Some(version) = found.publishing else { return Err(AppError::Broken) };
    if let Some(operation) = tx.lock_publishing(version).await? {
        let mut operation = counted(&tx, operation).await?;
        operation.state = OperationState::Failed;
        operation.ended_at = Some(inner.clock.now());
        operation.message = "an account could not be assessed".to_owned();
        tx.put_operation(&operation).await?;
    }
    tx.end_publishing().await?;
    tx.commit().await?;
    Ok(Step::More)
}
