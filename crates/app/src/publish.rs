//! Putting a version of the model in force.
//!
//! The scores under the new version are made beside those that are shown, some accounts at a
//! time, each lot in a transaction of its own that also notes how far the work is: killed at any
//! moment it goes on behind the last lot. Whoever changes an account meanwhile takes it out of
//! the new scores, and it is made again. When every account is there, one transaction under the
//! exclusive lock makes the new scores the ones that are shown. What was taken out is made in
//! stretches under that lock, each twice as long as the one before, until one gets to the end.
//! What time has changed by then is on record before.

mod course;
mod step;

use abm_core::WorkspaceId;
use abm_store::{
    Lock, ModelRecord, ModelState, OperationKind, OperationRecord, OperationState, WriteTx,
};
use uuid::Uuid;

use crate::idempotency::RequestKey;
use crate::models::{check_comment, check_file, draft};
use crate::operations::counted;
use crate::{App, AppError, Inner};
pub(crate) use course::Courses;
use step::{Step, step};

/// The rules that are to come into force.
#[derive(Clone, Debug)]
pub enum Rules {
    /// Those of a model file, which becomes the next version.
    File(String),
    /// Those of a draft.
    Draft(u64),
    /// Those of an earlier version, which become the next version.
    Earlier(u64),
}

impl App {
    /// Begins to put rules in force as a version of the model. The version that is in force is
    /// shown until every account is assessed under the new one. Gives the version and the work
    /// that tells how far it is.
    ///
    /// # Errors
    /// The file's problems; another version in force than `base`, if that is given; while another
    /// version comes into force; when the version is no draft.
    pub async fn publish_model(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        rules: Rules,
        comment: String,
        base: Option<u64>,
        published_by: String,
    ) -> Result<(ModelRecord, OperationRecord, u64), AppError> {
        if let Rules::File(file) = &rules {
            check_file(file).map_err(AppError::Model)?;
        }
        check_comment(&comment)?;
        let begun = self
            .writer
            .run(move |inner| async move {
                begin(&inner, workspace, request, rules, comment, base, published_by).await
            })
            .await?;
        self.work.notify_one();
        Ok(begun)
    }

    /// Waits until there may be work in the background.
    pub async fn wait_for_work(&self) {
        self.work.notified().await;
    }

    /// Does a lot of the work in the background, or what it takes to end it, and tells whether
    /// there may be more.
    ///
    /// # Errors
    /// When the database does not answer; nothing is done then.
    pub async fn work_on(&self, workspace: WorkspaceId) -> Result<bool, AppError> {
        let step = self.step(workspace, Lock::Shared).await?;
        let step = match step {
            Step::Complete => self.step(workspace, Lock::Exclusive).await?,
            step => step,
        };
        Ok(step != Step::Idle)
    }

    async fn step(&self, workspace: WorkspaceId, lock: Lock) -> Result<Step, AppError> {
        self.writer.run(move |inner| async move { step(&inner, workspace, lock).await }).await
    }
}

async fn begin(
    inner: &Inner,
    workspace: WorkspaceId,
    request: RequestKey,
    rules: Rules,
    comment: String,
    base: Option<u64>,
    published_by: String,
) -> Result<(ModelRecord, OperationRecord, u64), AppError> {
    let (tx, found) = inner.begin(workspace, Lock::Exclusive).await?;
    if let Some(first) = request.first_outcome(&tx).await? {
        let operation = tx.operation(&first).await?;
        let operation = operation.ok_or_else(|| AppError::not_found("operation", &first))?;
        let operation = counted(&tx, operation).await?;
        let record = inner.model_record(&tx, operation.model_version).await?;
        return Ok((record, operation, tx.revision().await?));
    }
    if base.is_some_and(|base| base != found.model_version) {
        return Err(AppError::VersionMismatch { current: found.model_version });
    }
    if let Some(version) = found.publishing {
        let message = format!("version {version} comes into force: wait for it, or cancel that");
        return Err(forbids(version, message));
    }
    let now = inner.clock.now();
    let by = published_by.clone();
    let mut record = match rules {
        Rules::File(file) => {
            let name = check_file(&file).map_err(AppError::Model)?.name;
            draft(&tx, name, file, comment.clone(), by, now).await?
        }
        Rules::Draft(version) => draft_to_publish(inner, &tx, version).await?,
        Rules::Earlier(version) => {
            let earlier = inner.model_record(&tx, version).await?;
            let comment = match comment.as_str() {
                "" => format!("back to version {version}"),
                _ => comment.clone(),
            };
            draft(&tx, earlier.name, earlier.file, comment, by, now).await?
        }
    };
    if !comment.is_empty() && record.comment != comment {
        tx.set_model_comment(record.version, &comment).await?;
        record.comment = comment;
    }
    let (total, _) = tx.count_accounts(now.secs()).await?;
    let operation = OperationRecord {
        id: Uuid::new_v4().to_string(),
        kind: OperationKind::Publish,
        state: OperationState::Running,
        model_version: record.version,
        created_at: now,
        created_by: published_by,
        ended_at: None,
        done: 0,
        total,
        place: None,
        message: String::new(),
    };
    tx.add_operation(&operation).await?;
    tx.begin_publishing(record.version).await?;
    request.remember(&tx, operation.id.clone(), now).await?;
    let revision = tx.commit().await?;
    Ok((record, operation, revision))
}

async fn draft_to_publish(
    inner: &Inner,
    tx: &WriteTx,
    version: u64,
) -> Result<ModelRecord, AppError> {
    let record = inner.model_record(tx, version).await?;
    let message = match &record.state {
        ModelState::Draft => return Ok(record),
        ModelState::Published(_) => format!("version {version} is in force already"),
        ModelState::Retired { .. } => {
            format!("version {version} was in force before: go back to it by RollBackModel")
        }
    };
    Err(forbids(version, message))
}

fn forbids(version: u64, message: String) -> AppError {
    AppError::StateForbids { subject: format!("model version {version}"), message }
}
