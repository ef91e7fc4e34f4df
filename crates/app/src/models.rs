//! Versions of the scoring model: drafts, the one in force, and those before it.

use std::sync::Arc;

use abm_core::model::{self, Problem};
use abm_core::{Model, Timestamp, WorkspaceId, limits};
use abm_store::{Lock, ModelRecord, ModelState, StoreError, View, WriteTx};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::error::first;
use crate::idempotency::RequestKey;
use crate::{App, AppError, Inner};

/// Largest model file, in bytes.
const FILE_BYTES: usize = 1 << 20;

/// Longest comment of a version, in bytes.
const COMMENT_BYTES: usize = 4_096;

/// Most bytes of the files whose compiled models are kept.
const KEPT_BYTES: u64 = 16 << 20;

/// A guess of how many models these are; most files are far from the largest.
const KEPT: usize = 64;

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

/// Compiled models, those that are used most. The file of a version never changes, so that what is
/// compiled stays right.
#[derive(Debug)]
pub(crate) struct Models {
    compiled: Cache<(WorkspaceId, u64), Kept, ByFile>,
}

/// A compiled model, and the bytes of its file.
#[derive(Clone, Debug)]
struct Kept {
    compiled: Arc<Compiled>,
    bytes: usize,
}

/// What a compiled model takes in memory goes with its file.
#[derive(Clone, Debug)]
struct ByFile;

impl Weighter<(WorkspaceId, u64), Kept> for ByFile {
    fn weight(&self, _: &(WorkspaceId, u64), kept: &Kept) -> u64 {
        kept.bytes as u64
    }
}

impl Default for Models {
    fn default() -> Self {
        Self { compiled: Cache::with_weighter(KEPT, KEPT_BYTES, ByFile) }
    }
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
        if let Some(kept) = self.compiled.get(&key) {
            return Ok(kept.compiled);
        }
        let record = view.model(version).await?;
        let record = record.ok_or_else(|| AppError::not_found("model version", version))?;
        let model = model::parse(&record.file).map_err(|problems| StoreError::Corrupt {
            table: "model_version",
            what: first(&problems),
        })?;
        let compiled = Arc::new(Compiled::new(version, model));
        let kept = Kept { compiled: Arc::clone(&compiled), bytes: record.file.len() };
        self.compiled.insert(key, kept);
        Ok(compiled)
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
        let name = check_file(&file).map_err(AppError::Model)?.name;
        check_comment(&comment)?;
        self.writer
            .run(move |inner| async move {
                let (tx, found) = inner.begin(workspace, Lock::Exclusive).await?;
                if let Some(first) = request.first_outcome(&tx).await? {
                    let version = first.parse().unwrap_or(found.model_version);
                    return Ok((inner.model_record(&tx, version).await?, tx.revision().await?));
                }
                let now = inner.clock.now();
                let record = draft(&tx, name, file, comment, created_by, now).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiled_models_are_kept_up_to_a_bound_and_the_one_in_use_stays() {
        let compiled = Arc::new(Compiled::of_file(model::DEFAULT_FILE).expect("a model"));
        let models = Models::default();
        for version in 1..=100 {
            let kept = Kept { compiled: Arc::clone(&compiled), bytes: FILE_BYTES };
            models.compiled.insert((WorkspaceId(1), version), kept);
            assert!(models.compiled.get(&(WorkspaceId(1), 1)).is_some(), "{version}");
            assert!(models.compiled.weight() <= KEPT_BYTES, "{version}");
        }
        assert!(models.compiled.len() > 1);
    }
}
