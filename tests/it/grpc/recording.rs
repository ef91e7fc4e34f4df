//! Recording activities over a real connection.

use abm_client::{Client, v1};
use abm_tests::{Served, World, both_engines};
use tokio::task::JoinSet;

both_engines!(
    of_64_callers_with_one_activity_one_creates_it,
    a_bad_row_is_told_in_its_place_and_the_rest_is_in,
    a_write_is_in_the_next_read_and_revisions_can_be_asked_for,
    at_most_a_thousand_rows_come_in_one_batch,
    activities_are_taken_back_by_reference_and_by_rule,
);

fn activity(id: &str, lead: &str, at: i64) -> v1::Activity {
    v1::Activity {
        source: "web".into(),
        activity_id: id.into(),
        r#type: "demo_request".into(),
        occurred_at: Some(prost_types::Timestamp { seconds: at, nanos: 0 }),
        lead_id: lead.into(),
        email: format!("{lead}@ibm.com"),
        ..v1::Activity::default()
    }
}

async fn record(client: &Client, activities: Vec<v1::Activity>) -> v1::RecordActivitiesResponse {
    let request = v1::RecordActivitiesRequest { activities, ..Default::default() };
    client.record_activities(request).await.unwrap()
}

async fn of_64_callers_with_one_activity_one_creates_it(world: World) {
    let served = Served::open(world).await;
    let now = served.world.now().secs();
    for round in 0..5 {
        let mut callers = JoinSet::new();
        for _ in 0..64 {
            let client = served.client().await;
            let same = activity(&format!("a{round}"), "ada", now);
            callers.spawn(async move { record(&client, vec![same]).await });
        }
        let replies = callers.join_all().await;
        let count = |verdict: v1::Verdict| {
            replies.iter().filter(|reply| reply.verdicts[0].verdict() == verdict).count()
        };
        assert_eq!((count(v1::Verdict::Created), count(v1::Verdict::Duplicate)), (1, 63));
    }
    let client = served.client().await;
    let found = client.verify(v1::VerifyRequest::default()).await.unwrap();
    assert_eq!((found.activities, found.differences_total), (5, 0));
    served.stop().await;
}

async fn a_bad_row_is_told_in_its_place_and_the_rest_is_in(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let now = served.world.now().secs();
    let mut rows: Vec<_> =
        (0..5).map(|number| activity(&format!("a{number}"), "ada", now)).collect();
    rows[0].occurred_at = None;
    rows[2].activity_id = "not an id".into();
    rows[4].signal = "demo_request".into();
    let reply = record(&client, rows).await;
    let verdicts: Vec<_> = reply.verdicts.iter().map(v1::RowVerdict::verdict).collect();
    let (created, rejected) = (v1::Verdict::Created, v1::Verdict::Rejected);
    assert_eq!(verdicts, [rejected, created, rejected, created, rejected]);
    let fields: Vec<_> = reply.verdicts.iter().map(|row| row.field.as_str()).collect();
    assert_eq!(fields, ["occurred_at", "", "activity_id", "", "signal"]);
    let counts = reply.counts.unwrap();
    assert_eq!((counts.created, counts.rejected), (2, 3));
    let listed = client.list_rejected_activities(Default::default()).await.unwrap();
    let mut places: Vec<_> = listed.rejected_activities.iter().map(|row| row.index).collect();
    places.sort_unstable();
    assert_eq!(places, [0, 2, 4]);
    served.stop().await;
}

async fn a_write_is_in_the_next_read_and_revisions_can_be_asked_for(world: World) {
    let served = Served::open(world).await;
    let (writer, reader) = (served.client().await, served.client().await);
    let now = served.world.now().secs();
    for number in 1..=20 {
        let reply =
            record(&writer, vec![activity(&format!("a{number}"), "ada", now - number)]).await;
        let request = v1::ExplainScoreRequest {
            subject: Some(v1::explain_score_request::Subject::LeadId("ada".into())),
            kind: v1::ScoreKind::Engagement.into(),
            min_revision: reply.revision,
            ..Default::default()
        };
        let explained = reader.explain_score(request).await.unwrap().explanation.unwrap();
        assert_eq!(explained.lines[0].count, number);
    }
    served.stop().await;
}

async fn at_most_a_thousand_rows_come_in_one_batch(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let now = served.world.now().secs();
    let rows = |count: i64| -> Vec<_> {
        (0..count).map(|n| activity(&format!("a{n}"), &format!("p{}", n % 40), now - n)).collect()
    };
    assert_eq!(record(&client, rows(1_000)).await.counts.unwrap().created, 1_000);
    let request = v1::RecordActivitiesRequest { activities: rows(1_001), ..Default::default() };
    let refused = client.record_activities(request).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::BatchTooLarge);
    let request = v1::RecordActivitiesRequest {
        activities: rows(501),
        all_or_nothing: true,
        ..Default::default()
    };
    let refused = client.record_activities(request).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::BatchTooLarge);
    served.stop().await;
}

async fn activities_are_taken_back_by_reference_and_by_rule(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let now = served.world.now().secs();
    record(&client, (0..2).map(|n| activity(&format!("a{n}"), "ada", now - n)).collect()).await;
    let reference = v1::ActivityReference {
        source: "web".into(),
        activity_id: "a0".into(),
        occurred_at: Some(prost_types::Timestamp { seconds: now, nanos: 0 }),
    };
    let by_reference = v1::RetractActivitiesRequest {
        activities: vec![reference.clone()],
        dry_run: true,
        ..Default::default()
    };
    let told = client.retract_activities(by_reference.clone()).await.unwrap();
    assert_eq!((told.retracted, told.accounts_total, told.leads_total), (1, 1, 1));
    let (account, lead) = (&told.accounts[0], &told.leads[0]);
    assert_eq!((account.account_id.as_str(), account.gone), ("ibm.com", false));
    assert!(account.engagement_after < account.engagement_before);
    assert!(lead.engagement_after < lead.engagement_before);
    let again = v1::RetractActivitiesRequest { dry_run: false, ..by_reference };
    let done = client.retract_activities(again).await.unwrap();
    assert_eq!((&done.accounts, &done.leads), (&told.accounts, &told.leads));
    let by_rule = |rule: &str| v1::RetractActivitiesRequest {
        filter: Some(v1::ActivityFilter {
            source: "web".into(),
            rule: rule.into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let done = client.retract_activities(by_rule("activity.type == 'demo_request'")).await.unwrap();
    assert_eq!((done.retracted, done.accounts[0].gone, done.leads[0].gone), (1, true, true));
    let list = v1::ListAccountsRequest::default();
    assert!(client.list_accounts(list).await.unwrap().accounts.is_empty());

    let nothing = v1::RetractActivitiesRequest::default();
    let both = v1::RetractActivitiesRequest { activities: vec![reference.clone()], ..by_rule("") };
    let anything = v1::RetractActivitiesRequest {
        filter: Some(v1::ActivityFilter::default()),
        ..Default::default()
    };
    let no_time = v1::ActivityReference { occurred_at: None, ..reference };
    let no_time = v1::RetractActivitiesRequest { activities: vec![no_time], ..Default::default() };
    for (bad, field) in [
        (nothing, "filter"),
        (both, "filter"),
        (anything, "filter.source"),
        (no_time, "activities[0].occurred_at"),
        (by_rule("activity.type =="), "filter.rule"),
        (by_rule("lead.title == 'x'"), "filter.rule"),
    ] {
        let refused = client.retract_activities(bad).await.unwrap_err();
        assert_eq!(refused.reason(), v1::ErrorReason::InvalidField);
        assert_eq!(refused.refusal().unwrap().violations[0].field, field);
    }
    served.stop().await;
}
