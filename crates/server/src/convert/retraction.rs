//! Retractions.

use abm_app::{ActivityFilter, Retracted, Retraction, Shown};
use abm_core::assess::AssessedLead;
use abm_core::rule::{Rule, Scope};
use abm_core::{AccountId, ActivityKey, LeadId, Violation, limits};
use abm_proto::v1;

use super::{score, time};

/// Most accounts, and most leads, that are listed.
const LISTED: usize = 1_000;

/// Activities by what they are known by.
pub(crate) fn places(sent: Vec<v1::ActivityReference>) -> Result<Retraction, Vec<Violation>> {
    let (mut places, mut found) = (Vec::with_capacity(sent.len()), Vec::new());
    for (index, reference) in sent.into_iter().enumerate() {
        let parent = format!("activities[{index}]");
        let at = time::from_proto("occurred_at", reference.occurred_at.as_ref());
        let at =
            at.and_then(|at| at.ok_or_else(|| Violation::invalid("occurred_at", "is required")));
        let key = ActivityKey::new(reference.source, reference.activity_id);
        match (at, key) {
            (Ok(at), Ok(key)) => places.push((at, key)),
            (at, key) => {
                let violations = at.err().into_iter().chain(key.err());
                found.extend(violations.map(|violation| violation.inside(&parent)));
            }
        }
    }
    if found.is_empty() { Ok(Retraction::Places(places)) } else { Err(found) }
}

/// Activities by a filter.
pub(crate) fn filter(sent: v1::ActivityFilter) -> Result<Retraction, Vec<Violation>> {
    let mut found = Vec::new();
    for (field, text) in [("source", &sent.source), ("type", &sent.r#type)] {
        found.extend(limits::check_bytes(field, text, limits::ID_BYTES).err());
    }
    let mut moment = |field, at: Option<prost_types::Timestamp>| {
        time::from_proto(field, at.as_ref()).unwrap_or_else(|error| {
            found.push(error);
            None
        })
    };
    let (from, until) = (moment("start_time", sent.start_time), moment("end_time", sent.end_time));
    let rule = match sent.rule.as_str() {
        "" => None,
        source => match Rule::compile(source, Scope::Activity) {
            Ok(rule) => Some(rule),
            Err(problems) => {
                let problem = |problem: &dyn std::fmt::Display| {
                    Violation::invalid("rule", problem.to_string())
                };
                found.extend(problems.iter().map(|found| problem(found)));
                None
            }
        },
    };
    if sent.source.is_empty() && sent.r#type.is_empty() && sent.rule.is_empty() {
        found.push(Violation::invalid("source", "is required without a type and a rule"));
    }
    let filter = ActivityFilter { source: sent.source, kind: sent.r#type, from, until };
    if found.is_empty() { Ok(Retraction::Filter(filter, rule)) } else { Err(found) }
}

/// What a retraction did.
pub(crate) fn to_proto(mut done: Retracted, revision: String) -> v1::RetractActivitiesResponse {
    let count = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
    v1::RetractActivitiesResponse {
        retracted: count(done.activities),
        accounts_total: count(done.totals.0),
        leads_total: count(done.totals.1),
        accounts: done
            .accounts
            .into_iter()
            .take(LISTED)
            .map(|(id, shown)| {
                let handoff_id = done.handoffs_of_accounts.remove(&id).unwrap_or_default();
                v1::AccountShift { handoff_id, ..account((id, shown)) }
            })
            .collect(),
        leads: done
            .leads
            .into_iter()
            .take(LISTED)
            .map(|(id, shown)| {
                let handoff_id = done.handoffs_of_leads.remove(&id).unwrap_or_default();
                v1::LeadShift { handoff_id, ..lead((id, shown)) }
            })
            .collect(),
        next_start_time: done.next_from.map(time::to_proto),
        revision,
    }
}

fn account((id, (before, after)): (AccountId, (Shown, Option<Shown>))) -> v1::AccountShift {
    let mut shift = v1::AccountShift {
        account_id: id.into_string(),
        gone: after.is_none(),
        engagement_before: before.engagement.into(),
        fit_before: before.fit.into(),
        tier_before: score::tier(before.tier).into(),
        mqa_before: before.mqa,
        ..Default::default()
    };
    if let Some(after) = after {
        shift.engagement_after = after.engagement.into();
        shift.fit_after = after.fit.into();
        shift.tier_after = score::tier(after.tier).into();
        shift.mqa_after = after.mqa;
    }
    shift
}

fn lead((id, (before, after)): (LeadId, (AssessedLead, Option<AssessedLead>))) -> v1::LeadShift {
    let gone = after.is_none();
    let after = after.unwrap_or_default();
    v1::LeadShift {
        lead_id: id.into_string(),
        gone,
        engagement_before: before.engagement.into(),
        engagement_after: after.engagement.into(),
        mql_before: before.mql,
        mql_after: after.mql,
        handoff_id: String::new(),
    }
}
