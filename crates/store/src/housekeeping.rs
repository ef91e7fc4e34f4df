//! What is kept for a time only.

use abm_core::{DAY, Timestamp};

use crate::activity::bucket;
use crate::{StoreError, WriteTx};

/// Days that refused rows are listed.
const REJECTED_DAYS: i64 = 30;
/// Days that a request id keeps its first outcome.
const REQUEST_DAYS: i64 = 7;
/// Days that the id of an activity that was taken back stays used.
const RETRACTED_DAYS: i64 = 400;
/// Days that a line of the outbox waits for those who listen.
const OUTBOX_DAYS: i64 = 7;

/// Most rows of a table that are removed in one transaction: others wait for it.
const LOT: u64 = 5_000;

impl WriteTx {
    /// Removes some of what has been kept long enough, and tells whether there may be more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep(&self, now: Timestamp) -> Result<bool, StoreError> {
        let kept = |days: i64| (now - days * DAY).micros();
        let mut more = false;
        for (table, key, column, before) in [
            (
                "rejected_activity",
                "received_at, request_id, row_index",
                "received_at",
                kept(REJECTED_DAYS),
            ),
            ("request", "request_id", "created_at", kept(REQUEST_DAYS)),
            ("outbox", "seq", "created_at", kept(OUTBOX_DAYS)),
            ("activity", "occurred_at, source, activity_id", "retracted_at", kept(RETRACTED_DAYS)),
            ("activity_receipt", "bucket, key_hash", "bucket", bucket(now) - 2),
        ] {
            let workspace = self.workspace;
            let sql = format!(
                "DELETE FROM {table} WHERE workspace_id = {workspace} AND ({key}) IN \
                 (SELECT {key} FROM {table} WHERE workspace_id = {workspace} \
                 AND {column} < {before} LIMIT {LOT})"
            );
            more |= self.execute(&sql, []).await? == LOT;
        }
        Ok(more)
    }
}
