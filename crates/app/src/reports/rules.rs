//! How the rules and signals did that stood behind handoffs.

use std::collections::BTreeSet;

use abm_core::WorkspaceId;
use abm_learn::feedback::rules::{Decided, Findings, Tally};
use abm_store::HandoffRecord;

use super::sold::Sold;
use super::{Handoffs, Period, decision, packet};
use crate::{App, AppError};

impl App {
    /// How the rules and signals that stood behind handoffs of a period did, those that bring
    /// what sales turns down first, and the position it was read at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rule_report(
        &self,
        workspace: WorkspaceId,
        period: Period,
    ) -> Result<(Findings, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let mut tally = Tally::default();
        let mut handoffs = Handoffs::of(&view, period);
        while let Some(page) = handoffs.next().await? {
            let sold = Sold::read(&view, &page).await?;
            for handoff in &page {
                tally.add(&decided(handoff, sold.is(handoff)));
            }
        }
        Ok((tally.finish(), revision))
    }
}

/// A handoff with the rules that stood behind it: those that gave the scores of who qualified.
fn decided(handoff: &HandoffRecord, won: bool) -> Decided {
    let packet = packet(handoff);
    let people = packet.people.iter().filter(|person| person.qualified);
    let lines = people.flat_map(|person| person.engagement_lines.iter().chain(&person.fit_lines));
    let rules: BTreeSet<String> =
        lines.filter(|line| line.micropoints > 0).map(|line| line.name.clone()).collect();
    Decided { rules: rules.into_iter().collect(), outcome: decision(handoff), won }
}
