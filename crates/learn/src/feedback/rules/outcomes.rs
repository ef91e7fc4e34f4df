//! What became of handoffs, counted.

use super::super::Rate;
use super::{Decided, Decision};

/// What became of handoffs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// All of them: the sum of the following six, without `won`.
    pub handoffs: u64,
    /// Accepted.
    pub accepted: u64,
    /// Rejected for the time being.
    pub rejected_temporarily: u64,
    /// Rejected for good.
    pub rejected_permanently: u64,
    /// Ended without a decision.
    pub expired: u64,
    /// Went back to marketing undecided.
    pub recycled: u64,
    /// Not over.
    pub open: u64,
    /// Rejected, either way.
    pub rejected: u64,
    /// Those with an opportunity that was won, whatever else became of them.
    pub won: u64,
}

/// How often a reason was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    /// Its name.
    pub reason: String,
    /// Whether for good. A reason that was given both ways is there twice.
    pub permanent: bool,
    /// How often.
    pub count: u64,
}

impl Outcomes {
    /// The accepted, of those that sales decided about: the accepted and the rejected. What expired
    /// says more of sales than of the lead.
    #[must_use]
    pub const fn acceptance(self) -> Rate {
        Rate { hits: self.accepted, of: self.accepted + self.rejected }
    }

    /// The rejected, of the same.
    #[must_use]
    pub const fn rejection(self) -> Rate {
        Rate { hits: self.rejected, of: self.accepted + self.rejected }
    }

    /// The won, of all handoffs.
    #[must_use]
    pub const fn winning(self) -> Rate {
        Rate { hits: self.won, of: self.handoffs }
    }

    pub(super) fn add(&mut self, handoff: &Decided) {
        self.handoffs += 1;
        self.won += u64::from(handoff.won);
        let count = match handoff.outcome {
            Decision::Accepted => &mut self.accepted,
            Decision::Rejected { permanent: true, .. } => &mut self.rejected_permanently,
            Decision::Rejected { permanent: false, .. } => &mut self.rejected_temporarily,
            Decision::Expired => &mut self.expired,
            Decision::Recycled => &mut self.recycled,
            Decision::Open => &mut self.open,
        };
        *count += 1;
        self.rejected = self.rejected_temporarily + self.rejected_permanently;
    }
}
