//! Single fields that a person sets.

use abm_app::{Adjusted, AppError, Cause, LeadField};
use abm_core::{AccountOrigin, BuyingRole, LeadId};
use abm_tests::{World, account, activity, both_engines, lead, note};

use super::repeated;

both_engines!(
    a_moved_lead_takes_everything_along_until_a_caller_says_otherwise,
    a_buying_role_counts_at_once,
    a_parent_is_set_and_taken_away,
    a_field_of_a_merged_record_is_set_on_the_survivor,
    a_field_set_again_by_one_request_is_set_once,
);

async fn a_moved_lead_takes_everything_along_until_a_caller_says_otherwise(world: World) {
    world.accounts([account("sap"), account("ibm").domain("ibm.com")]).await;
    world.leads([lead("ada").email("ada@ibm.com").title("CTO")]).await;
    world.record([activity("web", "1").lead("ada"), activity("web", "2").lead("seen")]).await;
    world.move_lead("ada", "sap").await.unwrap();
    world.move_lead("seen", "new").await.unwrap();
    let other = world.beside(2, abm_core::model::DEFAULT_FILE).await;
    other.accounts([account("sap"), account("ibm").domain("ibm.com")]).await;
    other.leads([lead("ada").email("ada@ibm.com").title("CTO").account("sap")]).await;
    other.leads([lead("seen").account("new")]).await;
    other.record([activity("web", "1").lead("ada"), activity("web", "2").lead("seen")]).await;
    assert_eq!(world.digest().await, other.digest().await);
    assert_eq!(world.view("ibm").await.scores.engagement, 0);
    assert_eq!(world.timeline("ibm").await.last().unwrap().cause, Cause::Profile);
    let (moved, _) = world.person("ada").await;
    assert_eq!(moved.profile.title, "CTO", "the other fields stay");
    // Empty leaves it to the address.
    world.move_lead("ada", "").await.unwrap();
    assert_eq!(world.employer("ada").await, "ibm");
    world.move_lead("ada", "sap").await.unwrap();
    world.leads([lead("ada").email("ada@ibm.com")]).await;
    assert_eq!(world.employer("ada").await, "ibm");
    world.move_lead("seen", "").await.unwrap();
    assert_eq!(world.account_ids().await, ["ibm", "sap"], "nothing names `new` any more");
    let history = world.app.history_of(world.workspace, &LeadId::new("ada").unwrap()).await;
    let told = history.unwrap().adjustments;
    let told: Vec<_> = told.iter().map(|a| (a.what, a.value.as_str())).collect();
    assert_eq!(
        told,
        [Adjusted::Account; 3].into_iter().zip(["sap", "", "sap"]).collect::<Vec<_>>()
    );
    world.digest().await;
}

async fn a_buying_role_counts_at_once(world: World) {
    world.accounts([account("sap")]).await;
    world.leads([lead("ada").account("sap")]).await;
    world.record([activity("web", "1").lead("ada")]).await;
    let before = world.view("sap").await.scores;
    world.set_role("ada", Some(BuyingRole::DecisionMaker)).await.unwrap();
    assert_eq!(world.person("ada").await.0.profile.buying_role, Some(BuyingRole::DecisionMaker));
    world.digest().await;
    world.set_role("ada", None).await.unwrap();
    assert_eq!(world.view("sap").await.scores, before);
    world.digest().await;
}

async fn a_parent_is_set_and_taken_away(world: World) {
    world.accounts([account("sap").employees(7)]).await;
    world.record([activity("web", "1").account("bare")]).await;
    world.set_parent("sap", "holding").await.unwrap();
    world.set_parent("bare", "holding").await.unwrap();
    assert_eq!(world.account_ids().await, ["bare", "holding", "sap"]);
    let bare = world.view("bare").await.account;
    assert_eq!(bare.origin, AccountOrigin::Caller, "somebody said something of it");
    assert_eq!(world.view("sap").await.account.profile.employees, Some(7));
    world.set_parent("sap", "").await.unwrap();
    world.set_parent("bare", "").await.unwrap();
    assert_eq!(world.account_ids().await, ["bare", "sap"]);
    world.digest().await;
}

async fn a_field_of_a_merged_record_is_set_on_the_survivor(world: World) {
    world.accounts([account("sap"), account("sap-de"), account("top")]).await;
    world.leads([lead("ada"), lead("a.l")]).await;
    world.merge_leads("ada", &["a.l"]).await.unwrap();
    world.merge_accounts("sap", &["sap-de"]).await.unwrap();
    world.move_lead("a.l", "sap-de").await.unwrap();
    world.set_parent("sap-de", "top").await.unwrap();
    assert_eq!(world.employer("ada").await, "sap");
    let parent = world.view("sap").await.account.profile.parent;
    assert_eq!(parent.map(|id| id.to_string()), Some("top".into()));
    world.digest().await;
}

async fn a_field_set_again_by_one_request_is_set_once(world: World) {
    world.leads([lead("ada")]).await;
    let set = |role| {
        let (field, id) = (LeadField::BuyingRole(role), LeadId::new("ada").unwrap());
        let key = repeated(role.map_or("", BuyingRole::name));
        world.app.set_lead_field(world.workspace, key, id, field, note(""))
    };
    set(Some(BuyingRole::Champion)).await.unwrap();
    world.set_role("ada", None).await.unwrap();
    set(Some(BuyingRole::Champion)).await.unwrap();
    assert_eq!(world.person("ada").await.0.profile.buying_role, None);
    let reused = set(Some(BuyingRole::Blocker)).await;
    assert!(matches!(reused, Err(AppError::IdReused { kind: "request_id", .. })));
}
