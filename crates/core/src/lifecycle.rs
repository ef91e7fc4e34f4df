//! The life of a lead between marketing and sales, as a state machine.
//!
//! What people and the model's rule decide ([`Lifecycle::decided`]) is kept apart from what its
//! opportunities say ([`Outcome`]): opportunities come in any order, before or after their lead,
//! and are corrected; what they say is then told anew, and what was decided stays. A lead moves
//! only by the [`Move`]s here, and each names who may make it and what it needs.

mod account;
mod moves;
mod refusal;

use crate::named::named;
use crate::opportunity::OpportunityState;
use crate::{Stage, Timestamp};

pub use account::account_stage;
pub use moves::{Asked, Grounds, Move};
pub use refusal::Refused;

named!(
    /// What stands beside the stage of a lead that marketing or sales gave up, for now or for good.
    Mark {
        /// Given back to marketing, to be nurtured; can qualify again.
        Recycled = "recycled",
        /// Not to be contacted; qualifies no more unless a person reinstates it.
        Disqualified = "disqualified",
    }
);

named!(
    /// On whose behalf a lead moves.
    Actor {
        /// The scoring model's rule.
        Rule = "rule",
        /// A period that ran out.
        Time = "time",
        /// An opportunity.
        Opportunity = "opportunity",
        /// A system that sends records.
        Import = "import",
        /// A person of marketing.
        Marketing = "marketing",
        /// A person of sales.
        Sales = "sales",
        /// An administrator, who may do what marketing and sales may.
        Admin = "admin",
    }
);

named!(
    /// What the opportunities of a lead say of it.
    Outcome {
        /// One is under way.
        Open = "open",
        /// One was won.
        Won = "won",
    }
);

impl Outcome {
    /// What opportunities in these states say: a won one counts for more than one under way, and
    /// that for more than a lost one, whatever their order.
    #[must_use]
    pub fn of(states: impl IntoIterator<Item = OpportunityState>) -> Option<Self> {
        let outcome = |state| match state {
            OpportunityState::Open => Some(Self::Open),
            OpportunityState::Won => Some(Self::Won),
            OpportunityState::Lost => None,
        };
        states.into_iter().filter_map(outcome).max()
    }
}

/// Where a lead stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// What was decided of it, whatever its opportunities say.
    pub decided: Stage,
    /// Whether it was given up.
    pub mark: Option<Mark>,
    /// While it is recycled: the moment up to which nobody should contact it.
    pub nurture_until: Option<Timestamp>,
    /// What its opportunities say.
    pub outcome: Option<Outcome>,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self::declared(None)
    }
}

impl Lifecycle {
    /// Where a lead begins of which a caller says this, or nothing.
    #[must_use]
    pub fn declared(stage: Option<Stage>) -> Self {
        let decided = stage.unwrap_or(Stage::Lead);
        Self { decided, mark: None, nurture_until: None, outcome: None }
    }

    /// The stage that is shown: who has bought is a customer, and who takes part in an
    /// opportunity is in one, whatever was decided before.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        match (self.decided, self.outcome) {
            (Stage::Evangelist, _) => Stage::Evangelist,
            (_, Some(Outcome::Won)) | (Stage::Customer, _) => Stage::Customer,
            (_, Some(Outcome::Open)) => Stage::Opportunity,
            (decided, None) => decided,
        }
    }

    /// The mark that is shown: none on who is in an opportunity or has bought.
    #[must_use]
    pub fn shown_mark(&self) -> Option<Mark> {
        self.mark.filter(|_| self.stage() == self.decided)
    }

    /// Whether marketing has qualified it, and sales has not said what it makes of it.
    #[must_use]
    pub fn is_mql(&self) -> bool {
        self.decided == Stage::Mql
    }

    /// Whether nobody should contact the lead at a moment: it is being nurtured, or disqualified.
    #[must_use]
    pub fn is_resting(&self, at: Timestamp) -> bool {
        match self.shown_mark() {
            None => false,
            Some(Mark::Disqualified) => true,
            Some(Mark::Recycled) => self.nurture_until.is_some_and(|until| at < until),
        }
    }
}

#[cfg(test)]
mod tests;
