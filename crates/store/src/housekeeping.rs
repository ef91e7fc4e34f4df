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

impl WriteTx {
    /// Removes what has been kept long enough.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        let kept = |days: i64| (now - days * DAY).micros();
        for (table, column, before) in [
            ("rejected_activity", "received_at", kept(REJECTED_DAYS)),
            ("request", "created_at", kept(REQUEST_DAYS)),
            ("outbox", "created_at", kept(OUTBOX_DAYS)),
            ("activity", "retracted_at", kept(RETRACTED_DAYS)),
            ("activity_receipt", "bucket", bucket(now) - 2),
        ] {
            let workspace = self.workspace;
            let sql = format!(
                "DELETE FROM {table} WHERE workspace_id = {workspace} AND {column} < {before}"
            );
            self.execute(&sql, []).await?;
        }
        Ok(())
    }
}
