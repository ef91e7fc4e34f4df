//! Which account a person belongs to, whatever arrives first.

use abm_app::UpsertOutcome;
use abm_core::AccountOrigin;
use abm_tests::{HOUR, LIVELY, World, account, activity, both_engines, lead, lively};

both_engines!(
    the_account_that_a_caller_named_wins_over_the_domain,
    the_longest_claimed_part_of_the_host_wins,
    of_several_that_claim_a_domain_the_smallest_id_wins_in_any_order,
    a_claim_that_comes_later_moves_people_with_their_whole_history,
    an_unknown_company_domain_makes_an_account_that_goes_when_it_is_claimed,
    a_workspace_that_makes_no_accounts_leaves_people_without,
    free_mail_throwaway_and_unroutable_addresses_match_nobody,
    a_claim_withdrawn_sends_people_back,
    a_changed_address_moves_the_person,
    a_deleted_account_gives_its_people_up_unless_they_name_it,
    the_web_site_claims_its_domain,
    an_account_that_is_only_mentioned_is_there_as_long_as_it_is_mentioned,
    the_latest_account_beside_a_person_is_the_last_resort,
    the_smallest_address_beside_a_person_counts_until_their_own_is_known,
    what_counts_nothing_still_makes_its_visitor_known,
);

async fn the_account_that_a_caller_named_wins_over_the_domain(world: World) {
    world.accounts([account("ibm").domain("ibm.com"), account("redhat")]).await;
    world.leads([lead("ada").email("ada@ibm.com").account("redhat")]).await;
    assert_eq!(world.employer("ada").await, "redhat");
    world.leads([lead("ada").email("ada@ibm.com")]).await;
    assert_eq!(world.employer("ada").await, "ibm");
    world.digest().await;
}

async fn the_longest_claimed_part_of_the_host_wins(world: World) {
    let people =
        [("deep", "a@x.lab.ntt.co.jp"), ("mid", "b@lab.ntt.co.jp"), ("top", "c@ntt.co.jp")];
    world.leads(people.map(|(id, email)| lead(id).email(email))).await;
    let employers = async || {
        let mut found = Vec::new();
        for (id, _) in people {
            found.push(world.employer(id).await);
        }
        found
    };
    assert_eq!(employers().await, ["ntt.co.jp"; 3]);
    world.accounts([account("lab").domain("lab.ntt.co.jp")]).await;
    assert_eq!(employers().await, ["lab", "lab", "ntt.co.jp"]);
    world.accounts([account("ntt").domain("ntt.co.jp")]).await;
    assert_eq!(employers().await, ["lab", "lab", "ntt"]);
    world.accounts([account("x").domain("x.lab.ntt.co.jp")]).await;
    assert_eq!(employers().await, ["x", "lab", "ntt"]);
    world.accounts([account("public").domain("co.jp")]).await;
    assert_eq!(employers().await, ["x", "lab", "ntt"], "a public suffix is nobody's");
    world.digest().await;
}

async fn of_several_that_claim_a_domain_the_smallest_id_wins_in_any_order(world: World) {
    world.leads([lead("ada").email("ada@ibm.com")]).await;
    for (id, expected) in [("m", "m"), ("z", "m"), ("a", "a"), ("B", "B")] {
        world.accounts([account(id).domain("ibm.com")]).await;
        assert_eq!(world.employer("ada").await, expected);
    }
    world.delete_account("B").await;
    assert_eq!(world.employer("ada").await, "a");
    world.digest().await;
}

async fn a_claim_that_comes_later_moves_people_with_their_whole_history(world: World) {
    let early = world.beside(2, LIVELY).await;
    let late = world.beside(3, LIVELY).await;
    let claim = || account("ibm").domain("ibm.com").employees(300_000).industry("it");
    let history = async |world: &World| {
        world.leads([lead("ada").email("ada@ibm.com").title("CTO")]).await;
        for n in 0..40 {
            let id = format!("{n}");
            let of = if n % 2 == 0 { "ada" } else { "bob" };
            let row = activity("web", &id).kind("page_view").lead(of).email("b@eu.ibm.com");
            world.record([row.after(-n * 7 * HOUR)]).await;
        }
    };
    early.accounts([claim()]).await;
    history(&early).await;
    history(&late).await;
    assert_eq!(late.view("ibm.com").await.scores.people, 2);
    late.accounts([claim()]).await;
    assert!(late.view_if_any("ibm.com").await.is_none());
    let [seen_early, seen_late] = [early.view("ibm").await, late.view("ibm").await];
    assert!(seen_late.scores.engagement > 20);
    assert_eq!(seen_late.scores.engagement, seen_early.scores.engagement);
    assert_eq!(seen_late.people, seen_early.people);
    assert_eq!(late.digest().await, early.digest().await);
}

async fn an_unknown_company_domain_makes_an_account_that_goes_when_it_is_claimed(world: World) {
    world.record([activity("web", "1").lead("ada").email("ada@mail.ibm.com")]).await;
    let made = world.view("ibm.com").await;
    assert_eq!(made.account.origin, AccountOrigin::EmailDomain);
    assert_eq!((made.scores.people, made.people[0].engagement), (1, 50));
    world.accounts([account("ibm").domain("ibm.com")]).await;
    assert_eq!(world.account_ids().await, ["ibm"]);
    assert_eq!(world.timeline("ibm.com").await, []);
    world.digest().await;
}

async fn a_workspace_that_makes_no_accounts_leaves_people_without(world: World) {
    world.sql().await.execute("UPDATE workspace SET creates_accounts = false").await;
    world.record([activity("web", "1").lead("ada").email("ada@ibm.com")]).await;
    assert_eq!(world.employer("ada").await, "");
    assert_eq!(world.person("ada").await.1.engagement, 50, "scored all the same");
    world.accounts([account("ibm").domain("ibm.com")]).await;
    assert_eq!(world.view("ibm").await.people[0].engagement, 50);
    world.digest().await;
}

async fn free_mail_throwaway_and_unroutable_addresses_match_nobody(world: World) {
    world.accounts([account("google").domain("gmail.com").domain("google.com")]).await;
    let addresses =
        ["a@gmail.com", "a@mailinator.com", "a@p123.invalid", "a@users.noreply.github.com", ""];
    for (n, address) in addresses.into_iter().enumerate() {
        let id = format!("lead-{n}");
        world.leads([lead(&id).email(address)]).await;
        world.record([activity("web", &id).lead(&id)]).await;
        assert_eq!(world.employer(&id).await, "", "{address}");
        assert_eq!(world.person(&id).await.1.engagement, 50);
    }
    assert_eq!(world.account_ids().await, ["google"]);
    world.digest().await;
}

async fn a_claim_withdrawn_sends_people_back(world: World) {
    let both = || account("ibm").domain("ibm.com").domain("redhat.com");
    world.accounts([both()]).await;
    world.leads([lead("ada").email("ada@ibm.com"), lead("bob").email("bob@redhat.com")]).await;
    world.record(["ada", "bob"].map(|id| activity("web", id).lead(id))).await;
    let before = world.digest().await;
    world.accounts([account("ibm").domain("ibm.com")]).await;
    assert_eq!(world.employer("bob").await, "redhat.com");
    assert_eq!(world.view("redhat.com").await.people[0].engagement, 50);
    assert_eq!(world.view("ibm").await.scores.people, 1);
    world.digest().await;
    world.accounts([both()]).await;
    assert_eq!(world.account_ids().await, ["ibm"]);
    assert_eq!(world.digest().await, before);
}

async fn a_changed_address_moves_the_person(world: World) {
    world.leads([lead("ada").email("ada@ibm.com")]).await;
    world.record([activity("web", "1").lead("ada")]).await;
    for (address, employer) in
        [("Ada@RedHat.com", "redhat.com"), ("a@gmail.com", ""), ("a@ibm.com", "ibm.com")]
    {
        assert_eq!(world.leads([lead("ada").email(address)]).await, [UpsertOutcome::Updated]);
        assert_eq!(world.employer("ada").await, employer);
        let expected: &[&str] = if employer.is_empty() { &[] } else { &[employer] };
        assert_eq!(world.account_ids().await, expected);
        assert_eq!(world.person("ada").await.1.engagement, 50);
        world.digest().await;
    }
}

async fn a_deleted_account_gives_its_people_up_unless_they_name_it(world: World) {
    world.accounts([account("ibm").domain("ibm.com").industry("it")]).await;
    world.leads([lead("ada").email("ada@ibm.com")]).await;
    world.record([activity("web", "1").lead("ada")]).await;
    world.delete_account("ibm").await;
    assert_eq!(world.account_ids().await, ["ibm.com"]);
    assert_eq!(world.view("ibm.com").await.people[0].engagement, 50);
    world.digest().await;

    world.accounts([account("ibm").domain("ibm.com").industry("it")]).await;
    world.leads([lead("bob").account("ibm")]).await;
    world.record([activity("web", "2").account("ibm")]).await;
    world.delete_account("ibm").await;
    assert_eq!(world.account_ids().await, ["ibm", "ibm.com"]);
    let bare = world.view("ibm").await;
    assert_eq!(
        (bare.account.origin, bare.account.profile.industry.as_str()),
        (AccountOrigin::Mention, "")
    );
    assert_eq!(
        (bare.scores.people, world.stored_state("ibm").await.visitor.entries().len()),
        (1, 1)
    );
    world.digest().await;
}

async fn the_web_site_claims_its_domain(world: World) {
    world.leads([lead("ada").email("ada@ibm.com")]).await;
    world.accounts([account("ibm").website("https://www.ibm.com/us-en")]).await;
    assert_eq!(world.employer("ada").await, "ibm");
    world.accounts([account("ibm")]).await;
    assert_eq!(world.employer("ada").await, "ibm.com");
    world.digest().await;
}

async fn an_account_that_is_only_mentioned_is_there_as_long_as_it_is_mentioned(world: World) {
    // By a lead that names it.
    world.leads([lead("ada").account("ibm")]).await;
    assert_eq!(world.view("ibm").await.account.origin, AccountOrigin::Mention);
    world.leads([lead("ada").account("redhat")]).await;
    assert_eq!(world.account_ids().await, ["redhat"]);
    world.leads([lead("ada")]).await;
    assert!(world.account_ids().await.is_empty());
    // By an activity, as a hint that is no longer needed.
    world.record([activity("web", "1").lead("bob").account("ibm")]).await;
    assert_eq!(world.account_ids().await, ["ibm"]);
    world.leads([lead("bob").email("bob@suse.com")]).await;
    assert_eq!(world.account_ids().await, ["suse.com"]);
    // By another account, of which it is the parent.
    world.accounts([account("sub").parent("holding")]).await;
    assert_eq!(world.account_ids().await, ["holding", "sub", "suse.com"]);
    world.leads([lead("eve").account("holding")]).await;
    world.leads([lead("eve")]).await;
    assert_eq!(world.account_ids().await, ["holding", "sub", "suse.com"]);
    world.accounts([account("sub")]).await;
    assert_eq!(world.account_ids().await, ["sub", "suse.com"]);
    // By its visitor.
    world.record([activity("web", "2").account("acme")]).await;
    world.leads([lead("eve").account("acme")]).await;
    world.leads([lead("eve")]).await;
    assert_eq!(world.account_ids().await, ["acme", "sub", "suse.com"]);
    // A caller who sends it is the first to do so, and it stays.
    assert_eq!(world.accounts([account("acme")]).await, [UpsertOutcome::Created]);
    assert_eq!(world.view("acme").await.account.origin, AccountOrigin::Caller);
    world.digest().await;
}

async fn the_latest_account_beside_a_person_is_the_last_resort(world: World) {
    let hint = |id, account: &str, at| activity("web", id).lead("ada").account(account).after(at);
    world.record([hint("1", "second", -20)]).await;
    assert_eq!(world.employer("ada").await, "second");
    world.record([hint("2", "first", -30)]).await;
    assert_eq!(world.employer("ada").await, "second", "an earlier one says less");
    // Of one moment always the same one, which the names of the accounts do not tell.
    world.record([hint("3", "third", -10), hint("4", "other", -10)]).await;
    let found = world.employer("ada").await;
    assert_eq!(world.account_ids().await, [found.as_str()]);
    let renamed = world.beside(2, LIVELY).await;
    renamed.record([hint("4", "other", -10)]).await;
    renamed.record([hint("3", "athird", -10)]).await;
    let expected = if found == "third" { "athird" } else { "other" };
    assert_eq!(renamed.employer("ada").await, expected);
    world.record([activity("web", "5").lead("ada").email("ada@ibm.com")]).await;
    assert_eq!(world.employer("ada").await, "ibm.com");
    world.digest().await;
}

async fn the_smallest_address_beside_a_person_counts_until_their_own_is_known(world: World) {
    let beside = |id, email: &str| activity("web", id).lead("ada").email(email);
    world.record([beside("1", "m@suse.com")]).await;
    world.record([beside("2", "z@redhat.com")]).await;
    assert_eq!(world.employer("ada").await, "suse.com");
    world.record([beside("3", "A@ibm.com")]).await;
    assert_eq!(world.employer("ada").await, "ibm.com");
    world.leads([lead("ada").email("x@redhat.com")]).await;
    assert_eq!(world.employer("ada").await, "redhat.com");
    assert_eq!(world.account_ids().await, ["redhat.com"]);
    world.digest().await;
}

async fn what_counts_nothing_still_makes_its_visitor_known(world: World) {
    let world = world.beside(2, LIVELY).await;
    world.record([activity("web", "1").account("ibm").kind("bounce")]).await;
    world.record([activity("web", "2").account("ibm").kind("unheard_of")]).await;
    assert_eq!(world.account_ids().await, ["ibm"]);
    world.leads([lead("ada").account("ibm")]).await;
    world.leads([lead("ada")]).await;
    assert_eq!(world.account_ids().await, ["ibm"]);
    world.accounts([account("ibm").industry("it")]).await;
    world.delete_account("ibm").await;
    assert_eq!(world.account_ids().await, ["ibm"], "its visitor is still there");
    world.publish(&lively("\"bounce\"', ignore: true", "\"bounce\"', points: 20")).await;
    world.digest().await;
    assert_eq!(world.stored_state("ibm").await.visitor.entries().len(), 1);
}
