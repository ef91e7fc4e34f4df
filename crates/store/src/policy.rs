//! Versions of the handoff policy.

use abm_core::Timestamp;
use sea_orm::ConnectionTrait;

use crate::{StoreError, View, WriteTx};

/// A version of the handoff policy. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRecord {
    /// Counts up from 1 in each workspace; the highest is in force.
    pub version: u64,
    /// The file as it was sent.
    pub file: String,
    /// Why it was made.
    pub comment: String,
    /// When.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
}

impl View {
    /// A version of the policy, or the one in force; `None` when there is none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn policy(&self, version: Option<u64>) -> Result<Option<PolicyRecord>, StoreError> {
        let sql = format!(
            "SELECT version, file, comment, created_at, created_by FROM handoff_policy \
             WHERE workspace_id = {} AND version <= {} ORDER BY version DESC LIMIT 1",
            self.workspace,
            self.number(1)
        );
        let most = version.map_or(i64::MAX, |version| i64::try_from(version).unwrap_or(i64::MAX));
        let row = self.db().query_one_raw(self.statement(&sql, [most.into()])).await?;
        let Some(row) = row else { return Ok(None) };
        let found: i64 = row.try_get_by_index(0)?;
        let record = PolicyRecord {
            version: found.unsigned_abs(),
            file: row.try_get_by_index(1)?,
            comment: row.try_get_by_index(2)?,
            created_at: Timestamp::from_micros(row.try_get_by_index(3)?),
            created_by: row.try_get_by_index(4)?,
        };
        Ok(Some(record).filter(|record| version.is_none_or(|version| record.version == version)))
    }
}

impl WriteTx {
    /// Stores a new version, which is in force from now on.
    ///
    /// # Errors
    /// When the database does not answer, or the version is there already.
    pub async fn add_policy(&self, record: &PolicyRecord) -> Result<(), StoreError> {
        let [a, b, c, d, e] = [1, 2, 3, 4, 5].map(|number| self.number(number));
        let sql = format!(
            "INSERT INTO handoff_policy \
             (workspace_id, version, file, comment, created_at, created_by) \
             VALUES ({}, {a}, {b}, {c}, {d}, {e})",
            self.workspace
        );
        let values = [
            i64::try_from(record.version).unwrap_or(i64::MAX).into(),
            record.file.as_str().into(),
            record.comment.as_str().into(),
            record.created_at.micros().into(),
            record.created_by.as_str().into(),
        ];
        self.execute(&sql, values).await?;
        Ok(())
    }
}
