//! Scores of past dates against what became of accounts: what counts, and that nothing leaks.

use abm_app::{
    AppError, Backtest, BacktestOutcome, BacktestQuestion, BacktestScore, BacktestedRules, LeftOut,
    ModelChoice, OutcomeWindows, SuggestQuestion, Waiting,
};
use abm_core::{AccountId, Timestamp};
use abm_tests::{
    AnAccount, AnActivity, LIVELY, START, World, account, activity, both_engines, days, lead,
    lively, opportunity,
};

both_engines!(
    a_true_signal_is_told_and_none_where_there_is_none,
    too_few_outcomes_are_said_to_be_too_few,
    nothing_from_the_future_reaches_a_date,
    activities_marked_by_a_rule_are_outcomes_in_their_window_alone,
    who_is_no_prospect_is_left_out_and_counted,
    dates_are_pooled_without_passing_for_more_accounts,
    rules_are_held_against_others_on_the_same_accounts,
    a_question_that_cannot_be_answered_is_refused,
    what_reads_the_whole_base_ends_when_nobody_waits,
);

/// The date of most backtests, and the end of the 30 days after it.
const DATE: i64 = days(10);
const END: i64 = days(40);

fn name(number: usize) -> String {
    format!("a{number:03}")
}

fn windows() -> OutcomeWindows {
    OutcomeWindows {
        dates: vec![START + DATE],
        is_series: false,
        window_days: 30,
        outcome: BacktestOutcome::Won,
    }
}

fn question() -> BacktestQuestion {
    BacktestQuestion {
        rules: ModelChoice::Active,
        against: None,
        windows: windows(),
        score: BacktestScore::Engagement,
        segment: String::new(),
        capacity: Some(50),
    }
}

fn at(dates: Vec<Timestamp>) -> BacktestQuestion {
    BacktestQuestion { windows: OutcomeWindows { dates, ..windows() }, ..question() }
}

fn after(outcome: BacktestOutcome) -> BacktestQuestion {
    BacktestQuestion { windows: OutcomeWindows { outcome, ..windows() }, ..question() }
}

async fn backtest(world: &World, question: BacktestQuestion) -> Backtest {
    let waiting = Waiting::default();
    let found = world.app.backtest_model(world.workspace, question, waiting.awaited()).await;
    found.unwrap()
}

/// A workspace long after everything, with `count` accounts, every third of them large. Of the
/// even ones somebody asked for a demo the day before the date; `chance` percent of even and of
/// odd ones are won in the window.
async fn filled(world: &World, number: i64, count: usize, chance: (usize, usize)) -> World {
    let world = world.beside(number, LIVELY).await;
    world.at(days(100));
    let large = |n: usize| if n.is_multiple_of(3) { 5_000 } else { 50 };
    world.accounts((0..count).map(|n| account(&name(n)).employees(large(n)))).await;
    world.leads([lead("ada").account("a000").title("CTO")]).await;
    let asked = (0..count).step_by(2);
    let asked = asked.map(|n| activity("web", &name(n)).account(&name(n)).after(days(9)));
    world.record(asked.collect::<Vec<AnActivity>>()).await;
    let wins = (0..count).filter(|n| {
        let chance = if n.is_multiple_of(2) { chance.0 } else { chance.1 };
        n * 7919 % 100 < chance
    });
    let wins = wins.map(|n| opportunity(&name(n)).account(&name(n)).opened(days(11)).won(days(20)));
    world.opportunities(wins.collect::<Vec<_>>()).await;
    world
}

async fn a_true_signal_is_told_and_none_where_there_is_none(world: World) {
    let told = filled(&world, 2, 200, (60, 20)).await;
    for outcome in [BacktestOutcome::Won, BacktestOutcome::Created] {
        let segment = "account.employees >= 1000".to_owned();
        let found = backtest(&told, BacktestQuestion { segment, ..after(outcome) }).await;
        assert_eq!((found.accounts, found.accounts_with_outcome), (200, 80));
        assert!(found.against.is_none() && found.comparison.is_none());
        let measures = &found.tried.dates[0].measures;
        assert_eq!((measures.rows, measures.positives), (200, 80));
        assert!((measures.auc.unwrap().value - 17.0 / 24.0).abs() < 1e-9, "{measures:?}");
        assert!(measures.verdict.to_string().starts_with("fair"), "{}", measures.verdict);
        // Half of the accounts show the same, and 60 % of them are won.
        let best = measures.capacity.unwrap();
        let precision = best.precision.unwrap().value;
        assert_eq!((best.rows, (precision * 1e9).round()), (50, 6e8));
        assert!((measures.deciles[0].lift - 1.5).abs() < 1e-9);
        assert!(measures.brier.unwrap().interval.high < measures.brier_of_base_rate);
        let segments: Vec<_> =
            measures.segments.iter().map(|part| (part.name.as_str(), part.rows)).collect();
        assert_eq!(segments, [("no", 133), ("yes", 67)]);
        assert_eq!(found.tried.pooled.auc, measures.auc, "one date is all dates");
    }
    let untold = filled(&world, 3, 200, (40, 40)).await;
    for score in [BacktestScore::Engagement, BacktestScore::Rank] {
        let measures = backtest(&untold, BacktestQuestion { score, ..question() }).await;
        let measures = measures.tried.pooled;
        let auc = measures.auc.unwrap().value;
        assert!((0.45..0.55).contains(&auc), "{auc}");
        assert_eq!(measures.verdict.to_string(), "no better than chance");
    }
}

async fn too_few_outcomes_are_said_to_be_too_few(world: World) {
    let world = filled(&world, 2, 60, (60, 20)).await;
    let found = backtest(&world, question()).await.tried.pooled;
    assert!(found.positives > 0 && found.positives < 30, "{}", found.positives);
    assert_eq!(found.verdict.to_string(), "too few outcomes to say anything");
    assert_eq!((found.auc, found.top_tenth_lift, found.brier), (None, None, None));
    assert_eq!(found.capacity.unwrap().precision, None);
    let later = vec![START + days(50)];
    let found = backtest(&world, at(later)).await;
    assert_eq!(found.tried.pooled.auc, None, "nobody was won after day 50");
    assert_eq!(found.tried.pooled.verdict.to_string(), "too few outcomes to say anything");
}

/// What is found for each of the three scores, but for who is not there.
async fn found(world: &World, outcome: &BacktestOutcome) -> Vec<BacktestedRules> {
    let mut all = Vec::new();
    for score in [BacktestScore::Engagement, BacktestScore::Fit, BacktestScore::Rank] {
        let asked = BacktestQuestion { score, ..after(outcome.clone()) };
        all.push(backtest(world, asked).await.tried);
    }
    all
}

fn assert_same(one: &[BacktestedRules], other: &[BacktestedRules], what: &str) {
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one.pooled, other.pooled, "{what}");
        assert_eq!(one.dates[0].measures, other.dates[0].measures, "{what}");
        let (one, other) = (one.dates[0].left_out, other.dates[0].left_out);
        assert_eq!((one.had_outcome, one.vague), (other.had_outcome, other.vague), "{what}");
    }
}

async fn nothing_from_the_future_reaches_a_date(world: World) {
    let world = filled(&world, 2, 100, (60, 20)).await;
    let won = BacktestOutcome::Won;
    let before = found(&world, &won).await;
    // After the date: by an unknown visitor, by somebody known, by people and at accounts that
    // nobody had seen, at a large account whose fit they would lower.
    let later = [1, days(1), days(29), days(60)].into_iter().flat_map(|after| {
        let id = |who: &str| format!("{who}-{after}");
        [
            activity("later", &id("visitor")).account("a001"),
            activity("later", &id("ada")).lead("ada"),
            activity("later", &id("new")).lead(&id("new")).account("a003"),
            activity("later", &id("away"))
                .lead(&id("away"))
                .email(&format!("x@new-firm-{after}.com")),
            activity("later", &id("account")).account(&id("unheard-of")),
        ]
        .map(|activity| activity.after(DATE + after))
    });
    world.record(later.collect::<Vec<_>>()).await;
    assert_same(&found(&world, &won).await, &before, "activities after the date");
    // After the window: of accounts that were won in it, that were not, and of a new one.
    let sales = ["a000", "a001", "a099", "unheard-of"].into_iter().flat_map(|account| {
        [1, days(30)].map(|after| {
            let sale = opportunity(&format!("later-{account}-{after}")).account(account);
            sale.opened(END + after).won(END + after)
        })
    });
    world.opportunities(sales.collect::<Vec<_>>()).await;
    assert_same(&found(&world, &won).await, &before, "outcomes after the window");
    // In the last second of the window and of the date it is another matter.
    let sale = opportunity("last").account("a003").opened(END).won(END);
    world.opportunities([sale]).await;
    let after = found(&world, &won).await;
    assert_eq!(after[0].pooled.positives, before[0].pooled.positives + 1);
    world.record([activity("now", "1").account("a001").after(DATE)]).await;
    let with = found(&world, &won).await;
    assert_ne!(with[0].pooled.auc, after[0].pooled.auc, "an activity at the date counts");
    // A person seen by the date is part of the account.
    world.record([activity("now", "2").lead("early").account("a003").after(DATE)]).await;
    assert_ne!(found(&world, &won).await[1].pooled.bins, with[1].pooled.bins);
}

async fn activities_marked_by_a_rule_are_outcomes_in_their_window_alone(world: World) {
    let world = filled(&world, 2, 100, (60, 20)).await;
    let rule = r#"activity.type == "stage" && activity.attributes.stage == "SQL""#;
    let sql = BacktestOutcome::Activity(rule.to_owned());
    let mark = |id: &str, after: i64| {
        activity("crm", id).kind("stage").attribute("stage", "SQL").after(after)
    };
    let marked = (0..40).map(|n| mark(&name(n), days(20)).account(&name(n)));
    world.record(marked.collect::<Vec<_>>()).await;
    let before = found(&world, &sql).await;
    assert_eq!(before[0].pooled.positives, 40);
    let others = [
        mark("after", END + 1).account("a050"),
        mark("other", days(20)).account("a051").attribute("stage", "MQL"),
        mark("person", END + 1).lead("bob").account("a052"),
    ];
    world.record(others).await;
    assert_same(&found(&world, &sql).await, &before, "what is no outcome in the window");
    world.leads([lead("cleo").account("a053")]).await;
    world.record([mark("cleo", END).lead("cleo"), mark("had", DATE).account("a000")]).await;
    let after = found(&world, &sql).await;
    let date = &after[0].dates[0];
    assert_eq!((date.measures.positives, date.left_out.had_outcome), (40, 1));
    assert_eq!(date.measures.rows, before[0].pooled.rows - 1);
}

async fn who_is_no_prospect_is_left_out_and_counted(world: World) {
    let world = world.beside(2, LIVELY).await;
    world.at(days(100));
    world.accounts(["won", "lost", "open", "vague", "free"].map(account)).await;
    let sales = [
        opportunity("1").account("won").opened(days(2)).won(DATE),
        opportunity("2").account("lost").opened(DATE).lost("price"),
        opportunity("3").account("open").opened(DATE + 1),
        opportunity("4").account("vague"),
        opportunity("5").account("derived").opened(days(20)).won(days(21)),
        opportunity("6").account("old").opened(days(1)),
    ];
    world.opportunities(sales).await;
    world.leads([lead("bob").email("bob@told-firm.com")]).await;
    let at = [("early", DATE), ("late", DATE + 1)];
    world.record(at.map(|(id, at)| activity("web", id).account(id).after(at))).await;
    let ids = world.account_ids().await;
    assert_eq!(ids.len(), 10, "{ids:?}");
    let left_out = async |outcome| {
        let found = backtest(&world, after(outcome)).await;
        let date = &found.tried.dates[0];
        (date.left_out, date.measures.rows, date.measures.positives)
    };
    let out = |had_outcome, vague| LeftOut { had_outcome, not_there: 2, vague };
    // `derived` and `late` were not there; `won`, `lost` and `old` were opened.
    assert_eq!(left_out(BacktestOutcome::Created).await, (out(3, 1), 4, 1));
    // Whether `vague` is won is known: it is not.
    assert_eq!(left_out(BacktestOutcome::Won).await, (out(1, 0), 7, 0));
}

async fn dates_are_pooled_without_passing_for_more_accounts(world: World) {
    let world = filled(&world, 2, 100, (40, 16)).await;
    // Nobody was won by the 20th day, so that all dates tell of the same wins.
    let dates: Vec<_> = (10..20).map(|day| START + days(day)).collect();
    let found = backtest(&world, at(dates)).await;
    assert_eq!((found.accounts, found.accounts_with_outcome), (100, 28));
    let pooled = &found.tried.pooled;
    assert_eq!((pooled.rows, pooled.positives), (1_000, 280));
    assert_eq!(pooled.capacity.unwrap().rows, 500);
    assert_eq!(pooled.verdict.to_string(), "too few outcomes to say anything");
    assert_eq!(found.tried.dates.len(), 10);
    let engaged = |day: usize| found.tried.dates[day].measures.bins.last().unwrap().highest;
    assert!(engaged(0) > engaged(9), "each date is assessed at its own second");
    // In any order the dates are the same.
    let turned: Vec<_> = (10..20).rev().map(|day| START + days(day)).collect();
    let again = backtest(&world, at(turned)).await;
    assert_eq!(again.tried.pooled, found.tried.pooled);
    // What was assessed is what is shown of that moment.
    let id = AccountId::new("a000").unwrap();
    let shown = world.app.account_view(world.workspace, &id, Some(START + DATE), None, 0);
    assert_eq!(f64::from(shown.await.unwrap().scores.engagement), engaged(0));
}

async fn rules_are_held_against_others_on_the_same_accounts(world: World) {
    let world = filled(&world, 2, 200, (60, 20)).await;
    // Rules that do not know what a demo request is: ledgers are made anew.
    let blind = lively(r#"activity.type == "demo_request""#, r#"activity.type == "nothing""#);
    let file = BacktestQuestion { rules: ModelChoice::File(blind.clone()), ..question() };
    let found = backtest(&world, file).await;
    let against = found.against.unwrap();
    assert_eq!((found.tried.version, against.version), (0, 1));
    assert_eq!(found.tried.pooled.verdict.to_string(), "no better than chance");
    assert_eq!(against.pooled.positives, found.tried.pooled.positives);
    let comparison = found.comparison.unwrap();
    assert_eq!(comparison.to_string(), "orders worse than the other");
    assert!((comparison.auc_gain.value + 5.0 / 24.0).abs() < 1e-9);
    // In force, it is tried alone, and the version before can be held against it.
    assert_eq!(world.publish(&blind).await, 2);
    assert!(backtest(&world, question()).await.against.is_none());
    let asked = BacktestQuestion { rules: ModelChoice::Version(1), ..question() };
    let turned = backtest(&world, asked).await;
    assert_eq!(turned.comparison.unwrap().to_string(), "orders better than the other");
    assert_eq!(turned.tried.pooled, against.pooled, "whichever version is in force");
    let same = backtest(&world, BacktestQuestion { against: Some(2), ..question() }).await;
    assert_eq!(same.comparison.unwrap().to_string(), "no difference can be told");
}

async fn a_question_that_cannot_be_answered_is_refused(world: World) {
    let world = world.beside(2, LIVELY).await;
    world.accounts(["a", "b"].map(account).into_iter().collect::<Vec<AnAccount>>()).await;
    world.at(END);
    let waiting = Waiting::default();
    let ask = |question| world.app.backtest_model(world.workspace, question, waiting.awaited());
    let refused = async |question: BacktestQuestion| match ask(question).await {
        Err(AppError::Invalid(found)) => found[0].field.clone(),
        other => panic!("{other:?}"),
    };
    let asked = |dates: Vec<i64>| at(dates.into_iter().map(|date| START + date).collect());
    let of = |windows| BacktestQuestion { windows, ..question() };
    let first = || OutcomeWindows { dates: vec![START], ..windows() };
    assert_eq!(refused(question()).await, "as_of[0]", "the last second of the window is not over");
    assert_eq!(refused(asked(vec![])).await, "as_of");
    assert_eq!(refused(asked((-24..1).map(days).collect())).await, "as_of");
    assert_eq!(refused(asked(vec![0, 0])).await, "as_of");
    for window_days in [0, 366] {
        let field = refused(of(OutcomeWindows { window_days, ..first() })).await;
        assert_eq!(field, "window_days");
    }
    let outcome = BacktestOutcome::Activity("activity.tpe == 'a'".into());
    assert_eq!(refused(of(OutcomeWindows { outcome, ..first() })).await, "activity_rule");
    let segment = "lead.title == 'a'".to_owned();
    assert_eq!(refused(BacktestQuestion { segment, ..asked(vec![0]) }).await, "segment_rule");
    let rules = ModelChoice::File("name: [".into());
    let wrong = ask(BacktestQuestion { rules, ..asked(vec![0]) }).await;
    assert!(matches!(wrong, Err(AppError::Model(_))), "{wrong:?}");
    let rules = ModelChoice::Version(9);
    let unknown = ask(BacktestQuestion { rules, ..asked(vec![0]) }).await;
    assert!(matches!(unknown, Err(AppError::NotFound { .. })), "{unknown:?}");
    world.pass(1);
    assert!(ask(question()).await.is_ok());
}

async fn what_reads_the_whole_base_ends_when_nobody_waits(world: World) {
    let world = filled(&world, 2, 60, (60, 20)).await;
    let (app, workspace) = (&world.app, world.workspace);
    let gone = || Waiting::default().awaited();
    // More often than there are places: each is given back.
    for _ in 0..3 {
        let found = app.backtest_model(workspace, question(), gone()).await;
        assert!(matches!(found, Err(AppError::Abandoned)), "{found:?}");
        let suggest = SuggestQuestion {
            outcome: r#"lead.title == "CTO""#.to_owned(),
            ..SuggestQuestion::default()
        };
        let found = app.suggest_model(workspace, suggest, gone()).await;
        assert!(matches!(found, Err(AppError::Abandoned)), "{found:?}");
        let found = app.verify(workspace, None, gone()).await;
        assert!(matches!(found, Err(AppError::Abandoned)), "{found:?}");
    }
    assert_eq!(backtest(&world, question()).await.accounts, 60);
}
