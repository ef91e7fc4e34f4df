//! Versions of the scoring model: drafts, the one in force, and those before it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use abm_core::model::{self, Problem};
use abm_core::{Model, Timestamp, WorkspaceId, limits};
use abm_store::{Lock, ModelRecord, ModelState, StoreError, View, WriteTx};

use crate::idempotency::RequestKey;
use crate::{App, AppError, Inner};

/// Largest model file, in bytes.
const FILE_BYTES: usize = 1 << 20;

/// Longest comment of a version, in bytes.
const COMMENT_BYTES: usize = 4_096;

/// A version of the model.
#[derive(Clone, Debug)]
pub struct Version {
    /// The version asked for.
    pub model: ModelRecord,
    /// Fingerprint of its matching rules.
    pub matching: i64,
    /// The version in force.
    pub active: u64,
    /// The version that comes into force.
    pub publishing: Option<u64>,
    /// How far the version asked for is, while it comes into force: accounts done, and in all.
    pub rescore: Option<(u64, u64)>,
    /// The position this was read at.
    pub revision: u64,
}

/// The rules that somebody wants to look at or to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelChoice {
    /// Those in force.
    Active,
    /// Those of a version: a draft, a retired one or the one in force.
    Version(u64),
    /// Those of a model file that is stored nowhere.
    File(String),
}

/// Compiled models. The file of a version never changes, so that what is compiled stays right.
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
    /// A model file that is stored nowhere, as version 0.
    pub(crate) fn of_file(file: &str) -> Result<Self, AppError> {
        Ok(Self::new(0, check_file(file).map_err(AppError::Model)?))
    }

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
    /// A version as it is stored.
    pub(crate) async fn model_record(
        &self,
        view: &View,
        version: u64,
    ) -> Result<ModelRecord, AppError> {
        let record = view.model(version).await?;
        record.ok_or_else(|| AppError::not_found("model version", version))
    }

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

    /// The rules of a choice.
    pub(crate) async fn chosen(
        &self,
        view: &View,
        choice: ModelChoice,
    ) -> Result<Arc<Compiled>, AppError> {
        match choice {
            ModelChoice::Active => self.model_for(view, None).await,
            ModelChoice::Version(version) => self.model_for(view, Some(version)).await,
            ModelChoice::File(file) => Ok(Arc::new(Compiled::of_file(&file)?)),
        }
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

    /// Versions, the latest first, before the version `before`; the version in force;
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

    /// A version, or the one in force.
    ///
    /// # Errors
    /// When there is no such version.
    pub async fn model(
        &self,
        workspace: WorkspaceId,
        version: Option<u64>,
    ) -> Result<Version, AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        let found = self.inner.workspace(&view).await?;
        let (active, publishing) = (found.model_version, found.publishing);
        let version = version.unwrap_or(active);
        let compiled = self.inner.models.get(&view, version).await?;
        let model = self.inner.model_record(&view, version).await?;
        let mut rescore = None;
        if publishing == Some(version) {
            rescore = view.publication_progress(version).await?;
        }
        let matching = compiled.matching;
        Ok(Version { model, matching, active, publishing, rescore, revision })
    }

    /// Stores a model file as a draft: the next version, which can be looked at, tried and
    /// published.
    ///
    /// # Errors
    /// The file's problems.
    pub async fn create_model_version(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        file: String,
        comment: String,
        created_by: String,
    ) -> Result<(ModelRecord, u64), AppError> {
        let model = check_file(&file).map_err(AppError::Model)?;
        check_comment(&comment)?;
        self.writer
            .run(move |inner| async move {
                let (tx, found) = inner.begin(workspace, Lock::Exclusive).await?;
                if let Some(first) = request.first_outcome(&tx).await? {
                    let version = first.parse().unwrap_or(found.model_version);
                    return Ok((inner.model_record(&tx, version).await?, tx.revision().await?));
                }
                let now = inner.clock.now();
                let record = draft(&tx, model.name, file, comment, created_by, now).await?;
                request.remember(&tx, record.version.to_string(), now).await?;
                Ok((record, tx.commit().await?))
            })
            .await
    }
}

/// Stores a checked model file as the next version.
pub(crate) async fn draft(
    tx: &WriteTx,
    name: String,
    file: String,
    comment: String,
    created_by: String,
    now: Timestamp,
) -> Result<ModelRecord, AppError> {
    let version = tx.latest_model_version().await? + 1;
    let state = ModelState::Draft;
    let record = ModelRecord { version, name, file, comment, created_at: now, created_by, state };
    tx.add_model(&record).await?;
    Ok(record)
}

pub(crate) fn check_comment(comment: &str) -> Result<(), AppError> {
    limits::check_bytes("comment", comment, COMMENT_BYTES)
        .map_err(|violation| AppError::Invalid(vec![violation]))
}
