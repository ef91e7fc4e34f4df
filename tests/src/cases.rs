//! How much is tried of what is tried at random, and how.

use std::fmt::Debug;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestError, TestRunner};
use tokio::runtime::Runtime;

use crate::{Engine, World};

/// How many cases are tried at a time. They wait for the disk most of the time.
const LANES: u32 = 4;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().unwrap_or_else(|error| panic!("no runtime: {error}")));

/// How many cases a rule is tried on: `usual`, unless `ABM_TEST_CASES` asks for another number,
/// for a night for example.
#[must_use]
pub fn cases(usual: u32) -> u32 {
    std::env::var("ABM_TEST_CASES").map_or(usual, |cases| cases.parse().expect("a number"))
}

/// Two databases for many cases: a workspace is cheaper than a database, and every case takes
/// some of its own.
#[derive(Debug)]
pub struct Bench {
    sqlite: World,
    postgres: World,
}

impl Bench {
    async fn new() -> Self {
        Self {
            sqlite: World::new(Engine::Sqlite).await,
            postgres: World::new(Engine::Postgres).await,
        }
    }

    /// An empty world under a model, in a workspace that nobody else uses.
    pub async fn world(&self, engine: Engine, model: &str) -> World {
        static NEXT: AtomicI64 = AtomicI64::new(2);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let world = match engine {
            Engine::Sqlite => &self.sqlite,
            Engine::Postgres => &self.postgres,
        };
        world.beside(number, model).await
    }
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
        TestRunner::new(config).run(&input(), |input| RUNTIME.block_on(rule(&bench, input)))
    };
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        for lane in lanes {
            let outcome = lane.join().unwrap_or_else(|_| panic!("a lane broke"));
            outcome.unwrap_or_else(|failure| panic!("{failure}"));
        }
    });
}
