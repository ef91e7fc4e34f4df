//! The one writer: bounded, not torn by callers who go away, and orderly when it stops.

use std::sync::Arc;

use abm_app::{App, AppError, Limits, RowOutcome};
use abm_store::StoreError;
use abm_tests::{World, account, activity, both_engines, created, lead};

both_engines!(
    a_full_queue_refuses_at_once_and_what_it_took_is_stored,
    stopping_stores_what_was_taken_and_takes_no_more,
    a_caller_who_goes_away_tears_nothing,
    what_is_wrong_with_one_account_fails_no_other_call,
);

async fn a_full_queue_refuses_at_once_and_what_it_took_is_stored(world: World) {
    let limits = Limits { queue: 2, transaction_rows: 10, ..Limits::default() };
    let app = App::start(world.app.store().clone(), Arc::new(abm_app::SystemClock), limits);
    let small = World { app, ..world.clone() };
    small.app.authenticate("").await.unwrap_err();
    let callers = (0..200).map(|n| {
        let small = small.clone();
        let row = activity("web", &format!("{n}")).lead("ada").at(world.now());
        tokio::spawn(async move { small.try_record([row], false).await })
    });
    let (mut stored, mut refused) = (0, 0);
    for caller in callers.collect::<Vec<_>>() {
        match caller.await.unwrap() {
            Ok(recorded) => {
                assert_eq!(recorded.rows, created(1));
                stored += 1;
            }
            Err(AppError::Overloaded) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(stored > 0 && refused > 0, "{stored} stored, {refused} refused");
    assert_eq!(world.sql().await.numbers("SELECT COUNT(*) FROM activity").await, [[stored]]);
}

async fn stopping_stores_what_was_taken_and_takes_no_more(world: World) {
    let callers = (0..50).map(|n| {
        let world = world.clone();
        let row = activity("web", &format!("{n}")).lead("ada");
        tokio::spawn(async move { world.try_record([row], false).await })
    });
    let callers: Vec<_> = callers.collect();
    tokio::task::yield_now().await;
    world.app.stop().await;
    let mut stored = 0;
    for caller in callers {
        match caller.await.unwrap() {
            Ok(_) => stored += 1,
            Err(AppError::Stopping) => {}
            Err(error) => panic!("{error}"),
        }
    }
    let late = world.try_record([activity("web", "late").lead("ada")], false).await;
    assert!(matches!(late, Err(AppError::Stopping)), "{late:?}");
    assert_eq!(world.sql().await.numbers("SELECT COUNT(*) FROM activity").await, [[stored]]);
    assert_eq!(world.verify().await.differences_total, 0, "reading goes on");
    world.app.stop().await;
}

async fn a_caller_who_goes_away_tears_nothing(world: World) {
    let row = |n: i64| {
        let lead = format!("lead-{}", n % 5);
        activity("web", &format!("{n}")).lead(&lead).email("x@ibm.com").after(-n)
    };
    for round in 0..5 {
        let callers = (0..40).map(|n| {
            let world = world.clone();
            tokio::spawn(async move { world.record([row(round * 40 + n)]).await })
        });
        for (n, caller) in callers.collect::<Vec<_>>().into_iter().enumerate() {
            if n % 3 == 0 {
                assert_eq!(caller.await.unwrap(), created(1));
            } else {
                caller.abort();
            }
        }
    }
    // Whatever became of a call: sent again it is there once.
    let again = world.record((0..200).map(row)).await;
    assert!(again.iter().all(|row| matches!(row, RowOutcome::Created | RowOutcome::Duplicate)));
    assert!(again.iter().step_by(1).filter(|row| **row == RowOutcome::Duplicate).count() >= 70);
    assert_eq!(world.sql().await.numbers("SELECT COUNT(*) FROM activity").await, [[200]]);
    world.digest().await;
}

async fn what_is_wrong_with_one_account_fails_no_other_call(world: World) {
    let companies = ["broken", "whole"];
    world.accounts(companies.map(account)).await;
    world.leads(companies.map(|company| lead(company).account(company))).await;
    let sql = world.sql().await;
    sql.execute("UPDATE account_state SET fit = 101 WHERE account_id = 'broken'").await;
    let call = |n: usize| {
        let (world, id) = (world.clone(), n.to_string());
        let row = activity("web", &id).lead(companies[n % 2]);
        tokio::spawn(async move { world.try_record([row], false).await })
    };
    // The first are stored while the others queue up, and are stored together.
    let calls: Vec<_> = (0..40).map(call).collect();
    for (n, call) in calls.into_iter().enumerate() {
        match (n % 2, call.await.unwrap()) {
            (0, Err(AppError::Store(StoreError::Corrupt { table: "account_state", .. }))) => {}
            (1, Ok(recorded)) => assert_eq!(recorded.rows, created(1)),
            (_, other) => panic!("{n}: {other:?}"),
        }
    }
    assert_eq!(world.sql().await.numbers("SELECT COUNT(*) FROM activity").await, [[20]]);
}
