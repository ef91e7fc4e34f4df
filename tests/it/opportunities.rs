//! Opportunities are kept as sent, in any order with their accounts, and no score depends on them.

use abm_app::{AppError, OpportunityFilter, RequestKey, UpsertOptions, UpsertOutcome};
use abm_core::{
    AccountId, AccountOrigin, BuyingRole, Opportunity, OpportunityId, OpportunityState,
};
use abm_tests::{
    AnOpportunity, LIVELY, START, World, account, activity, both_engines, lead, opportunity,
};

both_engines!(
    an_opportunity_is_kept_as_sent_and_told_apart_from_what_it_was,
    merging_adds_and_replacing_forgets,
    a_bad_row_is_refused_alone_or_takes_all_with_it,
    an_opportunity_sent_again_under_one_request_id_gets_the_first_outcome,
    an_account_is_there_while_an_opportunity_names_it,
    opportunities_before_or_after_their_account_give_one_state,
    no_score_depends_on_opportunities,
    opportunities_are_listed_by_key_and_filtered,
    totals_add_up_by_currency_without_overflow,
    outcomes_are_told_by_account,
);

use UpsertOutcome::{Created, Unchanged, Updated};

async fn stored(world: &World, id: &str) -> Opportunity {
    let id = OpportunityId::new(id).unwrap();
    world.app.opportunity(world.workspace, &id).await.unwrap().0.opportunity
}

fn id(account: &str) -> AccountId {
    AccountId::new(account).unwrap()
}

async fn an_opportunity_is_kept_as_sent_and_told_apart_from_what_it_was(world: World) {
    let full = || {
        opportunity("o1")
            .account("ibm")
            .person("ada", Some(BuyingRole::Champion))
            .person("bob", None)
            .opened(-7)
            .lost("price\nand time")
            .worth(1_054_000_001, "USD")
            .stage("Lost")
            .attribute("region", "ä\"'")
    };
    assert_eq!(world.opportunities([full(), opportunity("o2")]).await, [Created, Created]);
    assert_eq!(stored(&world, "o1").await, full().row().unwrap().1);
    assert_eq!(stored(&world, "o2").await, Opportunity::new(OpportunityState::Open));
    world.pass(60);
    assert_eq!(world.opportunities([full()]).await, [Unchanged]);
    assert_eq!(world.opportunities([full().stage("Gone")]).await, [Updated]);
    let found = world.app.opportunity(world.workspace, &OpportunityId::new("o1").unwrap()).await;
    let (record, _) = found.unwrap();
    assert_eq!((record.created_at, record.updated_at), (START, START + 60));
    let unknown = OpportunityId::new("o3").unwrap();
    let unknown = world.app.opportunity(world.workspace, &unknown).await;
    assert!(matches!(unknown, Err(AppError::NotFound { kind: "opportunity", .. })));
    world.digest().await;
}

async fn merging_adds_and_replacing_forgets(world: World) {
    let merge = UpsertOptions { merge: true, ..Default::default() };
    world.opportunities([opportunity("o").person("ada", None).attribute("a", "1")]).await;
    let later = || opportunity("o").person("bob", None).attribute("b", "2").won(9);
    assert_eq!(world.try_opportunities([later()], merge).await.unwrap(), [Updated]);
    assert_eq!(world.try_opportunities([later()], merge).await.unwrap(), [Unchanged]);
    let both = stored(&world, "o").await;
    assert_eq!((both.people.len(), both.attributes.len()), (2, 2));
    assert_eq!(both.closed_at, Some(START + 9));
    // Of two rows of one opportunity in a call the later one wins.
    let rows = [opportunity("o").stage("a"), opportunity("o").stage("b")];
    assert_eq!(world.opportunities(rows).await, [Updated, Updated]);
    let replaced = stored(&world, "o").await;
    assert_eq!((replaced.people.len(), replaced.stage.as_str()), (0, "b"));
    assert_eq!(replaced.closed_at, None);
    // A merge that outgrows a list is refused and changes nothing.
    let many = |from: i32| {
        let people = from..from + 200;
        people.fold(opportunity("o"), |all, n| all.person(&format!("p{n}"), None))
    };
    assert_eq!(world.try_opportunities([many(0)], merge).await.unwrap(), [Updated]);
    let refused = world.try_opportunities([many(200)], merge).await.unwrap();
    assert!(matches!(refused.as_slice(), [UpsertOutcome::Rejected(_)]), "{refused:?}");
    assert_eq!(stored(&world, "o").await.people.len(), 200);
}

async fn a_bad_row_is_refused_alone_or_takes_all_with_it(world: World) {
    let bad = || opportunity("an id").account("ibm");
    for place in 0..3 {
        let mut rows: Vec<_> = (0..2).map(|n| opportunity(&format!("{place}-{n}"))).collect();
        rows.insert(place, bad());
        let outcomes = world.opportunities(rows).await;
        for (index, outcome) in outcomes.iter().enumerate() {
            match outcome {
                UpsertOutcome::Rejected(found) if index == place => {
                    assert_eq!(found.field, "opportunity_id");
                }
                outcome => assert_eq!((outcome, index == place), (&Created, false)),
            }
        }
    }
    let merge = UpsertOptions { merge: true, all_or_nothing: true };
    let many = |from: i32| {
        (from..from + 200).fold(opportunity("0-0"), |all, n| all.person(&format!("p{n}"), None))
    };
    let refused = world.try_opportunities([opportunity("x"), many(0), many(200)], merge).await;
    let Err(AppError::Invalid(found)) = refused else { panic!("{refused:?}") };
    assert_eq!(found[0].field, "opportunities[2].merge");
    let counts = "SELECT (SELECT COUNT(*) FROM opportunity), (SELECT COUNT(*) FROM account), \
                  (SELECT COUNT(*) FROM opportunity_person)";
    assert_eq!(world.sql().await.numbers(counts).await, [[6, 0, 0]]);
}

async fn an_opportunity_sent_again_under_one_request_id_gets_the_first_outcome(world: World) {
    let send = |content: &'static str| {
        let key = RequestKey::new("00000000-0000-4000-8000-0000000000aa", content.as_bytes());
        let rows = [opportunity("o1"), opportunity("an id"), opportunity("o2")];
        let rows = rows.map(AnOpportunity::row).into();
        world.app.upsert_opportunities(world.workspace, key, rows, UpsertOptions::default())
    };
    let first = send("one").await.unwrap();
    assert!(matches!(first.rows.as_slice(), [Created, UpsertOutcome::Rejected(_), Created]));
    world.opportunities([opportunity("o1").stage("later")]).await;
    assert_eq!(send("one").await.unwrap().rows, first.rows);
    assert_eq!(stored(&world, "o1").await.stage, "later", "it was not done again");
    let reused = send("two").await;
    assert!(matches!(reused, Err(AppError::IdReused { kind: "request_id", .. })), "{reused:?}");
}

async fn an_account_is_there_while_an_opportunity_names_it(world: World) {
    world.opportunities([opportunity("o1").account("ibm"), opportunity("o2").account("ibm")]).await;
    assert_eq!(world.account_ids().await, ["ibm"]);
    assert_eq!(world.view("ibm").await.account.origin, AccountOrigin::Mention);
    assert_eq!(world.view("ibm").await.opportunities.open, 2);
    world.opportunities([opportunity("o1").account("ntt")]).await;
    assert_eq!(world.account_ids().await, ["ibm", "ntt"], "o2 names it still");
    world.opportunities([opportunity("o2").account("ntt")]).await;
    assert_eq!(world.account_ids().await, ["ntt"]);
    // Sent, it stays; deleted, its bare id does, for opportunities name it.
    world.accounts([account("ntt").name("NTT")]).await;
    assert_eq!(world.view("ntt").await.account.origin, AccountOrigin::Caller);
    world.delete_account("ntt").await;
    assert_eq!(world.view("ntt").await.account.origin, AccountOrigin::Mention);
    assert_eq!(world.view("ntt").await.opportunities.open, 2);
    world.opportunities([opportunity("o1"), opportunity("o2")]).await;
    assert_eq!(world.account_ids().await, [""; 0]);
    // An account that something else names does not go with its opportunity.
    world.record([activity("web", "1").account("hp")]).await;
    world.opportunities([opportunity("o1").account("hp")]).await;
    world.opportunities([opportunity("o1")]).await;
    assert_eq!(world.account_ids().await, ["hp"]);
    world.digest().await;
}

async fn opportunities_before_or_after_their_account_give_one_state(world: World) {
    let step = async |world: &World, number: usize| match number {
        0 => {
            world.accounts([account("ibm").domain("ibm.com").parent("holding")]).await;
        }
        1 => {
            world.leads([lead("ada").email("ada@ibm.com").title("CTO")]).await;
        }
        2 => {
            world.record([activity("web", "1").lead("ada").email("ada@ibm.com")]).await;
        }
        _ => {
            let sale = opportunity("o").account("ibm").person("ada", None).won(5);
            world.opportunities([sale, opportunity("p").account("new")]).await;
        }
    };
    let orders = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 3, 0, 1], [1, 3, 2, 0]];
    let mut digests = Vec::new();
    for (workspace, order) in (2..).zip(orders) {
        let world = world.beside(workspace, LIVELY).await;
        for number in order {
            step(&world, number).await;
        }
        assert_eq!(world.account_ids().await, ["holding", "ibm", "new"]);
        let totals = world.view("ibm").await.opportunities;
        assert_eq!((totals.open, totals.won, totals.last_won_at), (0, 1, Some(START + 5)));
        digests.push(world.digest().await);
    }
    digests.dedup();
    assert_eq!(digests.len(), 1);
}

async fn no_score_depends_on_opportunities(world: World) {
    let world = world.beside(2, LIVELY).await;
    world.accounts([account("ibm").employees(5_000)]).await;
    world.leads([lead("ada").account("ibm").title("CTO")]).await;
    world.record([activity("web", "1").lead("ada")]).await;
    let before = (world.digest().await, world.timeline("ibm").await.len());
    let sales = (0..50).map(|n| opportunity(&format!("o{n}")).account("ibm").won(n));
    world.opportunities(sales).await;
    assert_eq!((world.digest().await, world.timeline("ibm").await.len()), before);
}

async fn opportunities_are_listed_by_key_and_filtered(world: World) {
    let ids = ["-", "1", "10", "9", "A", "Z", "a", "z"];
    let sales = ids.iter().enumerate().map(|(n, id)| {
        let sale = opportunity(id).person("ada", None);
        let sale = if n % 2 == 0 { sale.account("ibm") } else { sale };
        match n % 3 {
            0 => sale,
            1 => sale.won(1),
            _ => sale.lost("price"),
        }
    });
    world.opportunities(sales).await;
    let list = async |filter: OpportunityFilter, page| {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let listed = world.app.opportunities(world.workspace, &filter, after.as_ref(), page);
            let (page, _) = listed.await.unwrap();
            assert!(page.iter().all(|record| record.opportunity.people.len() == 1));
            let Some(last) = page.last() else { return found };
            after = Some(last.id.clone());
            found.extend(page.into_iter().map(|record| record.id.into_string()));
        }
    };
    let ibm = || Some(id("ibm"));
    for page in [1, 3, 100] {
        assert_eq!(list(OpportunityFilter::default(), page).await, ids);
        let of_ibm = OpportunityFilter { account: ibm(), state: None };
        assert_eq!(list(of_ibm, page).await, ["-", "10", "A", "a"]);
        let won = OpportunityFilter { account: None, state: Some(OpportunityState::Won) };
        assert_eq!(list(won, page).await, ["1", "A", "z"]);
        let both = OpportunityFilter { account: ibm(), state: Some(OpportunityState::Lost) };
        assert_eq!(list(both, page).await, ["10"]);
    }
}

async fn totals_add_up_by_currency_without_overflow(world: World) {
    let most = abm_core::limits::AMOUNT_MICROS;
    let sales = [
        opportunity("a").account("ibm").won(5).worth(1_500_000, "USD"),
        opportunity("b").account("ibm").won(9).worth(700_001, "USD"),
        opportunity("c").account("ibm").won(7).worth(2, "EUR"),
        opportunity("d").account("ibm").won(8),
        opportunity("e").account("ibm").lost("").worth(9, "USD"),
        opportunity("f").account("ibm").worth(9, "USD"),
        opportunity("g").worth(9, "USD"),
    ];
    world.opportunities(sales).await;
    let totals = world.view("ibm").await.opportunities;
    assert_eq!((totals.open, totals.won, totals.lost), (1, 4, 1));
    assert_eq!(totals.last_won_at, Some(START + 9));
    let amounts = |totals: &abm_app::OpportunityTotals| -> Vec<(String, i64)> {
        totals.won_amounts.iter().map(|a| (a.currency.to_string(), a.micros)).collect()
    };
    assert_eq!(amounts(&totals), [("EUR".to_owned(), 2), ("USD".to_owned(), 2_200_001)]);
    // The same at a moment, which is read another way.
    assert_eq!(world.view_at("ibm", Some(world.now()), None).await.opportunities, totals);
    let large =
        (0..12).map(|n| opportunity(&format!("l{n}")).account("sap").won(0).worth(most, "JPY"));
    world.opportunities(large).await;
    let sum = amounts(&world.view("sap").await.opportunities);
    assert_eq!(sum, [("JPY".to_owned(), i64::MAX)], "more than can be told");
}

async fn outcomes_are_told_by_account(world: World) {
    let sales = [
        opportunity("b").account("ibm").opened(1).won(5),
        opportunity("a").account("ibm").lost("price"),
        opportunity("c").account("ntt").opened(2),
        opportunity("d").opened(3),
    ];
    world.opportunities(sales).await;
    let view = world.app.store().view(world.workspace);
    let found = view.outcomes(["ibm", "ntt", "hp"].map(id)).await.unwrap();
    let told: Vec<_> = found
        .iter()
        .map(|(account, outcomes)| {
            let each = outcomes.iter().map(|o| (o.state, o.opened_at, o.closed_at));
            (account.as_str(), each.collect::<Vec<_>>())
        })
        .collect();
    let at = |secs: i64| Some(START + secs);
    assert_eq!(
        told,
        [
            (
                "ibm",
                vec![(OpportunityState::Lost, None, None), (OpportunityState::Won, at(1), at(5))]
            ),
            ("ntt", vec![(OpportunityState::Open, at(2), None)]),
        ]
    );
    assert!(view.outcomes([]).await.unwrap().is_empty());
}
