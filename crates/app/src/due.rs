//! Time as a cause of change: accounts whose moment has come are assessed anew.

use std::collections::BTreeMap;

use abm_core::{AccountId, Timestamp, WorkspaceId};
use abm_store::{AccountState, Cause, Lock, StoreError, View, WriteTx};

use crate::clock::CLOCK_SECS;
use crate::fold::is_late;
use crate::gather::{News, fold_accounts};
use crate::lots::Due;
use crate::{App, AppError, Inner};

impl App {
    /// Applies every change whose moment has come, and gives the number of accounts that are up
    /// to date again. Each change is recorded with the moment from which it holds, however late
    /// this is called. An account that cannot be assessed is logged, and keeps no other from it.
    ///
    /// # Errors
    /// When the database does not answer; what was applied before stays.
    pub async fn apply_due(&self, workspace: WorkspaceId) -> Result<u64, AppError> {
        self.in_lots::<DueAccounts>(workspace).await
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

/// Accounts whose scores time changes.
struct DueAccounts;

impl Due for DueAccounts {
    const WHAT: &str = "account";
    /// Few enough that activities do not wait long behind them.
    const LOT: u64 = 400;
    type Id = AccountId;

    async fn due(view: &View, now: Timestamp, limit: u64) -> Result<Vec<AccountId>, StoreError> {
        view.due(now.secs(), limit).await
    }

    async fn apply(
        inner: &Inner,
        workspace: WorkspaceId,
        only: Option<AccountId>,
    ) -> Result<Option<u64>, AppError> {
        let now = inner.clock.now();
        let (tx, record) = inner.begin(workspace, Lock::Shared).await?;
        let mut states = match only {
            Some(account) => tx.lock_account_states([account]).await?,
            None => tx.lock_due(now.secs(), Self::LOT).await?,
        };
        states.retain(|_, state| is_late(state, now));
        pass_time(inner, tx, record.model_version, states, now).await
    }
}

/// Lets time change accounts, and gives how many of them are up to date then; `None` without any.
pub(crate) async fn pass_time(
    inner: &Inner,
    tx: WriteTx,
    model_version: u64,
    states: BTreeMap<AccountId, AccountState>,
    now: Timestamp,
) -> Result<Option<u64>, AppError> {
    if states.is_empty() {
        return Ok(None);
    }
    let compiled = inner.models.get(&tx, model_version).await?;
    let count = states.len() as u64;
    let behind = fold_accounts(&tx, &compiled, states, News::default(), Cause::Time, now).await?;
    tx.commit().await?;
    Ok(Some(count - behind))
}
