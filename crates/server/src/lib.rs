//! The gRPC server: conversions, authentication, limits, health, start and stop.
//!
//! Every call goes through the [`gate`]: who calls, may they, is there room, by when. The
//! services behind it convert and ask `abm-app`; they decide nothing themselves.

mod config;
mod convert;
mod error;
mod gate;
mod listen;
mod permissions;
mod serve;
mod services;
mod tokens;

pub use config::ServerConfig;
pub use permissions::{Permission, permission_of};
pub use serve::{ServeError, Server};

/// The package of the contract; also the domain of its errors.
pub(crate) const PACKAGE: &str = "abm.v1";
