//! How many bytes the write-ahead log takes: a count, free of the noise of time.

use anyhow::{Context, Result, ensure};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, Row, SqliteConnection};

use crate::database::Database;

/// Counts from its making to [`LogBytes::end`].
#[derive(Debug)]
pub(crate) enum LogBytes {
    /// An open read keeps the log from being written over, so that the file's size tells.
    Sqlite(SqliteConnection, std::path::PathBuf),
    /// Two positions tell. Others on the same server are counted with us.
    Postgres(PgConnection, i64),
}

impl LogBytes {
    /// Begins to count.
    pub(crate) async fn start(database: &Database) -> Result<Self> {
        match database {
            Database::Sqlite { file, .. } => {
                let mut reader = SqliteConnectOptions::new().filename(file).connect().await?;
                let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
                let row = sqlx::query(checkpoint).fetch_one(&mut reader).await?;
                ensure!(row.try_get::<i64, _>(0)? == 0, "the log could not be emptied");
                sqlx::query("BEGIN").execute(&mut reader).await?;
                sqlx::query("SELECT count(*) FROM revision").fetch_one(&mut reader).await?;
                let log = file.with_extension("db-wal");
                Ok(Self::Sqlite(reader, log))
            }
            Database::Postgres { url, .. } => {
                let mut server = PgConnection::connect(url).await?;
                let position = position(&mut server).await?;
                Ok(Self::Postgres(server, position))
            }
        }
    }

    /// The bytes since the start.
    pub(crate) async fn end(self) -> Result<f64> {
        match self {
            Self::Sqlite(reader, log) => {
                let bytes = std::fs::metadata(&log).context("the write-ahead log")?.len();
                reader.close().await?;
                Ok(bytes as f64)
            }
            Self::Postgres(mut server, start) => {
                let end = position(&mut server).await?;
                server.close().await?;
                Ok((end - start) as f64)
            }
        }
    }
}

async fn position(server: &mut PgConnection) -> Result<i64> {
    let sql = "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint";
    Ok(sqlx::query(sql).fetch_one(server).await?.try_get(0)?)
}
