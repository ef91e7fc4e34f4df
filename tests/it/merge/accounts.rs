//! Accounts that are the same company.

use abm_app::{Adjusted, Cause, OpportunityFilter, Retraction, ScoreKind, UpsertOutcome};
use abm_core::{AccountId, ActivityKey, OpportunityId};
use abm_store::ActivitySubject;
use abm_tests::{LIVELY, START, World, account, activity, both_engines, days, lead, opportunity};

use super::listed;

both_engines!(
    everything_that_names_a_merged_account_counts_for_the_survivor,
    a_split_leaves_the_state_of_never_having_been_merged,
    the_domains_of_a_merged_account_count_for_the_survivor,
    a_merged_account_does_not_come_back_by_being_mentioned,
    children_of_a_merged_account_roll_up_into_the_survivor,
    opportunities_of_a_merged_account_count_for_the_survivor,
    visits_of_a_merged_account_are_listed_explained_and_taken_back,
    an_account_goes_on_with_its_timeline_after_a_split,
    what_a_merged_account_claims_is_deleted_with_it_and_the_survivor_stays,
    an_account_that_was_sent_is_found_as_its_survivor_whatever_becomes_of_that,
    an_account_made_for_a_domain_can_be_merged,
    a_chain_of_merged_accounts_is_undone_link_by_link,
);

fn id(account: &str) -> AccountId {
    AccountId::new(account).unwrap()
}

/// What names `sap` or `sap-de` in every way there is.
async fn fill(world: &World, sap_de: &str) {
    world.leads([lead("ada").account(sap_de).title("CTO"), lead("bob").email("bob@sap.de")]).await;
    world.record([activity("web", "1").lead("ada"), activity("web", "2").lead("bob")]).await;
    world.record([activity("web", "3").lead("cyd").account(sap_de)]).await;
    world.record([activity("web", "4").account(sap_de).kind("page_view")]).await;
    world.accounts([account("child").parent(sap_de)]).await;
    world.opportunities([opportunity("o").account(sap_de).won(-9)]).await;
}

async fn both(world: &World) {
    let sap = account("sap").employees(5_000).domain("sap.com");
    world.accounts([sap, account("sap-de").domain("sap.de").parent("holding")]).await;
}

async fn everything_that_names_a_merged_account_counts_for_the_survivor(world: World) {
    let model = LIVELY.replace("size(account.domains) > 0", "account.employees >= 1");
    let one = world.beside(2, &model).await;
    one.accounts([account("sap").employees(5_000).domain("sap.com").domain("sap.de")]).await;
    fill(&one, "sap").await;
    let expected = (one.digest().await, one.account_ids().await);
    assert_eq!(expected.1, ["child", "sap"], "the parent of a merged account names nothing");
    for (workspace, before) in [(3, true), (4, false)] {
        let world = world.beside(workspace, &model).await;
        both(&world).await;
        if before {
            fill(&world, "sap-de").await;
            world.merge_accounts("sap", &["sap-de"]).await.unwrap();
        } else {
            world.merge_accounts("sap", &["sap-de"]).await.unwrap();
            fill(&world, "sap-de").await;
        }
        assert_eq!((world.digest().await, world.account_ids().await), expected, "{before}");
        for of in ["sap", "sap-de"] {
            let (found, other) = (world.view(of).await, one.view("sap").await);
            assert_eq!(found.scores, other.scores);
            assert_eq!(found.opportunities.won, 1);
            assert_eq!(found.account.id, id("sap"));
        }
        let sent = world.person("ada").await.0;
        assert_eq!(sent.profile.account, Some(id("sap-de")), "as it was sent");
        assert_eq!(
            world.app.leads(world.workspace, Some(&id("sap-de")), None, 9).await.unwrap().0.len(),
            3
        );
    }
}

async fn a_split_leaves_the_state_of_never_having_been_merged(world: World) {
    let apart = world.beside(2, LIVELY).await;
    let merged = world.beside(3, LIVELY).await;
    both(&apart).await;
    both(&merged).await;
    merged.merge_accounts("sap", &["sap-de"]).await.unwrap();
    for world in [&apart, &merged] {
        fill(world, "sap-de").await;
        world.record([activity("web", "9").account("sap").kind("page_view")]).await;
    }
    merged.split_account("sap-de").await.unwrap();
    assert_eq!(merged.digest().await, apart.digest().await);
    assert_eq!(merged.account_ids().await, apart.account_ids().await);
    assert_eq!(merged.explained().await, apart.explained().await);
    for world in [&apart, &merged] {
        let group = world.app.account_group(world.workspace, &id("child")).await.unwrap().0;
        assert_eq!(group.id, id("holding"));
        assert_eq!(group.opportunities().won, 1);
        assert_eq!(world.view("sap-de").await.opportunities.won, 1);
    }
}

async fn the_domains_of_a_merged_account_count_for_the_survivor(world: World) {
    both(&world).await;
    world.accounts([account("rival").domain("sap.de")]).await;
    world.leads([lead("bob").email("bob@sap.de")]).await;
    assert_eq!(world.employer("bob").await, "rival", "the smallest id of those that claim it");
    world.accounts([account("a").domain("x.com")]).await;
    world.merge_accounts("a", &["sap-de"]).await.unwrap();
    assert_eq!(world.employer("bob").await, "a");
    // So do those that it claims from now on; nothing else of it counts.
    use UpsertOutcome::Updated;
    let newer = account("sap-de").domain("neu.de").parent("holding").employees(9);
    assert_eq!(world.accounts([newer]).await, [Updated]);
    world.leads([lead("eve").email("eve@neu.de")]).await;
    assert_eq!(
        (world.employer("bob").await, world.employer("eve").await),
        ("rival".into(), "a".into())
    );
    // The survivor's own profile goes on beside it.
    world.accounts([account("a").domain("y.com")]).await;
    assert_eq!(world.employer("eve").await, "a");
    world.digest().await;
    world.split_account("sap-de").await.unwrap();
    assert_eq!(world.employer("eve").await, "sap-de");
    assert_eq!(world.view("sap-de").await.account.profile.employees, Some(9));
    world.digest().await;
}

async fn a_merged_account_does_not_come_back_by_being_mentioned(world: World) {
    world.record([activity("web", "1").account("bare"), activity("web", "2").account("sap")]).await;
    world.merge_accounts("sap", &["bare"]).await.unwrap();
    world.record([activity("web", "3").account("bare").after(-1)]).await;
    world.record([activity("web", "4").lead("ada").account("bare").after(-2)]).await;
    world.leads([lead("bob").account("bare")]).await;
    world.accounts([account("child").parent("bare")]).await;
    world.opportunities([opportunity("o").account("bare")]).await;
    world.move_lead("ada", "bare").await.unwrap();
    world.set_parent("child", "bare").await.unwrap();
    assert_eq!(world.account_ids().await, ["child", "sap"]);
    assert_eq!(
        (world.employer("ada").await, world.employer("bob").await),
        ("sap".into(), "sap".into())
    );
    world.digest().await;
    world.split_account("bare").await.unwrap();
    assert_eq!(world.account_ids().await, ["bare", "child", "sap"]);
    assert_eq!(
        (world.employer("ada").await, world.employer("bob").await),
        ("bare".into(), "bare".into())
    );
    world.digest().await;
}

async fn children_of_a_merged_account_roll_up_into_the_survivor(world: World) {
    world.accounts([account("a"), account("b").parent("a"), account("c").parent("b")]).await;
    let group = async |of: &str| {
        let group = world.app.account_group(world.workspace, &id(of)).await.unwrap().0;
        let members =
            group.members.iter().map(|(member, level, _)| (member.id.to_string(), *level));
        (group.id.to_string(), members.collect::<Vec<_>>())
    };
    world.merge_accounts("a", &["b"]).await.unwrap();
    assert_eq!(group("c").await, ("a".into(), vec![("a".into(), 0), ("c".into(), 1)]));
    assert_eq!(group("b").await, group("c").await);
    // A parent that is merged into its own child makes a ring of one.
    world.split_account("b").await.unwrap();
    world.merge_accounts("b", &["a"]).await.unwrap();
    assert_eq!(group("c").await, ("b".into(), vec![("b".into(), 0), ("c".into(), 1)]));
    let groups = world.app.account_groups(world.workspace, None, 9).await.unwrap().0;
    assert_eq!(groups.len(), 1);
    // The parent of a merged account does not count, and comes back with it.
    world.split_account("a").await.unwrap();
    world.accounts([account("x").parent("top")]).await;
    world.merge_accounts("a", &["x"]).await.unwrap();
    assert_eq!(world.account_ids().await, ["a", "b", "c"]);
    world.split_account("x").await.unwrap();
    assert_eq!(world.account_ids().await, ["a", "b", "c", "top", "x"]);
    assert_eq!(group("c").await.1.len(), 3);
    world.digest().await;
}

async fn opportunities_of_a_merged_account_count_for_the_survivor(world: World) {
    both(&world).await;
    world.opportunities([opportunity("1").account("sap-de").won(-1)]).await;
    world.merge_accounts("sap", &["sap-de"]).await.unwrap();
    world
        .opportunities([opportunity("2").account("sap-de"), opportunity("3").account("sap")])
        .await;
    let of = async |account: &str| {
        let filter = OpportunityFilter { account: Some(id(account)), ..Default::default() };
        world.app.opportunities(world.workspace, &filter, None, 9).await.unwrap().0
    };
    assert_eq!((of("sap").await.len(), of("sap-de").await.len()), (3, 3));
    let first = &of("sap").await[0];
    assert_eq!(first.opportunity.account, Some(id("sap-de")), "as it was sent");
    assert_eq!(first.survivor, Some(id("sap")));
    let again = [opportunity("1").account("sap-de").won(-1)];
    assert_eq!(world.opportunities(again).await, [UpsertOutcome::Unchanged]);
    world.opportunities([opportunity("3").account("sap-de")]).await;
    world.opportunities([opportunity("2")]).await;
    world.split_account("sap-de").await.unwrap();
    let found = (of("sap").await.len(), of("sap-de").await.len());
    assert_eq!(found, (0, 2));
    let id = OpportunityId::new("1").unwrap();
    assert_eq!(world.app.opportunity(world.workspace, &id).await.unwrap().0.survivor, None);
}

async fn visits_of_a_merged_account_are_listed_explained_and_taken_back(world: World) {
    both(&world).await;
    let visit = |id: &str| activity("web", id).account("sap-de");
    world.record([visit("1")]).await;
    world.merge_accounts("sap", &["sap-de"]).await.unwrap();
    world.record([visit("2").after(-1)]).await;
    for of in ["sap", "sap-de"] {
        let found = listed(&world, ActivitySubject::Account(id(of))).await;
        let sent = found.iter().map(|seen| seen.stored.sent_account.clone());
        assert_eq!(sent.collect::<Vec<_>>(), [Some(id("sap-de")), Some(id("sap-de"))]);
    }
    let opened = world.explain("sap-de", ScoreKind::Engagement, None).await;
    assert!(opened.visitor.is_some());
    world.explained().await;
    let places = vec![(START, ActivityKey::new("web", "1").unwrap())];
    let done = world.retract(Retraction::Places(places)).await;
    assert_eq!(done.accounts.keys().collect::<Vec<_>>(), [&id("sap")]);
    world.digest().await;
    world.split_account("sap-de").await.unwrap();
    assert_eq!(listed(&world, ActivitySubject::Account(id("sap-de"))).await.len(), 1);
    assert_eq!(listed(&world, ActivitySubject::Account(id("sap"))).await.len(), 0);
    world.digest().await;
}

async fn an_account_goes_on_with_its_timeline_after_a_split(world: World) {
    both(&world).await;
    fill(&world, "sap-de").await;
    let before = world.timeline("sap-de").await;
    world.pass(days(1));
    world.apply_due().await;
    world.merge_accounts("sap", &["sap-de"]).await.unwrap();
    assert_eq!(world.timeline("sap").await.last().unwrap().cause, Cause::Merge);
    world.pass(days(1));
    world.apply_due().await;
    world.split_account("sap-de").await.unwrap();
    let after = world.timeline("sap-de").await;
    assert_eq!(after[..before.len()], before, "what was shown stays on record");
    assert!(after.iter().zip(1..).all(|(line, number)| line.sequence == number));
    let (last, state) = (after.last().unwrap(), world.view("sap-de").await.scores);
    assert_eq!((last.engagement, last.cause), (state.engagement, Cause::Merge));
    let history = world.app.history_of(world.workspace, &id("sap-de")).await.unwrap();
    let told: Vec<_> = history.adjustments.iter().map(|a| (a.what, a.value.as_str())).collect();
    assert_eq!(told, [(Adjusted::Split, "sap"), (Adjusted::Merge, "sap")]);
    world.digest().await;
}

async fn what_a_merged_account_claims_is_deleted_with_it_and_the_survivor_stays(world: World) {
    both(&world).await;
    world.leads([lead("bob").email("bob@sap.de"), lead("ada").account("sap-de")]).await;
    world.merge_accounts("sap", &["sap-de"]).await.unwrap();
    world.delete_account("sap-de").await;
    assert_eq!(
        (world.employer("bob").await, world.employer("ada").await),
        ("sap.de".into(), "sap".into())
    );
    assert_eq!(world.view("sap").await.account.profile.employees, Some(5_000));
    world.digest().await;
    // The survivor's profile is deleted alone.
    world.accounts([account("sap-de").domain("sap.de")]).await;
    world.delete_account("sap").await;
    assert_eq!(
        (world.employer("bob").await, world.view("sap").await.account.profile.employees),
        ("sap".into(), None)
    );
    world.digest().await;
    world.split_account("sap-de").await.unwrap();
    assert_eq!(world.account_ids().await, ["sap-de"]);
    world.digest().await;
}

async fn an_account_that_was_sent_is_found_as_its_survivor_whatever_becomes_of_that(world: World) {
    both(&world).await;
    world.merge_accounts("sap", &["sap-de"]).await.unwrap();
    world.delete_account("sap").await;
    assert_eq!(world.account_ids().await, ["sap"]);
    assert_eq!(world.view("sap-de").await.account.id, id("sap"));
    world.leads([lead("bob").email("bob@sap.de")]).await;
    assert_eq!(world.employer("bob").await, "sap", "what is merged into it claims the domain");
    world.leads([lead("bob")]).await;
    assert_eq!(world.account_ids().await, ["sap"]);
    world.digest().await;
    // Of a bare id nobody needs it.
    world.delete_account("sap-de").await;
    assert_eq!(world.account_ids().await, [""; 0]);
    assert!(world.view_if_any("sap-de").await.is_none());
    world.accounts([account("sap-de").domain("sap.de")]).await;
    assert_eq!(world.account_ids().await, ["sap"]);
    world.digest().await;
    world.split_account("sap-de").await.unwrap();
    assert_eq!(world.account_ids().await, ["sap-de"]);
    world.digest().await;
}

async fn an_account_made_for_a_domain_can_be_merged(world: World) {
    world.leads([lead("bob").email("bob@sap.de")]).await;
    world.accounts([account("sap")]).await;
    world.merge_accounts("sap", &["sap.de"]).await.unwrap();
    world.leads([lead("eve").email("eve@mail.sap.de")]).await;
    assert_eq!(world.account_ids().await, ["sap"]);
    // Who claims the domain gets its people all the same.
    world.accounts([account("sap-de").domain("sap.de")]).await;
    assert_eq!(world.employer("bob").await, "sap-de");
    world.delete_account("sap-de").await;
    assert_eq!(world.employer("bob").await, "sap");
    world.digest().await;
    world.split_account("sap.de").await.unwrap();
    assert_eq!(world.account_ids().await, ["sap", "sap.de"]);
    // And the other way round: the one made for the domain remains while somebody is in it.
    world.merge_accounts("sap.de", &["sap"]).await.unwrap();
    assert_eq!(world.employer("eve").await, "sap.de");
    world.digest().await;
}

async fn a_chain_of_merged_accounts_is_undone_link_by_link(world: World) {
    let names = ["a", "b", "c", "d"];
    world.accounts(names.map(|name| account(name).domain(&format!("{name}.com")))).await;
    world.record(names.map(|name| activity("web", name).account(name))).await;
    world.leads(names.map(|name| lead(name).email(&format!("me@{name}.com")))).await;
    let mut states = vec![world.digest().await];
    for (into, of) in [("b", "a"), ("c", "b"), ("d", "c")] {
        world.merge_accounts(into, &[of]).await.unwrap();
        states.push(world.digest().await);
    }
    assert_eq!(world.account_ids().await, ["d"]);
    let history = world.app.history_of(world.workspace, &id("d")).await.unwrap();
    assert_eq!(history.merged, ["a", "b", "c"]);
    states.pop();
    for of in ["c", "b", "a"] {
        world.split_account(of).await.unwrap();
        assert_eq!(Some(world.digest().await), states.pop(), "{of}");
    }
}
