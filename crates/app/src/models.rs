//! Scoring models: the one in force, and publishing another.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use abm_core::model::{self, Problem};
use abm_core::{Model, WorkspaceId, limits};
use abm_store::{Lock, ModelRecord, StoreError, View, WriteTx};

use crate::idempotency::RequestKey;
use crate::{App, AppError, Inner};

/// Largest model file, in bytes.
const FILE_BYTES: usize = 1 << 20;

/// Longest comment of a version, in bytes.
const COMMENT_BYTES: usize = 4_096;

/// A published model and how far the accounts are assessed under it.
#[derive(Clone, Debug)]
pub struct Published {
    /// The version asked for.
    pub model: ModelRecord,
    /// Fingerprint of its matching rules.
    pub matching: i64,
    /// The version in force.
    pub active: u64,
    /// Accounts in all.
    pub accounts: u64,
    /// Accounts that wait to be assessed.
    pub due: u64,
    /// The position this was read at.
    pub revision: u64,
}

/// Compiled models. A published version never changes, so that what is compiled stays right.
#[derive(Debug, Default)]
pub(crate) struct Models {
    compiled: Mutex<HashMap<(WorkspaceId, u64), Arc<Compiled>>>,
}

/// A compiled version, ready to be used.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) version: u64,
    pub(crate) matching: i64,
    pub(crate) model: Model,
}

impl Compiled {
    fn new(version: u64, model: Model) -> Self {
        Self { version, matching: model.matching_fingerprint(), model }
    }
}

impl Models {
    /// A version, compiled.
    pub(crate) async fn get(&self, view: &View, version: u64) -> Result<Arc<Compiled>, AppError> {
        let key = (view.workspace_id(), version);
        if let Some(compiled) = self.lock().get(&key) {
            return Ok(Arc::clone(compiled));
        }
        let record = view.model(version).await?;
        let record = record.ok_or_else(|| AppError::not_found("model version", version))?;
        let model = model::parse(&record.file).map_err(|problems| {
            let what = problems.first().map(ToString::to_string).unwrap_or_default();
            StoreError::Corrupt { table: "model_version", what }
        })?;
        let compiled = Arc::new(Compiled::new(version, model));
        self.lock().insert(key, Arc::clone(&compiled));
        Ok(compiled)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(WorkspaceId, u64), Arc<Compiled>>> {
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The model that a reader asked for, or the one in force.
    pub(crate) async fn model_for(
        &self,
        view: &View,
        version: Option<u64>,
    ) -> Result<Arc<Compiled>, AppError> {
        let version = match version {
            Some(version) => version,
            None => self.workspace(view).await?.model_version,
        };
        self.models.get(view, version).await
    }
}

/// Checks a model file without storing it.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn check_file(file: &str) -> Result<Model, Vec<Problem>> {
    if file.len() > FILE_BYTES {
        return Err(vec![too_long(file)]);
    }
    model::parse(file)
}

fn too_long(file: &str) -> Problem {
    let message = format!("is {} bytes long, at most {FILE_BYTES} are allowed", file.len());
    Problem::new("", message)
}

impl App {
    /// Everything that can be said against a model file. It can be published when there are
    /// warnings only.
    #[must_use]
    pub fn validate_model(&self, file: &str) -> Vec<Problem> {
        if file.len() > FILE_BYTES { vec![too_long(file)] } else { model::validate(file) }
    }

    /// Published versions, the latest first, before the version `before`; the version in force;
    /// and the position they were read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn models(
        &self,
        workspace: WorkspaceId,
        before: Option<u64>,
        limit: u64,
    ) -> Result<(Vec<ModelRecord>, u64, u64), AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        let active = self.inner.workspace(&view).await?.model_version;
        Ok((view.models(before, limit).await?, active, revision))
    }

    /// Puts the rules of an earlier version in force again, as a new version.
    ///
    /// # Errors
    /// When there is no such version; when another one than `base` is in force, if that is given.
    pub async fn roll_back_model(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        version: u64,
        comment: String,
        base: Option<u64>,
        published_by: String,
    ) -> Result<(ModelRecord, u64), AppError> {
        let earlier = self.inner.store.view(workspace).model(version).await?;
        let earlier = earlier.ok_or_else(|| AppError::not_found("model version", version))?;
        let comment = match comment.as_str() {
            "" => format!("back to version {version}"),
            _ => comment,
        };
        self.publish_model(workspace, request, earlier.file, comment, base, published_by).await
    }

    /// A published version, or the one in force.
    ///
    /// # Errors
    /// When there is no such version.
    pub async fn model(
        &self,
        workspace: WorkspaceId,
        version: Option<u64>,
    ) -> Result<Published, AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        let active = self.inner.workspace(&view).await?.model_version;
        let version = version.unwrap_or(active);
        let compiled = self.inner.models.get(&view, version).await?;
        let model = view.model(version).await?;
        let model = model.ok_or_else(|| AppError::not_found("model version", version))?;
        let now = self.clock().now().secs();
        let (accounts, due) = view.count_accounts(now).await?;
        Ok(Published { model, matching: compiled.matching, active, accounts, due, revision })
    }

    /// Publishes a model file as the next version and puts it in force. Accounts are assessed
    /// under it in the background, most of them within seconds; each says under which version
    /// it was assessed.
    ///
    /// # Errors
    /// The file's problems; another version in force than `base`, if that is given.
    pub async fn publish_model(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        file: String,
        comment: String,
        base: Option<u64>,
        published_by: String,
    ) -> Result<(ModelRecord, u64), AppError> {
        let model = check_file(&file).map_err(AppError::Model)?;
        limits::check_bytes("comment", &comment, COMMENT_BYTES)
            .map_err(|violation| AppError::Invalid(vec![violation]))?;
        self.writer
            .run(move |inner| async move {
                let (tx, found) = inner.begin(workspace, Lock::Exclusive).await?;
                if let Some(first) = request.first_outcome(&tx).await? {
                    let version = first.parse().unwrap_or(found.model_version);
                    let record = tx.model(version).await?;
                    let record =
                        record.ok_or_else(|| AppError::not_found("model version", version));
                    return Ok((record?, tx.revision().await?));
                }
                if base.is_some_and(|base| base != found.model_version) {
                    return Err(AppError::VersionMismatch { current: found.model_version });
                }
                let record = ModelRecord {
                    version: found.model_version + 1,
                    name: model.name.clone(),
                    file,
                    comment,
                    published_at: inner.clock.now(),
                    published_by,
                };
                put_in_force(&tx, &record).await?;
                tx.make_all_due().await?;
                let now = inner.clock.now();
                request.remember(&tx, record.version.to_string(), now).await?;
                let revision = tx.commit().await?;
                Ok((record, revision))
            })
            .await
    }
}

pub(crate) async fn put_in_force(tx: &WriteTx, record: &ModelRecord) -> Result<(), StoreError> {
    tx.add_model(record).await?;
    tx.set_model_version(record.version).await
}
