//! Where leads stand, how they moved, and what sales found out.

use std::collections::BTreeMap;

use abm_app::{LifecycleRecord, Qualification, Transition};
use abm_core::lifecycle::Mark;
use abm_core::{Timestamp, Violation};
use abm_proto::v1;

use super::lead::stage_to_proto;
use super::mirrored::{
    actor_to_proto, criterion, criterion_to_proto, mark_to_proto, step_to_proto,
};
use super::{enumeration, server_owned, time};

/// Where a lead stands.
pub(crate) fn to_proto(record: &LifecycleRecord) -> v1::LeadLifecycle {
    let moment = |at: Option<Timestamp>| at.map(time::to_proto);
    v1::LeadLifecycle {
        stage: stage_to_proto(record.lifecycle.stage()).into(),
        mark: mark(record.lifecycle.shown_mark()),
        since: Some(time::to_proto(record.since)),
        nurture_until: moment(record.lifecycle.nurture_until),
        mql_time: moment(record.mql_at),
        sql_time: moment(record.sql_at),
        sequence: record.sequence,
    }
}

/// What stands beside a stage.
pub(crate) fn mark(mark: Option<Mark>) -> i32 {
    mark.map_or(0, |mark| mark_to_proto(mark).into())
}

/// A move.
pub(crate) fn transition(found: Transition) -> v1::StageTransition {
    v1::StageTransition {
        sequence: found.sequence,
        transition_time: Some(time::to_proto(found.at)),
        recorded_at: Some(time::to_proto(found.recorded_at)),
        r#move: found.step.map_or(0, |step| step_to_proto(step).into()),
        stage_before: stage_to_proto(found.before.0).into(),
        mark_before: mark(found.before.1),
        stage: stage_to_proto(found.after.0).into(),
        mark: mark(found.after.1),
        actor: actor_to_proto(found.actor).into(),
        caller: found.caller,
        reason: found.reason,
        model_version: found.model_version,
        handoff_id: found.handoff,
        evidence: named_values(&found.evidence),
    }
}

/// The members of a stored JSON object as texts.
pub(crate) fn named_values(json: &str) -> BTreeMap<String, String> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(json).unwrap_or_default();
    let text = |value: serde_json::Value| match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    object.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
}

/// What sales found out, as sent; `caller` is who says it.
pub(crate) fn qualifications(
    sent: Vec<v1::Qualification>,
    caller: &str,
) -> Result<Vec<Qualification>, Vec<Violation>> {
    let mut found = Vec::new();
    let mut qualifications = Vec::with_capacity(sent.len());
    for (index, sent) in sent.into_iter().enumerate() {
        let mut wrong = Vec::new();
        server_owned("recorded_at", sent.recorded_at.is_some(), &mut wrong);
        server_owned("caller", !sent.caller.is_empty(), &mut wrong);
        let known = enumeration("criterion", sent.criterion, criterion, &mut wrong);
        if known.is_none() && wrong.is_empty() {
            wrong.push(Violation::invalid("criterion", "is required"));
        }
        qualifications.extend(known.map(|criterion| Qualification {
            criterion,
            value: sent.value,
            source: sent.source,
            at: Timestamp::default(),
            caller: caller.to_owned(),
        }));
        let parent = format!("qualifications[{index}]");
        found.extend(wrong.into_iter().map(|violation| violation.inside(&parent)));
    }
    if found.is_empty() { Ok(qualifications) } else { Err(found) }
}

/// What is known of a criterion.
pub(crate) fn qualification(known: Qualification) -> v1::Qualification {
    v1::Qualification {
        criterion: criterion_to_proto(known.criterion).into(),
        value: known.value,
        source: known.source,
        recorded_at: Some(time::to_proto(known.at)),
        caller: known.caller,
    }
}
