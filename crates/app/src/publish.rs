//! Putting a version of the model in force.
//!
//! The scores under the new version are made beside those that are shown, some accounts at a
//! time, each lot in a transaction of its own that also notes how far the work is: killed at any
//! moment it goes on behind the last lot. Whoever changes an account meanwhile takes it out of
//! the new scores, and it is made again. When every account is there, one short transaction
//! makes the new scores the ones that are shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use abm_core::{AccountId, WorkspaceId};
use abm_store::{
    AccountState, Cause, Lock, ModelRecord, ModelState, OperationKind, OperationRecord,
    OperationState, PersonState, Publication, WriteTx,
};
use uuid::Uuid;

use crate::gather::{News, fold_only};
use crate::idempotency::RequestKey;
use crate::models::{check_comment, check_file, draft};
use crate::{App, AppError, Inner};

/// Accounts of one lot: few enough that activities do not wait long behind it.
const CHUNK: u64 = 400;

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

/// What a step found to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// There is more to do.
    More,
    /// Every account is made once; what remains is to look for those that changed meanwhile.
    Complete,
    /// There is nothing to do here.
    Idle,
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

    /// Does a lot of the work in the background, and tells whether there may be more.
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
        self.writer
            .run(move |inner| async move {
                match step(&inner, workspace, lock).await {
                    // A defect that meets one account would meet it again for ever.
                    Err(AppError::Broken) => fail(&inner, workspace).await,
                    done => done,
                }
            })
            .await
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

/// Goes on with the work of a workspace by one lot. Only under the exclusive lock, which lets
/// nobody change an account, the last lot is made and the scores are put in force.
async fn step(inner: &Inner, workspace: WorkspaceId, lock: Lock) -> Result<Step, AppError> {
    let (mut tx, found) = inner.begin(workspace, lock).await?;
    let alone = lock == Lock::Exclusive;
    if found.standby_used {
        if tx.empty_standby(CHUNK).await? == 0 {
            if !alone {
                tx.roll_back().await?;
                return Ok(Step::Complete);
            }
            tx.standby_is_empty().await?;
        }
        tx.commit().await?;
        return Ok(Step::More);
    }
    let operation = match found.publishing {
        Some(version) => tx.lock_publishing(version).await?,
        None => None,
    };
    let Some(mut operation) = operation else {
        tx.roll_back().await?;
        return Ok(Step::Idle);
    };
    let version = operation.model_version;
    let now = inner.clock.now();
    // Under the exclusive lock the whole is gone through once more.
    let place = operation.place.as_ref().filter(|_| !alone);
    let mut states = tx.lock_not_in_standby(place, now.secs(), CHUNK + 1).await?;
    if states.is_empty() && !alone {
        tx.roll_back().await?;
        return Ok(Step::Complete);
    }
    let last_lot = states.len() as u64 <= CHUNK;
    if !last_lot {
        states.pop_last();
    }
    operation.done = (operation.done + states.len() as u64).min(operation.total);
    operation.place = states.keys().next_back().cloned();
    assess_beside(inner, &tx, version, states).await?;
    if alone && last_lot {
        operation.done = operation.total;
        operation.state = OperationState::Succeeded;
        operation.ended_at = Some(now);
        retire(inner, &tx, found.model_version).await?;
        let publication = Publication { at: now, by: operation.created_by.clone() };
        tx.set_model_state(version, &ModelState::Published(publication)).await?;
        tx.switch_slots(version, now).await?;
    }
    tx.put_operation(&operation).await?;
    tx.commit().await?;
    Ok(Step::More)
}

/// Makes the scores of accounts under a version beside those that are shown.
async fn assess_beside(
    inner: &Inner,
    tx: &WriteTx,
    version: u64,
    states: BTreeMap<AccountId, AccountState>,
) -> Result<(), AppError> {
    if states.is_empty() {
        return Ok(());
    }
    let compiled = inner.models.get(tx, version).await?;
    let now = inner.clock.now();
    let folded = fold_only(tx, &compiled, states, News::default(), Cause::Model, now).await?;
    let (states, people): (Vec<AccountState>, Vec<Vec<PersonState>>) =
        folded.states.into_iter().unzip();
    let people: Vec<PersonState> = people.into_iter().flatten().collect();
    Ok(tx.put_standby(states, &people).await?)
}

async fn retire(inner: &Inner, tx: &WriteTx, version: u64) -> Result<(), AppError> {
    let record = inner.model_record(tx, version).await?;
    if let Some(publication) = record.state.publication() {
        let publication = publication.clone();
        let state = ModelState::Retired { publication, at: inner.clock.now() };
        tx.set_model_state(version, &state).await?;
    }
    Ok(())
}

/// Gives up the work after a defect.
async fn fail(inner: &Arc<Inner>, workspace: WorkspaceId) -> Result<Step, AppError> {
    let (tx, found) = inner.begin(workspace, Lock::Exclusive).await?;
    let Some(version) = found.publishing else { return Err(AppError::Broken) };
    if let Some(mut operation) = tx.lock_publishing(version).await? {
        operation.state = OperationState::Failed;
        operation.ended_at = Some(inner.clock.now());
        operation.message = "an account could not be assessed".to_owned();
        tx.put_operation(&operation).await?;
    }
    tx.end_publishing().await?;
    tx.commit().await?;
    Ok(Step::More)
}
