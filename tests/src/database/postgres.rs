//! Databases on a PostgreSQL server.
//!
//! Each run of the tests has a number, and holds an advisory lock under it while it lives. Its
//! first act is to migrate one database, of which the others are copies, and to remove those of
//! runs whose lock is gone: whatever a killed run leaves behind, the next one takes away.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use abm_store::{OpenOptions, Store};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use tokio::sync::{OnceCell, oneshot};
use uuid::Uuid;

/// The server, unless the environment names another.
const DEFAULT_URL: &str = "postgres://postgres@127.0.0.1:5432/postgres";

/// Sets the locks of these tests apart from other advisory locks.
const LOCKS: i32 = 1_094_864_965;

static RUN: OnceCell<u32> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A database on the server; dropped with this.
#[derive(Debug)]
pub(super) struct OnServer {
    name: String,
}

impl OnServer {
    pub(super) async fn fresh() -> (String, Self) {
        let run = *RUN.get_or_init(start_run).await;
        let made = Self { name: name(run, NEXT.fetch_add(1, Ordering::Relaxed)) };
        let sql = format!("CREATE DATABASE {} TEMPLATE {}", made.name, name(run, 0));
        execute(&admin().await, &sql).await;
        (url_of(&made.name), made)
    }
}

impl Drop for OnServer {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A thread of its own: the test's runtime may be busy or going down.
        let removed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async { execute(&admin().await, &sql).await });
        });
        // A database that stays behind is removed by the next run.
        drop(removed.join());
    }
}

/// Starts the run: takes its lock for as long as the process lives, clears up, and migrates the
/// database that others are copied from.
async fn start_run() -> u32 {
    let (sender, started) = oneshot::channel();
    // Not on the runtime of the test that happens to come first, which ends with it.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let admin = admin().await;
            let run = Uuid::new_v4().as_fields().0 & 0x7fff_ffff;
            execute(&admin, &format!("SELECT pg_advisory_lock({LOCKS}, {run})")).await;
            remove_dead_runs(&admin).await;
            execute(&admin, &format!("CREATE DATABASE {}", name(run, 0))).await;
            let template = Store::open(&OpenOptions::new(url_of(&name(run, 0)))).await;
            let template = template.expect("the template opens");
            template.migrate().await.expect("the schema");
            template.close().await.expect("closing");
            sender.send(run).expect("the first test waits");
            std::future::pending::<()>().await;
        });
    });
    started.await.expect("PostgreSQL is there: see ABM_TEST_POSTGRES")
}

async fn remove_dead_runs(admin: &DatabaseConnection) {
    let sql = "SELECT datname FROM pg_database WHERE datname LIKE 'abm\\_test\\_%'";
    for row in query(admin, sql).await {
        let left: String = row.try_get_by_index(0).expect("a name");
        let run = left.split('_').nth(2).and_then(|run| u32::from_str_radix(run, 16).ok());
        let Some(run) = run else { continue };
        let lock = query(admin, &format!("SELECT pg_try_advisory_lock({LOCKS}, {run})")).await;
        // Our own lock can be taken twice, but nothing of ours is there yet.
        if lock.first().is_some_and(|row| row.try_get_by_index(0) == Ok(true)) {
            execute(admin, &format!("DROP DATABASE IF EXISTS {left} WITH (FORCE)")).await;
            execute(admin, &format!("SELECT pg_advisory_unlock({LOCKS}, {run})")).await;
        }
    }
}

fn name(run: u32, number: u32) -> String {
    format!("abm_test_{run:08x}_{number}")
}

fn admin_url() -> String {
    std::env::var("ABM_TEST_POSTGRES").unwrap_or_else(|_| DEFAULT_URL.to_owned())
}

/// The server's URL with another database.
fn url_of(name: &str) -> String {
    let url = admin_url();
    let (address, options) = url.split_once('?').unwrap_or((&url, ""));
    let (server, _) = address.rsplit_once('/').expect("a URL that names a database");
    let mark = if options.is_empty() { "" } else { "?" };
    format!("{server}/{name}{mark}{options}")
}

/// A connection to the server itself, closed with its last use.
async fn admin() -> DatabaseConnection {
    let mut options = ConnectOptions::new(admin_url());
    options.max_connections(1).sqlx_logging(false).connect_timeout(Duration::from_secs(5));
    Database::connect(options).await.expect("PostgreSQL is there: see ABM_TEST_POSTGRES")
}

async fn execute(admin: &DatabaseConnection, sql: &str) {
    admin.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

async fn query(admin: &DatabaseConnection, sql: &str) -> Vec<sea_orm::QueryResult> {
    let statement = Statement::from_string(admin.get_database_backend(), sql);
    admin.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}
