//! Groups: an ultimate parent and everything below it, rolled up.

use abm_app::{AccountGroup, AppError};
use abm_core::AccountId;
use abm_core::tier::Tier;
use abm_tests::{LIVELY, World, account, activity, both_engines, lead, opportunity};

both_engines!(
    every_account_is_in_one_group_and_all_of_it_find_it,
    a_group_rolls_up_people_tiers_and_opportunities,
    accounts_that_belong_to_each_other_are_one_group,
    a_group_is_followed_to_a_depth_and_a_number,
);

fn id(account: &str) -> AccountId {
    AccountId::new(account).unwrap()
}

async fn group(world: &World, account: &str) -> AccountGroup {
    world.app.account_group(world.workspace, &id(account)).await.unwrap().0
}

fn members(group: &AccountGroup) -> Vec<(&str, usize)> {
    group.members.iter().map(|(member, level, _)| (member.id.as_str(), *level)).collect()
}

/// All groups, page by page.
async fn groups(world: &World, page: u64) -> Vec<AccountGroup> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let found = world.app.account_groups(world.workspace, after.as_ref(), page).await;
        let (found, last, _) = found.unwrap();
        assert!(found.len() as u64 <= page);
        all.extend(found);
        if last.is_none() {
            return all;
        }
        after = last;
    }
}

async fn every_account_is_in_one_group_and_all_of_it_find_it(world: World) {
    // `holding` is known by being named only; `b` comes before its parent.
    let accounts = [
        account("b").parent("a"),
        account("a").parent("holding"),
        account("c").parent("a"),
        account("alone"),
        account("d").parent("holding"),
    ];
    world.accounts(accounts).await;
    let expected = [("holding", 0), ("a", 1), ("d", 1), ("b", 2), ("c", 2)];
    for account in ["holding", "a", "b", "c", "d"] {
        let found = group(&world, account).await;
        assert_eq!((found.id.as_str(), members(&found)), ("holding", expected.to_vec()));
        assert!(!found.truncated);
    }
    assert_eq!(members(&group(&world, "alone").await), [("alone", 0)]);
    for page in [1, 2, 100] {
        let ids: Vec<_> = groups(&world, page).await.into_iter().map(|found| found.id).collect();
        assert_eq!(ids, [id("alone"), id("holding")]);
    }
    let unknown = world.app.account_group(world.workspace, &id("unknown")).await;
    assert!(matches!(unknown, Err(AppError::NotFound { kind: "account", .. })));
}

async fn a_group_rolls_up_people_tiers_and_opportunities(world: World) {
    let world = world.beside(2, LIVELY).await;
    let accounts = [
        account("holding").name("Holding"),
        account("ibm").employees(5_000).industry("it").parent("holding"),
        account("idle").parent("holding"),
    ];
    world.accounts(accounts).await;
    for person in ["a", "b"] {
        world.leads([lead(person).account("ibm").title("CTO")]).await;
        world.record([activity("web", person).lead(person)]).await;
    }
    world.leads([lead("c").account("idle")]).await;
    let sales = [
        opportunity("1").account("ibm").won(3).worth(5, "USD"),
        opportunity("2").account("idle").won(7).worth(6, "USD"),
        opportunity("3").account("holding").lost("price"),
        opportunity("4").account("idle"),
    ];
    world.opportunities(sales).await;
    let found = group(&world, "idle").await;
    assert_eq!((found.name(), found.members.len()), ("Holding", 3));
    assert_eq!((found.people(), found.engaged_people()), (3, 2));
    assert_eq!(found.best_tier(), world.view("ibm").await.scores.tier);
    assert_ne!(found.best_tier(), None::<Tier>);
    let totals = found.opportunities();
    assert_eq!((totals.open, totals.won, totals.lost), (1, 2, 1));
    assert_eq!(totals.won_amounts.iter().map(|sum| sum.micros).collect::<Vec<_>>(), [11]);
    assert_eq!(totals.last_won_at, Some(abm_tests::START + 7));
    assert_eq!(groups(&world, 10).await, [found]);
}

async fn accounts_that_belong_to_each_other_are_one_group(world: World) {
    // c -> b -> c, with a and d below it, and one that belongs to itself.
    let accounts = [
        account("c").parent("b"),
        account("b").parent("c"),
        account("a").parent("c"),
        account("d").parent("a"),
        account("self").parent("self"),
    ];
    world.accounts(accounts).await;
    for account in ["a", "b", "c", "d"] {
        let found = group(&world, account).await;
        assert_eq!(members(&found), [("b", 0), ("c", 1), ("a", 2), ("d", 3)]);
    }
    assert_eq!(members(&group(&world, "self").await), [("self", 0)]);
    for page in [1, 10] {
        let ids: Vec<_> = groups(&world, page).await.into_iter().map(|found| found.id).collect();
        assert_eq!(ids, [id("b"), id("self")]);
    }
}

async fn a_group_is_followed_to_a_depth_and_a_number(world: World) {
    let chain = (0..40).map(|n| account(&format!("c{:02}", n + 1)).parent(&format!("c{n:02}")));
    world.accounts(chain).await;
    let found = group(&world, "c00").await;
    assert_eq!((found.members.len(), found.truncated), (33, true));
    assert_eq!(group(&world, "c32").await.id, id("c00"));
    for batch in 0..2 {
        let many = (0..600).map(|n| account(&format!("m{batch}-{n}")).parent("many"));
        world.accounts(many).await;
    }
    let found = group(&world, "many").await;
    assert_eq!((found.members.len(), found.truncated), (1_000, true));
}
