//! What can go wrong with the database, as far as callers tell it apart.

use sea_orm::{DbErr, RuntimeErr};

/// A failed query or commit.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Refused, silent, or no free connection. Trying again may help.
    #[error("the database is not available")]
    Unavailable(#[source] DbErr),
    /// The disk is full or the database is read-only.
    #[error("the database cannot store anything")]
    StorageFull(#[source] DbErr),
    /// Another writer was in the way; the transaction was undone.
    #[error("another write was in the way")]
    Conflict,
    /// The commit was sent and its answer lost: it may have happened or not.
    #[error("the outcome of a commit is not known")]
    OutcomeUnknown(#[source] DbErr),
    /// A stored value that cannot be what the service wrote.
    #[error("a stored value of {table} is corrupt: {what}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// What is wrong.
        what: String,
    },
    /// The schema is newer than this program, or not there.
    #[error("{0}")]
    Schema(String),
    /// A setting of the database that could lose acknowledged writes.
    #[error("{0}")]
    Unsafe(String),
    /// Everything else: a defect.
    #[error("a database query failed")]
    Other(#[source] DbErr),
}

impl StoreError {
    pub(crate) fn corrupt(table: &'static str, what: impl ToString) -> Self {
        Self::Corrupt { table, what: what.to_string() }
    }

    /// An error of the commit itself: when the connection broke, nobody knows what happened.
    pub(crate) fn of_commit(error: DbErr) -> Self {
        match Self::from(error) {
            Self::Unavailable(error) => Self::OutcomeUnknown(error),
            other => other,
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        let runtime = match &error {
            DbErr::ConnectionAcquire(_) => return Self::Unavailable(error),
            DbErr::Conn(runtime) | DbErr::Exec(runtime) | DbErr::Query(runtime) => runtime,
            _ => return Self::Other(error),
        };
        let RuntimeErr::SqlxError(source) = runtime else { return Self::Other(error) };
        match source.as_ref() {
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default().into_owned();
                by_code(&code, error)
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            _ => Self::Other(error),
        }
    }
}

/// SQLSTATE of PostgreSQL, or the (extended) result code of SQLite in decimal.
fn by_code(code: &str, error: DbErr) -> StoreError {
    if let Ok(sqlite) = code.parse::<u32>()
        && code.len() < 5
    {
        return match sqlite & 0xff {
            5 | 6 | 10 | 14 => StoreError::Unavailable(error), // busy, locked, I/O, cannot open
            8 | 13 => StoreError::StorageFull(error),          // read-only, full
            11 | 26 => StoreError::corrupt("the database file", "it is malformed"),
            _ => StoreError::Other(error),
        };
    }
    match code {
        // Serialization, deadlock, lock, and a key that another replica took meanwhile.
        "40001" | "40P01" | "55P03" | "23505" => StoreError::Conflict,
        "53100" | "25006" => StoreError::StorageFull(error),
        _ if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") => {
            StoreError::Unavailable(error)
        }
        "57014" | "25P03" => StoreError::Unavailable(error), // cancelled, idle in transaction
        _ => StoreError::Other(error),
    }
}
