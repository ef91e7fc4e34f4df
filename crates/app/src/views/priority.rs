//! Accounts by rank.

use abm_core::grade::Label;
use abm_core::{AccountId, WorkspaceId};
use abm_store::{PriorityFilter, PriorityRow};

use super::reasons::reasons;
use crate::{App, AppError};

/// An account in a ranked list.
#[derive(Clone, Debug)]
pub struct RankedAccount {
    /// What was found of it.
    pub row: PriorityRow,
    /// Letter and digit.
    pub label: Label,
    /// Why it is where it is, a sentence each.
    pub why: Vec<String>,
}

impl RankedAccount {
    /// Its place, for the page after it.
    #[must_use]
    pub fn place(&self) -> (i64, AccountId) {
        (self.row.scores.rank(), self.row.scores.id.clone())
    }
}

impl App {
    /// Accounts by rank, and the position they were read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn priority_accounts(
        &self,
        workspace: WorkspaceId,
        filter: &PriorityFilter,
        after: Option<(i64, AccountId)>,
        limit: u64,
    ) -> Result<(Vec<RankedAccount>, u64), AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        let mut ranked = Vec::new();
        for row in view.by_rank(filter, after, limit).await? {
            let compiled = self.inner.models.get(&view, row.scores.model_version.max(1)).await?;
            ranked.push(RankedAccount {
                label: compiled.model.grades.label(row.scores.fit, row.scores.engagement),
                why: reasons(&compiled, &row.scores),
                row,
            });
        }
        Ok((ranked, revision))
    }
}
