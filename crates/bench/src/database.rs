//! Databases of our own, gone when the run is over.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use tempfile::TempDir;

use crate::options::Options;

/// Which database is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// A file in a temporary folder.
    Sqlite,
    /// A database on the server of the options.
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

/// An empty database of our own.
#[derive(Debug)]
pub(crate) enum Database {
    /// A file, and the folder that goes with it.
    Sqlite {
        /// The file.
        file: PathBuf,
        /// Removes it.
        _folder: TempDir,
    },
    /// A database on a server.
    Postgres {
        /// Where it is.
        url: String,
        /// Where it is made and removed.
        admin: String,
        /// Its name.
        name: String,
    },
}

impl Database {
    /// Makes a database. `purpose` is part of its name.
    pub(crate) async fn new(options: &Options, engine: Engine, purpose: &str) -> Result<Self> {
        if engine == Engine::Sqlite {
            let folder = tempfile::tempdir().context("a temporary folder")?;
            return Ok(Self::Sqlite { file: folder.path().join("abm.db"), _folder: folder });
        }
        let admin = options.postgres_url.clone();
        let name = format!("abm_bench_{}_{purpose}", std::process::id());
        let mut server = PgConnection::connect(&admin).await.context(
            "no PostgreSQL server answers: give --postgres-url, or --engines sqlite alone",
        )?;
        remove_left_over(&mut server).await?;
        server.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        let (start, query) = admin.split_once('?').map_or((admin.as_str(), ""), |parts| parts);
        let (start, _) = start.rsplit_once('/').context("--postgres-url names no database")?;
        let mark = if query.is_empty() { "" } else { "?" };
        Ok(Self::Postgres { url: format!("{start}/{name}{mark}{query}"), admin, name })
    }

    /// Where it is, as the service takes it.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite { file, .. } => format!("sqlite://{}", file.display()),
            Self::Postgres { url, .. } => url.clone(),
        }
    }

    /// Lets the planner know the tables, as PostgreSQL does by itself within a minute.
    pub(crate) async fn settle(&self) -> Result<()> {
        if let Self::Postgres { url, .. } = self {
            PgConnection::connect(url).await?.execute("ANALYZE").await?;
        }
        Ok(())
    }

    /// Removes it. Everybody must have left.
    pub(crate) async fn remove(self) -> Result<()> {
        if let Self::Postgres { admin, name, .. } = self {
            let mut server = PgConnection::connect(&admin).await?;
            server.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await?;
        }
        Ok(())
    }
}

/// Removes what runs left behind that were killed: databases of ours that nobody uses.
async fn remove_left_over(server: &mut PgConnection) -> Result<()> {
    let unused = "SELECT datname::text FROM pg_database WHERE datname LIKE 'abm\\_bench\\_%' \
                  AND datname NOT LIKE 'abm\\_bench\\_' || $1::text || '\\_%' \
                  AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = pg_database.datname)";
    let process = std::process::id().to_string();
    for row in sqlx::query(unused).bind(process).fetch_all(&mut *server).await? {
        let name: String = row.try_get(0)?;
        // Somebody may have come just now; then it stays.
        let _ = server.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).await;
    }
    Ok(())
}
