//! Makes the one connection of a client.

use std::time::Duration;

use tonic::transport::{Channel, Endpoint};

use crate::headers::Headers;
use crate::{Client, ConnectOptions, Error};

/// How often a silent connection is asked whether it still lives. The server refuses pings that
/// come more often than its own interval.
const KEEPALIVE: Duration = Duration::from_secs(60);
/// How long the answer to that may take.
const KEEPALIVE_ANSWER: Duration = Duration::from_secs(20);

impl Client {
    /// Connects, and fails at once when nobody listens.
    ///
    /// # Errors
    /// When the address or the token is malformed, when the token would cross a network
    /// unencrypted, or when nobody answers within the timeout.
    pub async fn connect(options: ConnectOptions) -> Result<Self, Error> {
        let (endpoint, headers) = prepare(&options)?;
        let channel = endpoint
            .connect()
            .await
            .map_err(|source| Error::Connect { endpoint: options.endpoint.clone(), source })?;
        Ok(Self::over(channel, headers, options.retry))
    }

    /// Connects with the first call. It suits services that start beside the server: a server
    /// that is not there yet is UNAVAILABLE, which is tried again.
    ///
    /// # Errors
    /// When the address or the token is malformed, or the token would cross a network
    /// unencrypted.
    pub fn connect_lazy(options: ConnectOptions) -> Result<Self, Error> {
        let (endpoint, headers) = prepare(&options)?;
        Ok(Self::over(endpoint.connect_lazy(), headers, options.retry))
    }

    /// Uses a connection that the caller has made, for example over a Unix socket.
    /// # Errors
    /// When the token is malformed.
    pub fn over_channel(channel: Channel, options: &ConnectOptions) -> Result<Self, Error> {
        let headers = Headers::new(options.token.as_deref(), options.deadline)?;
        Ok(Self::over(channel, headers, options.retry))
    }
}

/// Checks the options and turns them into what a connection needs.
fn prepare(options: &ConnectOptions) -> Result<(Endpoint, Headers), Error> {
    let address = options.endpoint.as_str();
    let malformed = |source| Error::Endpoint { endpoint: address.to_owned(), source: Some(source) };
    let endpoint = Endpoint::from_shared(address.to_owned()).map_err(malformed)?;
    let encrypted = match endpoint.uri().scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err(Error::Endpoint { endpoint: address.to_owned(), source: None }),
    };
    let local = endpoint.uri().host().is_some_and(is_loopback);
    if options.token.is_some() && !encrypted && !local && !options.plaintext_token {
        return Err(Error::PlaintextToken { endpoint: address.to_owned() });
    }
    let headers = Headers::new(options.token.as_deref(), options.deadline)?;
    let endpoint = endpoint
        .connect_timeout(options.connect_timeout)
        // Without it every small message waits 40 ms for the one before it.
        .tcp_nodelay(true)
        .tcp_keepalive(Some(KEEPALIVE))
        .http2_keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(KEEPALIVE_ANSWER);
    let endpoint = if encrypted { with_tls(endpoint, address)? } else { endpoint };
    Ok((endpoint, headers))
}

/// Whether a host is this machine.
fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(feature = "tls")]
fn with_tls(endpoint: Endpoint, address: &str) -> Result<Endpoint, Error> {
    endpoint
        .tls_config(tonic::transport::ClientTlsConfig::new().with_enabled_roots())
        .map_err(|source| Error::Endpoint { endpoint: address.to_owned(), source: Some(source) })
}

#[cfg(not(feature = "tls"))]
fn with_tls(_: Endpoint, address: &str) -> Result<Endpoint, Error> {
    Err(Error::NoTls { endpoint: address.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(endpoint: &str, token: bool) -> Result<(), Error> {
        let mut options = ConnectOptions::new(endpoint);
        options.token = token.then(|| "abm_x".into());
        prepare(&options).map(|_| ())
    }

    #[test]
    fn a_token_leaves_this_machine_encrypted_or_not_at_all() {
        for local in ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"] {
            assert!(prepared(local, true).is_ok(), "{local}");
        }
        let far = "http://abm.example.com:1";
        assert!(prepared(far, false).is_ok());
        assert!(matches!(prepared(far, true), Err(Error::PlaintextToken { .. })));
        let mut options = ConnectOptions::new(far).with_token("abm_x");
        options.plaintext_token = true;
        assert!(prepare(&options).is_ok(), "allowed by name");
    }

    #[test]
    fn an_address_needs_a_scheme_that_is_known() {
        for bad in ["", "127.0.0.1:50051", "ftp://x", "http://", "not an address"] {
            assert!(matches!(prepared(bad, false), Err(Error::Endpoint { .. })), "{bad}");
        }
    }
}
