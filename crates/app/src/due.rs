//! Time as a cause of change: accounts whose moment has come are assessed anew.

use std::collections::BTreeMap;

use abm_core::{AccountId, Timestamp, WorkspaceId};
use abm_store::{AccountState, Cause, Lock, StoreError, WriteTx};

use crate::clock::CLOCK_SECS;
use crate::fold::is_late;
use crate::gather::{News, fold_accounts};
use crate::{App, AppError, Inner};

/// Accounts of one transaction: few enough that activities do not wait long behind it.
const CHUNK: u64 = 400;

impl App {
    /// Applies every change whose moment has come, and gives the number of accounts that are up
    /// to date again. Each change is recorded with the moment from which it holds, however late
    /// this is called. An account that cannot be assessed is logged, and keeps no other from it.
    ///
    /// # Errors
    /// When the database does not answer; what was applied before stays.
    pub async fn apply_due(&self, workspace: WorkspaceId) -> Result<u64, AppError> {
        let mut up_to_date = 0;
        loop {
            let next = self.inner.store.view(workspace).next_change().await?;
            if next.is_none_or(|next| next > self.clock().now().secs()) {
                return Ok(up_to_date);
            }
            let mut chunk = self
                .writer
                .run(move |inner| async move { apply_chunk(&inner, workspace).await })
                .await;
            if chunk.as_ref().is_err_and(is_of_one) {
                chunk = self.one_by_one(workspace).await;
            }
            let Some(count) = chunk? else {
                // What is due is being worked on by another replica, or cannot be assessed.
                return Ok(up_to_date);
            };
            up_to_date += count;
        }
    }

    /// Does what a chunk does, each account in a transaction of its own: what is wrong with one
    /// keeps only that one as it is.
    async fn one_by_one(&self, workspace: WorkspaceId) -> Result<Option<u64>, AppError> {
        let mut up_to_date = None;
        let now = self.clock().now().secs();
        for account in self.inner.store.view(workspace).due(now, CHUNK).await? {
            let id = account.clone();
            let done = self
                .writer
                .run(move |inner| async move { apply_one(&inner, workspace, id).await })
                .await;
            match done {
                Ok(count) => up_to_date = Some(up_to_date.unwrap_or(0) + count),
                Err(error) if is_of_one(&error) => {
                    tracing::error!(%error, %workspace, %account, "an account cannot be assessed");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(up_to_date)
    }

    /// Applies what is due in every workspace. What fails in one is logged, and does not hold up
    /// the others.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tick(&self) -> Result<(), AppError> {
        let mut failed = false;
        for workspace in self.inner.store.workspaces().await? {
            let workspace = workspace.id;
            let due = self.apply_due(workspace).await.err();
            let handoffs = self.apply_handoffs(workspace).await.err();
            for error in due.into_iter().chain(handoffs) {
                failed = true;
                tracing::warn!(%error, %workspace, "what is due could not be applied");
            }
        }
        if failed {
            // Whether it answers still is a question of its own.
            self.inner.store.workspaces().await?;
        }
        Ok(())
    }

    /// Removes what has been kept long enough, and makes accounts due that a wrong clock has
    /// assessed as of a moment ahead.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep(&self) -> Result<(), AppError> {
        let mut first = Ok(());
        for workspace in self.inner.store.workspaces().await? {
            // What fails for one does not hold up the others.
            first = first.and(self.sweep_workspace(workspace.id).await);
        }
        first
    }

    async fn sweep_workspace(&self, id: WorkspaceId) -> Result<(), AppError> {
        self.writer.run(move |inner| async move { make_due(&inner, id).await }).await?;
        // Lot by lot: others write in between.
        while self.writer.run(move |inner| async move { sweep_lot(&inner, id).await }).await? {}
        Ok(())
    }
}

async fn make_due(inner: &Inner, workspace: WorkspaceId) -> Result<(), AppError> {
    let (tx, _) = inner.begin(workspace, Lock::Shared).await?;
    let now = inner.clock.now().secs();
    tx.make_due(now, now + CLOCK_SECS).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes a lot of what has been kept long enough, and tells whether there may be more.
async fn sweep_lot(inner: &Inner, workspace: WorkspaceId) -> Result<bool, AppError> {
    let (tx, _) = inner.begin(workspace, Lock::Shared).await?;
    let more = tx.sweep(inner.clock.now()).await?;
    tx.commit().await?;
    Ok(more)
}

/// Whether an error may be that of one account, whichever others it was assessed with.
fn is_of_one(error: &AppError) -> bool {
    matches!(error, AppError::Broken | AppError::Store(StoreError::Corrupt { .. }))
}

/// Goes on with some accounts that are due, and gives how many of them are up to date then;
/// `None` when there are none that nobody else works on.
async fn apply_chunk(inner: &Inner, workspace: WorkspaceId) -> Result<Option<u64>, AppError> {
    let now = inner.clock.now();
    let (tx, record) = inner.begin(workspace, Lock::Shared).await?;
    let states = tx.lock_due(now.secs(), CHUNK).await?;
    if states.is_empty() {
        return Ok(None);
    }
    apply(inner, tx, record.model_version, states, now).await.map(Some)
}

/// Goes on with an account that was due, and gives 1 when it is up to date by that.
async fn apply_one(
    inner: &Inner,
    workspace: WorkspaceId,
    account: AccountId,
) -> Result<u64, AppError> {
    let now = inner.clock.now();
    let (tx, record) = inner.begin(workspace, Lock::Shared).await?;
    let mut states = tx.lock_account_states([account]).await?;
    states.retain(|_, state| is_late(state, now));
    apply(inner, tx, record.model_version, states, now).await
}

/// Lets time change accounts, and gives how many of them are up to date then.
async fn apply(
    inner: &Inner,
    tx: WriteTx,
    model_version: u64,
    states: BTreeMap<AccountId, AccountState>,
    now: Timestamp,
) -> Result<u64, AppError> {
    let compiled = inner.models.get(&tx, model_version).await?;
    let count = states.len() as u64;
    let behind = fold_accounts(&tx, &compiled, states, News::default(), Cause::Time, now).await?;
    tx.commit().await?;
    Ok(count - behind)
}
