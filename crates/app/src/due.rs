//! Time as a cause of change: accounts whose moment has come are assessed anew.

use abm_core::WorkspaceId;
use abm_store::{Cause, Lock};

use crate::clock::CLOCK_SECS;
use crate::gather::{News, fold_accounts};
use crate::{App, AppError, Inner};

/// Accounts of one transaction: few enough that activities do not wait long behind it.
const CHUNK: u64 = 400;

impl App {
    /// Applies every change whose moment has come, and gives the number of accounts that are up
    /// to date again. Each change is recorded with the moment from which it holds, however late
    /// this is called.
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
            let chunk = self
                .writer
                .run(move |inner| async move { apply_chunk(&inner, workspace).await })
                .await?;
            let Some(count) = chunk else {
                // What is due is being worked on by another replica.
                return Ok(up_to_date);
            };
            up_to_date += count;
        }
    }

    /// Applies what is due in every workspace.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tick(&self) -> Result<(), AppError> {
        let mut first = Ok(());
        for workspace in self.inner.store.workspaces().await? {
            // What fails for one does not hold up the others.
            let due = self.apply_due(workspace.id).await;
            let handoffs = self.apply_handoffs(workspace.id).await;
            first = first.and(due.map(drop)).and(handoffs.map(drop));
        }
        first
    }

    /// Removes what has been kept long enough, and makes accounts due that a wrong clock has
    /// assessed as of a moment ahead.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep(&self) -> Result<(), AppError> {
        for workspace in self.inner.store.workspaces().await? {
            let id = workspace.id;
            self.writer
                .run(move |inner| async move {
                    let (tx, _) = inner.begin(id, Lock::Shared).await?;
                    let now = inner.clock.now();
                    tx.sweep(now).await?;
                    tx.make_due(now.secs(), now.secs() + CLOCK_SECS).await?;
                    Ok(tx.commit().await?)
                })
                .await?;
        }
        Ok(())
    }
}

/// Goes on with some accounts that are due, and gives how many of them are up to date then;
/// `None` when there are none that nobody else works on.
async fn apply_chunk(inner: &Inner, workspace: WorkspaceId) -> Result<Option<u64>, AppError> {
    let now = inner.clock.now();
    let (tx, workspace) = inner.begin(workspace, Lock::Shared).await?;
    let compiled = inner.models.get(&tx, workspace.model_version).await?;
    let states = tx.lock_due(now.secs(), CHUNK).await?;
    if states.is_empty() {
        return Ok(None);
    }
    let count = states.len() as u64;
    let behind = fold_accounts(&tx, &compiled, states, News::default(), Cause::Time, now).await?;
    tx.commit().await?;
    Ok(Some(count - behind))
}
