//! Duplicates between marketing and sales.

use abm_core::handoff::HandoffState;
use abm_tests::{World, account, both_engines, lead, opportunity};

use super::{a_world, asks};

both_engines!(
    who_was_turned_down_for_good_is_not_handed_over_under_another_id,
    a_duplicate_brings_its_open_handoff_along,
    people_who_are_one_have_one_open_handoff,
    what_names_a_duplicate_moves_the_survivor,
    accounts_that_are_one_have_one_open_handoff,
    an_account_keeps_what_became_of_the_one_merged_into_it,
);

async fn who_was_turned_down_for_good_is_not_handed_over_under_another_id(world: World) {
    let world = a_world(world, 2).await;
    world.leads([lead("dup").account("sap").title("CTO")]).await;
    world.record([asks("dup")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    world.reject(&claimed, "student_or_job_seeker", None).await.unwrap();
    world.merge_leads("ada", &["dup"]).await.unwrap();
    assert_eq!(world.stage("ada").await, "lead, disqualified");
    assert_eq!(world.moves("ada").await, ["merge to lead by marketing"]);
    world.record([asks("ada")]).await;
    assert_eq!(world.handoffs().await.len(), 1);
    world.split_lead("dup").await.unwrap();
    for id in ["ada", "dup"] {
        assert_eq!(world.stage(id).await, "lead, disqualified", "what was decided stays");
    }
}

async fn a_duplicate_brings_its_open_handoff_along(world: World) {
    let world = a_world(world, 2).await;
    world.leads(["eve", "dup"].map(|id| lead(id).title("CEO").email("eve@gmail.com"))).await;
    world.record([asks("dup")]).await;
    world.merge_leads("eve", &["dup"]).await.unwrap();
    assert_eq!(world.stage("eve").await, "mql");
    let mql_at = world.standing("eve").await.lifecycle.mql_at;
    assert_eq!(mql_at, Some(world.the_handoff().await.created_at));
    world.record([asks("eve")]).await;
    let claimed = world.claim(&world.the_handoff().await, "ann").await.unwrap().handoff;
    world.accept_knowing(&claimed, "dup").await;
    assert_eq!(world.stage("eve").await, "sql");
    let joined = world.hand_over("dup").await;
    assert!(joined.unwrap_err().to_string().contains("from sql"), "it is found under both ids");
}

async fn people_who_are_one_have_one_open_handoff(world: World) {
    let world = a_world(world, 2).await;
    world.leads(["eve", "dup"].map(|id| lead(id).title("CEO").email("eve@gmail.com"))).await;
    world.record(["ada", "dup", "eve"].map(asks)).await;
    assert_eq!(world.handoffs().await.len(), 3);
    world.merge_leads("eve", &["dup"]).await.unwrap();
    let open = async || {
        let all = world.handoffs().await;
        all.into_iter().filter(|found| found.state.is_open()).collect::<Vec<_>>()
    };
    assert_eq!(open().await.len(), 2);
    // What has an account goes on.
    world.merge_leads("eve", &["ada"]).await.unwrap();
    let left = open().await;
    assert_eq!((left.len(), left[0].account.as_ref().unwrap().as_str()), (1, "sap"));
    let claimed = world.claim(&left[0], "ann").await.unwrap().handoff;
    world.accept_knowing(&claimed, "eve").await;
    assert_eq!(world.stage("eve").await, "sql");
}

async fn what_names_a_duplicate_moves_the_survivor(world: World) {
    let world = a_world(world, 2).await;
    world.leads([lead("dup").account("sap").title("CTO")]).await;
    world.opportunities([opportunity("old").person("dup", None)]).await;
    world.merge_leads("ada", &["dup"]).await.unwrap();
    assert_eq!(world.stage("ada").await, "opportunity");
    world.opportunities([opportunity("old").person("dup", None).won(60)]).await;
    assert_eq!(world.stage("ada").await, "customer");
    world.split_lead("dup").await.unwrap();
    assert_eq!(
        (world.stage("ada").await, world.stage("dup").await),
        ("lead".into(), "customer".into())
    );
}

async fn accounts_that_are_one_have_one_open_handoff(world: World) {
    let world = a_world(world, 2).await;
    world.accounts([account("branch").employees(5_000)]).await;
    world.leads([lead("eve").account("branch").title("CTO")]).await;
    world.record([asks("ada"), asks("eve")]).await;
    let of_branch = world.handoffs_of("branch").await.remove(0);
    let claimed = world.claim(&of_branch, "ann").await.unwrap().handoff;
    world.merge_accounts("sap", &["branch"]).await.unwrap();
    let all = world.handoffs_of("sap").await;
    let open: Vec<_> = all.iter().filter(|found| found.state.is_open()).collect();
    assert_eq!((all.len(), open.len()), (2, 1));
    assert_eq!(open[0].id, claimed.id, "the one that somebody has goes on");
    let leads: Vec<String> =
        world.handoff(&claimed.id).await.leads.iter().map(|found| found.lead.to_string()).collect();
    assert_eq!(leads.len(), 2, "{leads:?}");
    world.record([asks("bob")]).await;
    let accepted = world.accept_knowing(&world.handoff(&claimed.id).await.handoff, "eve").await;
    assert_eq!(accepted.state, HandoffState::Accepted);
    for id in ["ada", "bob", "eve"] {
        assert_eq!(world.stage(id).await, "sql");
    }
    world.split_account("branch").await.unwrap();
    assert_eq!(world.handoffs_of("branch").await[0].id, claimed.id);
    let of_sap = world.handoffs_of("sap").await;
    assert_eq!(of_sap.len(), 1, "{of_sap:#?}");
}

async fn an_account_keeps_what_became_of_the_one_merged_into_it(world: World) {
    let world = a_world(world, 2).await;
    world.accounts([account("branch").employees(5_000)]).await;
    world.leads([lead("eve").account("branch").title("CTO")]).await;
    world.record([asks("eve")]).await;
    let handoff = world.the_handoff().await;
    world.merge_accounts("sap", &["branch"]).await.unwrap();
    assert_eq!(world.handoffs_of("sap").await[0].id, handoff.id);
    world.record([asks("ada")]).await;
    let joined = world.the_handoff().await;
    assert_eq!((&joined.id, joined.account.unwrap().as_str()), (&handoff.id, "sap"));
    let (work, _) = world.app.work_list(world.workspace, None, 10).await.unwrap();
    assert!(work[0].next_contact.is_some());
}
