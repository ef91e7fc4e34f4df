//! Views, lists and explanations over a real connection.

use abm_app::Role;
use abm_client::v1;
use abm_client::v1::explain_score_request::Subject;
use abm_demo::{World as Demo, WorldSize};
use abm_tests::{Served, World, both_engines};

both_engines!(
    every_explanation_adds_up_to_what_the_view_shows,
    a_planner_sees_scores_without_personal_fields,
);

const SIZE: WorldSize = WorldSize { companies: 24, people: 120, activities: 2_500, seed: 3 };

async fn filled(world: World) -> Served {
    let served = Served::open(world).await;
    super::super::year::fill(&served, SIZE).await;
    served
}

fn adds_up(explanation: &v1::Explanation) -> bool {
    let sum: i64 = explanation.lines.iter().map(|line| line.micropoints).sum();
    sum == i64::from(explanation.score) * 1_000_000
        && explanation.lines.iter().all(|line| {
            let inner: i64 = line.lines.iter().map(|line| line.micropoints).sum();
            (line.lines.is_empty() || inner == line.micropoints)
                && line.detail.as_ref().is_none_or(adds_up)
        })
}

async fn every_explanation_adds_up_to_what_the_view_shows(world: World) {
    let served = filled(world).await;
    let client = served.client().await;
    let request = v1::ListPriorityAccountsRequest {
        include_all: true,
        with_missing: true,
        page_size: 100,
        ..Default::default()
    };
    let accounts = client.list_priority_accounts(request).await.unwrap().accounts;
    assert_eq!(accounts.len(), Demo::new(SIZE, 0).accounts.len());
    let (mut opened, mut occurred) = (0, 0);
    for account in &accounts {
        for kind in [v1::ScoreKind::Engagement, v1::ScoreKind::Fit] {
            let request = v1::ExplainScoreRequest {
                subject: Some(Subject::AccountId(account.account_id.clone())),
                kind: kind.into(),
                depth: v1::ExplanationDepth::Activities.into(),
                people_limit: Some(2),
                ..Default::default()
            };
            let found = client.explain_score(request).await.unwrap().explanation.unwrap();
            assert!(adds_up(&found), "{found:?}");
            let shown = match kind {
                v1::ScoreKind::Fit => account.fit,
                _ => account.engagement,
            };
            assert_eq!(found.score, shown);
            let details = found.lines.iter().filter_map(|line| line.detail.as_ref());
            for activity in details.flat_map(|detail| &detail.lines).flat_map(|line| &line.lines) {
                if activity.kind() == v1::LineKind::Occurrence {
                    assert!(activity.activity_id.is_empty() && activity.occurred_at.is_some());
                    occurred += 1;
                    continue;
                }
                assert!(!activity.activity_id.is_empty(), "every activity is named");
                opened += 1;
            }
        }
        let request = v1::GetAccountViewRequest {
            account_id: account.account_id.clone(),
            ..Default::default()
        };
        let view = client.get_account_view(request).await.unwrap().account_view.unwrap();
        assert_eq!((view.engagement, view.fit), (account.engagement, account.fit));
        assert_eq!(view.tier(), account.tier());
    }
    assert!(opened > 100 && occurred > 10, "{opened} {occurred}");
    served.stop().await;
}

async fn a_planner_sees_scores_without_personal_fields(world: World) {
    let served = filled(world).await;
    let (planner, sales) =
        (served.client_as(Role::Planner).await, served.client_as(Role::Sales).await);
    let request = v1::ListPriorityAccountsRequest { include_all: true, ..Default::default() };
    let first = planner.list_priority_accounts(request).await.unwrap().accounts.remove(0);
    let request = v1::GetAccountViewRequest { account_id: first.account_id, ..Default::default() };
    let seen = planner.get_account_view(request.clone()).await.unwrap().account_view.unwrap();
    assert!(!seen.top_people.is_empty());
    assert!(seen.top_people.iter().all(|person| person.title.is_empty()));
    let seen = sales.get_account_view(request).await.unwrap().account_view.unwrap();
    assert!(seen.top_people.iter().any(|person| !person.title.is_empty()));
    served.stop().await;
}
