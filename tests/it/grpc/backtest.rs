//! Backtests, as callers get them.

use abm_app::Role;
use abm_client::v1;
use abm_tests::{START, Served, World, account, activity, both_engines, days, opportunity};
use tonic::Code;

both_engines!(a_backtest_is_told_by_date_and_over_all, a_backtest_is_refused_where_it_is_wrong);

fn moment(secs: i64) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: START.secs() + secs, nanos: 0 }
}

fn question() -> v1::BacktestModelRequest {
    v1::BacktestModelRequest {
        series: Some(v1::BacktestSeries { start: Some(moment(0)), step_days: 5, count: 2 }),
        window_days: 30,
        outcome: v1::BacktestOutcome::OpportunityWon.into(),
        score: v1::BacktestScore::Engagement.into(),
        ..Default::default()
    }
}

async fn a_backtest_is_told_by_date_and_over_all(world: World) {
    let served = Served::open(world).await;
    let world = &served.world;
    world.at(days(60));
    let ids: Vec<String> = (0..100).map(|n| format!("a{n:02}")).collect();
    world.accounts(ids.iter().map(|id| account(id))).await;
    let asked = ids.iter().take(50).map(|id| activity("web", id).account(id));
    world.record(asked.collect::<Vec<_>>()).await;
    // Everybody who asked for a demo buys, but for ten of each side.
    let wins = ids.iter().take(40).chain(ids.iter().skip(90));
    let wins = wins.map(|id| opportunity(id).account(id).won(days(3)));
    world.opportunities(wins.collect::<Vec<_>>()).await;
    let client = served.client_as(Role::Marketing).await;
    let reply = client.backtest_model(question()).await.unwrap();
    assert_eq!((reply.accounts, reply.accounts_with_outcome), (100, 50));
    assert_eq!(reply.capacity, 200, "that of the default model");
    assert!(reply.compared.is_none() && reply.comparison.is_none());
    let tried = reply.tried.unwrap();
    assert_eq!(tried.version, 1);
    let dates: Vec<_> = tried
        .dates
        .iter()
        .map(|date| {
            let rows = date.measures.as_ref().unwrap().rows;
            (date.as_of.unwrap(), date.until.unwrap(), rows, date.left_out_had_outcome)
        })
        .collect();
    let (first, second) = (days(0), days(5));
    assert_eq!(
        dates,
        [
            (moment(first), moment(first + days(30)), 100, 0),
            (moment(second), moment(second + days(30)), 50, 50),
        ]
    );
    let measures = tried.dates[0].measures.as_ref().unwrap();
    assert_eq!(measures.verdict(), v1::ScoreVerdict::Good);
    assert_eq!(measures.deciles.len(), 10);
    assert!((measures.auc.unwrap().value - 0.8).abs() < 1e-9, "{:?}", measures.auc);
    // The same dates one by one, and a file in place of the version: the very same answer.
    let file = client.get_model(v1::GetModelRequest::default()).await.unwrap().model.unwrap();
    let listed = v1::BacktestModelRequest {
        series: None,
        as_of: vec![moment(days(5)), moment(0)],
        model_file: file.model_file,
        ..question()
    };
    let listed = client.backtest_model(listed).await.unwrap();
    assert_eq!(listed.tried.as_ref().unwrap().dates, tried.dates);
    assert_eq!(listed.compared.unwrap().pooled, tried.pooled);
    assert_eq!(listed.comparison.unwrap().text, "no difference can be told");
    served.stop().await;
}

async fn a_backtest_is_refused_where_it_is_wrong(world: World) {
    let served = Served::with(world, |_| {}).await;
    served.world.at(days(60));
    let client = served.client_as(Role::Marketing).await;
    assert!(client.backtest_model(question()).await.is_ok());
    let series =
        |step_days, count| Some(v1::BacktestSeries { start: Some(moment(0)), step_days, count });
    type Asked = v1::BacktestModelRequest;
    for (wrong, expected) in [
        (Asked { outcome: 0, ..question() }, "outcome"),
        (Asked { outcome: 77, ..question() }, "outcome"),
        (Asked { activity_rule: "true".into(), ..question() }, "activity_rule"),
        (Asked { score: 77, ..question() }, "score"),
        (Asked { capacity: -1, ..question() }, "capacity"),
        (Asked { window_days: -1, ..question() }, "window_days"),
        (Asked { window_days: 366, ..question() }, "window_days"),
        (Asked { window_days: 60, ..question() }, "series: the window after its date 1"),
        (Asked { window_days: 57, ..question() }, "series: the window after its date 2"),
        (
            Asked { window_days: 60, series: None, as_of: vec![moment(0)], ..question() },
            "as_of[0]: the window after this date",
        ),
        (Asked { series: None, ..question() }, "as_of"),
        (Asked { series: None, as_of: vec![moment(0); 25], ..question() }, "as_of"),
        (Asked { as_of: vec![moment(0)], ..question() }, "series"),
        (Asked { series: series(0, 1), ..question() }, "series.step_days"),
        (Asked { series: series(1, 25), ..question() }, "series.count"),
        (Asked { series: Some(v1::BacktestSeries::default()), ..question() }, "series.start"),
        (Asked { version: 1, model_file: "name: a".into(), ..question() }, "model_file"),
        (Asked { model_file: "name: [".into(), ..question() }, "model_file"),
        (Asked { segment_rule: "account.nme == ''".into(), ..question() }, "segment_rule"),
    ] {
        let refused = client.backtest_model(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{expected}");
        assert!(refused.to_string().contains(expected), "{expected}: {refused}");
    }
    for unknown in [Asked { version: 9, ..question() }, Asked { compare_version: 9, ..question() }]
    {
        let refused = client.backtest_model(unknown).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
    }
    let sales = served.client_as(Role::Sales).await;
    let refused = sales.backtest_model(question()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    served.stop().await;
}
