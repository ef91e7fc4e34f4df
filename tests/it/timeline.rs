//! What was shown is on record: without holes, together with the state it tells of.

use abm_app::AppError;
use abm_tests::{HOUR, LIVELY, World, account, activity, both_engines, created, lead};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

both_engines!(
    timelines_have_no_holes_and_the_outbox_tells_the_same,
    what_does_not_show_leaves_no_line,
    activity_state_timeline_and_outbox_are_stored_together_or_not_at_all,
);

async fn timelines_have_no_holes_and_the_outbox_tells_the_same(world: World) {
    let world = world.beside(2, LIVELY).await;
    let mut random = StdRng::seed_from_u64(7);
    for n in 0..60 {
        world.pass(random.random_range(0..30 * HOUR));
        let now = world.now();
        let people = (0..random.random_range(1..6)).map(|m| {
            let id = format!("p{}", random.random_range(0..9));
            let row = activity("web", &format!("{n}-{m}")).lead(&id);
            row.email(&format!("{id}@c{}.com", m % 3)).at(now - random.random_range(0..HOUR))
        });
        let people: Vec<_> = people.collect();
        world.record(people).await;
        match n % 6 {
            0 => drop(world.apply_due().await),
            1 => drop(world.leads([lead(&format!("p{}", n % 9)).account("named")]).await),
            2 => drop(world.accounts([account("named").employees(n * 100)]).await),
            _ => {}
        }
    }
    let mut lines = 0;
    for id in world.account_ids().await {
        let timeline = world.timeline(&id).await;
        let sequence: Vec<_> = timeline.iter().map(|line| line.sequence).collect();
        assert_eq!(sequence, (1..=timeline.len() as i64).collect::<Vec<_>>(), "{id}");
        assert!(timeline.windows(2).all(|pair| pair[0].recorded_at <= pair[1].recorded_at));
        assert!(timeline.windows(2).all(|pair| {
            let shown = |l: &abm_app::TimelineLine| {
                (l.engagement, l.fit, l.tier, l.mqa, l.priority, l.engaged_people)
            };
            shown(&pair[0]) != shown(&pair[1])
        }));
        let last = timeline.last().unwrap();
        let state = world.stored_state(&id).await;
        assert_eq!((last.sequence, last.engagement), (state.sequence, state.engagement));
        assert_eq!((last.fit, last.tier, last.mqa), (state.fit, state.tier, state.mqa));
        lines += timeline.len() as i64;
    }
    assert!(lines > 30, "{lines}");
    let same = "SELECT COUNT(*), COUNT(DISTINCT o.seq) FROM outbox AS o JOIN account_timeline AS t \
                ON t.workspace_id = o.workspace_id AND t.account_id = o.account_id \
                AND t.sequence = o.sequence AND t.recorded_at = o.created_at";
    assert_eq!(world.sql().await.numbers(same).await, [[lines, lines]]);
    let ordered = "SELECT COUNT(*) FROM outbox AS a JOIN outbox AS b \
                   ON a.account_id = b.account_id AND a.seq < b.seq AND a.sequence >= b.sequence";
    assert_eq!(world.sql().await.numbers(ordered).await, [[0]]);
    world.digest().await;
}

async fn what_does_not_show_leaves_no_line(world: World) {
    world.record([activity("web", "1").lead("ada").email("ada@ibm.com")]).await;
    let before = world.timeline("ibm.com").await;
    assert_eq!(before.len(), 1);
    world.record([activity("web", "1").lead("ada").email("ada@ibm.com")]).await;
    world.record([activity("web", "2").kind("email_open").lead("ada")]).await;
    world.leads([lead("ada").email("ada@ibm.com")]).await;
    world.apply_due().await;
    assert_eq!(world.timeline("ibm.com").await, before);
}

async fn activity_state_timeline_and_outbox_are_stored_together_or_not_at_all(world: World) {
    let row = |id| activity("web", id).lead("ada").email("ada@ibm.com");
    assert_eq!(world.record([row("1")]).await, created(1));
    let tables = ["outbox", "account_timeline", "lead_state", "rejected_activity"];
    let sql = world.sql().await;
    for table in tables {
        let count = "SELECT (SELECT COUNT(*) FROM activity), (SELECT COUNT(*) FROM lead), \
                     (SELECT COUNT(*) FROM activity_receipt), (SELECT CAST(SUM(sequence) AS BIGINT) FROM account_state)";
        let before: Vec<[i64; 4]> = sql.numbers(count).await;
        sql.execute(&format!("ALTER TABLE {table} RENAME TO hidden")).await;
        let failed = world.try_record([row(table), activity("web", "bad")], false).await;
        assert!(matches!(failed, Err(AppError::Store(_))), "{table}: {failed:?}");
        sql.execute(&format!("ALTER TABLE hidden RENAME TO {table}")).await;
        assert_eq!(sql.numbers(count).await, before, "{table}");
        assert_eq!(world.record([row(table)]).await, created(1), "{table}");
        world.digest().await;
    }
}
