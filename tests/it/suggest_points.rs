//! Points of signals learned from what became of accounts after past dates.

use abm_app::{
    AppError, BacktestOutcome, OutcomeWindows, PointsQuestion, PointsSuggested, Waiting,
};
use abm_core::model;
use abm_learn::suggest::Reason;
use abm_tests::{LIVELY, START, World, account, activity, both_engines, days, opportunity};

both_engines!(
    what_tells_gets_the_points_and_orders_later_dates_better,
    nothing_from_after_the_last_third_begins_decides_the_draft,
    what_cannot_be_learned_is_refused,
);

/// The last one is held out.
const DATES: [i64; 3] = [days(10), days(45), days(80)];
const ACCOUNTS: usize = 500;

fn windows() -> OutcomeWindows {
    OutcomeWindows {
        dates: DATES.iter().map(|date| START + *date).collect(),
        is_series: false,
        window_days: 30,
        outcome: BacktestOutcome::Won,
    }
}

fn question() -> PointsQuestion {
    PointsQuestion {
        windows: windows(),
        leave_out: Vec::new(),
        allow: Vec::new(),
        base: None,
        capacity: Some(50),
    }
}

async fn suggest(world: &World, question: PointsQuestion) -> Result<PointsSuggested, AppError> {
    let waiting = Waiting::default();
    world.app.suggest_points(world.workspace, question, waiting.awaited()).await
}

/// A number from 0 to 99 that looks drawn.
fn drawn(one: usize, other: usize) -> usize {
    let mut mixed = (one as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (other as u64) << 32;
    mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    usize::try_from((mixed ^ (mixed >> 32)) % 100).unwrap()
}

/// Accounts of which some met sales and some looked at prices the day before each date. Who looked
/// at prices buys far more often; a meeting tells nothing, whatever the model says. `buys_later`
/// says who buys after the date held out.
async fn filled(world: &World, number: i64, buys_later: impl Fn(bool) -> bool) -> World {
    let world = world.beside(number, LIVELY).await;
    world.at(days(200));
    let name = |n: usize| format!("a{n:03}");
    world.accounts((0..ACCOUNTS).map(|n| account(&name(n)))).await;
    let (mut done, mut sales) = (Vec::new(), Vec::new());
    for n in 0..ACCOUNTS {
        for (round, date) in DATES.into_iter().enumerate() {
            let looked = drawn(n, 10 * round) < 40;
            let at = date - days(1);
            let id = |what: &str| format!("{n}-{round}-{what}");
            let made = |what: &str| activity("web", &id(what)).account(&name(n)).after(at);
            if looked {
                done.push(made("price").kind("page_view").attribute("url", "/pricing"));
            }
            if drawn(n, 10 * round + 1) < 40 {
                done.push(made("meeting").kind("meeting_held"));
            }
            let buys = drawn(n, 10 * round + 2) < if looked { 45 } else { 8 };
            let is_last = round + 1 == DATES.len();
            if if is_last { buys_later(buys) } else { buys } {
                let (opened, won) = (date + days(2), date + days(20));
                sales.push(opportunity(&name(n)).account(&name(n)).opened(opened).won(won));
                break;
            }
        }
    }
    world.record(done).await;
    world.opportunities(sales).await;
    world
}

async fn what_tells_gets_the_points_and_orders_later_dates_better(world: World) {
    let world = filled(&world, 2, |buys| buys).await;
    let draft = suggest(&world, question()).await.unwrap();
    let points = |name: &str| {
        let found = draft.learned.signals.iter().find(|signal| signal.name == name);
        found.map(|signal| signal.points)
    };
    assert_eq!(draft.learned.signals[0].name, "pricing", "{:?}", draft.learned);
    let (pricing, meeting) = (points("pricing").unwrap(), points("meeting").unwrap());
    assert!(pricing > 8 && meeting.abs() * 3 < pricing, "{pricing} and {meeting}");
    // Nobody asked for a demo: nothing is known of it.
    let demo = draft.learned.left_out.iter().find(|left| left.name == "demo").unwrap();
    assert_eq!(demo.reason, Reason::Seldom { accounts: 0 });
    assert!(points("bounce").is_none(), "what counts nothing is not learned");
    let file = model::read_file(&draft.file).unwrap();
    let of = |name: &str| file.signals.iter().find(|signal| signal.name == name).unwrap().points;
    assert_eq!((of("pricing"), of("meeting")), (pricing.into(), meeting.into()));
    assert_eq!((of("demo"), of("bounce")), (30.0, 0.0));
    // Held against the version in force at the date that was held out.
    let found = &draft.backtest;
    let dates: Vec<_> = found.tried.dates.iter().map(|date| date.as_of).collect();
    assert_eq!(dates, [START + DATES[2]]);
    let auc = |rules: &abm_app::BacktestedRules| rules.pooled.auc.unwrap().value;
    let base = found.against.as_ref().unwrap();
    assert_eq!((found.tried.version, base.version), (0, draft.base));
    assert!(auc(&found.tried) > auc(base), "{} and {}", auc(&found.tried), auc(base));
    assert!(found.comparison.unwrap().auc_gain.interval.low > 0.0, "{:?}", found.comparison);
    // What is to keep its points keeps them, and is told.
    let leave_out = vec!["pricing".to_owned()];
    let kept = suggest(&world, PointsQuestion { leave_out, ..question() }).await.unwrap();
    assert!(kept.learned.left_out.iter().any(|left| left.reason == Reason::Named));
    let file = model::read_file(&kept.file).unwrap();
    assert_eq!(file.signals.iter().find(|signal| signal.name == "pricing").unwrap().points, 8.0);
}

async fn nothing_from_after_the_last_third_begins_decides_the_draft(world: World) {
    let one = filled(&world, 2, |buys| buys).await;
    let other = filled(&world, 3, |buys| !buys).await;
    let (one, other) =
        (suggest(&one, question()).await.unwrap(), suggest(&other, question()).await.unwrap());
    assert_eq!((&one.file, &one.learned), (&other.file, &other.learned));
    let auc = |found: &PointsSuggested| found.backtest.tried.pooled.auc.unwrap().value;
    assert!(auc(&one) > 0.6 && auc(&other) < 0.4, "{} and {}", auc(&one), auc(&other));
}

async fn what_cannot_be_learned_is_refused(world: World) {
    let world = filled(&world, 2, |buys| buys).await;
    let of = |windows| PointsQuestion { windows, ..question() };
    let at = |days: &[i64]| {
        let dates = days.iter().map(|date| START + *date).collect();
        of(OutcomeWindows { dates, ..windows() })
    };
    let after = |rule: &str| {
        let outcome = BacktestOutcome::Activity(rule.into());
        of(OutcomeWindows { outcome, ..windows() })
    };
    for (asked, field, message) in [
        (at(&DATES[..1]), "history.as_of", "no window"),
        (at(&[days(10), days(39)]), "history.as_of", "no window"),
        (at(&[]), "history.as_of", "0 dates"),
        (of(OutcomeWindows { window_days: 0, ..windows() }), "history.window_days", "1 to 365"),
        (after("x"), "history.activity_rule", "x"),
        (after("false"), "history.outcome", "0 examples have the outcome"),
    ] {
        let refused = suggest(&world, asked).await.unwrap_err();
        let AppError::Invalid(found) = &refused else { panic!("{refused:?}") };
        assert_eq!(found[0].field, field);
        assert!(found[0].message.contains(message), "{found:?}");
    }
    let gone = Waiting::default().awaited();
    let found = world.app.suggest_points(world.workspace, question(), gone).await;
    assert!(matches!(found, Err(AppError::Abandoned)), "{found:?}");
}
