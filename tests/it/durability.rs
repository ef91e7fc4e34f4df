//! What is acknowledged survives a power cut: the settings that decide it are checked.

use std::sync::Arc;

use abm_store::{OpenOptions, Store, StoreError};
use abm_tests::{Database, Engine, World, activity, both_engines, created};

both_engines!(the_live_pool_syncs_every_commit, what_is_acknowledged_is_there_after_a_restart);

async fn the_live_pool_syncs_every_commit(world: World) {
    let found = world.app.store().durability().await.unwrap();
    let find = |name| found.iter().find(|(found, _)| *found == name).unwrap().1.as_str();
    match world.app.store().engine() {
        abm_store::Engine::Sqlite => {
            assert_eq!((find("journal_mode"), find("synchronous")), ("wal", "2"));
        }
        abm_store::Engine::Postgres => {
            let found = ["fsync", "full_page_writes", "synchronous_commit"].map(find);
            assert_eq!(found, ["on"; 3]);
        }
    }
}

async fn what_is_acknowledged_is_there_after_a_restart(world: World) {
    assert_eq!(world.record([activity("web", "1").lead("ada")]).await, created(1));
    let digest = world.digest().await;
    let world = world.restarted().await;
    assert_eq!(world.digest().await, digest);
    assert_eq!(world.verify().await.activities, 1);
}

#[tokio::test]
async fn a_postgres_that_acknowledges_before_it_syncs_is_refused() {
    let database = Database::fresh(Engine::Postgres).await;
    let world = World::on(Arc::new(database)).await;
    let name = world.database.url().rsplit('/').next().unwrap().split('?').next().unwrap();
    let weaken = format!("ALTER DATABASE {name} SET synchronous_commit = off");
    world.sql().await.execute(&weaken).await;
    let mut options = OpenOptions::new(world.database.url());
    let refused = Store::open(&options).await;
    let Err(StoreError::Unsafe(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("synchronous_commit is `off`"), "{why}");
    options.unsafe_durability = true;
    assert!(Store::open(&options).await.is_ok(), "unless it is asked for by name");
}

#[tokio::test]
async fn a_sqlite_file_is_made_to_sync_whatever_it_was_before() {
    let world = World::new(Engine::Sqlite).await;
    world.app.stop().await;
    world.app.store().clone().close().await.unwrap();
    let weaken = "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF;";
    world.sql().await.execute(weaken).await;
    let found = world.database.open().await.durability().await.unwrap();
    assert_eq!(found, [("journal_mode", "wal".to_owned()), ("synchronous", "2".to_owned())]);
}
