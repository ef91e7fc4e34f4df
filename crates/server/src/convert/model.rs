//! Scoring models.

use abm_app::{ModelRecord, ModelState};
use abm_core::model::{Problem, Severity, read_file};
use abm_proto::v1;

use super::{model_spec, time};

/// A version with its file, and what the file says.
pub(crate) fn to_proto(model: ModelRecord, matching: i64) -> v1::Model {
    let model_file = model.file.clone();
    v1::Model {
        // Whatever is stored was read when it came.
        model_spec: read_file(&model_file).ok().map(model_spec::to_proto),
        model_file,
        matching_fingerprint: matching.cast_unsigned(),
        ..listed(model)
    }
}

/// A version in a list: without its file, and so without the fingerprint of its rules.
pub(crate) fn listed(model: ModelRecord) -> v1::Model {
    v1::Model {
        version: model.version,
        name: model.name,
        published_at: model.state.publication().map(|published| time::to_proto(published.at)),
        published_by: model.state.publication().map(|p| p.by.clone()).unwrap_or_default(),
        comment: model.comment,
        retired_at: model.state.retired_at().map(time::to_proto),
        state: match model.state {
            ModelState::Draft => v1::ModelState::Draft,
            ModelState::Published(_) => v1::ModelState::Published,
            ModelState::Retired { .. } => v1::ModelState::Retired,
        }
        .into(),
        created_at: Some(time::to_proto(model.created_at)),
        created_by: model.created_by,
        ..v1::Model::default()
    }
}

pub(crate) fn problem(problem: Problem) -> v1::ModelProblem {
    let number = |value: Option<u64>| value.and_then(|v| i32::try_from(v).ok()).unwrap_or(0);
    v1::ModelProblem {
        path: problem.path,
        line: number(problem.line),
        column: number(problem.column),
        message: problem.message,
        severity: match problem.severity {
            Severity::Error => v1::ModelProblemSeverity::Error.into(),
            Severity::Warning => v1::ModelProblemSeverity::Warning.into(),
        },
    }
}
