//! What the tests stand on: a database for each test, a world whose clock stands still, and the
//! words to fill it with.
//!
//! A rule that both databases must keep is a plain `async fn` over a [`World`]; the macro
//! [`both_engines!`] makes two tests of each. PostgreSQL is expected at `ABM_TEST_POSTGRES`; a
//! test that cannot reach it fails.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod build;
mod cases;
mod database;
mod engines;
mod handing;
mod merging;
mod models;
mod moment;
mod reading;
mod served;
mod sql;
mod world;
mod writing;

pub use build::{
    ALead, AnAccount, AnActivity, AnOpportunity, account, activity, lead, opportunity,
};
pub use cases::{Bench, cases, try_cases};
pub use database::{Database, Engine};
pub use merging::note;
pub use models::{LIVELY, lively};
pub use moment::{HOUR, START, days};
pub use served::Served;
pub use sql::Sql;
pub use world::World;
pub use writing::created;
