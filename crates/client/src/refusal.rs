//! The details that the service gives with an error, taken apart.

use std::fmt;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::v1::ErrorReason;

/// An error of the service in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The gRPC status code.
    pub code: Code,
    /// The documented reason; unspecified when there is none or this version does not know it.
    pub reason: ErrorReason,
    /// The reason as sent.
    pub reason_name: String,
    /// One sentence for people.
    pub message: String,
    /// The fields at fault.
    pub violations: Vec<FieldViolation>,
    /// After which delay the service asks to try again.
    pub retry_after: Option<Duration>,
    /// The id under which the service logged the call.
    pub request_id: String,
}

/// A field at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// Its path in the request, for example `accounts[3].name`.
    pub field: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl From<&Status> for Refusal {
    fn from(status: &Status) -> Self {
        let details = status.get_error_details();
        let reason_name = details.error_info().map_or_else(String::new, |i| i.reason.clone());
        let reason = ErrorReason::from_str_name(&format!("ERROR_REASON_{reason_name}"));
        let violations = details.bad_request().map_or_else(Vec::new, |bad| {
            let fields = bad.field_violations.iter();
            fields
                .map(|v| FieldViolation { field: v.field.clone(), message: v.description.clone() })
                .collect()
        });
        Self {
            code: status.code(),
            reason: reason.unwrap_or(ErrorReason::Unspecified),
            reason_name,
            message: status.message().to_owned(),
            violations,
            retry_after: details.retry_info().and_then(|info| info.retry_delay),
            request_id: details.request_info().map_or_else(String::new, |i| i.request_id.clone()),
        }
    }
}

/// In one line; with `{:#}` in several.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = if f.alternate() { "\n  " } else { "; " };
        let message = if self.message.is_empty() { self.code.description() } else { &self.message };
        write!(f, "{message} ({}", code_name(self.code))?;
        if !self.reason_name.is_empty() {
            write!(f, ", {}", self.reason_name)?;
        }
        f.write_str(")")?;
        for violation in &self.violations {
            write!(f, "{between}{}: {}", violation.field, violation.message)?;
        }
        if !self.request_id.is_empty() {
            write!(f, "{between}request id {}", self.request_id)?;
        }
        Ok(())
    }
}

/// The code as the documentation spells it.
const fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_refusal_names_its_reason_and_every_field() {
        let mut details = ErrorDetails::with_error_info(
            "INVALID_FIELD",
            "abm.v1",
            std::collections::HashMap::<String, String>::new(),
        );
        details.add_bad_request_violation("accounts[3].name", "is 300 bytes long");
        details.set_request_info("r-1", "");
        let status =
            Status::with_error_details(Code::InvalidArgument, "2 fields are wrong", details);
        let refusal = Refusal::from(&status);
        assert_eq!(refusal.reason, ErrorReason::InvalidField);
        assert_eq!(
            refusal.to_string(),
            "2 fields are wrong (INVALID_ARGUMENT, INVALID_FIELD); \
             accounts[3].name: is 300 bytes long; request id r-1"
        );
        assert_eq!(
            format!("{refusal:#}"),
            "2 fields are wrong (INVALID_ARGUMENT, INVALID_FIELD)\n  \
             accounts[3].name: is 300 bytes long\n  request id r-1"
        );
    }

    #[test]
    fn a_status_without_details_is_told_by_its_code() {
        let refusal = Refusal::from(&Status::unimplemented(""));
        assert!(refusal.to_string().ends_with("(UNIMPLEMENTED)"), "{refusal}");
        assert_eq!(refusal.reason, ErrorReason::Unspecified);
    }
}
