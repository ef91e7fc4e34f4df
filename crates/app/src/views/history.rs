//! What was shown of an account.

use abm_core::{AccountId, WorkspaceId};
use abm_store::TimelineLine;

use crate::{App, AppError};

impl App {
    /// What was shown of an account, the latest first, before the line `before`, and the position
    /// it was read at.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn score_history(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
        before: Option<i64>,
        limit: u64,
    ) -> Result<(Vec<TimelineLine>, u64), AppError> {
        let found = self.one_score_history(workspace, id, before, limit).await;
        match self.inner.instead(workspace, id, found.as_ref().err()).await? {
            Some(id) => self.one_score_history(workspace, &id, before, limit).await,
            None => found,
        }
    }

    async fn one_score_history(
        &self,
        workspace: WorkspaceId,
        id: &AccountId,
        before: Option<i64>,
        limit: u64,
    ) -> Result<(Vec<TimelineLine>, u64), AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        view.account(id).await?.ok_or_else(|| AppError::not_found("account", id))?;
        Ok((view.timeline_before(id, before, limit).await?, revision))
    }
}
