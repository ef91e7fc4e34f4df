//! Versions of the model and the history of scores, as callers see them.

use abm_client::{Client, v1};
use abm_core::model::{self, DEFAULT_FILE};
use abm_tests::{Served, World, both_engines, days};
use tonic::Code;
use tonic_types::StatusExt;

both_engines!(
    versions_are_listed_and_an_earlier_one_can_be_put_in_force_again,
    what_makes_no_sense_is_a_warning_and_can_be_published,
    a_model_can_be_sent_as_a_message_and_is_kept_as_its_canonical_file,
    what_is_wrong_with_a_message_is_told_by_the_paths_of_a_file,
    a_history_tells_each_change_with_its_cause_the_latest_first,
    a_draft_is_tried_part_by_part_and_published,
);

/// Puts a model in force.
async fn publish(served: &Served, client: &Client, points: u32, comment: &str) -> v1::Model {
    let request = v1::PublishModelRequest {
        model_file: DEFAULT_FILE.replace("points: 40\n", &format!("points: {points}\n")),
        comment: comment.into(),
        ..Default::default()
    };
    let begun = client.publish_model(request).await.unwrap();
    finish(served, client, begun.operation).await;
    begun.model.unwrap()
}

/// Waits for the end of long work.
async fn finish(served: &Served, client: &Client, operation: Option<v1::Operation>) {
    served.world.work().await;
    let operation_id = operation.unwrap().operation_id;
    let request = v1::GetOperationRequest { operation_id, ..Default::default() };
    let done = client.get_operation(request).await.unwrap().operation.unwrap();
    assert_eq!(done.state(), v1::OperationState::Succeeded);
    assert_eq!(done.accounts_done, done.accounts_total);
}

async fn versions_are_listed_and_an_earlier_one_can_be_put_in_force_again(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    for points in 50..54 {
        publish(&served, &client, points, &format!("{points} points")).await;
    }
    let mut pages = client.pages(v1::ListModelsRequest { page_size: 2, ..Default::default() });
    let mut listed = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        assert_eq!(page.active_version, 5);
        assert!(page.models.len() <= 2);
        listed.extend(page.models.into_iter().map(|model| (model.version, model.comment)));
    }
    let versions: Vec<u64> = listed.iter().map(|(version, _)| *version).collect();
    assert_eq!(versions, [5, 4, 3, 2, 1]);
    assert_eq!(listed[1].1, "52 points");

    let mut request =
        v1::RollBackModelRequest { version: 2, base_version: 4, ..Default::default() };
    let refused = client.roll_back_model(request.clone()).await.unwrap_err();
    assert_eq!((refused.code(), refused.reason()), (Code::Aborted, v1::ErrorReason::EtagMismatch));
    request.base_version = 5;
    request.request_id = "9d9f1f5e-4b7c-4b06-8d0a-2b8a8f6f2c22".into();
    let begun = client.roll_back_model(request.clone()).await.unwrap();
    finish(&served, &client, begun.operation).await;
    let first = begun.model.unwrap();
    let again = client.roll_back_model(request.clone()).await.unwrap().model.unwrap();
    assert_eq!(first.version, again.version, "a retry makes no other version");
    assert_eq!((first.version, first.comment.as_str()), (6, "back to version 2"));
    assert!(first.model_file.contains("points: 50\n"));
    let request = v1::RollBackModelRequest { version: 99, ..Default::default() };
    assert_eq!(client.roll_back_model(request).await.unwrap_err().code(), Code::NotFound);
    served.stop().await;
}

async fn what_makes_no_sense_is_a_warning_and_can_be_published(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let model_file = "name: odd
signals:
  - {name: all, when: 'true', points: 1}
  - {name: none, when: 'activity.type == \"x\"', points: 1}
"
    .to_owned();
    let request = v1::ValidateModelRequest { model_file: model_file.clone(), ..Default::default() };
    let found = client.validate_model(request).await.unwrap();
    let [problem] = found.problems.as_slice() else { panic!("{found:?}") };
    assert!(found.valid);
    assert_eq!(problem.severity(), v1::ModelProblemSeverity::Warning);
    assert_eq!((problem.path.as_str(), problem.line), ("signals[1].when", 4));
    let request = v1::PublishModelRequest { model_file, ..Default::default() };
    assert_eq!(client.publish_model(request).await.unwrap().model.unwrap().version, 2);
    served.stop().await;
}

/// The model in force.
async fn in_force(client: &Client) -> v1::Model {
    client.get_model(v1::GetModelRequest::default()).await.unwrap().model.unwrap()
}

async fn a_model_can_be_sent_as_a_message_and_is_kept_as_its_canonical_file(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let first = in_force(&client).await;
    let mut spec = first.model_spec.unwrap();
    assert_eq!((spec.name.as_str(), spec.hold_days), ("default", Some(14.0)));
    assert_eq!(spec.signals.len(), model::parse(DEFAULT_FILE).unwrap().signals.all().len());

    // What was read can be published as it is, and is the same model: no rule differs.
    let model_spec = Some(spec.clone());
    let request = v1::PublishModelRequest { model_spec, ..Default::default() };
    let begun = client.publish_model(request).await.unwrap();
    finish(&served, &client, begun.operation).await;
    let second = in_force(&client).await;
    assert_eq!((second.version, second.model_spec.as_ref()), (2, Some(&spec)));
    assert_eq!(second.matching_fingerprint, first.matching_fingerprint);
    assert_eq!(model::diff::diff(&first.model_file, &second.model_file).unwrap(), []);
    let canonical = model::write(&model::read_file(DEFAULT_FILE).unwrap());
    assert_eq!(second.model_file, canonical);

    // A draft, of which a field is left out and another is changed.
    spec.hold_days = None;
    spec.tiers[0].fit += 1;
    let model_spec = Some(spec.clone());
    let request = v1::CreateModelVersionRequest { model_spec, ..Default::default() };
    let draft = client.create_model_version(request).await.unwrap().model.unwrap();
    spec.hold_days = Some(14.0);
    assert_eq!(draft.model_spec, Some(spec));
    let changes = model::diff::diff(&canonical, &draft.model_file).unwrap();
    assert_eq!(changes.len(), 1, "{changes:?}");
    let listed = client.list_models(v1::ListModelsRequest::default()).await.unwrap().models;
    assert!(listed.iter().all(|model| model.model_spec.is_none() && model.model_file.is_empty()));
    served.stop().await;
}

async fn what_is_wrong_with_a_message_is_told_by_the_paths_of_a_file(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let file = "name: ''
signals:
  - {name: a, when: 'activity.typ == \"x\"', points: 20000}
  - {name: b, when: 'true', group: none}
groups: {g: {cap: -1}}
tiers: [{tier: 1, fit: 101}]
segments: [{name: s, when: 'account.employees', priority_tiers: [2]}]
";
    let signal = |name: &str, when: &str| v1::SignalSpec {
        name: name.into(),
        when: when.into(),
        ..Default::default()
    };
    let tier_numbers = v1::TierNumbers { numbers: vec![2] };
    let mut spec = v1::ModelSpec {
        signals: vec![
            v1::SignalSpec { points: 20_000.0, ..signal("a", "activity.typ == \"x\"") },
            v1::SignalSpec { group: Some("none".into()), ..signal("b", "true") },
        ],
        groups: vec![v1::GroupSpec { name: "g".into(), cap: -1.0 }],
        tiers: vec![v1::TierSpec { tier: 1, fit: 101, ..Default::default() }],
        segments: vec![v1::SegmentSpec {
            name: "s".into(),
            when: "account.employees".into(),
            priority_tiers: Some(tier_numbers),
            ..Default::default()
        }],
        ..Default::default()
    };
    let request = v1::ValidateModelRequest { model_file: file.into(), ..Default::default() };
    let of_file = client.validate_model(request).await.unwrap();
    let request = v1::ValidateModelRequest { model_spec: Some(spec.clone()), ..Default::default() };
    let of_spec = client.validate_model(request).await.unwrap();
    let paths = |found: &v1::ValidateModelResponse| {
        let mut paths: Vec<_> = found.problems.iter().map(|p| p.path.clone()).collect();
        paths.sort();
        paths
    };
    assert_eq!(paths(&of_spec), paths(&of_file));
    assert_eq!(of_spec.problems.len(), 8, "{:?}", of_spec.problems);
    assert!(!of_spec.valid && of_spec.problems.iter().all(|p| p.line == 0 && p.column == 0));

    let fields = |refused: abm_client::Error| {
        let details = super::errors::status(&refused).get_error_details();
        let found = details.bad_request().unwrap().field_violations.clone();
        found.into_iter().map(|violation| violation.field).collect::<Vec<_>>()
    };
    let request = v1::PublishModelRequest { model_spec: Some(spec.clone()), ..Default::default() };
    let told = fields(client.publish_model(request.clone()).await.unwrap_err());
    assert_eq!(told.len(), 8);
    assert!(told.contains(&"model_spec.signals[0].points".to_owned()), "{told:?}");

    // What no file can say is told as well, beside the rest.
    spec.signals[1].shows = 9;
    let request = v1::ValidateModelRequest { model_spec: Some(spec.clone()), ..Default::default() };
    let found = client.validate_model(request).await.unwrap();
    assert_eq!((found.problems.len(), found.problems[0].path.as_str()), (9, "signals[1].shows"));
    let request =
        v1::CreateModelVersionRequest { model_spec: Some(spec.clone()), ..Default::default() };
    let told = fields(client.create_model_version(request).await.unwrap_err());
    assert_eq!(told, ["model_spec.signals[1].shows"]);

    // One form, not two and not none.
    let both = v1::ValidateModelRequest { model_file: file.into(), model_spec: Some(spec.clone()) };
    for request in [both, v1::ValidateModelRequest::default()] {
        let refused = client.validate_model(request).await.unwrap_err();
        assert_eq!(refused.reason(), v1::ErrorReason::InvalidField);
    }
    let request =
        v1::PublishModelRequest { model_spec: Some(spec), version: 1, ..Default::default() };
    assert_eq!(fields(client.publish_model(request).await.unwrap_err()), ["model_file"]);
    served.stop().await;
}

async fn a_history_tells_each_change_with_its_cause_the_latest_first(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let activity = |id: &str| v1::Activity {
        source: "web".into(),
        activity_id: id.into(),
        r#type: "demo_request".into(),
        occurred_at: Some(prost_types::Timestamp { seconds: served.world.now().secs(), nanos: 0 }),
        lead_id: "ada".into(),
        email: "ada@ibm.com".into(),
        ..Default::default()
    };
    let record = async |id: &str| {
        let request =
            v1::RecordActivitiesRequest { activities: vec![activity(id)], ..Default::default() };
        client.record_activities(request).await.unwrap();
    };
    record("1").await;
    let first = served.world.now();
    served.world.at(days(40));
    served.world.apply_due().await;
    publish(&served, &client, 80, "").await;
    served.world.apply_due().await;
    record("2").await;

    let request = v1::GetScoreHistoryRequest {
        account_id: "ibm.com".into(),
        page_size: 3,
        ..Default::default()
    };
    let mut pages = client.pages(request);
    let mut changes = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        changes.extend(page.changes);
    }
    let count = i64::try_from(changes.len()).unwrap();
    assert!(count > 8, "{count}");
    let sequences: Vec<i64> = changes.iter().map(|change| change.sequence).collect();
    assert_eq!(sequences, (1..=count).rev().collect::<Vec<_>>());
    let causes: Vec<_> = changes.iter().map(v1::ScoreChange::cause).collect();
    let mut different = causes.clone();
    different.dedup();
    use v1::ScoreChangeCause::{Activity, Model, Time};
    assert_eq!(different, [Activity, Model, Time, Activity]);
    let oldest = changes.last().unwrap();
    assert_eq!(oldest.at.unwrap().seconds, first.secs());
    assert_eq!((oldest.model_version, changes[0].model_version), (1, 2));
    // What it told is what was shown then.
    for change in changes.iter().filter(|change| change.cause() == Time) {
        let request = v1::GetAccountViewRequest {
            account_id: "ibm.com".into(),
            as_of: change.at,
            model_version: 1,
            ..Default::default()
        };
        let seen = client.get_account_view(request).await.unwrap().account_view.unwrap();
        assert_eq!((seen.engagement, seen.tier), (change.engagement, change.tier));
    }
    let request = v1::GetScoreHistoryRequest { account_id: "nobody".into(), ..Default::default() };
    assert_eq!(client.get_score_history(request).await.unwrap_err().code(), Code::NotFound);
    served.stop().await;
}

async fn a_draft_is_tried_part_by_part_and_published(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let activity = |n: i64| v1::Activity {
        source: "web".into(),
        activity_id: format!("{n}"),
        r#type: "demo_request".into(),
        occurred_at: Some(prost_types::Timestamp { seconds: served.world.now().secs(), nanos: 0 }),
        account_id: format!("a{n}"),
        ..Default::default()
    };
    let activities = (0..30).map(activity).collect();
    let request = v1::RecordActivitiesRequest { activities, ..Default::default() };
    client.record_activities(request).await.unwrap();
    let model_file = DEFAULT_FILE.replace("points: 40\n", "points: 1\n");
    let request = v1::CreateModelVersionRequest {
        model_file: model_file.clone(),
        comment: "fewer points".into(),
        ..Default::default()
    };
    let draft = client.create_model_version(request).await.unwrap().model.unwrap();
    assert_eq!((draft.version, draft.state()), (2, v1::ModelState::Draft));
    assert_eq!(draft.published_at, None);

    let request = v1::SimulateModelRequest {
        version: 2,
        priority_accounts: Some(5),
        leads_per_week: Some(0),
        ..Default::default()
    };
    let mut parts = client.simulate_model(request.clone()).await.unwrap();
    let mut last = v1::SimulateModelResponse::default();
    while let Some(part) = parts.message().await.unwrap() {
        assert!(last.summary.is_none(), "the whole is the last part");
        last = part;
    }
    assert!(!last.revision.is_empty());
    let summary = last.summary.unwrap();
    assert_eq!((summary.base_version, summary.version), (1, 2));
    let (before, after) = (summary.before.unwrap(), summary.after.unwrap());
    assert_eq!((before.accounts, after.accounts), (30, 30));
    assert_eq!(before.accounts_by_engagement.iter().sum::<i64>(), 30);
    assert!(before.accounts_by_engagement != after.accounts_by_engagement);
    assert_eq!(summary.tier_moves.iter().sum::<i64>(), 30);
    assert_eq!(summary.priority_bar.unwrap().capacity, 5);

    for (version, model_file, priority) in
        [(2, model_file.clone(), None), (0, String::new(), None), (2, String::new(), Some(-1))]
    {
        let request = v1::SimulateModelRequest {
            version,
            model_file,
            priority_accounts: priority,
            ..Default::default()
        };
        let refused = client.simulate_model(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }

    let request = v1::PublishModelRequest { version: 2, ..Default::default() };
    let begun = client.publish_model(request.clone()).await.unwrap();
    finish(&served, &client, begun.operation).await;
    let found = client.get_model(v1::GetModelRequest::default()).await.unwrap();
    let model = found.model.unwrap();
    assert_eq!((model.version, model.state()), (2, v1::ModelState::Published));
    assert_eq!(model.comment, "fewer points");
    assert_eq!((found.publishing_version, found.rescore), (0, None));
    let again = client.publish_model(request).await.unwrap_err();
    assert_eq!(again.code(), Code::FailedPrecondition);
    assert_eq!(again.reason(), v1::ErrorReason::StateForbids);
    let mut pages = client.pages(v1::ListOperationsRequest { page_size: 1, ..Default::default() });
    let page = pages.next_page().await.unwrap().unwrap();
    let operation = page.operations[0].clone();
    assert_eq!((operation.model_version, operation.accounts_done), (2, 30));
    assert!(pages.next_page().await.unwrap().is_none());
    let request =
        v1::CancelOperationRequest { operation_id: operation.operation_id, ..Default::default() };
    let late = client.cancel_operation(request).await.unwrap_err();
    assert_eq!(late.reason(), v1::ErrorReason::StateForbids);
    served.stop().await;
}
