//! Long work, as callers see it.

use abm_core::{Timestamp, WorkspaceId};
use abm_store::{Lock, OperationKind, OperationRecord, OperationState, View};

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
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let found = view.operation(id).await?;
        let found = found.ok_or_else(|| AppError::not_found("operation", id))?;
        Ok((counted(&view, found).await?, revision))
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
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let mut found = Vec::new();
        for operation in view.operations(before, limit).await? {
            found.push(counted(&view, operation).await?);
        }
        Ok((found, revision))
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
                found = counted(&tx, found).await?;
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

/// Long work with how far it is: while it goes on that is counted, as accounts that change are
/// to be made again.
pub(crate) async fn counted(
    view: &View,
    mut operation: OperationRecord,
) -> Result<OperationRecord, AppError> {
    if operation.state == OperationState::Running {
        let progress = match operation.kind {
            OperationKind::Publish => view.publication_progress(operation.model_version).await?,
        };
        (operation.done, operation.total) = progress.unwrap_or((operation.done, operation.total));
    }
    Ok(operation)
}
