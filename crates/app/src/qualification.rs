//! What sales finds out about leads.

use abm_core::{LeadId, Violation, WorkspaceId, limits};
use abm_store::{Lock, Qualification};

use crate::idempotency::RequestKey;
use crate::{App, AppError};

impl App {
    /// Records what sales found out about a lead, or about the one that it is merged into. What
    /// was found before is kept; the latest of each criterion counts. Their moments and callers
    /// are those of the call.
    ///
    /// # Errors
    /// When there is no such lead; when a value is missing or too long.
    pub async fn record_qualification(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        lead: LeadId,
        found: Vec<Qualification>,
    ) -> Result<u64, AppError> {
        check(&found)?;
        self.writer
            .run(move |inner| async move {
                let now = inner.clock.now();
                let (tx, _) = inner.begin(workspace, Lock::Shared).await?;
                if request.first_outcome(&tx).await?.is_some() {
                    return Ok(tx.revision().await?);
                }
                let survivor = tx.survivors([lead.clone()]).await?.remove(&lead);
                let lead = survivor.unwrap_or(lead);
                if tx.lock_leads([lead.clone()]).await?.is_empty() {
                    return Err(AppError::not_found("lead", lead));
                }
                let found: Vec<Qualification> =
                    found.into_iter().map(|known| Qualification { at: now, ..known }).collect();
                tx.add_qualifications(&lead, &found).await?;
                request.remember(&tx, String::new(), now).await?;
                Ok(tx.commit().await?)
            })
            .await
    }
}

fn check(found: &[Qualification]) -> Result<(), AppError> {
    if found.is_empty() {
        return Err(AppError::invalid("qualifications", "is empty"));
    }
    let mut violations = Vec::new();
    for (index, known) in found.iter().enumerate() {
        let inside = |violation: Violation| violation.inside(&format!("qualifications[{index}]"));
        if known.value.trim().is_empty() {
            violations.push(inside(Violation::invalid("value", "is required")));
        }
        violations.extend(limits::check_free_text("value", &known.value).err().map(inside));
        violations.extend(limits::check_text("source", &known.source).err().map(inside));
        let before = found.iter().take(index);
        if before.clone().any(|other| other.criterion == known.criterion) {
            violations.push(inside(Violation::invalid("criterion", "is there twice")));
        }
    }
    if violations.is_empty() { Ok(()) } else { Err(AppError::Invalid(violations)) }
}
