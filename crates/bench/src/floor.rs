//! The floor of ingest: the same rows in the same tables, durably, and nothing else.
//!
//! Written apart from the service, straight on the driver. A transaction stores its rows by two
//! statements, one for the receipts and one for the activities, each with all rows in one
//! parameter; rows whose key is there are left out by the tables' primary keys. What the floor
//! includes: the hashes of key and content, the rows as JSON or arrays, both tables with the
//! activity table's two indexes, one sync for each transaction. What it leaves out: telling a
//! duplicate from a conflict or a known id with another time, answers for each row, people,
//! accounts, ledgers, scores, timeline, outbox, gRPC.

mod postgres;
mod sqlite;

use abm_core::{Activity, Timestamp};
use abm_store::{OpenOptions, Store};
use anyhow::Result;

use crate::database::{Database, Engine};
use crate::load::Cost;
use crate::options::Options;

/// Seconds of a bucket of receipts, as in the service.
const BUCKET_SECS: i64 = 16 * abm_core::DAY;

/// A database that rows are only stored in.
#[derive(Debug)]
pub(crate) struct Floor {
    /// Where.
    pub(crate) database: Database,
    writer: Writer,
    now: Timestamp,
}

#[derive(Debug)]
enum Writer {
    Sqlite(sqlite::Writer),
    Postgres(postgres::Writer),
}

impl Floor {
    /// An empty database with the service's schema.
    pub(crate) async fn new(
        options: &Options,
        engine: Engine,
        now: Timestamp,
        purpose: &str,
    ) -> Result<Self> {
        let database = Database::new(options, engine, purpose).await?;
        let store = Store::open(&OpenOptions::new(database.url())).await?;
        store.migrate().await?;
        store.close().await?;
        let writer = match &database {
            Database::Sqlite { file, .. } => Writer::Sqlite(sqlite::Writer::open(file).await?),
            Database::Postgres { url, .. } => Writer::Postgres(postgres::Writer::open(url).await?),
        };
        Ok(Self { database, writer, now })
    }

    /// Stores rows in transactions of `size`, and gives what it took.
    pub(crate) async fn store(&mut self, rows: &[Activity], size: usize) -> Result<Cost> {
        let cost = Cost::start();
        for rows in rows.chunks(size) {
            let rows = Prepared::new(rows, self.now);
            match &mut self.writer {
                Writer::Sqlite(writer) => writer.store(rows).await?,
                Writer::Postgres(writer) => writer.store(rows).await?,
            }
        }
        Ok(cost())
    }

    /// Leaves, and removes the database.
    pub(crate) async fn stop(self) -> Result<()> {
        match self.writer {
            Writer::Sqlite(writer) => writer.close().await?,
            Writer::Postgres(writer) => writer.close().await?,
        }
        self.database.remove().await
    }
}

/// The rows of a transaction: sorted by the key of their table, each key once.
struct Prepared<'a> {
    activities: Vec<&'a Activity>,
    now: i64,
    bucket: i64,
}

impl<'a> Prepared<'a> {
    fn new(rows: &'a [Activity], now: Timestamp) -> Self {
        let mut activities: Vec<&Activity> = rows.iter().collect();
        activities.sort_unstable_by_key(|activity| (activity.occurred_at, &activity.key));
        activities.dedup_by_key(|activity| &activity.key);
        Self { activities, now: now.micros(), bucket: now.secs().div_euclid(BUCKET_SECS) }
    }

    /// Hashes of keys with their times, sorted by the key of the receipts.
    fn receipts(&self) -> Vec<(i64, i64)> {
        let receipt = |activity: &&Activity| (activity.key.hash(), activity.occurred_at.micros());
        let mut receipts: Vec<_> = self.activities.iter().map(receipt).collect();
        receipts.sort_unstable();
        receipts
    }
}

fn attributes(activity: &Activity) -> String {
    serde_json::to_string(&activity.attributes).unwrap_or_default()
}

fn lead(activity: &Activity) -> &str {
    activity.lead.as_ref().map_or("", |lead| lead.as_str())
}

fn account(activity: &Activity) -> &str {
    activity.account.as_ref().map_or("", |account| account.as_str())
}
