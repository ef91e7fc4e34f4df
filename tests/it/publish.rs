//! A version comes into force: beside what is shown, then all at once, whatever happens meanwhile.

use abm_app::{AppError, ModelState, OperationRecord, OperationState, PriorityFilter, Rules};
use abm_core::DAY;
use abm_store::Cause;
use abm_tests::{HOUR, LIVELY, START, World, account, activity, both_engines, lead, lively};

both_engines!(
    the_version_in_force_is_shown_until_the_new_one_is_complete,
    broken_off_it_goes_on_where_it_was,
    what_happens_meanwhile_is_in_the_new_scores,
    what_time_has_brought_by_then_is_on_record_before_the_turn,
    two_processes_at_it_do_it_once,
    it_ends_however_much_is_recorded_meanwhile,
    a_draft_is_tried_published_and_retired,
    stopped_it_leaves_nothing_behind,
    what_fails_again_and_again_ends_with_a_message,
);

/// More than two lots.
const ACCOUNTS: i64 = 900;

fn id(n: i64) -> String {
    format!("a{n:04}")
}

/// Accounts with a person and a visitor each.
async fn fill(world: &World) {
    for lot in (0..ACCOUNTS).collect::<Vec<_>>().chunks(450) {
        let of_lot = || lot.iter().copied();
        world.accounts(of_lot().map(|n| account(&id(n)).employees(5_000).industry("it"))).await;
        let people = of_lot().map(|n| lead(&format!("p{n}")).account(&id(n)).title("CTO"));
        world.leads(people).await;
        let rows = of_lot().flat_map(|n| {
            let kind = ["page_view", "demo_request", "meeting_held"][n as usize % 3];
            let ago = -(n % 40) * HOUR;
            [
                activity("crm", &format!("{n}")).kind(kind).lead(&format!("p{n}")).after(ago),
                activity("web", &format!("{n}")).kind("page_view").account(&id(n)).after(ago),
            ]
        });
        world.record(rows).await;
    }
}

fn changed() -> String {
    // Other points and another rule: ledgers are made anew.
    lively("points: 30", "points: 11").replace("contains(\"/pricing\")", "contains(\"/price\")")
}

/// One lot of the work.
async fn lot(world: &World) -> bool {
    world.app.work_on(world.workspace).await.expect("the work goes on")
}

async fn operation(world: &World, id: &str) -> OperationRecord {
    world.app.operation(world.workspace, id).await.expect("it is there").0
}

/// The version, engagement and place of every account, as lists show them.
async fn shown(world: &World) -> Vec<(String, u64, u8, i64)> {
    let filter = PriorityFilter { include_all: true, ..PriorityFilter::default() };
    let found = world.app.priority_accounts(world.workspace, &filter, None, 2_000).await.unwrap().0;
    let of = |ranked: abm_app::RankedAccount| {
        let place = ranked.place();
        let scores = ranked.row.scores;
        (scores.id.to_string(), scores.model_version, scores.engagement, place.0)
    };
    found.into_iter().map(of).collect()
}

async fn the_version_in_force_is_shown_until_the_new_one_is_complete(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let before = shown(&world).await;
    assert_eq!(before.len(), ACCOUNTS as usize);
    let begun = world.begin_publishing(&changed()).await;
    assert_eq!((begun.done, begun.total), (0, ACCOUNTS as u64));
    let mut lots = 0;
    while operation(&world, &begun.id).await.state == OperationState::Running {
        assert_eq!(shown(&world).await, before);
        assert_eq!(world.person("p1").await.1.model_version, 1);
        let asked = world.app.model(world.workspace, Some(2)).await.unwrap();
        assert_eq!((asked.active, asked.publishing), (1, Some(2)));
        assert_eq!(asked.rescore.unwrap().1, ACCOUNTS as u64);
        lot(&world).await;
        lots += 1;
    }
    assert!(lots >= 3, "{lots}");
    let after = shown(&world).await;
    assert_eq!(after.len(), before.len());
    assert!(after.iter().all(|(_, version, ..)| *version == 2));
    assert_ne!(after, before);
    let line = world.timeline(&id(1)).await.pop().unwrap();
    assert_eq!((line.cause, line.model_version, line.at), (Cause::Model, 2, START.secs()));
    world.work().await;
    let fresh = world.beside(3, &changed()).await;
    fill(&fresh).await;
    assert_eq!(world.digest().await, fresh.digest().await);
    // What nobody needs any more is gone.
    let sql = world.sql().await;
    for table in ["account_state", "lead_state"] {
        let count = format!("SELECT COUNT(*) FROM {table} WHERE workspace_id = 2");
        assert_eq!(sql.numbers(&count).await, [[ACCOUNTS]], "{table}");
    }
}

async fn broken_off_it_goes_on_where_it_was(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let begun = world.begin_publishing(&changed()).await;
    lot(&world).await;
    let done = operation(&world, &begun.id).await.done;
    assert!(done > 0 && done < begun.total, "{done}");
    let world = world.restarted().await;
    assert_eq!(operation(&world, &begun.id).await.done, done);
    let mut lots = 0;
    while operation(&world, &begun.id).await.state == OperationState::Running {
        lot(&world).await;
        lots += 1;
    }
    // What was done before is not done again: two lots are left, and the look at what changed.
    assert_eq!(lots, 3);
    world.work().await;
    let fresh = world.beside(3, &changed()).await;
    fill(&fresh).await;
    assert_eq!(world.digest().await, fresh.digest().await);
}

/// Everything that can happen to accounts before and behind the place that the work has come to.
async fn happenings(world: &World, round: i64) {
    for n in [3, 430, 880] {
        let n = n + round;
        let row = |of: &str| activity(of, &format!("new-{n}")).kind("demo_request");
        world.record([row("crm").lead(&format!("p{n}")), row("web").account(&id(n + 1))]).await;
        world.accounts([account(&id(n + 2)).employees(7).industry("it")]).await;
        world.leads([lead(&format!("p{}", n + 3)).account(&id(n + 4)).title("CTO")]).await;
        world.delete_account(&id(n + 5)).await;
        world.record([row("x").lead(&format!("new{n}")).email(&format!("x@new{n}.com"))]).await;
    }
    world.pass(2 * DAY);
    world.apply_due().await;
}

async fn what_happens_meanwhile_is_in_the_new_scores(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let begun = world.begin_publishing(&changed()).await;
    for round in [0, 10] {
        lot(&world).await;
        happenings(&world, round).await;
    }
    let mut lots = 0;
    while operation(&world, &begun.id).await.state == OperationState::Running {
        lot(&world).await;
        lots += 1;
        assert!(lots < 20, "it does not end");
    }
    world.work().await;
    let fresh = world.beside(3, &changed()).await;
    fill(&fresh).await;
    happenings(&fresh, 0).await;
    happenings(&fresh, 10).await;
    assert_eq!(world.digest().await, fresh.digest().await);
    for account in [id(3), id(4), id(430), "new3.com".into(), id(700)] {
        let lines = world.timeline(&account).await;
        let sequences: Vec<i64> = lines.iter().map(|line| line.sequence).collect();
        assert_eq!(sequences, (1..=lines.len() as i64).collect::<Vec<_>>(), "{account}");
        assert!(lines.is_sorted_by_key(|line| (line.model_version, line.at)), "{account}");
    }
}

async fn what_time_has_brought_by_then_is_on_record_before_the_turn(world: World) {
    let large = "{name: large, when: account.employees >= 1000, points:";
    let other = lively(&format!("{large} 60"), &format!("{large} 10"));
    let mut told = Vec::new();
    for (workspace, timer) in [(2, true), (3, false)] {
        let world = world.beside(workspace, LIVELY).await;
        world.accounts([account("sap").employees(5_000)]).await;
        world.leads([lead("ada").account("sap").title("CTO")]).await;
        let row = |kind| activity("crm", kind).kind(kind).lead("ada");
        world.record([row("demo_request"), row("meeting_held")]).await;
        world.begin_publishing(&other).await;
        // Every account is made before a month passes in which nobody looks.
        lot(&world).await;
        world.pass(40 * DAY);
        if timer {
            world.apply_due().await;
        }
        world.work().await;
        assert_eq!(world.view("sap").await.scores.model_version, 2);
        told.push(world.timeline("sap").await);
        world.digest().await;
    }
    assert_eq!(told[0], told[1]);
    let (last, before) = told[1].split_last().unwrap();
    assert_eq!((last.cause, last.model_version), (Cause::Model, 2));
    assert!(before.iter().all(|line| line.model_version == 1 && line.at <= last.at));
    let by_time = |pair: &[abm_app::TimelineLine]| {
        pair[1].cause == Cause::Time && pair[1].tier != pair[0].tier
    };
    assert!(before.windows(2).any(by_time), "{before:?}");
}

async fn two_processes_at_it_do_it_once(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let other = world.replica().await;
    let before = world.timeline(&id(1)).await.len();
    world.begin_publishing(&changed()).await;
    let row = |n: i64| activity("late", &format!("{n}")).kind("page_view").lead(&format!("p{n}"));
    let happen = async {
        for n in 0..60 {
            world.record([row(n * 15)]).await;
        }
    };
    tokio::join!(world.work(), other.work(), happen);
    world.work().await;
    assert_eq!(world.app.model(world.workspace, None).await.unwrap().active, 2);
    let lines = world.timeline(&id(1)).await;
    let of_model = lines.iter().filter(|line| line.cause == Cause::Model).count();
    assert_eq!((lines.len(), of_model), (before + 1, 1));
    let fresh = world.beside(3, &changed()).await;
    fill(&fresh).await;
    fresh.record((0..60).map(|n| row(n * 15))).await;
    assert_eq!(world.digest().await, fresh.digest().await);
}

async fn it_ends_however_much_is_recorded_meanwhile(world: World) {
    // More accounts than a lot has are touched between any two steps.
    let all = |round: i64| {
        (0..ACCOUNTS).map(move |n| {
            activity("late", &format!("{round}-{n}")).kind("page_view").lead(&format!("p{n}"))
        })
    };
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let begun = world.begin_publishing(&changed()).await;
    let mut round = 0;
    loop {
        lot(&world).await;
        let found = operation(&world, &begun.id).await;
        assert!(found.done > 0, "{found:?}");
        if found.state == OperationState::Succeeded {
            assert_eq!((found.done, found.total), (ACCOUNTS as u64, ACCOUNTS as u64));
            break;
        }
        assert!(found.done < found.total, "{found:?}");
        assert!(round < 20, "it does not end");
        world.record(all(round)).await;
        round += 1;
        // All are to be made again, and that is told.
        assert_eq!(operation(&world, &begun.id).await.done, 0);
    }
    // More than a lot was left at the end, whenever somebody looked.
    assert!(round > 2, "{round}");
    world.work().await;
    let fresh = world.beside(3, &changed()).await;
    fill(&fresh).await;
    for round in 0..round {
        fresh.record(all(round)).await;
    }
    assert_eq!(world.digest().await, fresh.digest().await);
}

async fn a_draft_is_tried_published_and_retired(world: World) {
    let (app, workspace) = (&world.app, world.workspace);
    let draft = app.create_model_version(
        workspace,
        world.request(),
        LIVELY.into(),
        "livelier".into(),
        "ada".into(),
    );
    let (draft, _) = draft.await.unwrap();
    assert_eq!((draft.version, &draft.state), (2, &ModelState::Draft));
    world.record([activity("web", "1").kind("demo_request").account("ibm")]).await;
    assert_eq!(world.view("ibm").await.scores.model_version, 1, "a draft shows nothing");
    assert_eq!(
        world.view_at("ibm", None, Some(2)).await.scores.model_version,
        2,
        "it can be asked"
    );
    let publish = |rules: Rules| {
        app.publish_model(workspace, world.request(), rules, String::new(), Some(1), "bob".into())
    };
    let missing = publish(Rules::Draft(7)).await;
    assert!(matches!(missing, Err(AppError::NotFound { .. })), "{missing:?}");
    world.pass(60);
    publish(Rules::Draft(2)).await.unwrap();
    world.work().await;
    let state = |version| async move { app.model(workspace, Some(version)).await.unwrap().model };
    let first = state(1).await;
    assert_eq!(first.state.retired_at(), Some(world.now()));
    let second = state(2).await;
    assert_eq!((second.comment.as_str(), second.created_by.as_str()), ("livelier", "ada"));
    let ModelState::Published(publication) = second.state else { panic!("{second:?}") };
    assert_eq!((publication.at, publication.by.as_str()), (world.now(), "bob"));
    for (version, hint) in [(1, "RollBackModel"), (2, "in force already")] {
        let again = app.publish_model(
            workspace,
            world.request(),
            Rules::Draft(version),
            String::new(),
            None,
            "bob".into(),
        );
        let refused = again.await.unwrap_err();
        assert!(matches!(refused, AppError::StateForbids { .. }));
        assert!(refused.to_string().contains(hint), "{refused}");
    }
}

async fn stopped_it_leaves_nothing_behind(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let before = shown(&world).await;
    let begun = world.begin_publishing(&changed()).await;
    let (app, workspace) = (&world.app, world.workspace);
    let second = app.publish_model(
        workspace,
        world.request(),
        Rules::Earlier(1),
        String::new(),
        None,
        "bob".into(),
    );
    let refused = second.await.unwrap_err();
    assert!(refused.to_string().contains("version 2 comes into force"), "{refused}");
    lot(&world).await;
    let stop = || app.cancel_operation(workspace, world.request(), begun.id.clone());
    let stopped = stop().await.unwrap().0;
    assert_eq!(stopped.state, OperationState::Cancelled);
    assert!(matches!(stop().await, Err(AppError::StateForbids { .. })));
    world.work().await;
    assert_eq!(shown(&world).await, before);
    let draft = app.model(workspace, Some(2)).await.unwrap();
    assert_eq!((&draft.model.state, draft.publishing), (&ModelState::Draft, None));
    // Another one finds an empty place.
    assert_eq!(world.publish(&lively("points: 30", "points: 1")).await, 3);
    let fresh = world.beside(3, &lively("points: 30", "points: 1")).await;
    fill(&fresh).await;
    assert_eq!(world.digest().await, fresh.digest().await);
}

async fn what_fails_again_and_again_ends_with_a_message(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let sql = world.sql().await;
    let state = async |n: i64, change: &str| {
        let of = format!("workspace_id = 2 AND account_id = '{}'", id(n));
        sql.execute(&format!("UPDATE account_state SET fit = fit {change} WHERE {of}")).await;
    };
    let fails = async |times: usize| {
        let mut failed = 0;
        while failed < times {
            match world.app.work_on(world.workspace).await {
                Err(AppError::Store(_)) => failed += 1,
                // The attempt before lets its lock go in the background.
                Ok(false) => tokio::task::yield_now().await,
                other => panic!("{other:?}"),
            }
        }
    };
    let begun = world.begin_publishing(&changed()).await;
    // What passes does not count.
    state(5, "+ 101").await;
    fails(4).await;
    state(5, "- 101").await;
    lot(&world).await;
    state(500, "+ 101").await;
    fails(4).await;
    assert_eq!(operation(&world, &begun.id).await.state, OperationState::Running);
    lot(&world).await;
    let failed = operation(&world, &begun.id).await;
    assert_eq!((failed.state, failed.done), (OperationState::Failed, 400));
    assert!(failed.message.contains("5 times in a row: a stored value of account_state"));
    assert_eq!(world.app.model(world.workspace, None).await.unwrap().active, 1);
    world.work().await;
    state(500, "- 101").await;
    assert_eq!(world.publish(&changed()).await, 3);
}
