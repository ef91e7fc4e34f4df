//! Why a use case refused or failed.

use std::time::Duration;

use abm_core::Violation;
use abm_core::model::Problem;
use abm_store::StoreError;

/// Why a use case refused or failed. Unless said otherwise nothing was written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppError {
    /// The caller sent something that cannot be accepted.
    #[error("{}", join(.0))]
    Invalid(Vec<Violation>),
    /// There is no such thing in the caller's workspace.
    #[error("{kind} `{id}` is not known")]
    NotFound {
        /// What kind of thing.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// The request id, or an activity id, was used before with other content.
    #[error("{kind} `{id}` was used before with other content")]
    IdReused {
        /// What kind of id.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// The version in force is another one than the caller thinks.
    #[error("the model in force is version {current}")]
    VersionMismatch {
        /// The version in force.
        current: u64,
    },
    /// What is asked for cannot be done as things stand.
    #[error("{message}")]
    StateForbids {
        /// What stands in the way: a resource and its id.
        subject: String,
        /// One sentence for a person.
        message: String,
    },
    /// Somebody else changed it since the caller saw it.
    #[error("the {kind} has changed: its etag is {current}")]
    EtagMismatch {
        /// What kind of thing.
        kind: &'static str,
        /// The etag that it has now.
        current: String,
    },
    /// The policy file has problems.
    #[error("the policy file has {} problems, the first: {}", .0.len(), first(.0))]
    Policy(Vec<Problem>),
    /// The model file has problems.
    #[error("the model file has {} problems, the first: {}", .0.len(), first(.0))]
    Model(Vec<Problem>),
    /// The revision asked for lies in the future.
    #[error("the revision is not known here")]
    RevisionUnknown,
    /// No, bad, expired or revoked credential.
    #[error("the credentials are not valid")]
    Credentials,
    /// The queue of writes is full.
    #[error("the service is full")]
    Overloaded,
    /// Nobody read the parts of the answer for so long.
    #[error("the answer was not read for {} s", .0.as_secs())]
    Unread(Duration),
    /// Nobody waits for the answer any more.
    #[error("nobody waits for the answer any more")]
    Abandoned,
    /// The service is stopping.
    #[error("the service is stopping")]
    Stopping,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A defect: a task of the service died.
    #[error("a task of the service ended unexpectedly")]
    Broken,
}

impl AppError {
    /// Whether it may be that of one of several that were written together: the others are then
    /// tried without it.
    pub(crate) fn may_be_of_one(&self) -> bool {
        matches!(self, Self::Broken | Self::Store(StoreError::Corrupt { .. }))
    }

    /// One violation.
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::invalid(field, message)])
    }

    pub(crate) fn not_found(kind: &'static str, id: impl ToString) -> Self {
        Self::NotFound { kind, id: id.to_string() }
    }
}

fn join(violations: &[Violation]) -> String {
    violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The first of what is wrong with a file.
pub(crate) fn first(problems: &[Problem]) -> String {
    problems.first().map(ToString::to_string).unwrap_or_default()
}
