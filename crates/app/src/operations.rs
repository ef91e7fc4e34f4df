//! Long work, as callers see it.

use abm_core::{Timestamp, WorkspaceId};
use abm_store::{Lock, OperationKind, OperationRecord, OperationState};

use crate::idempotency::RequestKey;
use crate::{App, AppError};

impl App {
    /// Long work by its id, and the position it was read at.
    ///
    /// # Errors
    /// When there is no such work.
    pub async fn operation(
        &self,
        workspace: WorkspaceId,
        id: &str,
    ) -> Result<(OperationRecord, u64), AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        let found = view.operation(id).await?;
        Ok((found.ok_or_else(|| AppError::not_found("operation", id))?, revision))
    }

    /// Long work, the latest first, before the place `before`, and the position it was read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn operations(
        &self,
        workspace: WorkspaceId,
        before: Option<(Timestamp, String)>,
        limit: u64,
    ) -> Result<(Vec<OperationRecord>, u64), AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        Ok((view.operations(before, limit).await?, revision))
    }

    /// Stops long work. What is in force stays in force; a version that was to come stays a
    /// draft.
    ///
    /// # Errors
    /// When there is no such work, or it has ended already.
    pub async fn cancel_operation(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        id: String,
    ) -> Result<(OperationRecord, u64), AppError> {
        let cancelled = self
            .writer
            .run(move |inner| async move {
                let (tx, _) = inner.begin(workspace, Lock::Exclusive).await?;
                let found = tx.operation(&id).await?;
                let mut found = found.ok_or_else(|| AppError::not_found("operation", &id))?;
                if request.first_outcome(&tx).await?.is_some() {
                    return Ok((found, tx.revision().await?));
                }
                if found.state != OperationState::Running {
                    let message = format!("operation `{id}` has ended: {}", found.state.name());
                    return Err(AppError::StateForbids {
                        subject: format!("operation {id}"),
                        message,
                    });
                }
                match found.kind {
                    OperationKind::Publish => tx.end_publishing().await?,
                }
                let now = inner.clock.now();
                found.state = OperationState::Cancelled;
                found.ended_at = Some(now);
                tx.put_operation(&found).await?;
                request.remember(&tx, id, now).await?;
                Ok((found, tx.commit().await?))
            })
            .await?;
        self.work.notify_one();
        Ok(cancelled)
    }
}
