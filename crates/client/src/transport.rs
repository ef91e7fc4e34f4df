//! Tells what the connection did from what the service said.
//!
//! A connection that breaks reaches the caller as UNKNOWN, INTERNAL or CANCELLED, depending on the
//! moment it breaks, and a deadline that passes here as CANCELLED. None of them is an answer of
//! the service, and the retry policy must see what they mean.

use std::error::Error as _;

use tonic::{Code, Status, TimeoutExpired};

/// The status as the service would have given it: UNAVAILABLE for a broken connection,
/// DEADLINE_EXCEEDED for a deadline that passed on this side. An answer of the service stays.
pub(crate) fn told_plainly(status: Status) -> Status {
    // Only a status that was made on this side has a source.
    let mut cause = status.source();
    let local = cause.is_some() || status.message().starts_with("Service was not ready");
    while let Some(error) = cause {
        if error.is::<TimeoutExpired>() {
            return Status::deadline_exceeded("no answer within the deadline of the call");
        }
        cause = error.source();
    }
    match status.code() {
        Code::Unknown | Code::Internal | Code::Cancelled if local => {
            Status::unavailable(format!("the connection broke: {}", status.message()))
        }
        _ => status,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_broken_connection_is_unavailable() {
        let broken = std::io::Error::other("broken pipe");
        let status = told_plainly(Status::from_error(Box::new(broken)));
        assert_eq!(status.code(), Code::Unavailable);
        assert!(status.message().contains("broken pipe"), "{status}");
    }

    #[test]
    fn a_deadline_that_passed_here_is_told_as_such() {
        let status = Status::from_error(Box::new(TimeoutExpired(())));
        assert_eq!(status.code(), Code::Cancelled, "what the library says");
        assert_eq!(told_plainly(status).code(), Code::DeadlineExceeded);
    }

    #[test]
    fn an_answer_of_the_service_stays() {
        for code in [Code::Unknown, Code::Internal, Code::Cancelled, Code::NotFound] {
            assert_eq!(told_plainly(Status::new(code, "said")).code(), code);
        }
        let mut local = Status::not_found("said");
        local.set_source(Arc::new(std::io::Error::other("x")));
        assert_eq!(told_plainly(local).code(), Code::NotFound);
    }
}
