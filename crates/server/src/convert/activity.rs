//! Activities.

use abm_app::{Refused, RejectedActivity, SeenActivity, Submission};
use abm_core::{AccountId, Activity, ActivityKey, LeadId, Violation};
use abm_proto::v1;

use super::{server_owned, time, verdict};

/// A caller's activity; its limits are checked where it is recorded.
pub(crate) fn from_proto(activity: v1::Activity) -> Submission {
    let (source, activity_id) = (activity.source.clone(), activity.activity_id.clone());
    read(activity).map_err(|violations| Refused { source, activity_id, violations })
}

fn read(activity: v1::Activity) -> Result<Activity, Vec<Violation>> {
    let mut found = Vec::new();
    server_owned("received_at", activity.received_at.is_some(), &mut found);
    server_owned("signal", !activity.signal.is_empty(), &mut found);
    server_owned("ignored_reason", !activity.ignored_reason.is_empty(), &mut found);
    server_owned("survivor_lead_id", !activity.survivor_lead_id.is_empty(), &mut found);
    server_owned("survivor_account_id", !activity.survivor_account_id.is_empty(), &mut found);
    let key = ActivityKey::new(activity.source, activity.activity_id);
    let key = key.map_err(|violation| found.push(violation)).ok();
    let occurred_at = match time::from_proto("occurred_at", activity.occurred_at.as_ref()) {
        Ok(None) => {
            found.push(Violation::invalid("occurred_at", "is required"));
            None
        }
        Ok(time) => time,
        Err(violation) => {
            found.push(violation);
            None
        }
    };
    let lead = match activity.lead_id {
        id if id.is_empty() => None,
        id => LeadId::new(id).map_err(|violation| found.push(violation)).ok(),
    };
    let account = match activity.account_id {
        id if id.is_empty() => None,
        id => AccountId::new(id).map_err(|violation| found.push(violation)).ok(),
    };
    match (key, occurred_at) {
        (Some(key), Some(occurred_at)) if found.is_empty() => Ok(Activity {
            key,
            kind: activity.r#type,
            occurred_at,
            lead,
            account,
            email: activity.email,
            campaign: activity.campaign,
            attributes: activity.attributes,
        }),
        _ => Err(found),
    }
}

/// An activity as callers see it.
pub(crate) fn to_proto(seen: SeenActivity) -> v1::Activity {
    let SeenActivity { stored, signal, ignored } = seen;
    let (activity, signal) = (stored.activity, signal.unwrap_or_default());
    let ignored_reason = match (ignored, signal.is_empty()) {
        (true, _) => format!("the signal {signal} counts nothing"),
        (false, true) => "no signal of the model matches".to_owned(),
        (false, false) => String::new(),
    };
    // As sent, and whom it counts for where that is somebody else.
    let (lead, survivor_lead) = match stored.sent_lead {
        Some(sent) => (Some(sent), activity.lead),
        None => (activity.lead, None),
    };
    let (account, survivor_account) = match stored.sent_account {
        Some(sent) => (Some(sent), activity.account),
        None => (activity.account, None),
    };
    v1::Activity {
        source: activity.key.source,
        activity_id: activity.key.activity_id,
        r#type: activity.kind,
        occurred_at: Some(time::to_proto(activity.occurred_at)),
        lead_id: lead.map(LeadId::into_string).unwrap_or_default(),
        account_id: account.map(AccountId::into_string).unwrap_or_default(),
        email: activity.email,
        campaign: activity.campaign,
        attributes: activity.attributes,
        received_at: Some(time::to_proto(stored.received_at)),
        signal,
        ignored_reason,
        survivor_lead_id: survivor_lead.map(LeadId::into_string).unwrap_or_default(),
        survivor_account_id: survivor_account.map(AccountId::into_string).unwrap_or_default(),
    }
}

/// A refused row as callers see it.
pub(crate) fn rejected_to_proto(rejected: RejectedActivity) -> v1::RejectedActivity {
    v1::RejectedActivity {
        received_at: Some(time::to_proto(rejected.received_at)),
        request_id: rejected.request_id,
        index: i32::try_from(rejected.index).unwrap_or(i32::MAX),
        source: rejected.source,
        activity_id: rejected.activity_id,
        field: rejected.field,
        reason: verdict::reason_of_name(&rejected.reason).into(),
        message: rejected.message,
    }
}
