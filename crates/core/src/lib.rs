//! The words of account-based marketing as types, and the scoring function.
//!
//! Everything here is a function of its arguments: no I/O, no async, no clock, no database,
//! no wire format. The heart is [`assess()`]: it says what an account and its people are worth
//! at a moment, given a [`Model`], their profiles and their [`Ledger`]s. Live scores,
//! explanations, what-if questions, history and verification are callers of it.
//!
//! `docs/scoring.md` states the function completely.

pub mod account;
pub mod activity;
pub mod assess;
pub mod business_time;
#[cfg(test)]
mod cases;
pub mod digest;
pub mod domain;
pub mod engagement;
pub mod explain;
pub mod fit;
pub mod grade;
pub mod handoff;
pub mod id;
pub mod lead;
pub mod ledger;
pub mod lifecycle;
pub mod limits;
pub mod matching;
pub mod missing;
pub mod model;
mod named;
pub mod opportunity;
pub mod pattern;
pub mod phase;
pub mod policy;
pub mod problem;
pub mod qualification;
pub mod rollup;
pub mod rule;
pub mod simulate;
pub mod tier;
pub mod time;
pub mod title;
pub mod violation;
mod yaml;

pub use account::{AccountOrigin, AccountProfile};
pub use activity::Activity;
pub use assess::{Assessment, Person, assess};
pub use id::{AccountId, ActivityKey, LeadId, OpportunityId, WorkspaceId};
pub use lead::{BuyingRole, LeadProfile, Seniority, Stage};
pub use ledger::{Entry, Ledger};
pub use model::Model;
pub use opportunity::{Amount, Currency, Opportunity, OpportunityState};
pub use phase::Phase;
pub use time::{DAY, Timestamp};
pub use violation::Violation;
