//! What to talk about when marketing and sales look back.

use std::collections::BTreeMap;

use abm_core::WorkspaceId;
use abm_core::handoff::HandoffCause;
use abm_learn::feedback::review::{Reviewed, Tally};
use abm_store::HandoffRecord;

use super::{Handoffs, Period, decision, packet};
use crate::{App, AppError};

/// The handoffs of a period that say most about what is passed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewPack {
    /// Sold, then accepted.
    pub good: Vec<ReviewedHandoff>,
    /// Turned down for good, then for now: those first that looked best.
    pub bad: Vec<ReviewedHandoff>,
    /// Given up without a decision.
    pub missed: Vec<ReviewedHandoff>,
}

/// A handoff to talk about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewedHandoff {
    /// As it is now.
    pub handoff: HandoffRecord,
    /// What spoke for it when it was handed over, a sentence each.
    pub reasons: Vec<String>,
    /// Its account has bought.
    pub won: bool,
}

impl App {
    /// The handoffs of a period to talk about, so many of each kind at most, and the position they
    /// were read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn review_pack(
        &self,
        workspace: WorkspaceId,
        period: Period,
        most: usize,
    ) -> Result<(ReviewPack, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let mut tally = Tally::new(most);
        let mut handoffs = Handoffs::of(&view, period);
        while let Some(page) = handoffs.next().await? {
            let accounts = page.iter().filter_map(|handoff| handoff.account.clone());
            let bought = view.accounts_that_bought(accounts).await?;
            for handoff in &page {
                let (engagement, fit, _) = handoff.shown;
                tally.add(&Reviewed {
                    id: handoff.id.clone(),
                    outcome: decision(handoff),
                    won: handoff.account.as_ref().is_some_and(|id| bought.contains(id)),
                    hand_raiser: handoff.cause == HandoffCause::HandRaiser,
                    engagement,
                    fit,
                    handed_over_micros: handoff.created_at.micros(),
                });
            }
        }
        let pack = tally.finish();
        let ids = [&pack.good, &pack.bad, &pack.missed].into_iter().flatten().cloned();
        let found = view.handoffs_by_id(ids).await?;
        let accounts = found.iter().filter_map(|handoff| handoff.account.clone());
        let bought = view.accounts_that_bought(accounts).await?;
        let found: BTreeMap<String, HandoffRecord> =
            found.into_iter().map(|handoff| (handoff.id.clone(), handoff)).collect();
        let reviewed = |id: &String| {
            let handoff = found.get(id)?.clone();
            let reasons = packet(&handoff).reasons;
            let won = handoff.account.as_ref().is_some_and(|id| bought.contains(id));
            Some(ReviewedHandoff { handoff, reasons, won })
        };
        let all = |ids: &[String]| ids.iter().filter_map(reviewed).collect();
        let pack =
            ReviewPack { good: all(&pack.good), bad: all(&pack.bad), missed: all(&pack.missed) };
        Ok((pack, revision))
    }
}
