//! Configuration of the server.

use std::net::SocketAddr;
use std::time::Duration;

/// How to serve. The limits are those of the documented promises; they can be lowered.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Accept calls without a credential, as an admin of the default workspace. Only on
    /// loopback, for development.
    pub dev_no_auth: bool,
    /// Listen beyond loopback without TLS, because something in front of the service ends it.
    pub plaintext: bool,
    /// Serve reflection.
    pub reflection: bool,
    /// How often the timer looks for changes that are due.
    pub tick: Duration,
    /// Most open connections.
    pub connections: usize,
    /// Most calls in work, of all and of one workspace.
    pub in_flight: usize,
    /// See `in_flight`.
    pub in_flight_of_workspace: usize,
    /// Calls of one credential in a second, in the long run and at once.
    pub calls_per_second: u32,
    /// See `calls_per_second`.
    pub calls_at_once: u32,
    /// Longest message, in bytes.
    pub message_bytes: usize,
    /// Longest time of a call, whatever its caller allows.
    pub deadline_most: Duration,
    /// Time of a call whose caller says nothing.
    pub deadline_default: Duration,
    /// How long a stop waits for calls in work.
    pub drain: Duration,
}

impl ServerConfig {
    /// The documented limits.
    #[must_use]
    pub fn new(listen: SocketAddr) -> Self {
        Self {
            listen,
            dev_no_auth: false,
            plaintext: false,
            reflection: listen.ip().is_loopback(),
            tick: Duration::from_secs(1),
            connections: 1_024,
            in_flight: 256,
            in_flight_of_workspace: 64,
            calls_per_second: 500,
            calls_at_once: 1_000,
            message_bytes: 4 << 20,
            deadline_most: Duration::from_secs(30),
            deadline_default: Duration::from_secs(5),
            drain: Duration::from_secs(15),
        }
    }
}
