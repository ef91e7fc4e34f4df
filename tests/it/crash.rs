//! A process that dies in the midst of writing loses nothing acknowledged and leaves no half.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use abm_app::{AppError, RowOutcome, StoreError};
use abm_tests::{AnActivity, Engine, LIVELY, World, account, activity, both_engines, lead};
use tokio::runtime::Builder;

both_engines!(a_process_that_dies_while_it_stores_leaves_whole_transactions);

const ROWS: i64 = 600;

fn row(n: i64) -> AnActivity {
    let person = format!("p{}", n % 23);
    let kind = ["page_view", "demo_request", "meeting_held"][n as usize % 3];
    let row = activity("web", &format!("{n}")).kind(kind).after(-n * 1_000);
    if n % 17 == 0 {
        row.account("ibm")
    } else {
        row.lead(&person).email(&format!("{person}@ibm.com"))
    }
}

async fn fill(world: &World) {
    world.accounts([account("ibm").domain("ibm.com").employees(5_000)]).await;
    world.leads([lead("p1").email("p1@redhat.com")]).await;
}

/// Sends all rows from several callers until `enough` calls were acknowledged, and then dies:
/// every task is dropped where it stands. Gives the rows acknowledged.
fn die_after(world: &World, enough: usize) -> BTreeSet<i64> {
    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let (database, workspace) = (Arc::clone(&world.database), world.workspace);
    let acknowledge = Arc::clone(&acknowledged);
    runtime.spawn(async move {
        let world = World { workspace, ..World::on(database).await };
        for caller in 0..6 {
            let (world, sender) = (world.clone(), sender.clone());
            let acknowledge = Arc::clone(&acknowledge);
            tokio::spawn(async move {
                let mine: Vec<_> = (0..ROWS).filter(|n| n % 6 == caller).collect();
                for batch in mine.chunks(7) {
                    world.record(batch.iter().map(|&n| row(n))).await;
                    acknowledge.lock().unwrap().extend(batch.iter().copied());
                    let _ = sender.send(());
                }
            });
        }
    });
    for _ in 0..enough {
        receiver.recv().unwrap();
    }
    runtime.shutdown_background();
    let acknowledged = acknowledged.lock().unwrap();
    acknowledged.clone()
}

async fn a_process_that_dies_while_it_stores_leaves_whole_transactions(world: World) {
    let reference = world.beside(2, LIVELY).await;
    fill(&reference).await;
    reference.record((0..ROWS).map(row)).await;
    let expected = reference.digest().await;
    for (number, enough) in (10..).zip([0, 1, 2, 5, 13, 40, 80]) {
        let world = world.beside(number, LIVELY).await;
        fill(&world).await;
        let dying = world.clone();
        let acknowledged =
            tokio::task::spawn_blocking(move || die_after(&dying, enough)).await.unwrap();
        let found = world.verify().await;
        assert_eq!(found.differences, [], "after {enough}");
        let again = world.record((0..ROWS).map(row)).await;
        for (n, outcome) in (0..).zip(again) {
            let known = acknowledged.contains(&n);
            assert!(outcome == RowOutcome::Duplicate || (outcome == RowOutcome::Created && !known));
        }
        assert_eq!(world.digest().await, expected, "after {enough}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_breaks_connections_loses_nothing_acknowledged() {
    let world = World::new(Engine::Postgres).await;
    let reference = world.beside(2, LIVELY).await;
    fill(&reference).await;
    reference.record((0..ROWS).map(row)).await;
    let expected = reference.digest().await;
    let broken = world.beside(3, LIVELY).await;
    fill(&broken).await;
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..6 {
        let world = broken.clone();
        callers.spawn(async move {
            let mine: Vec<_> = (0..ROWS).filter(|n| n % 6 == caller).collect();
            for batch in mine.chunks(7) {
                // As a client does: again, with the same ids, until there is an answer.
                while let Err(error) = world.try_record(batch.iter().map(|&n| row(n)), false).await
                {
                    assert!(may_be_tried_again(&error), "{error:?}");
                }
            }
        });
    }
    let sql = world.sql().await;
    let break_all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                     WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while !callers.is_empty() {
        // Between two breaks somebody gets through, however many tries it takes.
        let before = stored(&world).await;
        while stored(&world).await == before
            && callers.try_join_next().transpose().unwrap().is_none()
        {
            tokio::task::yield_now().await;
        }
        sql.execute(break_all).await;
    }
    assert_eq!(broken.replica().await.digest().await, expected);
}

/// How many activities are stored in a database.
async fn stored(world: &World) -> i64 {
    let [[count]] = world.sql().await.numbers("SELECT COUNT(*) FROM activity").await[..] else {
        panic!("one row")
    };
    count
}

fn may_be_tried_again(error: &AppError) -> bool {
    use StoreError::{Conflict, OutcomeUnknown, Unavailable};
    matches!(error, AppError::Store(Unavailable(_) | OutcomeUnknown(_) | Conflict))
}

#[tokio::test]
async fn databases_are_removed_with_their_last_world() {
    let world = World::new(Engine::Sqlite).await;
    let path = world.database.url().trim_start_matches("sqlite://").to_owned();
    assert!(std::fs::exists(&path).unwrap());
    drop(world);
    assert!(!std::fs::exists(&path).unwrap());
}
