//! What can go wrong with a call.

use tonic::{Code, Status};

use crate::Refusal;
use crate::v1::ErrorReason;

/// Why a client could not be made or a call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is malformed.
    #[error("`{endpoint}` is not an address such as http://127.0.0.1:50051")]
    Endpoint {
        /// The address as given.
        endpoint: String,
        /// What is wrong with it, where the library says so.
        source: Option<tonic::transport::Error>,
    },

    /// The token is malformed.
    #[error("the token holds characters that no token has")]
    Token,

    /// The token would cross a network unencrypted.
    #[error(
        "the token would cross the network unencrypted to {endpoint}: use https://, or allow a \
         plaintext token explicitly"
    )]
    PlaintextToken {
        /// The address as given.
        endpoint: String,
    },

    /// The address asks for TLS, which is not compiled in.
    #[error("{endpoint} needs TLS, and this program is built without it (feature `tls`)")]
    NoTls {
        /// The address as given.
        endpoint: String,
    },

    /// Nobody answers at the address.
    #[error("cannot connect to {endpoint}: {}", innermost(source))]
    Connect {
        /// The address as given.
        endpoint: String,
        /// What the connection failed of.
        source: tonic::transport::Error,
    },

    /// The call failed.
    #[error("{}{}", Refusal::from(&**status), if *tries > 1 { format!("; tried {tries} times") } else { String::new() })]
    Call {
        /// The answer to the last try, with all its details.
        status: Box<Status>,
        /// How often it was tried.
        tries: u32,
    },
}

impl Error {
    /// The status of a failed call, with all its details.
    #[must_use]
    pub fn status(&self) -> Option<&Status> {
        match self {
            Self::Call { status, .. } => Some(status),
            _ => None,
        }
    }

    /// The status code; UNAVAILABLE when nobody answers at the address.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Call { status, .. } => status.code(),
            Self::Connect { .. } => Code::Unavailable,
            _ => Code::InvalidArgument,
        }
    }

    /// What the service says about a failed call, taken apart.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.status().map(Refusal::from)
    }

    /// The documented reason, for programs to act on.
    #[must_use]
    pub fn reason(&self) -> ErrorReason {
        self.refusal().map_or(ErrorReason::Unspecified, |refusal| refusal.reason)
    }

    /// The error in several lines for people: what was refused, then each field at fault.
    #[must_use]
    pub fn report(&self) -> String {
        self.refusal().map_or_else(|| self.to_string(), |refusal| format!("{refusal:#}"))
    }
}

/// The last source of an error, which says what happened; those above it say only where.
fn innermost(error: &dyn std::error::Error) -> String {
    let last = std::iter::successors(Some(error), |error| error.source()).last();
    last.map_or_else(String::new, ToString::to_string)
}
