//! The model that a request holds, in either form.

use abm_app::{AppError, ModelChoice};
use abm_core::Violation;
use abm_core::model::{self, Problem};
use abm_proto::v1;
use tonic::Status;

use crate::convert::model_spec;
use crate::error::{invalid, invalid_field, status_of};

/// A model of a request.
#[derive(Debug)]
pub(super) enum Sent {
    /// As a file.
    File(String),
    /// As a spec: the file that says the same, and what no file can say.
    Spec {
        /// The canonical file.
        file: String,
        /// What is wrong with the spec besides what is wrong with the file.
        found: Vec<Problem>,
    },
}

/// The form in which a model was sent: problems are told of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// A file.
    File,
    /// A spec.
    Spec,
}

impl Sent {
    /// The rules of a request that can hold a model or name a version; those in force when it does
    /// neither.
    ///
    /// # Errors
    /// When it does more than one of these; what no file can say.
    pub(super) fn choice(
        file: String,
        spec: Option<v1::ModelSpec>,
        version: u64,
    ) -> Result<(ModelChoice, Form), Status> {
        let none = file.is_empty() && spec.is_none();
        match (version, Self::one_of(file, spec)) {
            (0, Some(sent)) => {
                let (file, form) = sent.into_file()?;
                Ok((ModelChoice::File(file), form))
            }
            (0, None) if none => Ok((ModelChoice::Active, Form::File)),
            (version, None) if none => Ok((ModelChoice::Version(version), Form::File)),
            _ => Err(one_expected()),
        }
    }

    /// The model of a request that has a field for each form; `None` unless exactly one is used.
    pub(super) fn one_of(file: String, spec: Option<v1::ModelSpec>) -> Option<Self> {
        match (file.is_empty(), spec) {
            (false, None) => Some(Self::File(file)),
            (true, Some(spec)) => {
                let (file, found) = model_spec::from_proto(spec);
                Some(Self::Spec { file: model::write(&file), found })
            }
            _ => None,
        }
    }

    /// The file to store.
    ///
    /// # Errors
    /// What no file can say.
    pub(super) fn into_file(self) -> Result<(String, Form), Status> {
        match self {
            Self::File(file) => Ok((file, Form::File)),
            Self::Spec { file, found } if found.is_empty() => Ok((file, Form::Spec)),
            Self::Spec { found, .. } => Err(of_spec(&found)),
        }
    }

    /// Everything that can be said against it, with `check` for what can be said against a file.
    pub(super) fn problems(self, check: impl Fn(&str) -> Vec<Problem>) -> Vec<Problem> {
        match self {
            Self::File(file) => check(&file),
            Self::Spec { file, mut found } => {
                // Nobody has seen the file that a line of it could be told of.
                let unplaced = |problem| Problem { line: None, column: None, ..problem };
                found.extend(check(&file).into_iter().map(unplaced));
                found
            }
        }
    }
}

/// Not exactly one of the ways to give rules is used.
pub(super) fn one_expected() -> Status {
    let message = "give exactly one of a model file, a model spec and a version";
    invalid_field("model_file", message)
}

impl Form {
    /// The status of a use case's error.
    pub(super) fn status(self, error: AppError) -> Status {
        match (self, error) {
            (Self::Spec, AppError::Model(problems)) => of_spec(&problems),
            (_, error) => status_of(error),
        }
    }
}

/// Problems as those of fields of `model_spec`.
fn of_spec(problems: &[Problem]) -> Status {
    let violations: Vec<Violation> = problems
        .iter()
        .map(|Problem { path, message, .. }| match path.as_str() {
            "" => Violation::invalid("model_spec", message.clone()),
            path => Violation::invalid(format!("model_spec.{path}"), message.clone()),
        })
        .collect();
    invalid(&violations)
}
