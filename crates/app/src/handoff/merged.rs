//! The handoffs of accounts that turn out to be one.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use abm_core::handoff::HandoffState;
use abm_core::lifecycle::Actor;
use abm_core::{AccountId, LeadId, Timestamp};
use abm_store::{HandoffEnd, HandoffEvent, HandoffLead, HandoffRecord, WriteTx};

use crate::AppError;

/// Makes one of the open handoffs of accounts that are merged: their leads join the one with which most
/// was done, the first of those, and the others end. The workspace is locked.
pub(crate) async fn join_handoffs(
    tx: &WriteTx,
    accounts: BTreeSet<AccountId>,
    (actor, caller): (Actor, &str),
    now: Timestamp,
) -> Result<(), AppError> {
    let open = tx.open_handoffs_of_accounts(accounts).await?;
    let done = |state: HandoffState| match state {
        HandoffState::Working => 2,
        HandoffState::Claimed => 1,
        _ => 0,
    };
    let mut open: Vec<HandoffRecord> = open.into_values().collect();
    open.sort_by_key(|found| (Reverse(done(found.state)), found.created_at, found.id.clone()));
    let mut open = open.into_iter();
    let (Some(mut kept), Some(other)) = (open.next(), open.next()) else { return Ok(()) };
    let (mut all, mut events, mut joined) = (Vec::new(), Vec::new(), Vec::new());
    let event = |of: &HandoffRecord, what: &str, details: serde_json::Value| HandoffEvent {
        handoff: of.id.clone(),
        version: of.version,
        at: now,
        what: what.to_owned(),
        actor,
        caller: caller.to_owned(),
        details: details.to_string(),
    };
    for mut other in [other].into_iter().chain(open) {
        joined.extend(tx.handoff_leads(&other.id).await?);
        other.state = HandoffState::Recycled;
        other.version += 1;
        let comment = format!("joined handoff {} with its account", kept.id);
        other.end = Some(HandoffEnd { at: now, comment, ..HandoffEnd::default() });
        let details = serde_json::json!({ "joined": kept.id });
        events.push(event(&other, HandoffState::Recycled.name(), details));
        all.push(other);
    }
    kept.version += 1;
    let leads: Vec<&str> = joined.iter().map(|found| LeadId::as_str(&found.lead)).collect();
    events.push(event(&kept, "joined", serde_json::json!({ "leads": leads })));
    let joined: Vec<(String, HandoffLead)> =
        joined.into_iter().map(|lead| (kept.id.clone(), lead)).collect();
    all.push(kept);
    tx.put_handoffs(&all, &events).await?;
    Ok(tx.add_handoff_leads(&joined).await?)
}
