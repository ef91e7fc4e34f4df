//! A database of its own for each test, gone when the test is over.

mod postgres;

use abm_store::{OpenOptions, Store};
use tempfile::TempDir;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in a temporary folder.
    Sqlite,
    /// A database on the server of `ABM_TEST_POSTGRES`.
    Postgres,
}

/// A migrated, empty database. It is removed when this is dropped.
#[derive(Debug)]
pub struct Database {
    url: String,
    /// Removes what the URL points at.
    #[expect(dead_code, reason = "held for its drop")]
    kept: Kept,
}

#[derive(Debug)]
#[expect(dead_code, reason = "held for their drop")]
enum Kept {
    Folder(TempDir),
    Server(postgres::OnServer),
}

impl Database {
    /// A database that nobody else uses.
    pub async fn fresh(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let url = format!("sqlite://{}", folder.path().join("abm.db").display());
                let database = Self { url, kept: Kept::Folder(folder) };
                let store = database.open().await;
                store.migrate().await.expect("the schema");
                store.close().await.expect("closing");
                database
            }
            Engine::Postgres => {
                let (url, made) = postgres::OnServer::fresh().await;
                Self { url, kept: Kept::Server(made) }
            }
        }
    }

    /// Where it is, as the service takes it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens it as the service does.
    pub async fn open(&self) -> Store {
        Store::open(&OpenOptions::new(&self.url)).await.expect("the database opens")
    }
}
