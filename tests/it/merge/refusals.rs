//! What cannot be merged, split or set.

use abm_app::{AppError, MERGE_MOST, MERGED_MOST};
use abm_core::LeadId;
use abm_tests::{World, account, activity, both_engines, lead, note};

both_engines!(
    what_is_not_known_or_not_possible_is_refused_and_changes_nothing,
    a_reason_is_required_and_bounded,
    no_more_are_merged_than_can_be_shown,
);

fn forbidden<T: std::fmt::Debug>(done: Result<T, AppError>, subject: &str) {
    match done {
        Err(AppError::StateForbids { subject: found, .. }) => assert_eq!(found, subject),
        done => panic!("{done:?}"),
    }
}

fn unknown<T: std::fmt::Debug>(done: Result<T, AppError>, kind: &str, id: &str) {
    match done {
        Err(AppError::NotFound { kind: of, id: found }) => {
            assert_eq!((of, found.as_str()), (kind, id));
        }
        done => panic!("{done:?}"),
    }
}

fn invalid<T: std::fmt::Debug>(done: Result<T, AppError>, field: &str) {
    match done {
        Err(AppError::Invalid(found)) => assert_eq!(found[0].field, field),
        done => panic!("{done:?}"),
    }
}

async fn what_is_not_known_or_not_possible_is_refused_and_changes_nothing(world: World) {
    world.leads(["a", "b", "c", "d"].map(lead)).await;
    world.accounts(["a", "b", "c", "d"].map(account)).await;
    world.record(["a", "b", "c"].map(|name| activity("web", name).lead(name).account(name))).await;
    world.merge_leads("b", &["a"]).await.unwrap();
    world.merge_accounts("b", &["a"]).await.unwrap();
    let before = world.digest().await;
    invalid(world.merge_leads("c", &["d", "c"]).await, "lead_ids[1]");
    invalid(world.merge_leads("c", &[]).await, "lead_ids");
    invalid(world.merge_accounts("c", &["c"]).await, "account_ids[0]");
    for (of, parent) in [("c", "c"), ("a", "b"), ("b", "a")] {
        invalid(world.set_parent(of, parent).await, "parent_account_id");
    }
    unknown(world.merge_leads("x", &["c"]).await, "lead", "x");
    unknown(world.merge_leads("c", &["d", "x"]).await, "lead", "x");
    unknown(world.merge_accounts("c", &["d", "x"]).await, "account", "x");
    unknown(world.split_lead("x").await, "lead", "x");
    unknown(world.split_account("x").await, "account", "x");
    unknown(world.move_lead("x", "a").await, "lead", "x");
    unknown(world.set_parent("x", "a").await, "account", "x");
    forbidden(world.merge_leads("c", &["a"]).await, "lead a");
    forbidden(world.merge_accounts("c", &["d", "a"]).await, "account a");
    // The survivor would be merged into itself.
    forbidden(world.merge_leads("a", &["b"]).await, "lead b");
    forbidden(world.merge_accounts("a", &["b"]).await, "account b");
    forbidden(world.split_lead("b").await, "lead b");
    forbidden(world.split_account("c").await, "account c");
    assert_eq!(world.digest().await, before);
    assert_eq!(world.account_ids().await, ["b", "c", "d"]);
    // What is there already is passed over.
    world.merge_leads("b", &["a", "a"]).await.unwrap();
    assert_eq!(world.digest().await, before);
}

async fn a_reason_is_required_and_bounded(world: World) {
    world.leads(["a", "b"].map(lead)).await;
    let (a, b) = (LeadId::new("a").unwrap(), LeadId::new("b").unwrap());
    for reason in ["", " \n", &"x".repeat(4 * 1_024 + 1), "a\0b"] {
        let (survivor, others) = (a.clone(), vec![b.clone()]);
        let (app, request) = (&world.app, world.request());
        let merged = app.merge_leads(world.workspace, request, survivor, others, note(reason));
        invalid(merged.await, "reason");
        let split = world.app.split_lead(world.workspace, world.request(), b.clone(), note(reason));
        invalid(split.await, "reason");
    }
    let (longest, request) = (note(&"x".repeat(4 * 1_024)), world.request());
    world.app.merge_leads(world.workspace, request, a, vec![b], longest).await.unwrap();
}

async fn no_more_are_merged_than_can_be_shown(world: World) {
    let names: Vec<String> = (0..=MERGED_MOST + 1).map(|n| format!("l{n:04}")).collect();
    for lot in names.chunks(1_000) {
        world.leads(lot.iter().map(|name| lead(name))).await;
    }
    let others: Vec<&str> = names.iter().skip(1).map(String::as_str).collect();
    invalid(world.merge_leads("l0000", &others[..=MERGE_MOST]).await, "lead_ids");
    for lot in others[..MERGED_MOST].chunks(MERGE_MOST) {
        world.merge_leads("l0000", lot).await.unwrap();
    }
    forbidden(world.merge_leads("l0000", &others[MERGED_MOST..]).await, "lead l0000");
    let last = others[MERGED_MOST];
    forbidden(world.merge_leads(last, &["l0000"]).await, &format!("lead {last}"));
    world.split_lead("l0001").await.unwrap();
    world.merge_leads("l0000", &[last]).await.unwrap();
}
