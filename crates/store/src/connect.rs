//! Opening the database, and refusing one that could lose acknowledged writes.

use std::sync::Arc;
use std::time::Duration;

use abm_migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};

use crate::StoreError;
use crate::people::KeptPeople;

/// Which database serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file beside the service.
    Sqlite,
    /// A server, shared by replicas.
    Postgres,
}

/// How to open a database.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// `sqlite://PATH` or `postgres://...`.
    pub url: String,
    /// Most connections at once.
    pub connections: u32,
    /// Accept durability settings that can lose acknowledged writes.
    pub unsafe_durability: bool,
}

impl OpenOptions {
    /// The defaults for a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections: 8, unsafe_durability: false }
    }
}

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pool: DatabaseConnection,
    pub(crate) kept: Arc<KeptPeople>,
}

/// How long a caller waits for a free connection.
const POOL_WAIT: Duration = Duration::from_secs(2);

impl Store {
    /// Opens a database; makes the file of an SQLite one that is not there.
    ///
    /// # Errors
    /// When it cannot be reached, or its durability is too weak.
    pub async fn open(options: &OpenOptions) -> Result<Self, StoreError> {
        let url = match options.url.strip_prefix("sqlite://") {
            Some(path) if !path.contains('?') => format!("sqlite://{path}?mode=rwc"),
            _ => options.url.clone(),
        };
        let mut connect = ConnectOptions::new(url);
        connect
            .max_connections(options.connections)
            .acquire_timeout(POOL_WAIT)
            .connect_timeout(POOL_WAIT)
            .test_before_acquire_if_idle_for(Duration::from_secs(5))
            .record_stmt_in_spans(false)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(Duration::from_secs(5))
                    .foreign_keys(true)
                    .pragma("cache_size", "-65536")
                    .pragma("mmap_size", "268435456")
            })
            .map_sqlx_postgres_opts(postgres_options)
            .map_sqlx_postgres_pool_opts(|pool| {
                // A connection comes back to the pool without an open transaction, whatever
                // became of the future that used it.
                pool.after_release(|connection, _| {
                    Box::pin(async move {
                        sqlx::Executor::execute(&mut *connection, "ROLLBACK").await?;
                        Ok(true)
                    })
                })
            });
        let pool = Database::connect(connect).await?;
        let store = Self { pool, kept: Arc::default() };
        if !options.unsafe_durability {
            store.check_durability().await?;
        }
        Ok(store)
    }

    /// Which database this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.pool.get_database_backend() {
            DbBackend::Postgres => Engine::Postgres,
            _ => Engine::Sqlite,
        }
    }

    /// Brings the schema up to this program's.
    ///
    /// # Errors
    /// When a step fails; it then left nothing behind.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        if self.engine() == Engine::Postgres {
            return self.migrate_alone().await;
        }
        Ok(Migrator::up(&self.pool, None).await?)
    }

    /// Of several replicas that start at once, one migrates and the others wait for it.
    async fn migrate_alone(&self) -> Result<(), StoreError> {
        use sea_orm::TransactionTrait;
        let lock = self.pool.begin().await?;
        lock.execute_unprepared("SELECT pg_advisory_xact_lock(4702111234474983745)").await?;
        Migrator::up(&self.pool, None).await?;
        Ok(lock.commit().await?)
    }

    /// Checks that the schema is this program's: not older, not newer.
    ///
    /// # Errors
    /// [`StoreError::Schema`] when it is another one.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        let ours = Migrator::migrations();
        let sql = "SELECT version FROM seaql_migrations ORDER BY version";
        let rows = self.pool.query_all_raw(self.statement(sql, [])).await;
        let applied = rows.unwrap_or_default();
        let mut known = 0;
        for row in applied {
            let version: String = row.try_get_by_index(0)?;
            if !ours.iter().any(|step| step.name() == version) {
                return Err(StoreError::Schema(format!(
                    "the schema has step {version}, which is newer than this program"
                )));
            }
            known += 1;
        }
        if known < ours.len() {
            return Err(StoreError::Schema("the schema is not migrated: run `abm migrate`".into()));
        }
        Ok(())
    }

    /// A statement in the words of this database.
    pub(crate) fn statement(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = sea_orm::Value>,
    ) -> Statement {
        Statement::from_sql_and_values(self.pool.get_database_backend(), sql, values)
    }

    /// A trivial query, to learn whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.pool.query_one_raw(self.statement("SELECT 1", [])).await?;
        Ok(())
    }

    /// The settings that decide whether an acknowledged write survives a power cut, as the
    /// live pool sees them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn durability(&self) -> Result<Vec<(&'static str, String)>, StoreError> {
        let queries: &[(&'static str, &str)] = match self.engine() {
            Engine::Sqlite => {
                &[("journal_mode", "PRAGMA journal_mode"), ("synchronous", "PRAGMA synchronous")]
            }
            Engine::Postgres => &[
                ("fsync", "SELECT current_setting('fsync')"),
                ("full_page_writes", "SELECT current_setting('full_page_writes')"),
                ("synchronous_commit", "SELECT current_setting('synchronous_commit')"),
            ],
        };
        let mut found = Vec::new();
        for &(name, sql) in queries {
            let row = self.pool.query_one_raw(self.statement(sql, [])).await?;
            let row = row.ok_or_else(|| StoreError::corrupt("settings", name))?;
            let value = row
                .try_get_by_index::<String>(0)
                .or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()))?;
            found.push((name, value));
        }
        Ok(found)
    }

    async fn check_durability(&self) -> Result<(), StoreError> {
        for (name, value) in self.durability().await? {
            let safe = match name {
                "journal_mode" => value == "wal",
                "synchronous" => matches!(value.as_str(), "2" | "3"),
                _ => value != "off",
            };
            if !safe {
                return Err(StoreError::Unsafe(format!(
                    "the database setting {name} is `{value}`, which can lose acknowledged writes"
                )));
            }
        }
        Ok(())
    }

    /// Closes every connection.
    ///
    /// # Errors
    /// When the database cannot be closed cleanly.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.pool.close().await?)
    }
}

fn postgres_options(options: PgConnectOptions) -> PgConnectOptions {
    let loopback = matches!(options.get_host(), "localhost" | "127.0.0.1" | "::1");
    // The driver does not turn Nagle's algorithm off, and encrypted statements travel in several
    // pieces: each would wait 40 ms. On the same machine there is nothing to encrypt for.
    let options = match options.get_ssl_mode() {
        PgSslMode::Prefer if loopback => options.ssl_mode(PgSslMode::Disable),
        _ => options,
    };
    options.options([
        // A transaction that lost its owner is ended by the server, not kept open.
        ("idle_in_transaction_session_timeout", "10s"),
        ("jit", "off"),
        // Every statement finds its rows by an index. A plan that was made while a table was
        // empty must not read all of it later.
        ("enable_seqscan", "off"),
    ])
}
