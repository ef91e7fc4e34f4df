//! What is shown: accounts, ranked lists, people, and what was shown before.

mod account;
mod history;
mod lead;
mod missing;
mod priority;
mod reasons;

use abm_core::WorkspaceId;

pub use account::AccountView;
pub use lead::LeadScore;
pub use priority::RankedAccount;

use crate::{App, AppError};

impl App {
    /// The position of the records now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn position(&self, workspace: WorkspaceId) -> Result<u64, AppError> {
        Ok(self.inner.store.view(workspace).revision().await?)
    }

    /// Refuses to read before a position that the database has not reached.
    ///
    /// # Errors
    /// [`AppError::RevisionUnknown`].
    pub async fn check_revision(&self, workspace: WorkspaceId, least: u64) -> Result<(), AppError> {
        let now = self.inner.store.view(workspace).revision().await?;
        if least > now { Err(AppError::RevisionUnknown) } else { Ok(()) }
    }
}
