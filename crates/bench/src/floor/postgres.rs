//! The floor on PostgreSQL: rows as one array for each column.

use abm_core::Activity;
use anyhow::Result;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{Connection, PgConnection};

use super::{Prepared, account, attributes, lead};

const RECEIPTS: &str = "INSERT INTO activity_receipt (workspace_id, bucket, key_hash, occurred_at) \
     SELECT 1, $1, * FROM UNNEST($2::bigint[], $3::bigint[]) ON CONFLICT DO NOTHING";

const ACTIVITIES: &str = "INSERT INTO activity (workspace_id, received_at, occurred_at, source, \
     activity_id, type, lead_id, account_id, email, campaign, attributes, content_hash) \
     SELECT 1, $1, * FROM UNNEST($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], \
     $7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[]) ON CONFLICT DO NOTHING";

/// One connection, with the server's durability.
#[derive(Debug)]
pub(super) struct Writer(PgConnection);

impl Writer {
    pub(super) async fn open(url: &str) -> Result<Self> {
        // As the service connects on the same machine.
        let options = url.parse::<PgConnectOptions>()?.ssl_mode(PgSslMode::Disable);
        Ok(Self(PgConnection::connect_with(&options).await?))
    }

    pub(super) async fn store(&mut self, rows: Prepared<'_>) -> Result<()> {
        let (hashes, times): (Vec<i64>, Vec<i64>) = rows.receipts().into_iter().unzip();
        let all = &rows.activities;
        let ints = |get: fn(&Activity) -> i64| -> Vec<i64> { all.iter().map(|a| get(a)).collect() };
        let texts =
            |get: fn(&Activity) -> &str| -> Vec<&str> { all.iter().map(|a| get(a)).collect() };
        let objects: Vec<String> = all.iter().map(|activity| attributes(activity)).collect();
        let activities = sqlx::query(ACTIVITIES)
            .bind(rows.now)
            .bind(ints(|a| a.occurred_at.micros()))
            .bind(texts(|a| &a.key.source))
            .bind(texts(|a| &a.key.activity_id))
            .bind(texts(|a| &a.kind))
            .bind(texts(lead))
            .bind(texts(account))
            .bind(texts(|a| &a.email))
            .bind(texts(|a| &a.campaign))
            .bind(objects)
            .bind(ints(Activity::content_hash));
        let mut tx = self.0.begin().await?;
        let receipts = sqlx::query(RECEIPTS).bind(rows.bucket).bind(hashes).bind(times);
        receipts.execute(&mut *tx).await?;
        activities.execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn close(self) -> Result<()> {
        Ok(self.0.close().await?)
    }
}
