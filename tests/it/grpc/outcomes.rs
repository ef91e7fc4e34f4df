//! Opportunities and groups over a real connection.

use abm_app::Role;
use abm_client::v1;
use abm_tests::{Served, World, account, both_engines};

both_engines!(
    an_opportunity_travels_whole_there_and_back,
    what_an_opportunity_says_wrongly_is_told_by_field,
    a_planner_sees_outcomes_without_personal_fields,
    opportunities_and_groups_come_in_pages,
);

fn sale(id: &str, state: v1::OpportunityState) -> v1::Opportunity {
    v1::Opportunity {
        opportunity_id: id.into(),
        account_id: "ibm".into(),
        state: state.into(),
        owner: "olga".into(),
        attributes: [("note".to_owned(), "x".to_owned())].into(),
        ..Default::default()
    }
}

fn second(seconds: i64) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds, nanos: 0 })
}

async fn an_opportunity_travels_whole_there_and_back(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let sent = v1::Opportunity {
        name: "Servers".into(),
        people: vec![
            v1::OpportunityPerson {
                lead_id: "ada".into(),
                buying_role: v1::BuyingRole::Champion.into(),
                ..Default::default()
            },
            v1::OpportunityPerson { lead_id: "bob".into(), ..Default::default() },
        ],
        stage: "Closed".into(),
        amount_micros: Some(1_054_500_000),
        currency: "USD".into(),
        opened_at: second(1_400_000_000),
        closed_at: second(1_500_000_000),
        loss_reason: "price".into(),
        product: "GTX Pro".into(),
        campaign: "spring".into(),
        ..sale("o1", v1::OpportunityState::Lost)
    };
    let request =
        v1::UpsertOpportunityRequest { opportunity: Some(sent.clone()), ..Default::default() };
    let reply = client.upsert_opportunity(request).await.unwrap();
    assert_eq!(reply.verdict(), v1::Verdict::Created);
    let request = v1::GetOpportunityRequest {
        opportunity_id: "o1".into(),
        min_revision: reply.revision.clone(),
    };
    let found = client.get_opportunity(request).await.unwrap().opportunity.unwrap();
    assert_eq!(Some(found.clone()), reply.opportunity);
    let own = v1::Opportunity { created_at: None, updated_at: None, ..found };
    assert_eq!(own, sent);
    let request = v1::GetAccountViewRequest { account_id: "ibm".into(), ..Default::default() };
    let view = client.get_account_view(request).await.unwrap().account_view.unwrap();
    assert_eq!(view.opportunities.unwrap().lost, 1);
    let request = v1::GetOpportunityRequest { opportunity_id: "o2".into(), ..Default::default() };
    let refused = client.get_opportunity(request).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::ResourceNotFound);
    served.stop().await;
}

async fn what_an_opportunity_says_wrongly_is_told_by_field(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let open = || sale("o", v1::OpportunityState::Open);
    let person = |lead: &str, role| v1::OpportunityPerson {
        lead_id: lead.into(),
        buying_role: role,
        ..Default::default()
    };
    let bad = [
        (v1::Opportunity { opportunity_id: "an id".into(), ..open() }, "opportunity_id"),
        (v1::Opportunity { account_id: "an id".into(), ..open() }, "account_id"),
        (v1::Opportunity { state: 0, ..open() }, "state"),
        (v1::Opportunity { state: 99, ..open() }, "state"),
        (v1::Opportunity { amount_micros: Some(1), ..open() }, "currency"),
        (v1::Opportunity { currency: "usd".into(), ..open() }, "currency"),
        (
            v1::Opportunity { amount_micros: Some(-1), currency: "USD".into(), ..open() },
            "amount_micros",
        ),
        (v1::Opportunity { people: vec![person("", 0)], ..open() }, "people[0].lead_id"),
        (v1::Opportunity { people: vec![person("a", 99)], ..open() }, "people[0].buying_role"),
        (
            v1::Opportunity { people: vec![person("a", 0), person("a", 1)], ..open() },
            "people[1].lead_id",
        ),
        (v1::Opportunity { closed_at: second(1), ..open() }, "closed_at"),
        (v1::Opportunity { opened_at: second(i64::MAX), ..open() }, "opened_at"),
        (v1::Opportunity { loss_reason: "price".into(), ..open() }, "loss_reason"),
        (v1::Opportunity { stage: "a\nb".into(), ..open() }, "stage"),
        (v1::Opportunity { created_at: second(1), ..open() }, "created_at"),
        (v1::Opportunity { updated_at: second(1), ..open() }, "updated_at"),
    ];
    let rows = bad.iter().map(|(row, _)| row.clone()).collect::<Vec<_>>();
    let request =
        v1::BatchUpsertOpportunitiesRequest { opportunities: rows.clone(), ..Default::default() };
    let reply = client.batch_upsert_opportunities(request).await.unwrap();
    assert_eq!(reply.counts.unwrap().rejected, 16);
    for ((row, field), verdict) in bad.iter().zip(&reply.verdicts) {
        assert_eq!((&verdict.field, verdict.code), (&(*field).to_owned(), 3), "{row:?}");
        let request =
            v1::UpsertOpportunityRequest { opportunity: Some(row.clone()), ..Default::default() };
        let refused = client.upsert_opportunity(request).await.unwrap_err();
        assert_eq!(refused.reason(), v1::ErrorReason::InvalidField, "{row:?}");
    }
    let request = v1::BatchUpsertOpportunitiesRequest {
        opportunities: rows,
        all_or_nothing: true,
        ..Default::default()
    };
    let refused = client.batch_upsert_opportunities(request).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::InvalidField);
    let request = v1::BatchUpsertOpportunitiesRequest {
        opportunities: vec![open(); 1_001],
        ..Default::default()
    };
    let refused = client.batch_upsert_opportunities(request).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::BatchTooLarge);
    served.stop().await;
}

async fn a_planner_sees_outcomes_without_personal_fields(world: World) {
    let served = Served::open(world).await;
    let (sales, planner) =
        (served.client_as(Role::Sales).await, served.client_as(Role::Planner).await);
    let request = v1::UpsertOpportunityRequest {
        opportunity: Some(sale("o", v1::OpportunityState::Won)),
        ..Default::default()
    };
    let written = sales.upsert_opportunity(request.clone()).await.unwrap().opportunity.unwrap();
    assert_eq!((written.owner.as_str(), written.attributes.len()), ("olga", 1));
    let refused = planner.upsert_opportunity(request).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::PermissionMissing);
    let request = v1::GetOpportunityRequest { opportunity_id: "o".into(), ..Default::default() };
    let seen = planner.get_opportunity(request).await.unwrap().opportunity.unwrap();
    assert_eq!((seen.owner.as_str(), seen.attributes.len()), ("", 0));
    let listed = planner.list_opportunities(Default::default()).await.unwrap().opportunities;
    assert_eq!(listed, [seen]);
    served.stop().await;
}

async fn opportunities_and_groups_come_in_pages(world: World) {
    let accounts = (0..7).map(|n| account(&format!("a{n}")).parent(&format!("p{}", n / 2)));
    world.accounts(accounts).await;
    let served = Served::open(world).await;
    let client = served.client().await;
    let rows = (0..7).map(|n| v1::Opportunity {
        account_id: format!("a{n}"),
        ..sale(&format!("o{n}"), v1::OpportunityState::Won)
    });
    let request =
        v1::BatchUpsertOpportunitiesRequest { opportunities: rows.collect(), ..Default::default() };
    client.batch_upsert_opportunities(request).await.unwrap();
    let mut found = Vec::new();
    let request = v1::ListOpportunitiesRequest { page_size: 3, ..Default::default() };
    let mut pages = client.pages(request.clone());
    while let Some(page) = pages.next_page().await.unwrap() {
        found.extend(page.opportunities.into_iter().map(|sale| sale.opportunity_id));
    }
    assert_eq!(found, ["o0", "o1", "o2", "o3", "o4", "o5", "o6"]);
    let token = client.list_opportunities(request.clone()).await.unwrap().next_page_token;
    let other = v1::ListOpportunitiesRequest {
        page_token: token,
        state: v1::OpportunityState::Won.into(),
        ..request
    };
    let refused = client.list_opportunities(other).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::PageTokenInvalid);
    let mut groups = Vec::new();
    let request = v1::ListAccountGroupsRequest { page_size: 3, ..Default::default() };
    let mut pages = client.pages(request);
    while let Some(page) = pages.next_page().await.unwrap() {
        groups.extend(page.groups);
    }
    let told: Vec<_> = groups
        .iter()
        .map(|group| {
            let won = group.opportunities.as_ref().map_or(0, |totals| totals.won);
            (group.account_id.as_str(), group.members, won)
        })
        .collect();
    assert_eq!(told, [("p0", 3, 2), ("p1", 3, 2), ("p2", 3, 2), ("p3", 2, 1)]);
    let request = v1::GetAccountGroupRequest { account_id: "a3".into(), ..Default::default() };
    let reply = client.get_account_group(request).await.unwrap();
    assert_eq!(reply.group.as_ref(), groups.get(1));
    let ids: Vec<_> = reply.members.iter().map(|member| member.account_id.as_str()).collect();
    assert_eq!(ids, ["p1", "a2", "a3"]);
    served.stop().await;
}
