//! The records on SQLite and PostgreSQL: queries that speak the core's words.
//!
//! No type of the database library leaves this crate. Reads go through a [`View`] of one
//! workspace, writes through a [`WriteTx`], which must be committed; dropped means undone.
//! Nothing is decided here: what a change means for scores is the business of `abm-app`.

mod account;
mod activity;
mod adjustment;
mod alias;
mod bulk;
mod connect;
mod document;
mod entity;
mod error;
mod group;
mod handoff;
mod housekeeping;
mod lead;
mod lifecycle;
mod matching;
mod model;
mod operation;
mod opportunity;
mod outcome;
mod passage;
mod people;
mod policy;
mod priority;
mod qualification;
mod rank;
mod records;
mod rejected;
mod request;
mod retraction;
mod revision;
mod setting;
mod shown;
mod slot;
mod standby;
mod state;
mod timeline;
mod token;
mod trace;
mod view;
mod workspace;
mod write;

pub use activity::{ActivityPlace, ActivitySubject, NewActivity};
pub use adjustment::{Adjusted, Adjustment};
pub use alias::{Mergeable, Reference, Referred};
pub use connect::{Engine, OpenOptions, Store};
pub use error::StoreError;
pub use group::GroupMember;
pub use handoff::{
    HandoffClock, HandoffEnd, HandoffEvent, HandoffFilter, HandoffLead, HandoffPlace, HandoffRecord,
};
pub use lifecycle::{LifecycleRecord, Transition};
pub use matching::Claim;
pub use opportunity::OpportunityFilter;
pub use outcome::{OpportunityTotals, Outcome};
pub use passage::{FirstSale, PassedLead};
pub use policy::PolicyRecord;
pub use priority::{PriorityFilter, PriorityRow, ShownAccount, TopPerson};
pub use qualification::Qualification;
pub use rank::RANK_PRIORITY_END;
pub use records::{
    AccountRecord, AccountState, Cause, Hint, LeadRecord, ModelRecord, ModelState, OperationKind,
    OperationRecord, OperationState, OpportunityRecord, PersonState, Publication, RejectedActivity,
    StoredActivity, TimelineLine, TokenRecord, WorkspaceRecord,
};
pub use request::FirstOutcome;
pub use retraction::ActivityFilter;
pub use shown::AccountScores;
pub use slot::Slot;
pub use view::View;
pub use write::{Lock, WriteTx};
