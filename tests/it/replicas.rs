//! Several processes on one PostgreSQL: the same results as one.

use abm_app::{AppError, RowOutcome, StoreError, UpsertOptions};
use abm_store::Lock;
use abm_tests::{Engine, LIVELY, World, account, activity, cases, days, lead};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};

/// One call of a caller.
#[derive(Clone)]
enum Call {
    Accounts(Vec<abm_tests::AnAccount>),
    Leads(Vec<abm_tests::ALead>),
    Record(Vec<abm_tests::AnActivity>),
    ApplyDue,
}

impl Call {
    async fn send(self, world: &World) {
        match self {
            Self::Accounts(rows) => drop(world.accounts(rows).await),
            Self::Leads(rows) => drop(world.leads(rows).await),
            Self::Record(rows) => {
                let rows = world.record(rows).await;
                let good =
                    |row: &RowOutcome| matches!(row, RowOutcome::Created | RowOutcome::Duplicate);
                assert!(rows.iter().all(good), "{rows:?}");
            }
            Self::ApplyDue => drop(world.apply_due().await),
        }
    }
}

const DOMAINS: [&str; 6] =
    ["ibm.com", "lab.ibm.com", "redhat.com", "suse.com", "unknown.com", "gmail.com"];

/// Calls whose order does not matter.
fn calls(seed: u64) -> Vec<Call> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut calls = Vec::new();
    for (id, domains) in [
        ("ibm", &["ibm.com"][..]),
        ("lab", &["lab.ibm.com", "redhat.com"]),
        ("redhat", &["redhat.com"]),
        ("acme", &[]),
    ] {
        let new = account(id).employees(random.random_range(1..9_000));
        calls.push(Call::Accounts(vec![domains.iter().fold(new, |a, d| a.domain(d))]));
    }
    for n in 0..30 {
        let id = format!("p{n}");
        let new = lead(&id).title("CTO");
        calls.push(Call::Leads(vec![match n % 5 {
            0 => new,
            1 => new.account("acme"),
            _ => new.email(&format!("{id}@{}", DOMAINS.choose(&mut random).unwrap())),
        }]));
    }
    let kinds = ["page_view", "demo_request", "meeting_held", "bounce", "unsubscribe"];
    let mut rows = Vec::new();
    for n in 0..1_500 {
        let row = activity("web", &format!("{n}")).kind(kinds.choose(&mut random).unwrap());
        let row = row.after(-random.random_range(0..days(30)));
        let who = format!("p{}", random.random_range(0..45));
        let host = DOMAINS.choose(&mut random).unwrap();
        rows.push(match n % 9 {
            0 => row.account(["ibm", "acme", "ghost", "unknown.com"].choose(&mut random).unwrap()),
            1 => row.lead(&who).account(["acme", "ghost", "phantom"].choose(&mut random).unwrap()),
            2..5 => row.lead(&who).email(&format!("{who}@{host}")),
            _ => row.lead(&who),
        });
    }
    // Some arrive twice.
    rows.extend((0..200).map(|_| rows.choose(&mut random).unwrap().clone()).collect::<Vec<_>>());
    rows.shuffle(&mut random);
    while !rows.is_empty() {
        let left = rows.split_off(rows.len().min(random.random_range(1..40)));
        calls.push(Call::Record(std::mem::replace(&mut rows, left)));
    }
    calls.extend(std::iter::repeat_n(Call::ApplyDue, 10));
    calls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_with_many_callers_give_the_state_of_one_writer() {
    let world = World::new(Engine::Postgres).await;
    for seed in 1..=cases(2) {
        let first = world.beside(i64::from(seed) + 10, LIVELY).await;
        let alone = world.beside(i64::from(seed) + 100, LIVELY).await;
        let replicas = [first.replica().await, first.replica().await];
        let mut calls = calls(seed.into());
        for call in calls.clone() {
            call.send(&alone).await;
        }
        calls.shuffle(&mut StdRng::seed_from_u64(seed.into()));
        // Twelve callers on each replica, each with every 24th call.
        let mut callers = Vec::new();
        for caller in 0..24 {
            let world = replicas[caller % 2].clone();
            let mine: Vec<_> = calls.iter().skip(caller).step_by(24).cloned().collect();
            callers.push(tokio::spawn(async move {
                for call in mine {
                    call.send(&world).await;
                }
            }));
        }
        for caller in callers {
            caller.await.unwrap();
        }
        assert_eq!(first.account_ids().await, alone.account_ids().await);
        assert_eq!(replicas[0].digest().await, alone.digest().await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_callers_with_one_id_at_two_replicas_one_creates() {
    let world = World::new(Engine::Postgres).await;
    let replicas = [world.replica().await, world.replica().await];
    for round in 0..10 {
        for differs in [false, true] {
            let callers = (0..32).map(|caller| {
                let world = replicas[caller % 2].clone();
                let id = format!("{round}-{differs}");
                let other = if differs { caller as i64 } else { 0 };
                let row = activity("web", &id).lead("ada").after(-other);
                tokio::spawn(async move { world.record([row]).await })
            });
            let mut created = 0;
            for caller in callers.collect::<Vec<_>>() {
                created += usize::from(caller.await.unwrap() == [RowOutcome::Created]);
            }
            assert_eq!(created, 1);
        }
    }
    assert_eq!(world.verify().await.activities, 20);
    world.digest().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_change_that_time_brings_appears_once_with_two_timers() {
    let world = World::new(Engine::Postgres).await;
    let alone = world.beside(2, LIVELY).await;
    let shared = world.beside(3, LIVELY).await;
    for world in [&alone, &shared] {
        let rows = (0..60).map(|n| {
            let lead = format!("p{n}");
            activity("web", &lead).lead(&lead).email(&format!("x@c{}.com", n % 30))
        });
        world.record(rows).await;
    }
    let replicas = [shared.replica().await, shared.replica().await];
    for _ in 0..10 {
        for world in [&alone, &shared] {
            world.pass(days(2));
        }
        alone.apply_due().await;
        tokio::join!(replicas[0].apply_due(), replicas[1].apply_due());
    }
    assert_eq!(shared.digest().await, alone.digest().await);
    for n in 0..30 {
        let id = format!("c{n}.com");
        let told = |lines: Vec<abm_app::TimelineLine>| -> Vec<_> {
            lines.into_iter().map(|l| (l.sequence, l.at, l.engagement, l.tier)).collect()
        };
        assert_eq!(told(shared.timeline(&id).await), told(alone.timeline(&id).await));
    }
}

#[tokio::test]
async fn processes_that_start_at_once_on_an_empty_database_agree() {
    let database = std::sync::Arc::new(abm_tests::Database::fresh(Engine::Postgres).await);
    let starts = (0..6).map(|_| {
        let database = std::sync::Arc::clone(&database);
        tokio::spawn(async move {
            let world = World::on(database).await;
            world.app.store().migrate().await.unwrap();
            world.app.store().check_schema().await.unwrap();
            world.app.store().setting_or("mark", vec![1]).await.unwrap();
            world.workspace
        })
    });
    for start in starts.collect::<Vec<_>>() {
        assert_eq!(start.await.unwrap().0, 1);
    }
}

/// What lets a write collide, unless the number of the try meets a condition. The number counts on
/// though the try is undone.
fn collides(unless: &str) -> String {
    format!(
        "CREATE OR REPLACE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF NOT (nextval('tries') {unless}) THEN \
         RAISE EXCEPTION 'collides' USING ERRCODE = '40001'; END IF; RETURN NULL; END $$"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_collides_is_tried_three_times() {
    let world = World::new(Engine::Postgres).await;
    let sql = world.sql().await;
    sql.execute("CREATE SEQUENCE tries").await;
    sql.execute(&collides("= 3")).await;
    let trigger = "CREATE TRIGGER collides BEFORE INSERT ON lead EXECUTE FUNCTION collide()";
    sql.execute(trigger).await;
    let send = || {
        let rows = vec![lead("ada").row()];
        world.app.upsert_leads(world.workspace, world.request(), rows, UpsertOptions::default())
    };
    let tries = async || sql.numbers::<1>("SELECT last_value FROM tries").await;
    send().await.unwrap();
    assert_eq!(tries().await, [[3]]);
    sql.execute(&collides("= 0")).await;
    sql.execute("DELETE FROM lead").await;
    let failed = send().await;
    assert!(matches!(failed, Err(AppError::Store(StoreError::Conflict))), "{failed:?}");
    assert_eq!(tries().await, [[6]]);
}

#[tokio::test]
async fn who_waits_for_a_workspace_is_not_overtaken_by_those_who_share_it() {
    let world = World::new(Engine::Postgres).await;
    let sql = world.sql().await;
    let waiting = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let begin = |lock| {
        let (store, workspace) = (world.app.store().clone(), world.workspace);
        async move { store.begin(workspace, lock).await.unwrap().unwrap().0 }
    };
    let first = begin(Lock::Shared).await;
    let alone = tokio::spawn(begin(Lock::Exclusive));
    let waits = async |least| {
        while sql.numbers::<1>(waiting).await[0][0] < least {
            tokio::task::yield_now().await;
        }
    };
    waits(1).await;
    // It could share what is shared already; but another waits.
    let second = tokio::spawn(begin(Lock::Shared));
    tokio::select! {
        () = waits(2) => {}
        () = until_finished(&second) => panic!("it went ahead"),
    }
    first.commit().await.unwrap();
    alone.await.unwrap().commit().await.unwrap();
    second.await.unwrap().commit().await.unwrap();
}

async fn until_finished<T>(task: &tokio::task::JoinHandle<T>) {
    while !task.is_finished() {
        tokio::task::yield_now().await;
    }
}
