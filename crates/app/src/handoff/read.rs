//! Reading handoffs: one with all that belongs to it, lists, and the work list of sales.

use abm_core::handoff::{Urgency, WorkFacts, urgency};
use abm_core::{LeadId, WorkspaceId};
use abm_store::{HandoffEvent, HandoffFilter, HandoffLead, HandoffPlace, HandoffRecord};

use super::contact::Contacts;
use crate::{App, AppError};

/// Open handoffs that a work list looks at.
const WORK_MOST: u64 = 1_000;

/// A handoff with all that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffView {
    /// As it is now.
    pub handoff: HandoffRecord,
    /// Its leads.
    pub leads: Vec<HandoffLead>,
    /// What happened to it.
    pub events: Vec<HandoffEvent>,
    /// The position this was read at.
    pub revision: u64,
}

/// A handoff in the work list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkItem {
    /// The handoff.
    pub handoff: HandoffRecord,
    /// Why it stands where it does.
    pub urgency: Urgency,
    /// Whom to contact next; `None` where nobody is known.
    pub next_contact: Option<LeadId>,
    /// Why them; empty where nobody is known.
    pub next_contact_reason: String,
}

impl App {
    /// A handoff.
    ///
    /// # Errors
    /// When there is none of this id.
    pub async fn handoff(&self, workspace: WorkspaceId, id: &str) -> Result<HandoffView, AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let found = view.handoff(id).await?;
        Ok(HandoffView {
            handoff: found.ok_or_else(|| AppError::not_found("handoff", id))?,
            leads: view.handoff_leads(id).await?,
            events: view.handoff_events(id).await?,
            revision,
        })
    }

    /// Handoffs, the latest first, before the place `before`, and the position they were read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn handoffs(
        &self,
        workspace: WorkspaceId,
        filter: &HandoffFilter,
        before: Option<&HandoffPlace>,
        limit: u64,
    ) -> Result<(Vec<HandoffRecord>, u64), AppError> {
        let view = self.inner.store.view(workspace);
        let revision = view.revision().await?;
        Ok((view.handoffs_before(filter, before, limit).await?, revision))
    }

    /// What sales should do now, the most urgent first: of one owner and of the queues, or of all
    /// when `owner` is unset.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn work_list(
        &self,
        workspace: WorkspaceId,
        owner: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<WorkItem>, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let now = self.clock().now();
        let mut open = view.open_handoffs(owner, WORK_MOST).await?;
        if owner.is_some_and(|owner| !owner.is_empty()) {
            open.extend(view.open_handoffs(Some(""), WORK_MOST).await?);
        }
        let accounts = || open.iter().filter_map(|handoff| handoff.account.clone());
        let states = view.account_states(accounts()).await?;
        let last = |handoff: &HandoffRecord| {
            handoff.account.as_ref().and_then(|id| states.get(id)?.last_activity)
        };
        let mut items: Vec<(Urgency, HandoffRecord)> = Vec::with_capacity(open.len());
        for handoff in &open {
            let facts = WorkFacts {
                cause: handoff.cause,
                created_at: handoff.created_at,
                due_at: handoff.clock.due_at,
                warn_at: handoff.clock.warn_at,
                attempted_at: handoff.attempted_at,
                answered_at: handoff.answered_at,
                last_activity_secs: last(handoff),
            };
            items.push((urgency(&facts, now), handoff.clone()));
        }
        items.sort_by(|(urgency, one), (other_urgency, other)| {
            let due = one.clock.due_at.cmp(&other.clock.due_at);
            urgency.cmp(other_urgency).then(due).then_with(|| one.id.cmp(&other.id))
        });
        items.truncate(limit);
        let accounts = items.iter().filter_map(|(_, handoff)| handoff.account.clone());
        let contacts = Contacts::read(&view, accounts, now).await?;
        let items = items.into_iter().map(|(urgency, handoff)| {
            let best = handoff.account.as_ref().and_then(|account| contacts.next(account));
            let (next_contact, next_contact_reason) = match (best, &handoff.lead) {
                (Some((lead, reason)), _) => (Some(lead), reason),
                (None, Some(lead)) => (Some(lead.clone()), "was handed over".to_owned()),
                (None, None) => (None, String::new()),
            };
            WorkItem { handoff, urgency, next_contact, next_contact_reason }
        });
        Ok((items.collect(), revision))
    }
}
