//! Handoffs, as marketing and sales call for them.

use abm_app::Role;
use abm_client::v1;
use abm_tests::{Served, World, account, both_engines, lead};
use tonic::Code;
use tonic_types::StatusExt;

both_engines!(
    a_handoff_goes_from_marketing_to_sales,
    who_may_not_decide_is_refused,
    a_policy_is_stored_once_and_tried,
    reports_are_told_to_who_may_read_them,
);

async fn served(world: World) -> Served {
    world.accounts([account("sap").employees(5_000)]).await;
    world.leads([lead("ada").account("sap").title("CTO")]).await;
    Served::open(world).await
}

async fn a_handoff_goes_from_marketing_to_sales(world: World) {
    let served = served(world).await;
    let marketing = served.client_as(Role::Marketing).await;
    let sales = served.client_as(Role::Sales).await;
    let request = v1::HandOverRequest { lead_id: "ada".into(), ..Default::default() };
    let made = marketing.hand_over(request.clone()).await.unwrap();
    let handoff = made.handoff.unwrap();
    assert_eq!((handoff.state(), made.joined), (v1::HandoffState::Pending, false));
    assert!(marketing.hand_over(request).await.unwrap().joined);
    let handoff_id = handoff.handoff_id;

    let shown = v1::GetHandoffRequest { handoff_id: handoff_id.clone(), ..Default::default() };
    let shown = sales.get_handoff(shown).await.unwrap();
    let packet = shown.packet.unwrap();
    assert_eq!(packet.account.unwrap().account_id, "sap");
    assert_eq!((packet.people[0].lead_id.as_str(), packet.people[0].qualified), ("ada", true));
    let etag = shown.handoff.unwrap().etag;

    let claim = v1::ClaimHandoffRequest {
        handoff_id: handoff_id.clone(),
        etag: etag.clone(),
        owner: "ann".into(),
        ..Default::default()
    };
    let claimed = sales.claim_handoff(claim.clone()).await.unwrap().handoff.unwrap();
    let late = sales.claim_handoff(claim).await.unwrap_err();
    assert_eq!((late.code(), late.reason()), (Code::Aborted, v1::ErrorReason::EtagMismatch));
    let details = late.status().unwrap().get_error_details();
    assert_eq!(details.error_info().unwrap().metadata["current_etag"], claimed.etag);

    let accept = v1::AcceptHandoffRequest {
        handoff_id: handoff_id.clone(),
        etag: claimed.etag,
        ..Default::default()
    };
    let refused = sales.accept_handoff(accept.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    let need = v1::Qualification {
        criterion: v1::QualificationCriterion::Need.into(),
        value: "three tools that do not agree".into(),
        ..Default::default()
    };
    let known = v1::RecordQualificationRequest {
        lead_id: "ada".into(),
        qualifications: vec![need],
        ..Default::default()
    };
    sales.record_qualification(known).await.unwrap();
    let accepted = sales.accept_handoff(accept).await.unwrap().handoff.unwrap();
    assert_eq!(accepted.state(), v1::HandoffState::Accepted);
    let ada = v1::GetLeadRequest { lead_id: "ada".into(), ..Default::default() };
    let ada = sales.get_lead(ada).await.unwrap();
    assert_eq!(ada.lead.unwrap().lifecycle.unwrap().stage(), v1::Stage::Sql);
    assert_eq!(ada.qualifications.len(), 1);
    let moves = v1::ListStageTransitionsRequest { lead_id: "ada".into(), ..Default::default() };
    let moves = sales.list_stage_transitions(moves).await.unwrap().transitions;
    let moves: Vec<v1::StageMove> = moves.iter().map(v1::StageTransition::r#move).collect();
    assert_eq!(moves, [v1::StageMove::Accept, v1::StageMove::Qualify]);
    served.stop().await;
}

async fn who_may_not_decide_is_refused(world: World) {
    let served = served(world).await;
    let sales = served.client_as(Role::Sales).await;
    let to = |stage: v1::Stage| v1::SetStageRequest {
        lead_id: "ada".into(),
        stage: stage.into(),
        reason: "because".into(),
        ..Default::default()
    };
    for stage in [v1::Stage::Mql, v1::Stage::Sql, v1::Stage::Customer] {
        let refused = sales.set_stage(to(stage)).await.unwrap_err();
        assert_eq!(refused.reason(), v1::ErrorReason::StateForbids, "{stage:?}");
    }
    let refused = sales.hand_over(v1::HandOverRequest::default()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let mut ada = v1::Lead { lead_id: "ada".into(), ..Default::default() };
    ada.lifecycle = Some(v1::LeadLifecycle::default());
    let sent = v1::UpsertLeadRequest { lead: Some(ada), ..Default::default() };
    let client = served.client_as(Role::Ingest).await;
    assert_eq!(client.upsert_lead(sent).await.unwrap_err().code(), Code::InvalidArgument);
    served.stop().await;
}

async fn a_policy_is_stored_once_and_tried(world: World) {
    let served = served(world).await;
    let client = served.client().await;
    let shipped = client.get_handoff_policy(v1::GetHandoffPolicyRequest::default()).await.unwrap();
    assert_eq!(shipped.version, 0);
    let put = |base_version| v1::PutHandoffPolicyRequest {
        policy_file: "name: one\nowners: [{id: ann}]\nroutes: [{name: all, to: {owner: ann}}]\n"
            .into(),
        base_version,
        ..Default::default()
    };
    assert_eq!(client.put_handoff_policy(put(0)).await.unwrap().version, 1);
    let late = client.put_handoff_policy(put(0)).await.unwrap_err();
    assert_eq!(late.reason(), v1::ErrorReason::EtagMismatch);
    let tried = v1::TryRouteRequest { lead_id: "ada".into(), ..Default::default() };
    let tried = client.try_route(tried).await.unwrap();
    assert_eq!((tried.owner.as_str(), tried.route.as_str()), ("ann", "all"));
    let work = client.list_work(v1::ListWorkRequest::default()).await.unwrap();
    assert!(work.items.is_empty(), "a try hands nothing over");
    let wrong = v1::ValidateHandoffPolicyRequest { policy_file: "name: x\nfoo: 1\n".into() };
    let wrong = client.validate_handoff_policy(wrong).await.unwrap();
    assert!(!wrong.valid);
    assert_eq!((wrong.problems[0].line, wrong.problems[0].column), (2, 1));
    served.stop().await;
}

async fn reports_are_told_to_who_may_read_them(world: World) {
    let served = served(world).await;
    let admin = served.client().await;
    let policy = "name: one\nowners: [{id: ann}]\nroutes: [{name: all, to: {owner: ann}}]\n";
    let put = v1::PutHandoffPolicyRequest { policy_file: policy.into(), ..Default::default() };
    admin.put_handoff_policy(put).await.unwrap();
    let made = v1::HandOverRequest { lead_id: "ada".into(), ..Default::default() };
    let made = admin.hand_over(made).await.unwrap().handoff.unwrap();
    let view = v1::GetAccountViewRequest { account_id: "sap".into(), ..Default::default() };
    let sales = served.client_as(Role::Sales).await;
    let seen = sales.get_account_view(view.clone()).await.unwrap().account_view.unwrap();
    assert_eq!((seen.stage(), seen.handoff.as_ref()), (v1::Stage::Mql, Some(&made)));
    assert_eq!(seen.top_people[0].stage(), v1::Stage::Mql);

    let planner = served.client_as(Role::Planner).await;
    let seen = planner.get_account_view(view).await.unwrap().account_view.unwrap();
    assert_eq!(seen.handoff.unwrap().owner, "", "a planner sees nothing personal");
    let levels = v1::GetServiceLevelsRequest {
        group_by: v1::FunnelGroup::Owner.into(),
        ..Default::default()
    };
    let levels = planner.get_service_levels(levels).await.unwrap().groups;
    assert_eq!((levels.len(), levels[0].handoffs, levels[0].not_due), (1, 1, 1));
    assert_eq!((levels[0].group.as_str(), levels[0].kept), ("ann", None));
    let refused = planner.get_review_pack(v1::GetReviewPackRequest::default()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);

    let unheard = v1::GetServiceLevelsRequest { group_by: 77, ..Default::default() };
    assert_eq!(sales.get_service_levels(unheard).await.unwrap_err().code(), Code::InvalidArgument);
    let negative = v1::GetReviewPackRequest { limit: -1, ..Default::default() };
    assert_eq!(sales.get_review_pack(negative).await.unwrap_err().code(), Code::InvalidArgument);
    let pack = sales.get_review_pack(v1::GetReviewPackRequest::default()).await.unwrap();
    assert!(pack.good.is_empty() && pack.bad.is_empty(), "nothing has ended yet");
    let persona = v1::GetNegativePersonaRequest::default();
    let persona = sales.get_negative_persona(persona).await.unwrap();
    assert!(persona.too_few.contains("at least 30"), "{}", persona.too_few);
    assert!(persona.traits.is_empty() && persona.draft.is_empty());
    served.stop().await;
}
