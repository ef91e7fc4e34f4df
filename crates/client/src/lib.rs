//! Client of `abm.v1`: one connection, a deadline on every call, the documented retries, paging.
//!
//! A [`Client`] is cheap to clone and shares one connection. Its methods take the messages of the
//! contract, so that nothing is hidden and nothing has to be learned twice. What it adds:
//!
//! - the token and the deadline of every call ([`ConnectOptions`]);
//! - the retries that the contract documents ([`RetryPolicy`]), with the same request id in
//!   every try, so that a write that is tried again counts once;
//! - a request id for writes that come without one;
//! - errors that people can read ([`Error`]);
//! - lists as a sequence of pages ([`Pages`]).
//!
//! ```no_run
//! # async fn example() -> Result<(), abm_client::Error> {
//! use abm_client::{Client, ConnectOptions, v1};
//!
//! let client = Client::connect(ConnectOptions::new("http://127.0.0.1:50051")).await?;
//! let mut pages = client.pages(v1::ListAccountsRequest::default());
//! while let Some(page) = pages.next_page().await? {
//!     println!("{} accounts", page.accounts.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! It knows no scoring, no database and no file format.

mod calls;
mod client;
mod connect;
mod error;
mod headers;
mod options;
mod pages;
mod refusal;
mod retry;
mod transport;

#[cfg(test)]
mod tests;

pub use abm_proto::v1;
pub use client::Client;
pub use error::Error;
pub use headers::Headers;
pub use options::ConnectOptions;
pub use pages::{ListRequest, Pages};
pub use refusal::{FieldViolation, Refusal};
pub use retry::{Decision, RetryPolicy};

/// What the generated clients send through: the one connection, with token and deadline added.
pub type Authorized =
    tonic::service::interceptor::InterceptedService<tonic::transport::Channel, Headers>;
