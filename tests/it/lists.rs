//! Lists run by key: every entry once, in an order that both databases share.

use abm_app::{ActivitySubject, PriorityFilter};
use abm_core::tier::Tier;
use abm_core::{AccountId, LeadId, Seniority};
use abm_tests::{LIVELY, START, World, account, activity, both_engines, lead};

both_engines!(
    accounts_and_leads_are_listed_in_the_order_of_the_bytes_of_their_ids,
    activities_are_listed_from_the_newest_with_what_they_mean,
    accounts_are_ranked_by_priority_tier_engagement_and_fit,
    refused_rows_are_listed_from_the_newest,
);

/// Ids in the order of their bytes, which is no language's order.
const IDS: [&str; 9] = ["-", "/", "1", "10", "9", "A", "Z", "a", "z"];

async fn accounts_and_leads_are_listed_in_the_order_of_the_bytes_of_their_ids(world: World) {
    let mut shuffled = IDS;
    shuffled.reverse();
    world.accounts(shuffled.map(account)).await;
    world.leads(shuffled.map(|id| lead(id).account(if id < "A" { "1" } else { "a" }))).await;
    let (app, workspace) = (&world.app, world.workspace);
    for page in [1, 2, 4, 9, 10] {
        let (mut accounts, mut leads, mut of_account) = (Vec::new(), Vec::new(), Vec::new());
        let mut after: Option<AccountId> = None;
        loop {
            let (found, _) = app.accounts(workspace, after.as_ref(), page).await.unwrap();
            assert!(found.len() <= page as usize);
            let Some(last) = found.last() else { break };
            after = Some(last.id.clone());
            accounts.extend(found.into_iter().map(|account| account.id.into_string()));
        }
        for (account, ids) in [(None, &mut leads), (Some("a"), &mut of_account)] {
            let account = account.map(|id| AccountId::new(id).unwrap());
            let mut after: Option<LeadId> = None;
            loop {
                let found = app.leads(workspace, account.as_ref(), after.as_ref(), page).await;
                let (found, _) = found.unwrap();
                let Some((last, _)) = found.last() else { break };
                after = Some(last.id.clone());
                ids.extend(found.into_iter().map(|(lead, _)| lead.id.into_string()));
            }
        }
        assert_eq!(accounts, IDS);
        assert_eq!(leads, IDS);
        assert_eq!(of_account, IDS[5..]);
    }
}

async fn activities_are_listed_from_the_newest_with_what_they_mean(world: World) {
    let world = world.beside(2, LIVELY).await;
    // Three to a second, of two sources.
    let rows = (0..12_i64).map(|n| {
        let row = activity(["b", "A"][n as usize % 2], &format!("{n:02}")).after(-n / 3);
        let row = row.kind(["page_view", "bounce", "other"][n as usize % 3]);
        if n % 4 == 0 { row.account("ibm") } else { row.lead("ada").account("ibm") }
    });
    world.record(rows).await;
    let list = async |subject: ActivitySubject, page, from: Option<i64>, until: Option<i64>| {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let (from, until) = (from.map(|at| START + at), until.map(|at| START + at));
            let listed =
                world.app.activities(world.workspace, &subject, from, until, after.clone(), page);
            let (page, _) = listed.await.unwrap();
            let Some(last) = page.last() else { return found };
            after = Some((last.stored.activity.occurred_at, last.stored.activity.key.clone()));
            found.extend(page);
        }
    };
    let ids = |found: &[abm_app::SeenActivity]| -> Vec<String> {
        found.iter().map(|seen| seen.stored.activity.key.activity_id.clone()).collect()
    };
    let account = || ActivitySubject::Account(AccountId::new("ibm").unwrap());
    let all = ["02", "00", "01", "04", "05", "03", "08", "06", "07", "10", "11", "09"];
    for page in [1, 5, 12, 50] {
        assert_eq!(ids(&list(account(), page, None, None).await), all);
    }
    let ada = list(ActivitySubject::Lead(LeadId::new("ada").unwrap()), 2, None, None).await;
    assert_eq!(ids(&ada), ["02", "01", "05", "03", "06", "07", "10", "11", "09"]);
    let some = list(account(), 2, Some(-2), Some(0)).await;
    assert_eq!(ids(&some), all[3..9], "from is in, until is not");
    for seen in ada {
        let expected = match seen.stored.activity.kind.as_str() {
            "page_view" => (Some("view".to_owned()), false),
            "bounce" => (Some("bounce".to_owned()), true),
            _ => (None, false),
        };
        assert_eq!((seen.signal, seen.ignored), expected);
        assert_eq!(seen.stored.received_at, world.now());
    }
}

async fn accounts_are_ranked_by_priority_tier_engagement_and_fit(world: World) {
    let world = world.beside(2, LIVELY).await;
    // Two people with a demo request each make tier 1 where the fit is enough.
    let accounts = [
        account("first").employees(5_000).industry("it"),
        account("second").employees(5_000),
        account("excluded").employees(5_000).attribute("relationship", "competitor"),
        account("third"),
        account("idle").employees(5_000),
        account("idle-too").employees(5_000),
    ];
    world.accounts(accounts).await;
    for id in ["first", "second", "excluded", "third"] {
        for person in ["a", "b"] {
            let person = format!("{id}-{person}");
            world.leads([lead(&person).account(id).title("CTO").seniority(Seniority::Vp)]).await;
            world.record([activity("web", &person).lead(&person)]).await;
        }
    }
    let list = async |filter: PriorityFilter, page| {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let ranked = world.app.priority_accounts(world.workspace, &filter, after, page).await;
            let (ranked, _) = ranked.unwrap();
            let Some(last) = ranked.last() else { return found };
            after = Some(last.place());
            found.extend(ranked.iter().map(|account| account.row.scores.id.to_string()));
        }
    };
    let all = ["first", "second", "third", "excluded", "idle", "idle-too"];
    let priority = PriorityFilter::default();
    let everything = PriorityFilter { include_all: true, ..PriorityFilter::default() };
    let mqa = PriorityFilter { mqa_only: true, ..PriorityFilter::default() };
    let tier = |tier| PriorityFilter { tiers: vec![tier], ..PriorityFilter::default() };
    let mixed = PriorityFilter { tiers: vec![None, Some(Tier::One)], ..everything.clone() };
    for page in [1, 2, 6, 100] {
        assert_eq!(list(everything.clone(), page).await, all);
        assert_eq!(list(priority.clone(), page).await, all[..3]);
        assert_eq!(list(mqa.clone(), page).await, all[..3]);
        assert_eq!(list(tier(Some(Tier::One)), page).await, all[..2]);
        assert_eq!(list(tier(Some(Tier::Two)), page).await, all[2..3]);
        assert_eq!(list(tier(None), page).await, [""; 0]);
        assert_eq!(
            list(mixed.clone(), page).await,
            ["first", "second", "excluded", "idle", "idle-too"]
        );
    }
    let (ranked, _) =
        world.app.priority_accounts(world.workspace, &priority, None, 1).await.unwrap();
    assert!(ranked[0].why[0].starts_with("tier 1: fit "), "{:?}", ranked[0].why);
}

async fn refused_rows_are_listed_from_the_newest(world: World) {
    for n in 0..4 {
        world.at(n / 2);
        let bad = (0..3).map(|m| activity("web", &format!("{n}-{m}")));
        world.record(bad).await;
    }
    let all = world.rejected().await;
    assert_eq!(all.len(), 12);
    let places: Vec<_> =
        all.iter().map(|row| (row.received_at, row.request_id.clone(), row.index)).collect();
    assert!(places.windows(2).all(|pair| pair[0] > pair[1]));
    for page in [1, 5, 12] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let listed = world.app.rejected_activities(world.workspace, after.clone(), page).await;
            let (page, _) = listed.unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.received_at, last.request_id.clone(), last.index));
            found.extend(page);
        }
        assert_eq!(found, all);
    }
}
