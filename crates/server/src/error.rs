//! Errors on the wire: the documented few, each with its details.

use std::collections::HashMap;
use std::time::Duration;

use abm_app::{AppError, StoreError};
use abm_core::Violation;
use abm_core::model::Problem;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::PACKAGE;

/// A status with its reason, the values its message names, and further details.
pub(crate) fn refusal<const N: usize>(
    code: Code,
    reason: &str,
    message: impl Into<String>,
    metadata: [(&str, String); N],
    add: impl FnOnce(&mut ErrorDetails),
) -> Status {
    let metadata: HashMap<String, String> =
        metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let mut details = ErrorDetails::new();
    details.set_error_info(reason, PACKAGE, metadata);
    add(&mut details);
    let mut status = Status::with_error_details(code, message, details.clone());
    // What clients of plain gRPC understand without reading details.
    if code == Code::ResourceExhausted
        && let Some(delay) = details.retry_info().and_then(|retry| retry.retry_delay)
        && let Ok(value) = delay.as_millis().to_string().parse()
    {
        status.metadata_mut().insert("grpc-retry-pushback-ms", value);
    }
    status
}

/// Most violations told of one request. An error travels in headers, of which clients take
/// 16 KiB; ValidateModel tells everything.
const VIOLATIONS: usize = 20;

/// Fields that cannot be accepted.
pub(crate) fn invalid(violations: &[Violation]) -> Status {
    let message = match violations {
        [one] => short(&one.to_string()),
        [first, rest @ ..] => format!("{}, and {} more", short(&first.to_string()), rest.len()),
        [] => "the request cannot be accepted".to_owned(),
    };
    refusal(Code::InvalidArgument, "INVALID_FIELD", message, [], |details| {
        for violation in violations.iter().take(VIOLATIONS) {
            details.add_bad_request_violation(short(&violation.field), short(&violation.message));
        }
    })
}

/// A text of bounded length: at most 200 characters.
fn short(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// One field that cannot be accepted.
pub(crate) fn invalid_field(field: &str, message: impl Into<String>) -> Status {
    invalid(&[Violation::invalid(field, message)])
}

/// Nothing to be had now; trying again may help.
pub(crate) fn unavailable(reason: &str, message: &str, after: Duration) -> Status {
    refusal(Code::Unavailable, reason, message, [], |details| {
        details.set_retry_info(Some(after));
    })
}

/// A defect: neutral outside, told inside.
pub(crate) fn internal() -> Status {
    refusal(Code::Internal, "INTERNAL_ERROR", "internal error", [], |_| {})
}

/// The status of a use case's error.
pub(crate) fn status_of(error: AppError) -> Status {
    match error {
        AppError::Invalid(violations) => invalid(&violations),
        AppError::NotFound { kind, id } => not_found(kind, &id),
        AppError::IdReused { kind, id } => {
            let message = format!("{kind} `{id}` was used before with other content");
            let (key, resource) = (kind, id.clone());
            refusal(Code::AlreadyExists, "ID_REUSED", message, [(key, id)], |details| {
                details.set_resource_info(kind, resource, "", "");
            })
        }
        AppError::VersionMismatch { current } => refusal(
            Code::Aborted,
            "ETAG_MISMATCH",
            format!("the model in force is version {current}"),
            [("current_etag", current.to_string())],
            |_| {},
        ),
        AppError::EtagMismatch { kind, current } => refusal(
            Code::Aborted,
            "ETAG_MISMATCH",
            format!("the {kind} has changed: its etag is {current}"),
            [("current_etag", current)],
            |_| {},
        ),
        AppError::StateForbids { subject, message } => {
            let metadata = [("subject", subject.clone())];
            refusal(
                Code::FailedPrecondition,
                "STATE_FORBIDS",
                message.clone(),
                metadata,
                |details| {
                    details.add_precondition_failure_violation("STATE", subject, message);
                },
            )
        }
        AppError::Model(problems) => invalid_file("model_file", &problems),
        AppError::Policy(problems) => invalid_file("policy_file", &problems),
        AppError::RevisionUnknown => revision_unknown(),
        AppError::Credentials => credentials(),
        AppError::Overloaded => overloaded(),
        AppError::Unread(waited) => {
            let metadata = [("deadline_ms", waited.as_millis().to_string())];
            let message = format!("the answer was not read for {} s", waited.as_secs());
            refusal(Code::DeadlineExceeded, "TIMED_OUT", message, metadata, |_| {})
        }
        AppError::Abandoned => Status::cancelled("nobody waits for the answer any more"),
        AppError::Stopping => draining(),
        AppError::Store(error) => store_status(error),
        AppError::Broken => {
            tracing::error!("a task of the service ended unexpectedly");
            internal()
        }
    }
}

/// A file with problems.
fn invalid_file(field: &str, problems: &[Problem]) -> Status {
    let told = problems.iter().map(|problem| Violation::invalid(field, problem.to_string()));
    invalid(&told.collect::<Vec<_>>())
}

fn store_status(error: StoreError) -> Status {
    use std::error::Error;
    let source = error.source().map(ToString::to_string);
    match &error {
        StoreError::Unavailable(_) => {
            tracing::warn!(%error, source, "the database is not available");
            unavailable("DATABASE_UNAVAILABLE", "the database is not available", jitter(1))
        }
        StoreError::StorageFull(_) => {
            tracing::error!(%error, source, "the database cannot store anything");
            let message = "the database cannot store anything";
            unavailable("STORAGE_FULL", message, Duration::from_secs(30))
        }
        StoreError::Conflict => {
            let message = "another write was in the way";
            refusal(Code::Aborted, "WRITE_CONFLICT", message, [], |details| {
                details.set_retry_info(Some(jitter(1)));
            })
        }
        StoreError::OutcomeUnknown(_) => {
            tracing::error!(%error, source, "the outcome of a commit is not known");
            unavailable("OUTCOME_UNKNOWN", "the outcome of the write is not known", jitter(1))
        }
        StoreError::Corrupt { table, what } => {
            tracing::error!(table, what, "a stored value is corrupt");
            let message = "stored data fails its own check";
            refusal(Code::DataLoss, "INTEGRITY_FAILED", message, [], |details| {
                details.set_resource_info("table", *table, "", "");
            })
        }
        StoreError::Schema(_) | StoreError::Unsafe(_) | StoreError::Other(_) => {
            tracing::error!(%error, source, "a database query failed");
            internal()
        }
    }
}

/// The message names no id: a foreign id and a random one look the same.
pub(crate) fn not_found(kind: &str, id: &str) -> Status {
    let metadata = [("resource_type", kind.to_owned()), ("resource_name", id.to_owned())];
    let message = format!("{kind} `{id}` is not known");
    refusal(Code::NotFound, "RESOURCE_NOT_FOUND", message, metadata, |details| {
        details.set_resource_info(kind, id, "", "");
    })
}

pub(crate) fn revision_unknown() -> Status {
    refusal(Code::OutOfRange, "REVISION_UNKNOWN", "the revision is not known here", [], |_| {})
}

/// One text for all that can be wrong with a credential.
pub(crate) fn credentials() -> Status {
    let message = "the credentials are not valid";
    refusal(Code::Unauthenticated, "CREDENTIALS_INVALID", message, [], |_| {})
}

pub(crate) fn overloaded() -> Status {
    refusal(Code::ResourceExhausted, "OVERLOADED", "the service is full", [], |details| {
        details.set_retry_info(Some(jitter(1)));
    })
}

pub(crate) fn draining() -> Status {
    unavailable("DRAINING", "the service is stopping", Duration::from_secs(1))
}

/// From `secs` to twice that, so that callers do not come back all at once.
fn jitter(secs: u64) -> Duration {
    let random = u64::from(uuid::Uuid::new_v4().as_bytes().first().copied().unwrap_or(0));
    Duration::from_millis(secs * 1_000 + secs * 1_000 * random / 256)
}

pub(crate) fn message_too_large(limit: usize) -> Status {
    let message = format!("the message is longer than {limit} bytes");
    let metadata = [("limit_bytes", limit.to_string())];
    refusal(Code::ResourceExhausted, "MESSAGE_TOO_LARGE", message, metadata, |_| {})
}

/// A message over the limit that the library found itself.
pub(crate) fn message_too_large_as_sent() -> Status {
    let message = "the message is longer than allowed";
    refusal(Code::ResourceExhausted, "MESSAGE_TOO_LARGE", message, [], |_| {})
}

/// More rows than a batch may have.
pub(crate) fn batch_too_large(rows: usize, limit: usize) -> Status {
    let message = format!("the batch has {rows} rows, at most {limit} are allowed");
    let metadata = [("rows", rows.to_string()), ("limit", limit.to_string())];
    refusal(Code::InvalidArgument, "BATCH_TOO_LARGE", message, metadata, |_| {})
}
