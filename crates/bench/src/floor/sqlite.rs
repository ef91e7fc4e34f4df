//! The floor on SQLite: rows as one parameter of JSON.

use std::path::Path;

use anyhow::Result;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::{Prepared, account, attributes, lead};

const RECEIPTS: &str = "INSERT INTO activity_receipt (workspace_id, bucket, key_hash, occurred_at) \
     SELECT 1, ?1, value->>0, value->>1 FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING";

const ACTIVITIES: &str = "INSERT INTO activity (workspace_id, received_at, occurred_at, source, \
     activity_id, type, lead_id, account_id, email, campaign, attributes, content_hash) \
     SELECT 1, ?1, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, \
     value->>7, value->>8, value->>9 FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING";

/// One connection, with the durability of the service.
#[derive(Debug)]
pub(super) struct Writer(SqliteConnection);

impl Writer {
    pub(super) async fn open(file: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-65536")
            .pragma("mmap_size", "268435456");
        Ok(Self(options.connect().await?))
    }

    pub(super) async fn store(&mut self, rows: Prepared<'_>) -> Result<()> {
        let receipts = serde_json::to_string(&rows.receipts())?;
        let activities: Vec<_> = rows
            .activities
            .iter()
            .map(|activity| {
                (
                    activity.occurred_at.micros(),
                    &activity.key.source,
                    &activity.key.activity_id,
                    &activity.kind,
                    lead(activity),
                    account(activity),
                    &activity.email,
                    &activity.campaign,
                    attributes(activity),
                    activity.content_hash(),
                )
            })
            .collect();
        let activities = serde_json::to_string(&activities)?;
        let mut tx = self.0.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(RECEIPTS).bind(rows.bucket).bind(receipts).execute(&mut *tx).await?;
        sqlx::query(ACTIVITIES).bind(rows.now).bind(activities).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn close(self) -> Result<()> {
        Ok(self.0.close().await?)
    }
}
