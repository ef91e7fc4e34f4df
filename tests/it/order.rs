//! Any order, repetition, batching and interleaving of the same input gives the same state, with
//! the same explanation of every score, on both databases.

use abm_core::{BuyingRole, Seniority};
use abm_tests::{
    ALead, AnAccount, AnActivity, Engine, HOUR, LIVELY, World, account, activity, days, lead,
    lively, try_cases,
};
use proptest::prelude::*;

/// One thing that is sent. Of each account and lead there is one version: the last one sent
/// counts, so that of several the order would matter, as it must.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Account(AnAccount),
    Lead(ALead),
    Activity(AnActivity),
    /// The model of the end; everything starts under another one.
    Model,
}

/// How items are sent.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    /// Items by their positions; some more than once.
    pub(crate) order: Vec<usize>,
    /// The lengths of runs; of a run the items of one kind are sent in one call, and the calls
    /// of a run at once.
    pub(crate) runs: Vec<usize>,
    /// How the clock moves after each run, and whether the timer comes.
    pub(crate) clock: Vec<(i64, bool)>,
}

const DOMAINS: [&str; 6] =
    ["alpha.com", "lab.alpha.com", "beta.co.uk", "gamma.io", "eu.gamma.io", "delta.com"];
const ACCOUNTS: [&str; 5] = ["a0", "a1", "a2", "a3", "gamma.io"];
const MENTIONS: [&str; 8] = ["a0", "a1", "a2", "a3", "ghost", "gamma.io", "delta.com", "holding"];
const HOSTS: [&str; 9] = [
    "alpha.com",
    "x.lab.alpha.com",
    "beta.co.uk",
    "gamma.io",
    "eu.gamma.io",
    "delta.com",
    "gmail.com",
    "mailinator.com",
    "p1.invalid",
];
const KINDS: [&str; 6] =
    ["page_view", "demo_request", "meeting_held", "bounce", "unsubscribe", "unheard_of"];

fn any_account() -> impl Strategy<Value = AnAccount> {
    let domains = prop::sample::subsequence(&DOMAINS[..], 0..4);
    let parent = prop::option::weighted(0.2, prop::sample::select(&MENTIONS[..]));
    let employees = prop::option::of(prop::sample::select(vec![5, 500, 50_000]));
    (domains, parent, employees, any::<bool>()).prop_map(|(domains, parent, employees, rival)| {
        let mut new = account("").industry(if rival { "" } else { "it" });
        new = domains.iter().fold(new, |new, domain| new.domain(domain));
        new = parent.into_iter().fold(new, AnAccount::parent);
        new = employees.into_iter().fold(new, AnAccount::employees);
        if rival { new.attribute("relationship", "competitor") } else { new }
    })
}

fn any_lead() -> impl Strategy<Value = ALead> {
    let host = prop::option::weighted(0.8, prop::sample::select(&HOSTS[..]));
    let named = prop::option::weighted(0.2, prop::sample::select(&MENTIONS[..]));
    let seniority = prop::option::of(prop::sample::select(Seniority::ALL));
    let role = prop::option::of(prop::sample::select(BuyingRole::ALL));
    let title = prop::sample::select(vec!["x", "CTO", "Student"]);
    (host, named, title, seniority, role).prop_map(|(host, named, title, seniority, role)| {
        let mut new = lead("").title(title);
        new = host.into_iter().fold(new, |new, host| new.email(&format!("me@{host}")));
        new = named.into_iter().fold(new, ALead::account);
        new = seniority.into_iter().fold(new, ALead::seniority);
        role.into_iter().fold(new, ALead::role)
    })
}

fn any_activity() -> impl Strategy<Value = AnActivity> {
    let kind = prop::sample::select(&KINDS[..]);
    let who = prop::option::weighted(0.85, 0..10_u8);
    let at_account = prop::sample::select(&MENTIONS[..]);
    let beside = (prop::bool::weighted(0.2), prop::option::weighted(0.4, 0..HOSTS.len()));
    // Few moments, so that many share one.
    let at = prop_oneof![0..4_i64, (0..40_i64).prop_map(|n| n * 7 * HOUR), 0..days(30)];
    (kind, who, at_account, beside, at).prop_map(|(kind, who, at_account, (hint, host), at)| {
        let url = if at % 2 == 0 { "/pricing" } else { "/about" };
        let new = activity("web", "").kind(kind).attribute("url", url).after(-at);
        let Some(who) = who else { return new.account(at_account) };
        let new = new.lead(&format!("l{who}"));
        let new = if hint { new.account(at_account) } else { new };
        host.into_iter().fold(new, |new, host| new.email(&format!("z{host}@{}", HOSTS[host])))
    })
}

pub(crate) fn any_items() -> impl Strategy<Value = Vec<Item>> {
    let accounts =
        prop::collection::vec(prop::option::weighted(0.8, any_account()), ACCOUNTS.len());
    let leads = prop::collection::vec(prop::option::weighted(0.8, any_lead()), 8);
    // Mostly small worlds: what goes wrong goes wrong among few.
    let few = prop::collection::vec(any_activity(), 0..10);
    let activities = prop_oneof![3 => few, 1 => prop::collection::vec(any_activity(), 10..40)];
    (accounts, leads, activities).prop_map(|(accounts, leads, activities)| {
        let accounts = accounts.into_iter().zip(ACCOUNTS);
        let accounts = accounts.filter_map(|(new, id)| Some(Item::Account(new?.with_id(id))));
        let leads = (0..).zip(leads);
        let leads =
            leads.filter_map(|(n, new): (u8, _)| Some(Item::Lead(new?.with_id(&format!("l{n}")))));
        let activities = (0..).zip(activities);
        let activities = activities
            .map(|(n, new): (u8, AnActivity)| Item::Activity(new.with_id(&format!("{n}"))));
        accounts.chain(leads).chain(activities).chain([Item::Model]).collect()
    })
}

pub(crate) fn any_delivery(items: usize) -> impl Strategy<Value = Delivery> {
    let again = prop::collection::vec(0..items, 0..items);
    // The model is published once: a version counts up each time.
    let again = again.prop_map(move |again| again.into_iter().filter(move |&n| n + 1 < items));
    let order = again.prop_flat_map(move |again| {
        Just((0..items).chain(again).collect::<Vec<_>>()).prop_shuffle()
    });
    let runs = prop::collection::vec(1..12_usize, 1..20);
    let clock = prop::collection::vec((-HOUR..2 * HOUR, prop::bool::weighted(0.3)), 1..20);
    (order, runs, clock).prop_map(|(order, runs, clock)| Delivery { order, runs, clock })
}

pub(crate) async fn send_run(world: &World, items: Vec<Item>) {
    let (mut accounts, mut leads, mut activities, mut model) =
        (Vec::new(), Vec::new(), Vec::new(), false);
    for item in items {
        match item {
            Item::Account(new) => accounts.push(new),
            Item::Lead(new) => leads.push(new),
            Item::Activity(new) => activities.push(new),
            Item::Model => model = true,
        }
    }
    let later = activities.split_off(activities.len() / 2);
    tokio::join!(
        async {
            if !accounts.is_empty() {
                world.accounts(accounts).await;
            }
        },
        async {
            if !activities.is_empty() {
                world.record(activities).await;
            }
        },
        async {
            if !leads.is_empty() {
                world.leads(leads).await;
            }
        },
        async {
            if !later.is_empty() {
                world.record(later).await;
            }
        },
        async {
            if model {
                world.publish(LIVELY).await;
            }
        },
    );
}

async fn send_all(world: &World, items: &[Item], delivery: &Delivery) -> String {
    let mut left = delivery.order.as_slice();
    let rhythm = delivery.runs.iter().cycle().zip(delivery.clock.iter().cycle());
    for (&run, &(passed, timer)) in rhythm {
        let (now, later) = left.split_at(run.min(left.len()));
        left = later;
        send_run(world, now.iter().map(|&n| items[n].clone()).collect()).await;
        world.pass(passed);
        // No activity may lie ahead of the clock by more than ten minutes.
        if world.now() < abm_tests::START {
            world.at(0);
        }
        if timer {
            world.apply_due().await;
        }
        if left.is_empty() {
            break;
        }
    }
    world.digest().await
}

#[test]
fn the_same_input_gives_the_same_state_in_any_order_on_both_databases() {
    let input = || {
        any_items().prop_flat_map(|items| {
            let count = items.len();
            (Just(items), any_delivery(count), any_delivery(count))
        })
    };
    // Other points and other matching rules, until the model of the end is published.
    let first =
        lively("points: 30", "points: 3").replace("contains(\"/pricing\")", "contains(\"x\")");
    try_cases(12, "it/order.proptest-regressions", input, async |bench, (items, one, other)| {
        let mut found = Vec::new();
        for (engine, delivery) in [(Engine::Sqlite, &one), (Engine::Postgres, &other)] {
            let world = bench.world(engine, &first).await;
            found.push((send_all(&world, &items, delivery).await, world.explained().await));
        }
        prop_assert_eq!(&found[0], &found[1], "another order on the other database");
        Ok(())
    });
}
