//! What holds of merges and splits whatever is sent, in whatever order, on both databases.

use std::collections::{BTreeMap, BTreeSet};

use abm_app::AppError;
use abm_tests::{Engine, LIVELY, World, try_cases};
use proptest::prelude::*;

use crate::order::{Delivery, Item, any_delivery, any_items, send_run};

/// What is merged: each record at most once, into one with a higher number, so that there are
/// chains and no rings.
#[derive(Clone, Debug)]
struct Merges {
    leads: Vec<Merge>,
    accounts: Vec<Merge>,
}

/// A merge, with the runs of a delivery before which it is made and undone.
#[derive(Clone, Debug)]
struct Merge {
    of: String,
    into: String,
    from: usize,
    until: usize,
}

const RUNS: usize = 12;

fn any_of(names: &'static [&'static str]) -> impl Strategy<Value = Vec<Merge>> {
    let one = prop::option::weighted(0.4, (any::<prop::sample::Index>(), 0..RUNS, 0..RUNS));
    prop::collection::vec(one, names.len() - 1).prop_map(move |chosen| {
        let chosen = chosen.into_iter().enumerate();
        let merges = chosen.filter_map(|(n, chosen)| {
            let (into, from, until) = chosen?;
            let above = &names[n + 1..];
            let (of, into) = (names[n].to_owned(), above[into.index(above.len())].to_owned());
            Some(Merge { of, into, from, until })
        });
        merges.collect()
    })
}

fn any_merges() -> impl Strategy<Value = Merges> {
    let leads = any_of(&["l0", "l1", "l2", "l3", "l4", "l5"]);
    (leads, any_of(&["a0", "a1", "a2", "a3", "gamma.io"]))
        .prop_map(|(leads, accounts)| Merges { leads, accounts })
}

async fn merge(world: &World, kind: &str, merge: &Merge) -> bool {
    let done = match kind {
        "lead" => world.merge_leads(&merge.into, &[&merge.of]).await,
        _ => world.merge_accounts(&merge.into, &[&merge.of]).await,
    };
    match done {
        Ok(_) => true,
        Err(AppError::NotFound { .. }) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn split(world: &World, kind: &str, id: &str) {
    let done = match kind {
        "lead" => world.split_lead(id).await,
        _ => world.split_account(id).await,
    };
    done.unwrap();
}

/// Sends items while merges are made and, with `undo`, undone. Without, those that could not be
/// made before all was sent are made then.
async fn send_all(
    world: &World,
    items: &[Item],
    delivery: &Delivery,
    merges: &Merges,
    undo: bool,
) -> (String, Vec<String>) {
    let all = || {
        let leads = merges.leads.iter().map(|merge| ("lead", merge));
        leads.chain(merges.accounts.iter().map(|merge| ("account", merge)))
    };
    let mut merged = BTreeSet::new();
    let mut left = delivery.order.as_slice();
    let rhythm = delivery.runs.iter().cycle().zip(delivery.clock.iter().cycle());
    for (run, (&length, &(passed, timer))) in rhythm.enumerate() {
        for (kind, one) in all() {
            let key = (kind, one.of.clone());
            if one.from == run && merge(world, kind, one).await {
                merged.insert(key);
            } else if undo && one.until == run && merged.remove(&key) {
                split(world, kind, &one.of).await;
            }
        }
        let (now, later) = left.split_at(length.min(left.len()));
        left = later;
        send_run(world, now.iter().map(|&n| items[n].clone()).collect()).await;
        world.pass(passed);
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
    if undo {
        for (kind, id) in merged {
            split(world, kind, &id).await;
        }
    } else {
        for (kind, one) in all().filter(|(kind, one)| !merged.contains(&(*kind, one.of.clone()))) {
            assert!(merge(world, kind, one).await, "{one:?}");
        }
    }
    (world.digest().await, world.explained().await)
}

fn with_deliveries() -> impl Strategy<Value = (Vec<Item>, Merges, Delivery, Delivery)> {
    (any_items(), any_merges()).prop_flat_map(|(items, merges)| {
        let count = items.len();
        (Just(items), Just(merges), any_delivery(count), any_delivery(count))
    })
}

fn straight(items: &[Item]) -> Delivery {
    Delivery { order: (0..items.len()).collect(), runs: vec![1], clock: vec![(0, false)] }
}

#[test]
fn merged_and_split_again_leaves_the_state_of_neither() {
    let rule = async |bench: &abm_tests::Bench, case: (Vec<Item>, Merges, Delivery, Delivery)| {
        let (items, merges, one, other) = case;
        let nothing = Merges { leads: Vec::new(), accounts: Vec::new() };
        let mut found = Vec::new();
        for (engine, delivery, merges) in [
            (Engine::Sqlite, &straight(&items), &nothing),
            (Engine::Sqlite, &one, &merges),
            (Engine::Postgres, &other, &merges),
        ] {
            let world = bench.world(engine, LIVELY).await;
            found.push(send_all(&world, &items, delivery, merges, true).await);
        }
        prop_assert_eq!(&found[0], &found[1], "merged meanwhile");
        prop_assert_eq!(&found[0], &found[2], "merged meanwhile on the other database");
        Ok(())
    };
    try_cases(12, "it/merge/properties.proptest-regressions", with_deliveries, rule);
}

/// Whom each of what is merged counts for.
fn target(merges: &[Merge]) -> BTreeMap<String, String> {
    let into: BTreeMap<&str, &str> =
        merges.iter().map(|merge| (merge.of.as_str(), merge.into.as_str())).collect();
    let end = |of: &str| {
        let mut id = of;
        while let Some(next) = into.get(id) {
            id = next;
        }
        id.to_owned()
    };
    into.keys().map(|of| ((*of).to_owned(), end(of))).collect()
}

/// The items as if what is merged had been sent for the survivor: nothing of its own, and its
/// domains with the survivor's.
fn as_if(items: &[Item], merges: &Merges) -> Vec<Item> {
    let (leads, accounts) = (target(&merges.leads), target(&merges.accounts));
    let lead = |id: &str| leads.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let account = |id: &str| accounts.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let mut domains: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in items {
        if let Item::Account(new) = item {
            domains.entry(account(new.id())).or_default().extend(new.domains());
        }
    }
    let items = items.iter().filter_map(|item| match item {
        Item::Account(new) if accounts.contains_key(new.id()) => None,
        Item::Account(new) => {
            let claimed = domains.remove(new.id()).unwrap_or_default();
            let new = claimed.iter().fold(new.clone(), |new, domain| new.domain(domain));
            Some(Item::Account(new.as_if(&account)))
        }
        Item::Lead(new) if leads.contains_key(new.id()) => None,
        Item::Lead(new) => Some(Item::Lead(new.clone().as_if(&account))),
        Item::Activity(new) => Some(Item::Activity(new.clone().as_if(&lead, &account))),
        Item::Model => Some(Item::Model),
    });
    items.collect()
}

#[test]
fn merged_is_as_if_all_had_been_sent_for_the_survivor_before_and_after() {
    // The fit of the survivor asks for its own profile, not for what it claims through others.
    let model = LIVELY.replace("size(account.domains) > 0", "account.employees >= 1");
    let rule = async |bench: &abm_tests::Bench, case: (Vec<Item>, Merges, Delivery, Delivery)| {
        let (mut items, mut merges, one, other) = case;
        // The model of the end is another one; this test is about one.
        items.iter_mut().for_each(|item| {
            if matches!(item, Item::Model) {
                *item = Item::Activity(abm_tests::activity("web", "last").lead("nobody"));
            }
        });
        // What is merged was sent: else an item could not be told of one that it only names.
        let sent: BTreeSet<String> = items
            .iter()
            .filter_map(|item| match item {
                Item::Account(new) => Some(new.id().to_owned()),
                Item::Lead(new) => Some(new.id().to_owned()),
                Item::Activity(_) | Item::Model => None,
            })
            .collect();
        let known = |merge: &Merge| sent.contains(&merge.of) && sent.contains(&merge.into);
        merges.leads.retain(known);
        merges.accounts.retain(known);
        let nothing = Merges { leads: Vec::new(), accounts: Vec::new() };
        let alone = as_if(&items, &merges);
        let world = bench.world(Engine::Sqlite, &model).await;
        let expected = send_all(&world, &alone, &straight(&alone), &nothing, false).await;
        for (engine, delivery) in [(Engine::Sqlite, &one), (Engine::Postgres, &other)] {
            let world = bench.world(engine, &model).await;
            let found = send_all(&world, &items, delivery, &merges, false).await;
            prop_assert_eq!(&found, &expected, "{:?}", engine);
        }
        Ok(())
    };
    try_cases(12, "it/merge/properties.proptest-regressions", with_deliveries, rule);
}
