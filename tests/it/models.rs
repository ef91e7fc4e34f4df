//! Another version of the model: everything is assessed anew, nothing is lost.

use abm_app::{AppError, Rules};
use abm_core::DAY;
use abm_store::Cause;
use abm_tests::{HOUR, LIVELY, START, World, account, activity, both_engines, lead, lively};

both_engines!(
    changed_points_change_every_score_without_reading_an_activity,
    changed_matching_rules_make_every_ledger_anew,
    a_past_moment_is_shown_as_it_was_shown_then,
    an_older_version_can_still_be_asked,
    a_model_with_problems_is_refused_and_the_old_one_stays,
);

/// People with an account and without, and a visitor, who did a bit of everything.
async fn fill(world: &World) {
    world.accounts([account("ibm").domain("ibm.com").employees(5_000).industry("it")]).await;
    world.leads([lead("ada").email("ada@ibm.com").title("CTO"), lead("bob")]).await;
    let kinds = ["page_view", "demo_request", "bounce", "meeting_held", "unsubscribe"];
    for n in 0..60_i64 {
        let row = activity("web", &format!("{n}")).kind(kinds[n as usize % 5]);
        let url = if n % 3 == 0 { "/pricing" } else { "/about" };
        let row = row.attribute("url", url).after(-n * 11 * HOUR);
        world
            .record([match n % 4 {
                0 => row.lead("ada"),
                1 => row.lead("bob"),
                2 => row.lead("eve").email("eve@suse.com"),
                _ => row.account("ibm"),
            }])
            .await;
    }
}

async fn assert_same_as_from_the_start(world: &World, model: &str) {
    let fresh = world.beside(99, model).await;
    fill(&fresh).await;
    assert_eq!(world.digest().await, fresh.digest().await);
}

async fn changed_points_change_every_score_without_reading_an_activity(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let before = world.digest().await;
    let model = lively("points: 30", "points: 10").replace("hold_days: 5", "hold_days: 1");
    // Without the activities nothing could be made anew.
    let sql = world.sql().await;
    sql.execute("ALTER TABLE activity RENAME TO hidden").await;
    assert_eq!(world.publish(&model).await, 2);
    sql.execute("ALTER TABLE hidden RENAME TO activity").await;
    assert_ne!(world.digest().await, before);
    assert_eq!(world.app.model(world.workspace, None).await.unwrap().active, 2);
    let last = world.timeline("ibm").await.pop().unwrap();
    assert_eq!((last.cause, last.model_version, last.at), (Cause::Model, 2, START.secs()));
    assert_same_as_from_the_start(&world, &model).await;
}

async fn changed_matching_rules_make_every_ledger_anew(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let before = world.digest().await;
    let model = lively("\"bounce\"', ignore: true", "\"bounce\"', points: 25")
        .replace("contains(\"/pricing\")", "contains(\"/about\")");
    world.publish(&model).await;
    // Some have no account; their ledgers are made anew when they are touched or looked at.
    let touched = world.person("bob").await.1.engagement;
    world.record([activity("web", "new").lead("bob")]).await;
    world.record([activity("web", "new-2").lead("ada")]).await;
    assert!(world.person("bob").await.1.engagement > touched);
    assert_ne!(world.digest().await, before);
    let fresh = world.beside(99, &model).await;
    fill(&fresh).await;
    fresh
        .record(
            ["new", "new-2"]
                .map(|id| activity("web", id).lead(if id == "new" { "bob" } else { "ada" })),
        )
        .await;
    assert_eq!(world.digest().await, fresh.digest().await);
    // And back again.
    world.publish(LIVELY).await;
    let fresh = world.beside(98, LIVELY).await;
    fill(&fresh).await;
    fresh
        .record(
            ["new", "new-2"]
                .map(|id| activity("web", id).lead(if id == "new" { "bob" } else { "ada" })),
        )
        .await;
    assert_eq!(world.digest().await, fresh.digest().await);
}

async fn a_past_moment_is_shown_as_it_was_shown_then(world: World) {
    let world = world.beside(2, LIVELY).await;
    world.accounts([account("ibm").domain("ibm.com").employees(5_000)]).await;
    world.leads([lead("ada").email("ada@ibm.com").title("CTO")]).await;
    let mut shown = Vec::new();
    for n in 0..60_i64 {
        world.at(n * DAY);
        if n % 4 == 0 && n < 13 {
            world.record([activity("web", &format!("{n}")).lead("ada").after(n * DAY)]).await;
        }
        world.apply_due().await;
        shown.push((world.now(), world.view("ibm").await));
    }
    let tiers: std::collections::BTreeSet<_> = shown.iter().map(|(_, v)| v.scores.tier).collect();
    assert!(tiers.len() >= 3, "{tiers:?}");
    for (at, then) in shown {
        let now = world.view_at("ibm", Some(at), None).await;
        let figures = |view: &abm_app::AccountView| {
            let s = &view.scores;
            (s.engagement, s.fit, s.tier, s.held_until, s.mqa, s.priority, s.engaged_people)
        };
        assert_eq!(figures(&now), figures(&then));
        assert_eq!(now.scores.last_activity, then.scores.last_activity);
        assert_eq!((now.label, now.people), (then.label, then.people));
        assert!(now.raw_points.is_some());
    }
}

async fn an_older_version_can_still_be_asked(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let before = world.view("ibm").await;
    let rules = lively("\"page_view\"'", "\"visit\"'").replace("points: 30", "points: 5");
    world.publish(&rules).await;
    world.digest().await;
    assert_ne!(world.view("ibm").await.scores.engagement, before.scores.engagement);
    let asked = world.view_at("ibm", None, Some(1)).await;
    assert_eq!(
        (asked.scores.engagement, asked.scores.tier),
        (before.scores.engagement, before.scores.tier)
    );
    assert_eq!((asked.scores.model_version, asked.people), (1, before.people));
    let unknown = world.app.model(world.workspace, Some(3)).await;
    assert!(matches!(unknown, Err(AppError::NotFound { .. })));
}

async fn a_model_with_problems_is_refused_and_the_old_one_stays(world: World) {
    let file = lively("points: 30", "points: 30000");
    assert_eq!(world.app.validate_model(&file).len(), 1);
    assert!(world.app.validate_model(LIVELY).is_empty());
    let request = world.request();
    let (app, workspace) = (&world.app, world.workspace);
    let refused =
        app.publish_model(workspace, request, Rules::File(file), String::new(), None, "x".into());
    assert!(matches!(refused.await, Err(AppError::Model(_))));
    assert_eq!(app.model(workspace, None).await.unwrap().active, 1);
}
