//! What every call carries beside its message.

use std::time::Duration;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::{Request, Status};

use crate::Error;

/// Adds the token and the deadline to a call.
#[derive(Clone, Debug)]
pub struct Headers {
    authorization: Option<MetadataValue<Ascii>>,
    pub(crate) deadline: Duration,
}

impl Headers {
    /// Prepares the headers once, so that a malformed token is found before the first call.
    pub(crate) fn new(token: Option<&str>, deadline: Duration) -> Result<Self, Error> {
        let authorization = match token {
            Some(token) => {
                let value = format!("Bearer {}", token.trim());
                let mut value: MetadataValue<Ascii> = value.parse().map_err(|_| Error::Token)?;
                // Keeps the token out of debug output and out of HPACK's shared table.
                value.set_sensitive(true);
                Some(value)
            }
            None => None,
        };
        Ok(Self { authorization, deadline })
    }
}

impl Interceptor for Headers {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(authorization) = &self.authorization {
            request.metadata_mut().insert("authorization", authorization.clone());
        }
        // A deadline that the caller of a generated client has set itself stands.
        if !request.metadata().contains_key("grpc-timeout") {
            request.set_timeout(self.deadline);
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_and_deadline_are_added_and_a_callers_own_deadline_stands() {
        let mut headers = Headers::new(Some("abm_x\n"), Duration::from_secs(3)).unwrap();
        let sent = headers.call(Request::new(())).unwrap();
        assert_eq!(sent.metadata().get("authorization").unwrap(), "Bearer abm_x");
        assert_eq!(sent.metadata().get("grpc-timeout").unwrap(), "3000000u");

        let mut own = Request::new(());
        own.set_timeout(Duration::from_secs(1));
        let sent = headers.call(own).unwrap();
        assert_eq!(sent.metadata().get("grpc-timeout").unwrap(), "1000000u");
    }

    #[test]
    fn a_token_no_header_can_hold_is_refused_and_none_is_shown() {
        assert!(matches!(Headers::new(Some("a\nb"), Duration::ZERO), Err(Error::Token)));
        let headers = Headers::new(Some("abm_secret"), Duration::ZERO).unwrap();
        assert!(!format!("{headers:?}").contains("secret"));
    }
}
