//! What time makes due, lot by lot. What is wrong with one of a lot holds up no other.

use std::fmt::Display;

use abm_core::{Timestamp, WorkspaceId};
use abm_store::{StoreError, View};

use crate::{App, AppError, Inner};

/// Something that becomes due with time, and is done in transactions of a lot each.
pub(crate) trait Due {
    /// What logs call one of them.
    const WHAT: &str;
    /// Most of one transaction.
    const LOT: u64;
    /// Names one of them.
    type Id: Clone + Display + Send + 'static;

    /// Those that are due, first come first; no more than `limit`.
    fn due(
        view: &View,
        now: Timestamp,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<Self::Id>, StoreError>> + Send;

    /// Does in one transaction what is due of a lot, or of `only` one, and gives how many are done
    /// with; `None` when nothing is due that nobody else works on.
    fn apply(
        inner: &Inner,
        workspace: WorkspaceId,
        only: Option<Self::Id>,
    ) -> impl Future<Output = Result<Option<u64>, AppError>> + Send;
}

impl App {
    /// Does all that is due, and gives how many are done with. One that cannot be done is logged,
    /// and keeps no other from it.
    pub(crate) async fn in_lots<D: Due>(&self, workspace: WorkspaceId) -> Result<u64, AppError> {
        let mut done = 0;
        while !self.due::<D>(workspace, 1).await?.is_empty() {
            let mut lot = self.lot::<D>(workspace, None).await;
            if lot.as_ref().is_err_and(AppError::may_be_of_one) {
                lot = self.one_by_one::<D>(workspace).await;
            }
            let Some(count) = lot? else {
                // What is due is being worked on by another replica, or cannot be done.
                break;
            };
            done += count;
        }
        Ok(done)
    }

    /// Does what a lot does, each in a transaction of its own.
    async fn one_by_one<D: Due>(&self, workspace: WorkspaceId) -> Result<Option<u64>, AppError> {
        let mut done = None;
        for id in self.due::<D>(workspace, D::LOT).await? {
            match self.lot::<D>(workspace, Some(id.clone())).await {
                Ok(Some(count)) => done = Some(done.unwrap_or(0) + count),
                Ok(None) => {}
                Err(error) if error.may_be_of_one() => {
                    tracing::error!(%error, %workspace, what = D::WHAT, %id, "what is due cannot be done");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    async fn due<D: Due>(
        &self,
        workspace: WorkspaceId,
        limit: u64,
    ) -> Result<Vec<D::Id>, StoreError> {
        D::due(&self.inner.store.view(workspace), self.clock().now(), limit).await
    }

    async fn lot<D: Due>(
        &self,
        workspace: WorkspaceId,
        only: Option<D::Id>,
    ) -> Result<Option<u64>, AppError> {
        self.writer.run(move |inner| async move { D::apply(&inner, workspace, only).await }).await
    }
}
