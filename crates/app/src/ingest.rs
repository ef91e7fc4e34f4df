//! Recording activities: each counts once, and an acknowledged one is scored.

mod commit;
mod count;
mod dedupe;
mod place;

use abm_core::{Activity, Timestamp, Violation, WorkspaceId, limits};
use abm_store::RejectedActivity;
use tokio::sync::oneshot;

use crate::{App, AppError};

pub(crate) use commit::commit;
pub(crate) use place::{seen, take_hints};

/// A row as it came: readable, or refused with its reasons.
pub type Submission = Result<Activity, Refused>;

/// A row that could not be read, with what can be told about it.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Source as sent.
    pub source: String,
    /// Id as sent.
    pub activity_id: String,
    /// Why; at least one.
    pub violations: Vec<Violation>,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    /// Stored.
    Created,
    /// Stored before, with the same content.
    Duplicate,
    /// Its id was used before with other content; nothing changed.
    Conflict,
    /// Refused.
    Rejected(Violation),
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// One outcome for each row, in the order sent.
    pub rows: Vec<RowOutcome>,
    /// The position after it.
    pub revision: u64,
}

pub(crate) type Reply = Result<Recorded, AppError>;

/// A call that waits to be stored.
pub(crate) struct IngestJob {
    pub(crate) workspace: WorkspaceId,
    pub(crate) request_id: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) all_or_nothing: bool,
    pub(crate) reply: oneshot::Sender<Reply>,
}

/// A row that waits to be stored.
pub(crate) enum Row {
    Good { activity: Box<Activity>, content_hash: i64 },
    Bad(Refused),
}

impl IngestJob {
    /// Whether both can be stored in one transaction. One that is all or nothing stands alone:
    /// what it takes back must not be another's.
    pub(crate) fn can_join(&self, other: &Self) -> bool {
        self.workspace == other.workspace && !self.all_or_nothing && !other.all_or_nothing
    }
}

impl App {
    /// Records activities: when this returns they are stored and scored. A bad row does not
    /// hinder the others, unless the call is `all_or_nothing`.
    ///
    /// # Errors
    /// With `all_or_nothing` the first reason why a row cannot be stored; then none is.
    pub async fn record_activities(
        &self,
        workspace: WorkspaceId,
        request_id: &str,
        rows: Vec<Submission>,
        all_or_nothing: bool,
    ) -> Result<Recorded, AppError> {
        let now = self.clock().now();
        let rows: Vec<Row> = rows.into_iter().map(|row| Row::new(row, now)).collect();
        if all_or_nothing {
            refuse_bad_rows(&rows)?;
        }
        let request_id = request_id.to_ascii_lowercase();
        self.writer
            .ingest(|reply| IngestJob { workspace, request_id, rows, all_or_nothing, reply })
            .await
    }
}

impl Row {
    fn new(row: Submission, now: Timestamp) -> Self {
        let activity = match row {
            Ok(activity) => activity,
            Err(refused) => return Self::Bad(refused),
        };
        match activity.check(now) {
            Ok(()) => {
                let content_hash = activity.content_hash();
                Self::Good { activity: Box::new(activity), content_hash }
            }
            Err(violations) => Self::Bad(Refused {
                source: activity.key.source,
                activity_id: activity.key.activity_id,
                violations,
            }),
        }
    }
}

fn refuse_bad_rows(rows: &[Row]) -> Result<(), AppError> {
    let mut found = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if let Row::Bad(refused) = row {
            let parent = format!("activities[{index}]");
            found.extend(refused.violations.iter().cloned().map(|found| found.inside(&parent)));
        }
    }
    if found.is_empty() { Ok(()) } else { Err(AppError::Invalid(found)) }
}

/// A refused row as it is listed.
pub(crate) fn listed(
    index: usize,
    source: &str,
    activity_id: &str,
    violation: &Violation,
    request_id: &str,
    now: Timestamp,
) -> RejectedActivity {
    let cut = |text: &str| -> String {
        let mut end = text.len().min(limits::ID_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.get(..end).unwrap_or_default().replace('\0', " ")
    };
    RejectedActivity {
        received_at: now,
        request_id: request_id.to_owned(),
        index: u32::try_from(index).unwrap_or(u32::MAX),
        source: cut(source),
        activity_id: cut(activity_id),
        field: cut(&violation.field),
        reason: violation.reason.name().to_owned(),
        message: violation.message.replace('\0', " "),
    }
}
