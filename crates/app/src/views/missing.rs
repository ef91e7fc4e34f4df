//! What accounts lack for the bars they do not meet.

use abm_core::assess::assess;
use abm_core::missing::{Missing, missing};
use abm_core::{AccountId, WorkspaceId};

use crate::subject::{self, Subject};
use crate::{App, AppError};

impl App {
    /// What accounts lack for the bars they do not meet now, in the order asked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn missing(
        &self,
        workspace: WorkspaceId,
        ids: Vec<AccountId>,
    ) -> Result<Vec<Vec<Missing>>, AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let compiled = self.inner.model_for(&view, None).await?;
        let at = self.clock().now().secs();
        let subjects = subject::load(&view, &compiled, ids.clone()).await?;
        // Takes long where there are thousands of people: not on the threads that answer other
        // calls.
        let found = tokio::task::spawn_blocking(move || {
            let find = |id: &AccountId| {
                let subject = subjects.iter().find(|subject| subject.account.id == *id)?;
                let Subject { rules, people, visitor, .. } = subject;
                let now = assess(&compiled.model, rules, people, visitor, at);
                Some(missing(&compiled.model, rules, people, visitor, &now, at))
            };
            ids.iter().map(|id| find(id).unwrap_or_default()).collect()
        });
        found.await.map_err(|_| AppError::Broken)
    }
}
