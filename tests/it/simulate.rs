//! A try of other rules on the whole base: what it says is what publishing does.

use std::collections::BTreeMap;
use std::time::Duration;

use abm_app::{AccountMove, ActivityFilter, App, LeadMove, Limits, Retraction, Waiting};
use abm_app::{AppError, ModelChoice, SimulateQuestion, Simulated, SimulationPart};
use abm_core::simulate::ReasonKind;
use abm_core::tier::Tier;
use abm_tests::{HOUR, LIVELY, World, account, activity, both_engines, days, lead, lively};

both_engines!(
    what_a_try_says_is_what_publishing_does,
    a_try_disturbs_nothing_and_sees_one_moment,
    a_try_of_a_draft_and_of_a_file_are_the_same,
    whoever_stops_reading_ends_it,
    whoever_does_not_read_holds_nobody_up_for_long,
);

/// More than one lot.
const ACCOUNTS: i64 = 450;

fn id(n: i64) -> String {
    format!("a{n:04}")
}

async fn fill(world: &World) {
    let accounts = (0..ACCOUNTS).map(|n| account(&id(n)).employees(5_000 * (n % 2)).industry("it"));
    world.accounts(accounts).await;
    let people = (0..ACCOUNTS).map(|n| lead(&format!("p{n}")).account(&id(n)).title("CTO"));
    world.leads(people).await;
    world.leads((0..20).map(|n| lead(&format!("alone{n}")).title("CTO"))).await;
    let rows = (0..ACCOUNTS).flat_map(|n| {
        let kind = ["page_view", "demo_request", "meeting_held"][n as usize % 3];
        let row = |id: String| {
            let row = activity("web", &id).kind(kind).attribute("url", "/pricing");
            row.after(-(n % 300) * HOUR)
        };
        let mut rows = vec![row(format!("v{n}")).account(&id(n))];
        rows.extend((0..n % 7).map(|k| row(format!("{n}-{k}")).lead(&format!("p{n}"))));
        rows.push(row(format!("x{n}")).lead(&format!("alone{}", n % 20)));
        rows
    });
    for lot in rows.collect::<Vec<_>>().chunks(900) {
        world.record(lot.to_vec()).await;
    }
}

struct Answer {
    whole: Simulated,
    accounts: Vec<AccountMove>,
    leads: Vec<LeadMove>,
}

async fn simulate(world: &World, question: SimulateQuestion) -> Answer {
    let mut parts = world.app.simulate_model(world.workspace, question).await.unwrap();
    let (mut accounts, mut leads, mut last) = (Vec::new(), Vec::new(), 0);
    while let Some(part) = parts.recv().await {
        match part.unwrap() {
            SimulationPart::Progress { done, total, accounts: more, leads: others } => {
                assert!(last <= done && done <= total, "{last} {done} {total}");
                last = done;
                accounts.extend(more);
                leads.extend(others);
            }
            SimulationPart::Whole(whole) => return Answer { whole: *whole, accounts, leads },
        }
    }
    panic!("it broke off");
}

fn file(file: &str) -> SimulateQuestion {
    SimulateQuestion { rules: ModelChoice::File(file.to_owned()), base: None, as_of: None }
}

/// Fit, engagement, tier, MQA and priority.
type Figures = (u8, u8, Option<Tier>, bool, bool);

type Shown = BTreeMap<String, Figures>;

/// Every account as lists show it.
async fn shown(world: &World) -> Shown {
    let filter = abm_app::PriorityFilter { include_all: true, ..Default::default() };
    let found = world.app.priority_accounts(world.workspace, &filter, None, 2_000).await.unwrap().0;
    let of = |ranked: abm_app::RankedAccount| {
        let s = ranked.row.scores;
        (s.id.to_string(), (s.fit, s.engagement, s.tier, s.mqa, s.priority))
    };
    found.into_iter().map(of).collect()
}

async fn mqls(world: &World) -> BTreeMap<String, bool> {
    let found = world.app.leads(world.workspace, None, None, 1_000).await.unwrap().0;
    found.into_iter().map(|(lead, score)| (lead.id.to_string(), score.mql)).collect()
}

/// Other points, other bars and other matching rules.
fn other() -> String {
    lively("points: 30", "points: 3").replace("contains(\"/pricing\")", "contains(\"/price\")")
}

async fn what_a_try_says_is_what_publishing_does(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let (before, mqls_before) = (shown(&world).await, mqls(&world).await);
    let said = simulate(&world, file(&other())).await;
    assert_eq!((shown(&world).await, mqls(&world).await), (before.clone(), mqls_before.clone()));
    world.publish(&other()).await;
    let (after, mqls_after) = (shown(&world).await, mqls(&world).await);

    let counts = |shown: &Shown, of: fn(&Figures) -> bool| {
        shown.values().filter(|row| of(row)).count() as u64
    };
    for (spread, shown, mqls) in [
        (&said.whole.simulation.before, &before, &mqls_before),
        (&said.whole.simulation.after, &after, &mqls_after),
    ] {
        assert_eq!(spread.accounts, shown.len() as u64);
        assert_eq!(spread.leads, mqls.len() as u64);
        assert_eq!(spread.mqls, mqls.values().filter(|mql| **mql).count() as u64);
        assert_eq!(spread.tiers[0], counts(shown, |row| row.2 == Some(Tier::One)));
        assert_eq!(spread.tiers[3], counts(shown, |row| row.2.is_none()));
        assert_eq!(spread.mqas, counts(shown, |row| row.3));
        assert_eq!(spread.priority, counts(shown, |row| row.4));
        for (fit, engagement, ..) in shown.values() {
            assert!(spread.fit[usize::from(*fit)] > 0);
            assert!(spread.engagement[usize::from(*engagement)] > 0);
        }
    }
    // Exactly those moved who stand elsewhere now.
    let mut expected: Vec<&String> = Vec::new();
    let person = |id: &str| format!("p{}", id[1..].parse::<i64>().unwrap());
    for (id, old) in &before {
        let new = &after[id];
        let mql = mqls_before[&person(id)] != mqls_after[&person(id)];
        if (old.2, old.3, old.4) != (new.2, new.3, new.4) || mql {
            expected.push(id);
        }
    }
    let moved: Vec<String> = said.accounts.iter().map(|moved| moved.account.to_string()).collect();
    assert_eq!(moved.iter().collect::<Vec<_>>(), expected);
    assert!(moved.len() > 50, "{}", moved.len());
    assert_eq!(said.whole.simulation.moved, moved.len() as u64);
    let signals = said
        .accounts
        .iter()
        .filter(|found| found.moved.reasons.iter().any(|reason| reason.kind == ReasonKind::Signal));
    assert!(signals.count() > 50);
    let mut alone: Vec<(String, bool)> =
        said.leads.iter().map(|found| (found.lead.to_string(), found.moved.mql)).collect();
    alone.sort();
    let expected: Vec<(String, bool)> = mqls_after
        .iter()
        .filter(|(id, mql)| id.starts_with("alone") && mqls_before[*id] != **mql)
        .map(|(id, mql)| (id.clone(), *mql))
        .collect();
    assert_eq!(alone, expected);
}

async fn a_try_disturbs_nothing_and_sees_one_moment(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    world.at(days(20));
    let digest = world.digest().await;
    let then = world.now();
    let now = simulate(&world, file(&other())).await;
    assert_eq!(world.digest().await, digest);
    world.at(days(40));
    world
        .record([activity("web", "later").kind("demo_request").account(&id(1)).after(days(39))])
        .await;
    let question = SimulateQuestion { as_of: Some(then), ..file(&other()) };
    let again = simulate(&world, question).await;
    assert_eq!(again.whole.simulation.after, now.whole.simulation.after);
    assert_eq!(again.whole.simulation.before, now.whole.simulation.before);
    assert_eq!(again.accounts.len(), now.accounts.len());
}

async fn a_try_of_a_draft_and_of_a_file_are_the_same(world: World) {
    let (app, workspace) = (&world.app, world.workspace);
    world.publish(LIVELY).await;
    fill(&world).await;
    let draft =
        app.create_model_version(workspace, world.request(), other(), String::new(), "ada".into());
    let version = draft.await.unwrap().0.version;
    let question = |rules| SimulateQuestion { rules, base: Some(2), as_of: None };
    let of_draft = simulate(&world, question(ModelChoice::Version(version))).await;
    let of_file = simulate(&world, question(ModelChoice::File(other()))).await;
    assert_eq!((of_draft.whole.base, of_draft.whole.tried), (2, version));
    assert_eq!(of_file.whole.tried, 0);
    assert_eq!(of_draft.whole.simulation.after, of_file.whole.simulation.after);
    let itself = simulate(&world, question(ModelChoice::Version(2))).await;
    assert_eq!((itself.whole.simulation.moved, itself.leads.len()), (0, 0));
    let unknown = app.simulate_model(workspace, question(ModelChoice::Version(99))).await;
    assert!(matches!(unknown, Err(AppError::NotFound { .. })));
    let broken = app.simulate_model(workspace, file("name: x\nhold_days: -1")).await;
    assert!(matches!(broken, Err(AppError::Model(_))));
}

async fn whoever_stops_reading_ends_it(world: World) {
    let world = world.beside(2, LIVELY).await;
    fill(&world).await;
    let try_once = || world.app.simulate_model(world.workspace, file(&other()));
    let (first, second) = (try_once().await.unwrap(), try_once().await.unwrap());
    assert!(matches!(try_once().await, Err(AppError::Overloaded)), "two at a time");
    drop((first, second));
    // Both end after the lot they are at.
    let mut parts = loop {
        match try_once().await {
            Ok(parts) => break parts,
            Err(AppError::Overloaded) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    };
    while let Some(part) = parts.recv().await {
        if let SimulationPart::Whole(whole) = part.unwrap() {
            assert_eq!(whole.simulation.before.accounts, 450);
            return;
        }
    }
    panic!("it broke off");
}

async fn whoever_does_not_read_holds_nobody_up_for_long(world: World) {
    let world = world.beside(2, LIVELY).await;
    // More parts than wait for a reader.
    let ids: Vec<String> = (0..2_000).map(id).collect();
    for lot in ids.chunks(500) {
        world.accounts(lot.iter().map(|id| account(id))).await;
    }
    let app = |unread| {
        let limits = Limits { unread, ..Limits::default() };
        App::start(world.app.store().clone(), world.clock.clone(), limits)
    };
    let try_once = async |app: &App| app.simulate_model(world.workspace, file(&other())).await;
    let waiting = Waiting::default();
    let verify = async |app: &App| app.verify(world.workspace, None, waiting.awaited()).await;

    let patient = app(Duration::from_secs(3_600));
    let unread = (try_once(&patient).await.unwrap(), try_once(&patient).await.unwrap());
    let found = verify(&patient).await;
    assert!(matches!(found, Err(AppError::Overloaded)), "two readings at a time: {found:?}");
    let retract = async |retraction: Retraction| {
        let (workspace, request) = (world.workspace, world.request());
        patient.retract_activities(workspace, request, retraction, true, waiting.awaited()).await
    };
    let found = retract(Retraction::Filter(ActivityFilter::default(), None)).await;
    assert!(matches!(found, Err(AppError::Overloaded)), "one that is looked for: {found:?}");
    assert!(retract(Retraction::Places(Vec::new())).await.is_ok());
    drop(unread);

    let hasty = app(Duration::from_millis(20));
    let (mut first, _second) = (try_once(&hasty).await.unwrap(), try_once(&hasty).await.unwrap());
    // Both places are free again while nobody has read anything.
    loop {
        match tokio::join!(verify(&hasty), verify(&hasty)) {
            (Ok(_), Ok(_)) => break,
            (Err(AppError::Overloaded), _) | (_, Err(AppError::Overloaded)) => {
                tokio::task::yield_now().await;
            }
            found => panic!("{found:?}"),
        }
    }
    let mut parts = 0;
    let ended = loop {
        match first.recv().await {
            Some(Ok(_)) => parts += 1,
            Some(Err(error)) => break error,
            None => panic!("it broke off"),
        }
    };
    assert!(matches!(ended, AppError::Unread(_)), "{ended}");
    assert_eq!(parts, 4);
}
