//! Merging, splitting and moving over a real connection.

use abm_app::Role;
use abm_client::{Client, Error, v1};
use abm_tests::{Served, World, account, activity, both_engines, lead, opportunity};

both_engines!(
    a_merge_and_a_split_are_told_with_who_and_why,
    what_is_merged_is_read_as_the_survivor_everywhere,
    what_a_merge_says_wrongly_is_told_by_field_and_state,
    marketing_and_sales_put_records_right_and_others_do_not,
);

async fn fill(world: &World) {
    world.accounts([account("sap"), account("sap-de").domain("sap.de")]).await;
    world.leads([lead("ada").account("sap"), lead("a.l").email("ada@sap.de")]).await;
    world.record([activity("web", "1").lead("a.l"), activity("web", "2").account("sap-de")]).await;
    world.opportunities([opportunity("o").account("sap-de").person("a.l", None)]).await;
}

fn merge_leads() -> v1::MergeLeadsRequest {
    v1::MergeLeadsRequest {
        survivor_lead_id: "ada".into(),
        lead_ids: vec!["a.l".into()],
        reason: "the same person".into(),
        ..Default::default()
    }
}

fn merge_accounts() -> v1::MergeAccountsRequest {
    v1::MergeAccountsRequest {
        survivor_account_id: "sap".into(),
        account_ids: vec!["sap-de".into()],
        reason: "a branch".into(),
        ..Default::default()
    }
}

async fn get_lead(client: &Client, id: &str) -> v1::GetLeadResponse {
    let request = v1::GetLeadRequest { lead_id: id.into(), ..Default::default() };
    client.get_lead(request).await.unwrap()
}

async fn a_merge_and_a_split_are_told_with_who_and_why(world: World) {
    let served = Served::with(world, |_| {}).await;
    fill(&served.world).await;
    let client = served.client_as(Role::Sales).await;
    let merged = client.merge_leads(merge_leads()).await.unwrap();
    let found = get_lead(&client, "ada").await;
    assert_eq!(merged.lead, found.lead);
    assert_eq!(found.merged_lead_ids, ["a.l"]);
    let split = v1::SplitLeadRequest {
        lead_id: "a.l".into(),
        reason: "sisters".into(),
        ..Default::default()
    };
    let split = client.split_lead(split).await.unwrap();
    let found = get_lead(&client, "a.l").await;
    assert_eq!(split.lead, found.lead);
    let told: Vec<_> = found
        .adjustments
        .iter()
        .map(|a| (a.kind(), a.id.as_str(), a.value.as_str(), a.made_by.as_str(), a.reason.as_str()))
        .collect();
    use v1::AdjustmentKind::{Merged, Split};
    assert_eq!(
        told,
        [
            (Split, "a.l", "ada", "test", "sisters"),
            (Merged, "a.l", "ada", "test", "the same person")
        ]
    );
    let merged = client.merge_accounts(merge_accounts()).await.unwrap();
    assert_eq!(merged.account.unwrap().account_id, "sap");
    let request = v1::GetAccountRequest { account_id: "sap".into(), min_revision: merged.revision };
    let found = client.get_account(request).await.unwrap();
    assert_eq!(found.merged_account_ids, ["sap-de"]);
    assert_eq!(found.adjustments.len(), 1);
    let request = v1::GetScoreHistoryRequest { account_id: "sap".into(), ..Default::default() };
    let history = client.get_score_history(request).await.unwrap();
    assert_eq!(history.changes[0].cause(), v1::ScoreChangeCause::Merge);
    let request = v1::SplitAccountRequest {
        account_id: "sap-de".into(),
        reason: "sold".into(),
        ..Default::default()
    };
    let split = client.split_account(request).await.unwrap();
    assert_eq!(split.account.unwrap().domains, ["sap.de"]);
    served.stop().await;
}

async fn what_is_merged_is_read_as_the_survivor_everywhere(world: World) {
    let served = Served::open(world).await;
    fill(&served.world).await;
    let client = served.client().await;
    client.merge_leads(merge_leads()).await.unwrap();
    client.merge_accounts(merge_accounts()).await.unwrap();
    assert_eq!(get_lead(&client, "a.l").await.lead.unwrap().lead_id, "ada");
    let of = || "sap-de".to_owned();
    let request = v1::GetAccountRequest { account_id: of(), ..Default::default() };
    assert_eq!(client.get_account(request).await.unwrap().account.unwrap().account_id, "sap");
    let request = v1::GetAccountViewRequest { account_id: of(), ..Default::default() };
    let view = client.get_account_view(request).await.unwrap().account_view.unwrap();
    assert_eq!(
        (view.account.unwrap().account_id.as_str(), view.opportunities.unwrap().open),
        ("sap", 1)
    );
    let request = v1::GetScoreHistoryRequest { account_id: of(), ..Default::default() };
    assert!(!client.get_score_history(request).await.unwrap().changes.is_empty());
    let request = v1::GetAccountGroupRequest { account_id: of(), ..Default::default() };
    assert!(client.get_account_group(request).await.is_ok());
    for subject in [
        v1::explain_score_request::Subject::AccountId(of()),
        v1::explain_score_request::Subject::LeadId("a.l".into()),
    ] {
        let kind = v1::ScoreKind::Engagement.into();
        let request =
            v1::ExplainScoreRequest { subject: Some(subject), kind, ..Default::default() };
        assert!(client.explain_score(request).await.is_ok());
    }
    let request = v1::ListLeadsRequest { account_id: of(), ..Default::default() };
    assert_eq!(client.list_leads(request).await.unwrap().leads.len(), 1);
    let request = v1::ListOpportunitiesRequest { account_id: of(), ..Default::default() };
    let sale = client.list_opportunities(request).await.unwrap().opportunities.remove(0);
    assert_eq!((sale.account_id.as_str(), sale.survivor_account_id.as_str()), ("sap-de", "sap"));
    let person = &sale.people[0];
    assert_eq!((person.lead_id.as_str(), person.survivor_lead_id.as_str()), ("a.l", "ada"));
    use v1::list_activities_request::Subject;
    for (subject, lead, account) in [
        (Subject::LeadId("a.l".into()), ("a.l", "ada"), ("", "")),
        (Subject::AccountId(of()), ("", ""), ("sap-de", "sap")),
    ] {
        let request = v1::ListActivitiesRequest { subject: Some(subject), ..Default::default() };
        let found = client.list_activities(request).await.unwrap().activities;
        let told = |a: &v1::Activity| {
            (a.lead_id.as_str(), a.survivor_lead_id.as_str()) == lead
                && (a.account_id.as_str(), a.survivor_account_id.as_str()) == account
        };
        assert!(found.iter().any(told), "{found:?}");
    }
    // What is sent of it is kept; the answer is the survivor.
    let sent = v1::Lead { lead_id: "a.l".into(), title: "CEO".into(), ..Default::default() };
    let request = v1::UpsertLeadRequest { lead: Some(sent), ..Default::default() };
    let reply = client.upsert_lead(request).await.unwrap();
    assert_eq!(
        (reply.verdict(), reply.lead.unwrap().lead_id),
        (v1::Verdict::Updated, "ada".into())
    );
    let sent = v1::Account { account_id: of(), ..Default::default() };
    let request = v1::UpsertAccountRequest { account: Some(sent), ..Default::default() };
    let reply = client.upsert_account(request).await.unwrap();
    assert_eq!(
        (reply.verdict(), reply.account.unwrap().account_id),
        (v1::Verdict::Updated, "sap".into())
    );
    served.stop().await;
}

async fn what_a_merge_says_wrongly_is_told_by_field_and_state(world: World) {
    let served = Served::open(world).await;
    fill(&served.world).await;
    let client = served.client().await;
    let fields = |refused: Error| {
        let refusal = refused.refusal().unwrap();
        assert_eq!(refused.reason(), v1::ErrorReason::InvalidField);
        refusal.violations.iter().map(|violation| violation.field.clone()).collect::<Vec<_>>()
    };
    let bad = [
        (
            v1::MergeLeadsRequest { survivor_lead_id: "an id".into(), ..merge_leads() },
            "survivor_lead_id",
        ),
        (
            v1::MergeLeadsRequest { lead_ids: vec!["x".into(), "an id".into()], ..merge_leads() },
            "lead_ids[1]",
        ),
        (v1::MergeLeadsRequest { lead_ids: vec![], ..merge_leads() }, "lead_ids"),
        (v1::MergeLeadsRequest { lead_ids: vec!["x".into(); 101], ..merge_leads() }, "lead_ids"),
        (v1::MergeLeadsRequest { lead_ids: vec!["ada".into()], ..merge_leads() }, "lead_ids[0]"),
        (v1::MergeLeadsRequest { reason: String::new(), ..merge_leads() }, "reason"),
        (v1::MergeLeadsRequest { request_id: "x".into(), ..merge_leads() }, "request_id"),
    ];
    for (request, field) in bad {
        assert_eq!(fields(client.merge_leads(request).await.unwrap_err()), [field]);
    }
    let role =
        v1::SetBuyingRoleRequest { lead_id: "ada".into(), buying_role: 99, ..Default::default() };
    assert_eq!(fields(client.set_buying_role(role).await.unwrap_err()), ["buying_role"]);
    let parent = v1::SetParentRequest {
        account_id: "sap".into(),
        parent_account_id: "an id".into(),
        ..Default::default()
    };
    assert_eq!(fields(client.set_parent(parent).await.unwrap_err()), ["parent_account_id"]);
    let unknown = v1::MergeAccountsRequest { account_ids: vec!["x".into()], ..merge_accounts() };
    let refused = client.merge_accounts(unknown).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::ResourceNotFound);
    let split =
        v1::SplitLeadRequest { lead_id: "ada".into(), reason: "no".into(), ..Default::default() };
    let refused = client.split_lead(split).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::StateForbids);
    let sent = v1::Activity { survivor_lead_id: "x".into(), ..Default::default() };
    let request = v1::RecordActivitiesRequest {
        activities: vec![sent],
        all_or_nothing: true,
        ..Default::default()
    };
    let refused = fields(client.record_activities(request).await.unwrap_err());
    assert!(refused.contains(&"activities[0].survivor_lead_id".to_owned()), "{refused:?}");
    served.stop().await;
}

async fn marketing_and_sales_put_records_right_and_others_do_not(world: World) {
    let served = Served::with(world, |_| {}).await;
    fill(&served.world).await;
    for role in Role::ALL {
        let client = served.client_as(role).await;
        let request = v1::MoveLeadRequest {
            lead_id: "ada".into(),
            account_id: "sap-de".into(),
            ..Default::default()
        };
        let moved = client.move_lead(request).await;
        if matches!(role, Role::Marketing | Role::Sales | Role::Admin) {
            assert_eq!(moved.unwrap().lead.unwrap().matched_account_id, "sap-de");
        } else {
            assert_eq!(moved.unwrap_err().reason(), v1::ErrorReason::PermissionMissing);
        }
    }
    served.stop().await;
}
