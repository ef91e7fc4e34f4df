//! A retry of a write gets the first outcome.

use abm_app::{AppError, OperationState, RequestKey, Rules, UpsertOptions, UpsertOutcome};
use abm_core::{AccountId, DAY};
use abm_tests::{LIVELY, World, account, both_engines, lead, lively};

both_engines!(
    accounts_sent_again_under_one_request_id_get_the_first_outcome,
    leads_sent_again_under_one_request_id_get_the_first_outcome,
    a_deletion_sent_again_is_done_once,
    a_model_published_again_is_the_first_version,
    a_request_id_is_free_again_after_seven_days,
);

fn key(id: &str, content: &str) -> RequestKey {
    RequestKey::new(&format!("00000000-0000-4000-8000-0000000000{id}"), content.as_bytes())
}

fn is_reuse<T: std::fmt::Debug>(result: Result<T, AppError>) {
    assert!(matches!(result, Err(AppError::IdReused { kind: "request_id", .. })), "{result:?}");
}

async fn accounts_sent_again_under_one_request_id_get_the_first_outcome(world: World) {
    let send = |content: &'static str, name: &'static str| {
        let rows = [account("ibm").name(name), account("Red Hat"), account("redhat")];
        let rows = rows.map(abm_tests::AnAccount::row).into();
        world.app.upsert_accounts(
            world.workspace,
            key("aa", content),
            rows,
            UpsertOptions::default(),
        )
    };
    let first = send("one", "IBM").await.unwrap();
    assert!(matches!(
        first.rows.as_slice(),
        [UpsertOutcome::Created, UpsertOutcome::Rejected(_), UpsertOutcome::Created]
    ));
    world.accounts([account("ibm").name("Big Blue")]).await;
    let again = send("one", "IBM").await.unwrap();
    assert_eq!(again.rows, first.rows);
    assert!(again.revision >= first.revision);
    assert_eq!(world.view("ibm").await.account.profile.name, "Big Blue", "it was not done again");
    is_reuse(send("two", "IBM").await);
}

async fn leads_sent_again_under_one_request_id_get_the_first_outcome(world: World) {
    let send = |content: &'static str| {
        let rows = [lead("ada").title("CTO"), lead("bob")].map(abm_tests::ALead::row).into();
        world.app.upsert_leads(world.workspace, key("bb", content), rows, UpsertOptions::default())
    };
    let first = send("one").await.unwrap();
    assert_eq!(first.rows, [UpsertOutcome::Created, UpsertOutcome::Created]);
    world.leads([lead("ada").title("CEO")]).await;
    assert_eq!(send("one").await.unwrap().rows, first.rows);
    assert_eq!(world.person("ada").await.0.profile.title, "CEO");
    is_reuse(send("two").await);
}

async fn a_deletion_sent_again_is_done_once(world: World) {
    world.accounts([account("ibm"), account("redhat")]).await;
    let delete = |id: &str, content: &str| {
        let id = AccountId::new(id).unwrap();
        world.app.delete_account(world.workspace, key("cc", content), id)
    };
    let first = delete("ibm", "ibm").await.unwrap();
    world.accounts([account("ibm")]).await;
    assert!(delete("ibm", "ibm").await.unwrap() >= first);
    assert_eq!(world.account_ids().await, ["ibm", "redhat"], "it was not done again");
    is_reuse(delete("redhat", "redhat").await);
    let unknown = world.app.delete_account(
        world.workspace,
        key("dd", ""),
        AccountId::new("unknown").unwrap(),
    );
    assert!(matches!(unknown.await, Err(AppError::NotFound { .. })));
}

async fn a_model_published_again_is_the_first_version(world: World) {
    let publish = |request: RequestKey, file: &str, base| {
        let (app, rules) = (&world.app, Rules::File(file.to_owned()));
        app.publish_model(world.workspace, request, rules, "why".into(), base, "ada".into())
    };
    let (first, work, _) = publish(key("ee", "one"), LIVELY, Some(1)).await.unwrap();
    assert_eq!((first.version, work.state), (2, OperationState::Running));
    world.work().await;
    world.publish(&lively("points: 30", "points: 31")).await;
    // The base is no longer in force, and the first outcome is told all the same.
    let (again, done, _) = publish(key("ee", "one"), LIVELY, Some(1)).await.unwrap();
    assert_eq!((again.version, done.id), (2, work.id));
    assert_eq!(done.state, OperationState::Succeeded);
    is_reuse(publish(key("ee", "two"), LIVELY, Some(1)).await);
    let late = publish(key("ff", "one"), LIVELY, Some(2)).await;
    assert!(matches!(late, Err(AppError::VersionMismatch { current: 3 })), "{late:?}");
}

async fn a_request_id_is_free_again_after_seven_days(world: World) {
    let send = |content: &str| {
        let rows = vec![account("ibm").row()];
        world.app.upsert_accounts(
            world.workspace,
            key("aa", content),
            rows,
            UpsertOptions::default(),
        )
    };
    send("one").await.unwrap();
    world.at(7 * DAY);
    world.app.sweep().await.unwrap();
    is_reuse(send("two").await);
    world.pass(1);
    world.app.sweep().await.unwrap();
    assert_eq!(send("two").await.unwrap().rows, [UpsertOutcome::Unchanged]);
}
