//! What a caller states to connect.

use std::fmt;
use std::time::Duration;

use crate::RetryPolicy;

/// Where to connect, as whom, and how patiently.
#[derive(Clone)]
pub struct ConnectOptions {
    /// Address of the service, for example `http://127.0.0.1:50051`.
    pub endpoint: String,
    /// The bearer token; `None` for a server that asks for none.
    pub token: Option<String>,
    /// Sends the token over an unencrypted connection to another machine. Off by default,
    /// because whoever sees the token can use it.
    pub plaintext_token: bool,
    /// Longest wait for the connection.
    pub connect_timeout: Duration,
    /// Longest wait for the answer to one try of a call. The server hears it and stops working
    /// when it has passed. The server's own bound is 30 seconds.
    pub deadline: Duration,
    /// When a failed call is tried again.
    pub retry: RetryPolicy,
}

impl ConnectOptions {
    /// The defaults for an address: no token, 5 seconds to connect, 10 seconds a try, and the
    /// documented retries.
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            token: None,
            plaintext_token: false,
            connect_timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(10),
            retry: RetryPolicy::default(),
        }
    }

    /// The same with a bearer token.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }
}

/// Shows everything but the token.
impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No `..`: a new field does not compile until someone decides whether it is secret.
        let Self { endpoint, token, plaintext_token, connect_timeout, deadline, retry } = self;
        f.debug_struct("ConnectOptions")
            .field("endpoint", endpoint)
            .field("token", &token.as_ref().map(|_| "***"))
            .field("plaintext_token", plaintext_token)
            .field("connect_timeout", connect_timeout)
            .field("deadline", deadline)
            .field("retry", retry)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_not_shown() {
        let options = ConnectOptions::new("http://localhost:1").with_token("abm_secret");
        let shown = format!("{options:?}");
        assert!(!shown.contains("secret"), "{shown}");
        assert!(shown.contains("***"), "{shown}");
    }
}
