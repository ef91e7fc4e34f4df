//! What was shown at a moment is what the record says of that moment ever after, and nothing that
//! time changes is missed or told early, on both databases.

use abm_app::{AccountView, ScoreKind};
use abm_core::tier::Tier;
use abm_core::{BuyingRole, Seniority, Timestamp};
use abm_tests::{
    AnActivity, Bench, Engine, HOUR, LIVELY, World, account, activity, lead, try_cases,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

const ACCOUNTS: [&str; 2] = ["big", "small"];
const KINDS: [&str; 5] = ["page_view", "demo_request", "meeting_held", "bounce", "unsubscribe"];

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// Activities of now; of each the person, or the account of an unknown visitor, and the kind.
    Record(Vec<(u8, usize)>),
    /// So many seconds go by.
    Pass(i64),
    /// Time goes by until the moment at which an account can next change.
    Change(usize),
    /// The timer comes.
    Timer,
}

fn any_step() -> impl Strategy<Value = Step> {
    let record = prop::collection::vec((0..6_u8, 0..KINDS.len()), 1..5).prop_map(Step::Record);
    let pass = prop_oneof![0..3_i64, 0..30 * HOUR, 0..400 * HOUR].prop_map(Step::Pass);
    prop_oneof![
        3 => record,
        3 => pass,
        3 => (0..ACCOUNTS.len()).prop_map(Step::Change),
        1 => Just(Step::Timer),
    ]
}

/// Four people at two accounts, of whom everything is known before anything happens.
async fn fill(world: &World) {
    world.accounts([account("big").employees(50_000).industry("it"), account("small")]).await;
    let people = (0..4_usize).map(|n| {
        let new = lead(&format!("l{n}")).account(ACCOUNTS[n % 2]).title("CTO");
        new.seniority(Seniority::ALL[n]).role(BuyingRole::ALL[n])
    });
    world.leads(people).await;
}

fn row(world: &World, number: usize, (who, kind): (u8, usize)) -> AnActivity {
    let url = if who % 2 == 0 { "/pricing" } else { "/about" };
    let new = activity("web", &number.to_string()).at(world.now()).kind(KINDS[kind]);
    let new = new.attribute("url", url);
    match who {
        0..4 => new.lead(&format!("l{who}")),
        _ => new.account(ACCOUNTS[usize::from(who % 2)]),
    }
}

/// Everything that is shown of an account and of its people but for the moment itself.
fn shown(view: &AccountView) -> String {
    let scores = &view.scores;
    let account = (
        scores.engagement,
        scores.fit,
        scores.tier,
        scores.held_until,
        scores.mqa,
        scores.priority,
        scores.phase,
        scores.engaged_people,
        scores.people,
        scores.last_activity,
    );
    let mut people: Vec<_> = view
        .people
        .iter()
        .map(|person| format!("{} {} {}", person.lead, person.engagement, person.mql))
        .collect();
    people.sort();
    format!("{account:?} {people:?}")
}

async fn seen(world: &World) -> [String; 2] {
    [shown(&world.view("big").await), shown(&world.view("small").await)]
}

async fn seen_at(world: &World, at: Timestamp) -> [String; 2] {
    let at = Some(at);
    [shown(&world.view_at("big", at, None).await), shown(&world.view_at("small", at, None).await)]
}

/// What can change of an account without being shown: the engagement of its unknown visitor, and
/// the tier whose bar it meets.
async fn within(world: &World, id: &str) -> (Option<u8>, Option<Tier>) {
    let visitor = world.explain(id, ScoreKind::Engagement, None).await.visitor;
    let engagement = visitor.map(|opened| opened.explanation.score);
    (engagement, world.stored_state(id).await.tier_met)
}

/// Moves the clock to the second in which an account can next be different: before it nothing is,
/// and in it something is, after at most one more look.
async fn follow(world: &World, of: usize) -> Result<(), TestCaseError> {
    let id = ACCOUNTS[of];
    world.apply_due().await;
    let (before, hidden) = (seen(world).await, within(world, id).await);
    for look in 0..2 {
        let Some(change) = world.stored_state(id).await.changes_at else { return Ok(()) };
        let now = world.now().secs();
        prop_assert!(change > now, "{change} is not after {now}");
        prop_assert_eq!(&seen_at(world, world.now() + (change - 1 - now)).await[of], &before[of]);
        world.pass(change - now);
        let live = seen(world).await;
        prop_assert!(world.apply_due().await > 0);
        prop_assert_eq!(&seen(world).await, &live, "with and without the timer");
        if live[of] != before[of] || within(world, id).await != hidden {
            return Ok(());
        }
        prop_assert!(look == 0, "nothing has changed at the second look either");
    }
    Ok(())
}

async fn live_through(world: &World, steps: &[Step]) -> Result<(), TestCaseError> {
    fill(world).await;
    let mut number = 0;
    let mut moments = Vec::new();
    for step in steps {
        match step {
            Step::Record(rows) => {
                let numbers = number..;
                number += rows.len();
                let rows = numbers.zip(rows);
                world.record(rows.map(|(number, &one)| row(world, number, one))).await;
            }
            Step::Pass(seconds) => {
                // The second is over: what comes later is in a later one.
                world.pass(seconds + 1);
            }
            Step::Change(of) => {
                world.pass(1);
                follow(world, *of).await?;
            }
            Step::Timer => drop(world.apply_due().await),
        }
        let now = seen(world).await;
        prop_assert_eq!(&seen_at(world, world.now()).await, &now, "now, and as of now");
        if moments.last().is_some_and(|(at, _)| *at == world.now()) {
            moments.pop();
        }
        moments.push((world.now(), now));
    }
    for (at, then) in &moments {
        prop_assert_eq!(&seen_at(world, *at).await, then, "as of {:?}", at);
    }
    world.digest().await;
    for (of, id) in ACCOUNTS.into_iter().enumerate() {
        let lines = world.timeline(id).await;
        for (at, then) in &moments {
            // The last line that held at the moment tells what was shown.
            let line = lines.iter().rfind(|line| line.at <= at.secs());
            let line =
                line.map(|line| format!("({}, {}, {:?},", line.engagement, line.fit, line.tier));
            let told = line.is_none_or(|line| then[of].starts_with(&line));
            prop_assert!(told, "{id} as of {at:?}: {}", then[of]);
        }
    }
    Ok(())
}

#[test]
fn every_moment_is_ever_after_what_it_was_when_it_was_now() {
    let input = || prop::collection::vec(any_step(), 1..10);
    let rule = async |bench: &Bench, steps: Vec<Step>| {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            live_through(&bench.world(engine, LIVELY).await, &steps).await?;
        }
        Ok(())
    };
    try_cases(24, "it/moments.proptest-regressions", input, rule);
}
