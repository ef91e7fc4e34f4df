//! One number for a whole state: equal exactly when all scores, tiers and ledgers are.

use sha2::{Digest as _, Sha256};

use crate::assess::{AssessedLead, Assessment};
use crate::ledger::Ledger;
use crate::phase::Phase;
use crate::tier::Tier;

/// A hash over accounts and people, fed in canonical order: accounts by id, each followed by
/// its people by id; people without an account last.
#[derive(Debug, Default)]
pub struct StateDigest(Sha256);

impl StateDigest {
    /// Adds an account: its scores, tier, phase and unknown visitor.
    pub fn account(&mut self, account_id: &str, assessment: &Assessment, visitor: &Ledger) {
        self.text("account", account_id);
        let tier = assessment.tier.map_or(0, Tier::number);
        let figures = [
            assessment.engagement,
            assessment.fit.score,
            assessment.fit.coverage,
            tier,
            u8::from(assessment.mqa),
            u8::from(assessment.priority),
            assessment.phase.map_or(0, Phase::number),
        ];
        self.0.update(figures);
        self.0.update(assessment.engaged_people.to_be_bytes());
        self.ledger(assessment.visitor.score, visitor);
    }

    /// Adds a person: fit, whether they are a marketing qualified lead, engagement and ledger.
    pub fn person(&mut self, lead_id: &str, fit: u8, lead: AssessedLead, ledger: &Ledger) {
        self.text("lead", lead_id);
        self.0.update([fit, u8::from(lead.mql)]);
        self.ledger(lead.engagement, ledger);
    }

    /// The digest as 64 hexadecimal digits.
    #[must_use]
    pub fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn text(&mut self, kind: &str, id: &str) {
        for part in [kind, id] {
            self.0.update((part.len() as u64).to_be_bytes());
            self.0.update(part.as_bytes());
        }
    }

    fn ledger(&mut self, engagement: u8, ledger: &Ledger) {
        let bytes = ledger.encode();
        self.0.update([engagement]);
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }
}
