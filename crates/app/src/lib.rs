//! Use cases: what callers can do with the records, one file each.
//!
//! The shell loads, the core decides, the shell saves. Every write of a process goes through
//! one [`writer`], which stores activities of many callers in one transaction together with
//! the scores they change. Nothing here knows the wire format.

mod accounts;
mod activities;
mod adjust;
mod backtest;
mod claims;
mod clock;
mod columns;
mod derive;
mod due;
mod error;
mod explain;
mod fold;
mod gather;
mod groups;
mod handoff;
mod idempotency;
mod ingest;
mod leads;
mod lifecycle;
mod lots;
mod matching;
mod merge;
mod models;
mod operations;
mod opportunities;
mod publish;
mod qualification;
mod regroup;
mod reports;
mod retract;
mod room;
mod simulate;
mod stages;
mod subject;
mod suggest;
mod survivors;
mod tokens;
mod tries;
mod upsert;
mod verify;
mod views;
mod workspace;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use abm_store::Store;
use tokio::sync::{Notify, Semaphore};

pub use abm_store::{
    AccountRecord, AccountScores, AccountState, ActivityFilter, ActivityPlace, ActivitySubject,
    Adjusted, Adjustment, Cause, GroupMember, HandoffClock, HandoffEnd, HandoffEvent,
    HandoffFilter, HandoffLead, HandoffPlace, HandoffRecord, LeadRecord, LifecycleRecord,
    ModelRecord, ModelState, OperationKind, OperationRecord, OperationState, OpportunityFilter,
    OpportunityRecord, OpportunityTotals, PolicyRecord, PriorityFilter, PriorityRow, Publication,
    Qualification, RejectedActivity, StoreError, StoredActivity, TimelineLine, TopPerson,
    Transition, WorkspaceRecord,
};
pub use activities::SeenActivity;
pub use adjust::{History, LeadField};
pub use backtest::{
    Backtest, BacktestOutcome, BacktestQuestion, BacktestScore, BacktestedDate, BacktestedRules,
    Comparison, LeftOut, OutcomeWindows,
};
pub use clock::{Clock, ManualClock, SystemClock};
pub use error::AppError;
pub use explain::{
    AccountExplained, Depth, ExplainedActivity, LeadExplained, Opened, Question, ScoreKind,
};
pub use groups::{AccountGroup, GROUPS_MOST};
pub use handoff::{
    Attempt, Given, HandoffCall, HandoffView, PolicyInForce, Rejection, RouteTried, WorkItem,
};
pub use idempotency::RequestKey;
pub use ingest::{Recorded, Refused, RowOutcome, Submission};
pub use merge::{MERGE_MOST, MERGED_MOST, Note};
pub use models::{ModelChoice, Version};
pub use publish::Rules;
pub use reports::{Grouped, Period, Persona, ReviewPack, ReviewedHandoff};
pub use retract::{RETRACT_MOST, Retracted, Retraction, Shown};
pub use simulate::{AccountMove, LeadMove, SimulateQuestion, Simulated, SimulationPart};
pub use stages::{LeadStanding, StageChange};
pub use suggest::{PointsQuestion, PointsSuggested, SuggestQuestion, Suggested};
pub use tokens::{Caller, DEFAULT_DAYS, NewToken, Role};
pub use tries::{Awaited, Waiting};
pub use upsert::{Upsert, UpsertOptions, UpsertOutcome, Upserted};
pub use verify::{Difference, Verification};
pub use views::{AccountView, LeadScore, RankedAccount};
pub use writer::Limits;

/// The use cases on one database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    inner: Arc<Inner>,
    writer: writer::Writer,
    /// Told when there is work to do in the background.
    work: Arc<Notify>,
    /// How many may read the whole base at a time.
    tries: Arc<Semaphore>,
    /// How long a try waits for its reader.
    unread: Duration,
}

/// What every use case works with.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) models: models::Models,
    pub(crate) courses: publish::Courses,
}

impl App {
    /// Starts the use cases on an open, migrated database. Must be called within a runtime.
    #[must_use]
    pub fn start(store: Store, clock: Arc<dyn Clock>, limits: Limits) -> Self {
        let (models, courses) = (models::Models::default(), publish::Courses::default());
        let inner = Arc::new(Inner { store, clock, models, courses });
        let writer = writer::Writer::start(Arc::clone(&inner), limits);
        let tries = Arc::new(Semaphore::new(tries::TRIES));
        Self { inner, writer, work: Arc::new(Notify::new()), tries, unread: limits.unread }
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.inner.clock.as_ref()
    }

    /// Waits until everything that was accepted is stored; nothing is accepted after.
    pub async fn stop(&self) {
        self.writer.stop().await;
    }
}
