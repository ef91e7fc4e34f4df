//! The world in the messages of the contract.

use abm_core::{AccountId, Activity, LeadId};
use abm_proto::v1;

/// A call that records activities. Its request id is left to the client.
pub(crate) fn record(activities: &[Activity]) -> v1::RecordActivitiesRequest {
    v1::RecordActivitiesRequest {
        activities: activities.iter().map(activity).collect(),
        ..v1::RecordActivitiesRequest::default()
    }
}

fn activity(activity: &Activity) -> v1::Activity {
    let micros = activity.occurred_at.micros();
    v1::Activity {
        source: activity.key.source.clone(),
        activity_id: activity.key.activity_id.clone(),
        r#type: activity.kind.clone(),
        occurred_at: Some(prost_types::Timestamp {
            seconds: micros.div_euclid(1_000_000),
            nanos: i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or_default(),
        }),
        lead_id: activity.lead.clone().map(LeadId::into_string).unwrap_or_default(),
        account_id: activity.account.clone().map(AccountId::into_string).unwrap_or_default(),
        email: activity.email.clone(),
        campaign: activity.campaign.clone(),
        attributes: activity.attributes.clone(),
        ..v1::Activity::default()
    }
}
