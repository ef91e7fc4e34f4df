//! Each activity counts once, for ever; its id stands for its content.

use abm_app::{AppError, RowOutcome};
use abm_core::DAY;
use abm_tests::{AnActivity, HOUR, START, World, activity, both_engines, created, days};

both_engines!(
    of_64_callers_with_one_id_one_creates_and_63_duplicate,
    of_64_callers_with_one_id_and_different_content_one_creates_and_63_conflict,
    a_batch_sent_twice_is_all_duplicates,
    of_one_id_twice_in_a_batch_the_first_counts,
    an_id_with_other_content_is_refused_and_changes_nothing,
    an_id_with_another_time_is_refused_for_32_days_after_receipt,
    an_id_with_another_time_is_refused_when_the_clock_went_back,
    an_id_is_known_for_ever_at_its_own_time,
    a_call_that_is_all_or_nothing_stores_nothing_when_an_id_was_reused,
);

/// Sends one row for each of 64 callers at once, and counts (created, duplicate, conflict).
async fn from_64_callers(world: &World, row: impl Fn(i64) -> AnActivity) -> [usize; 3] {
    let send = |caller| {
        let (world, row) = (world.clone(), row(caller));
        tokio::spawn(async move { world.record([row]).await })
    };
    let callers: Vec<_> = (0..64).map(send).collect();
    let mut outcomes = Vec::new();
    for caller in callers {
        outcomes.extend(caller.await.unwrap());
    }
    [RowOutcome::Created, RowOutcome::Duplicate, RowOutcome::Conflict]
        .map(|outcome| outcomes.iter().filter(|&found| *found == outcome).count())
}

async fn of_64_callers_with_one_id_one_creates_and_63_duplicate(world: World) {
    for round in 0..10 {
        let row = |_| activity("etcd", &format!("id-{round}")).lead("ada");
        assert_eq!(from_64_callers(&world, row).await, [1, 63, 0]);
    }
    assert_eq!(world.verify().await.activities, 10);
    world.digest().await;
}

async fn of_64_callers_with_one_id_and_different_content_one_creates_and_63_conflict(world: World) {
    for round in 0..5 {
        let row =
            |caller: i64| activity("etcd", &format!("time-{round}")).lead("ada").after(-caller);
        assert_eq!(from_64_callers(&world, row).await, [1, 0, 63]);
        let row = |caller: i64| {
            activity("etcd", &format!("lead-{round}")).lead(&format!("lead-{caller}"))
        };
        assert_eq!(from_64_callers(&world, row).await, [1, 0, 63]);
    }
    assert_eq!(world.verify().await.activities, 10);
    assert_eq!(world.rejected().await.len(), 10 * 63);
    world.digest().await;
}

async fn a_batch_sent_twice_is_all_duplicates(world: World) {
    let batch = || {
        (0..300).map(|n| {
            let lead = format!("lead-{}", n % 7);
            activity("web", &format!("{n}")).lead(&lead).email(&format!("x@c{}.com", n % 3))
        })
    };
    assert_eq!(world.record(batch()).await, created(300));
    let before = world.digest().await;
    world.pass(HOUR);
    assert_eq!(world.record(batch()).await, vec![RowOutcome::Duplicate; 300]);
    assert_eq!(world.digest().await, before);
}

async fn of_one_id_twice_in_a_batch_the_first_counts(world: World) {
    let row = || activity("web", "1").lead("ada");
    let sent = world.record([row(), row(), row().kind("page_view"), row().after(-1)]).await;
    let expected =
        [RowOutcome::Created, RowOutcome::Duplicate, RowOutcome::Conflict, RowOutcome::Conflict];
    assert_eq!(sent, expected);
    assert_eq!(world.person("ada").await.1.engagement, 50, "one demo request");
    world.digest().await;
}

async fn an_id_with_other_content_is_refused_and_changes_nothing(world: World) {
    let row = || activity("web", "1").lead("ada").email("ada@ibm.com").attribute("url", "/a");
    world.record([row()]).await;
    let before = (world.digest().await, world.view("ibm.com").await.scores);
    let others = [
        row().kind("page_view"),
        row().lead("bob"),
        row().email("ada@redhat.com"),
        row().campaign("spring"),
        row().attribute("url", "/b"),
        row().account("redhat"),
        row().after(-1),
    ];
    for other in others {
        assert_eq!(world.record([other.clone()]).await, [RowOutcome::Conflict], "{other:?}");
        world.pass(60);
    }
    assert_eq!(world.account_ids().await, ["ibm.com"]);
    assert_eq!(world.record([row()]).await, [RowOutcome::Duplicate]);
    let rejected = world.rejected().await;
    assert_eq!(rejected.len(), 7);
    for row in rejected {
        assert_eq!((row.source.as_str(), row.activity_id.as_str()), ("web", "1"));
        assert_eq!((row.field.as_str(), row.reason.as_str()), ("activity_id", "ID_REUSED"));
    }
    assert_eq!((world.digest().await, world.view("ibm.com").await.scores), before);
}

/// Seconds from [`START`] to where a new bucket of receipts begins.
fn next_bucket() -> i64 {
    days(16) - START.secs().rem_euclid(days(16))
}

async fn an_id_with_another_time_is_refused_for_32_days_after_receipt(world: World) {
    let row = |id: &str| activity("web", id).lead("ada");
    for (id, waited) in [("20 days", days(20)), ("30 days", days(30)), ("32 days", days(32))] {
        let id = id.replace(' ', "-");
        // Receipts are kept in buckets of 16 days; whatever the place in one, 32 days hold.
        for (place, start) in [0, 1, days(7), days(16) - 1].into_iter().enumerate() {
            let start = next_bucket() + start;
            let id = format!("{id}-{place}");
            world.at(start);
            assert_eq!(world.record([row(&id).after(start)]).await, created(1));
            world.at(start + waited);
            world.app.sweep().await.unwrap();
            for _ in 0..2 {
                let again = world.record([row(&id).after(start + waited)]).await;
                assert_eq!(again, [RowOutcome::Conflict], "{id}");
            }
            assert_eq!(world.record([row(&id).after(start)]).await, [RowOutcome::Duplicate]);
        }
    }
    assert_eq!(world.verify().await.activities, 12);
}

async fn an_id_with_another_time_is_refused_when_the_clock_went_back(world: World) {
    let next_bucket = next_bucket();
    world.at(next_bucket);
    let row = || activity("web", "1").lead("ada");
    assert_eq!(world.record([row()]).await, created(1));
    world.pass(-HOUR);
    assert_eq!(world.record([row().after(-5)]).await, [RowOutcome::Conflict]);
    assert_eq!(world.record([row()]).await, [RowOutcome::Duplicate]);
}

async fn an_id_is_known_for_ever_at_its_own_time(world: World) {
    let row = || activity("web", "1").lead("ada");
    world.record([row()]).await;
    for year in 1..=5 {
        world.at(year * 365 * DAY);
        world.app.sweep().await.unwrap();
        assert_eq!(world.record([row()]).await, [RowOutcome::Duplicate]);
        assert_eq!(world.record([row().kind("page_view")]).await, [RowOutcome::Conflict]);
    }
    assert_eq!(world.verify().await.activities, 1);
}

async fn a_call_that_is_all_or_nothing_stores_nothing_when_an_id_was_reused(world: World) {
    let old = activity("web", "1").lead("ada");
    let new = activity("web", "2").lead("ada");
    world.record([old.clone()]).await;
    let before = world.digest().await;
    let refused = world.try_record([new.clone(), old.clone().kind("page_view")], true).await;
    assert!(matches!(refused, Err(AppError::IdReused { kind: "activity", .. })), "{refused:?}");
    assert_eq!(world.digest().await, before);
    let taken = world.try_record([new, old], true).await.unwrap();
    assert_eq!(taken.rows, [RowOutcome::Created, RowOutcome::Duplicate]);
}
