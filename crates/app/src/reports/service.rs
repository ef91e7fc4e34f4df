//! Whether sales kept to the time allowed, and how fast it was.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use abm_core::handoff::HandoffState;
use abm_core::policy::Policy;
use abm_core::{Timestamp, WorkspaceId};
use abm_learn::feedback::clock::{Clocked, Service, Tally};
use abm_store::HandoffRecord;

use super::{Grouped, Handoffs};
use crate::handoff::policy_of;
use crate::{App, AppError};

impl App {
    /// How the handoffs of a period were kept to time, by group, and the position it was read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn service_levels(
        &self,
        workspace: WorkspaceId,
        question: &Grouped,
    ) -> Result<(Vec<Service>, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let now = self.clock().now();
        let mut policies: BTreeMap<u64, Arc<Policy>> = BTreeMap::new();
        let mut tally = Tally::new(question.by);
        let mut handoffs = Handoffs::of(&view, question.period);
        while let Some(page) = handoffs.next().await? {
            let leads = view.leads(page.iter().filter_map(|handoff| handoff.lead.clone())).await?;
            for handoff in &page {
                let lead = handoff.lead.as_ref().and_then(|lead| leads.get(lead));
                let version = handoff.policy_version;
                let policy = match policies.entry(version) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(policy_of(&view, version).await?),
                };
                let keys = question.keys(lead, Some(handoff));
                tally.add(&Clocked { keys, ..clocked(handoff, policy, now) });
            }
        }
        Ok((tally.finish(), revision))
    }
}

fn clocked(handoff: &HandoffRecord, policy: &Policy, now: Timestamp) -> Clocked {
    // By the calendar that made it due.
    let owner = Some(handoff.first_owner.as_str()).filter(|owner| !owner.is_empty());
    let calendar = policy.calendar(policy.sla(&handoff.sla), owner);
    let start = handoff.created_at;
    let worked = |until: Timestamp| calendar.worked(start, until);
    let decided = matches!(handoff.state, HandoffState::Accepted | HandoffState::Rejected);
    let end = handoff.end.as_ref().map(|end| end.at);
    let tried_at = handoff.attempted_at.or_else(|| end.filter(|_| decided));
    Clocked {
        handed_over_at: start,
        due_at: handoff.clock.due_at,
        tried_at,
        until: end.unwrap_or(now),
        claimed_after: handoff.claimed_at.map(worked),
        tried_after: tried_at.map(worked),
        keys: Vec::new(),
    }
}
