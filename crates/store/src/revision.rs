//! The position that replies carry: whoever asks for it later sees at least what was written
//! until then.
//!
//! On SQLite it is a counter of commits. On PostgreSQL it is a position of the write-ahead
//! log: a shared counter row would make writers queue.

use sea_orm::ConnectionTrait;

use crate::{StoreError, View, WriteTx};

impl View {
    /// The position of everything that this view sees.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revision(&self) -> Result<u64, StoreError> {
        self.position(Self::REVISION_SQLITE).await
    }

    const REVISION_SQLITE: &'static str = "SELECT value FROM revision";
    const REVISION_POSTGRES: &'static str =
        "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint";

    /// An expression for the position, to be read in one statement with something else.
    pub(crate) fn revision_column(&self) -> String {
        let query =
            if self.is_postgres() { Self::REVISION_POSTGRES } else { Self::REVISION_SQLITE };
        format!("({query})")
    }

    async fn position(&self, sqlite: &str) -> Result<u64, StoreError> {
        let sql = if self.is_postgres() { Self::REVISION_POSTGRES } else { sqlite };
        let row = self.db().query_one_raw(self.statement(sql, [])).await?;
        let value: i64 = match row {
            Some(row) => row.try_get_by_index(0)?,
            None => return Err(StoreError::corrupt("revision", "it is missing")),
        };
        u64::try_from(value).map_err(|_| StoreError::corrupt("revision", value))
    }
}

impl WriteTx {
    /// The position this transaction will have committed: on PostgreSQL the log as it is
    /// before the commit record, which every reader of the primary is past once it sees the
    /// commit.
    pub(crate) async fn next_revision(&self) -> Result<u64, StoreError> {
        self.position("UPDATE revision SET value = value + 1 RETURNING value").await
    }
}
