//! The handoffs of accounts, and of leads, that turn out to be one.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use abm_core::handoff::HandoffState;
use abm_core::lifecycle::Actor;
use abm_core::{AccountId, LeadId, Timestamp};
use abm_store::{HandoffEnd, HandoffEvent, HandoffLead, HandoffRecord, WriteTx};

use crate::AppError;

/// On whose behalf something is merged, and by whom.
type By<'a> = (Actor, &'a str);

/// Makes one of the open handoffs of accounts that are merged. The workspace is locked.
pub(crate) async fn join_handoffs_of_accounts(
    tx: &WriteTx,
    accounts: BTreeSet<AccountId>,
    by: By<'_>,
    now: Timestamp,
) -> Result<(), AppError> {
    let open = tx.open_handoffs_of_accounts(accounts).await?;
    join(tx, open.into_values().collect(), by, now).await
}

/// Has the open handoffs that leads have without an account join the one that another of them is part
/// of. The workspace is locked.
pub(crate) async fn join_handoffs_of_leads(
    tx: &WriteTx,
    leads: BTreeSet<LeadId>,
    by: By<'_>,
    now: Timestamp,
) -> Result<(), AppError> {
    let ids: BTreeSet<String> = tx.open_handoffs_of_leads(leads).await?.into_values().collect();
    let found = tx.handoffs_by_id(ids).await?;
    let (of_accounts, mut open): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|handoff| handoff.account.is_some());
    open.extend(of_accounts.into_iter().min_by_key(place));
    join(tx, open, by, now).await
}

/// Which of some handoffs goes on, the first: one of an account, then one with which more was done,
/// then the older one.
fn place(handoff: &HandoffRecord) -> (bool, Reverse<u8>, Timestamp, String) {
    let done = match handoff.state {
        HandoffState::Working => 2,
        HandoffState::Claimed => 1,
        _ => 0,
    };
    (handoff.account.is_none(), Reverse(done), handoff.created_at, handoff.id.clone())
}

/// The leads of handoffs join the first of them, and the others end.
async fn join(
    tx: &WriteTx,
    mut open: Vec<HandoffRecord>,
    (actor, caller): By<'_>,
    now: Timestamp,
) -> Result<(), AppError> {
    open.sort_by_key(place);
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
        let comment = format!("joined handoff {} by a merge", kept.id);
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
