//! How much is tried of what is tried at random, and how.

use std::fmt::Debug;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestError, TestRunner};
use tokio::runtime::Runtime;

use crate::sql::Sql;
use crate::{Engine, World};

/// How many cases are tried at a time. They wait for the disk most of the time.
const LANES: u32 = 4;

/// The number of the first workspace that a case takes.
const FIRST: i64 = 2;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().unwrap_or_else(|error| panic!("no runtime: {error}")));

/// How many cases a rule is tried on: `usual`, unless `ABM_TEST_CASES` asks for another number,
/// for a night for example.
#[must_use]
pub fn cases(usual: u32) -> u32 {
    std::env::var("ABM_TEST_CASES").map_or(usual, |cases| cases.parse().expect("a number"))
}

/// Two databases for many cases: a workspace is cheaper than a database. Every case takes the same
/// ones, emptied, so that statements are prepared once and not anew for each.
#[derive(Debug)]
pub struct Bench {
    sqlite: World,
    postgres: World,
    /// Connections beside those of the service, each with what empties the workspaces there.
    emptying: [(Sql, String); 2],
    taken: AtomicI64,
}

impl Bench {
    async fn new() -> Self {
        let sqlite = World::new(Engine::Sqlite).await;
        let postgres = World::new(Engine::Postgres).await;
        let emptying = [emptying(&sqlite).await, emptying(&postgres).await];
        Self { sqlite, postgres, emptying, taken: AtomicI64::new(0) }
    }

    /// An empty world under a model, in a workspace that nobody else of the case uses.
    pub async fn world(&self, engine: Engine, model: &str) -> World {
        let number = FIRST + self.taken.fetch_add(1, Ordering::Relaxed);
        let world = match engine {
            Engine::Sqlite => &self.sqlite,
            Engine::Postgres => &self.postgres,
        };
        world.beside(number, model).await
    }

    /// Removes what a case has left.
    async fn clear(&self) {
        if self.taken.swap(0, Ordering::Relaxed) > 0 {
            for (sql, empty) in &self.emptying {
                sql.execute(empty).await;
            }
        }
    }
}

/// What removes every workspace from [`FIRST`] on.
async fn emptying(world: &World) -> (Sql, String) {
    let sql = world.sql().await;
    let tables = sql.tables_with("workspace_id").await;
    let empty = |table: &String| format!("DELETE FROM {table} WHERE workspace_id >= {FIRST};");
    let empty = tables.iter().map(empty).collect();
    (sql, empty)
}

/// Tries a rule on [`cases`] random inputs, and fails with the smallest that breaks it. Such
/// inputs are kept in the file `failed`, and tried first from then on.
pub fn try_cases<S>(
    usual: u32,
    failed: &'static str,
    input: impl Fn() -> S + Sync,
    rule: impl AsyncFn(&Bench, S::Value) -> Result<(), TestCaseError> + Sync,
) where
    S: Strategy,
    S::Value: Debug + Send,
{
    let cases = cases(usual).div_ceil(LANES);
    let lane = || -> Result<(), TestError<S::Value>> {
        let bench = RUNTIME.block_on(Bench::new());
        let kept = FileFailurePersistence::Direct(failed);
        let config =
            Config { cases, failure_persistence: Some(Box::new(kept)), ..Config::default() };
        TestRunner::new(config).run(&input(), |input| {
            RUNTIME.block_on(async {
                bench.clear().await;
                rule(&bench, input).await
            })
        })
    };
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        for lane in lanes {
            let outcome = lane.join().unwrap_or_else(|_| panic!("a lane broke"));
            outcome.unwrap_or_else(|failure| panic!("{failure}"));
        }
    });
}
