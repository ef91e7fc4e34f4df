//! What to talk about when marketing and sales look back.

use std::collections::BTreeMap;

use abm_core::WorkspaceId;
use abm_core::handoff::HandoffCause;
use abm_learn::feedback::review::{Reviewed, Tally};
use abm_store::HandoffRecord;

use super::sold::Sold;
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
    /// Its account has bought, or the lead that it began with.
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
            let sold = Sold::read(&view, &page).await?;
            for handoff in &page {
                let (engagement, fit, _) = handoff.shown;
                tally.add(&Reviewed {
                    id: handoff.id.clone(),
                    outcome: decision(handoff),
                    won: sold.is(handoff),
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
        let sold = Sold::read(&view, &found).await?;
        let found: BTreeMap<String, HandoffRecord> =
            found.into_iter().map(|handoff| (handoff.id.clone(), handoff)).collect();
        let reviewed = |id: &String| {
            let handoff = found.get(id)?.clone();
            let reasons = packet(&handoff).reasons;
            let won = sold.is(&handoff);
            Some(ReviewedHandoff { handoff, reasons, won })
        };
        let all = |ids: &[String]| ids.iter().filter_map(reviewed).collect();
        let pack =
            ReviewPack { good: all(&pack.good), bad: all(&pack.bad), missed: all(&pack.missed) };
        Ok((pack, revision))
    }
}
