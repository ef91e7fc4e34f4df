//! How the rules and signals did that stood behind handoffs.

use std::collections::BTreeSet;

use abm_core::WorkspaceId;
use abm_core::handoff::Packet;
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

/// A handoff with the rules and signals that stood behind it.
fn decided(handoff: &HandoffRecord, won: bool) -> Decided {
    let packet = packet(handoff);
    let rules = match packet.evidence.is_empty() {
        true => told(&packet),
        false => packet.evidence,
    };
    Decided { rules, outcome: decision(handoff), won }
}

/// Those that the lines of a packet tell of, of those who qualified and of the account's fit: the
/// largest. It is all that older packets know.
fn told(packet: &Packet) -> Vec<String> {
    let people = packet.people.iter().filter(|person| person.qualified);
    let lines = people.flat_map(|person| person.engagement_lines.iter().chain(&person.fit_lines));
    let lines = lines.chain(packet.account.iter().flat_map(|account| &account.fit_lines));
    let rules: BTreeSet<&str> =
        lines.filter(|line| line.micropoints > 0).map(|line| line.name.as_str()).collect();
    rules.into_iter().map(ToOwned::to_owned).collect()
}
