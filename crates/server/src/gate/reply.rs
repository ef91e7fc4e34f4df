//! What every answer carries: the request id, and errors in the documented form only.

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Response};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::error::{internal, message_too_large_as_sent, refusal};

/// The header of the request id.
const REQUEST_ID: &str = "x-request-id";
/// Longest request id taken over from a caller, in bytes.
const REQUEST_ID_BYTES: usize = 64;

/// The id the caller gave the call, if it can stand in a log line, or a new one.
pub(super) fn request_id(headers: &HeaderMap) -> String {
    let plain = |id: &&str| {
        (1..=REQUEST_ID_BYTES).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
    };
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(plain);
    given.map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned)
}

/// The status of an answer, as far as its headers tell.
pub(super) fn code(response: &Response<Body>) -> Code {
    Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code())
}

/// Adds the request id to an answer, and to its error.
pub(super) fn finish(answered: Result<Response<Body>, Status>, request_id: &str) -> Response<Body> {
    let mut response = match answered {
        Ok(response) => match Status::from_header_map(response.headers()) {
            Some(status) if status.code() != Code::Ok => {
                with_request_id(neutral(status), request_id).into_http()
            }
            _ => response,
        },
        Err(status) => with_request_id(status, request_id).into_http(),
    };
    if let Ok(value) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// An error that the library made itself, in the documented form; others stay as they are.
fn neutral(status: Status) -> Status {
    if status.get_error_details().error_info().is_some() {
        return status;
    }
    match status.code() {
        // The library's words for a message over the limit, before and after unpacking it.
        Code::OutOfRange | Code::ResourceExhausted => message_too_large_as_sent(),
        Code::Unimplemented => status,
        Code::Internal | Code::Unknown => internal(),
        code => refusal(code, "INVALID_FIELD", "the request cannot be read", [], |_| {}),
    }
}

fn with_request_id(status: Status, request_id: &str) -> Status {
    let mut details = status.get_error_details();
    details.set_request_info(request_id, "");
    let metadata = status.metadata().clone();
    Status::with_error_details_and_metadata(status.code(), status.message(), details, metadata)
}
