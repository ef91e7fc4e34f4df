//! Reading handoffs: one with all that belongs to it, lists, and the work list of sales.

use std::cmp::Ordering;

use abm_core::handoff::{Urgency, WorkFacts, urgency};
use abm_core::{LeadId, Timestamp, WorkspaceId};
use abm_store::{HandoffEvent, HandoffFilter, HandoffLead, HandoffPlace, HandoffRecord};

use super::contact::Contacts;
use crate::{App, AppError};

/// Most items of a work list.
const WORK_MOST: u64 = 1_000;

/// Items whose people are read together.
const WORK_LOT: usize = 100;

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
    /// Whom to contact next; `None` where nobody may be contacted.
    pub next_contact: Option<LeadId>,
    /// Why them; empty where nobody may be contacted.
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

    /// What sales should do now, the most urgent first, so many items at most: of one owner and of
    /// the queues, or of all when `owner` is unset.
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
        let most = u64::try_from(limit).unwrap_or(u64::MAX).min(WORK_MOST);
        let open = view.most_urgent_handoffs(owner, now, most).await?;
        let mut items: Vec<WorkItem> =
            open.into_iter().map(|(handoff, last)| WorkItem::new(handoff, last, now)).collect();
        items.sort_by(WorkItem::compare);
        for lot in items.chunks_mut(WORK_LOT) {
            let accounts = lot.iter().filter_map(|item| item.handoff.account.clone()).collect();
            let leads = lot.iter().filter_map(|item| item.handoff.lead.clone()).collect();
            let contacts = Contacts::of_handoffs(&view, accounts, leads, now).await?;
            for item in lot {
                if let Some((lead, reason)) = contacts.next(&item.handoff) {
                    (item.next_contact, item.next_contact_reason) = (Some(lead), reason);
                }
            }
        }
        Ok((items, revision))
    }
}

impl WorkItem {
    /// An open handoff as it stands at a moment, with the second of its account's latest activity.
    /// Whom to contact is not known yet.
    fn new(handoff: HandoffRecord, last_activity_secs: Option<i64>, now: Timestamp) -> Self {
        let facts = WorkFacts {
            cause: handoff.cause,
            created_at: handoff.created_at,
            due_at: handoff.clock.due_at,
            warn_at: handoff.clock.warn_at,
            attempted_at: handoff.attempted_at,
            answered_at: handoff.answered_at,
            last_activity_secs,
        };
        let urgency = urgency(&facts, now);
        Self { handoff, urgency, next_contact: None, next_contact_reason: String::new() }
    }

    /// What is more urgent comes first, then what is due first.
    fn compare(&self, other: &Self) -> Ordering {
        let due = |item: &Self| item.handoff.clock.due_at;
        let urgency = self.urgency.cmp(&other.urgency);
        urgency
            .then_with(|| due(self).cmp(&due(other)))
            .then_with(|| self.handoff.id.cmp(&other.handoff.id))
    }
}
