//! The places of `stages.yaml` as the core knows them.

use abm_core::lifecycle::{Lifecycle, Mark, Outcome};
use abm_core::{DAY, Stage, Timestamp};

use super::files::stages::Place;

impl Place {
    /// Where a lead stands at a moment.
    pub(super) fn of(life: &Lifecycle, at: Timestamp) -> Self {
        let early = life.is_mql();
        match (life.stage(), life.shown_mark()) {
            (Stage::Subscriber, _) => Self::Subscriber,
            (Stage::Lead, None) => Self::Lead,
            (Stage::Lead, Some(Mark::Recycled)) if life.is_resting(at) => Self::Resting,
            (Stage::Lead, Some(Mark::Recycled)) => Self::Rested,
            (Stage::Lead, Some(Mark::Disqualified)) => Self::Disqualified,
            (Stage::Mql, _) => Self::Mql,
            (Stage::Sql, _) => Self::Sql,
            (Stage::Opportunity, _) if early => Self::EarlyOpportunity,
            (Stage::Opportunity, _) => Self::Opportunity,
            (Stage::Customer, _) if early => Self::EarlyCustomer,
            (Stage::Customer, _) => Self::Customer,
            (Stage::Evangelist, _) => Self::Evangelist,
            (Stage::Other, _) => Self::Other,
        }
    }

    /// A lead that stands there at a moment. Who is in an opportunity or has bought was an SQL
    /// before, or an MQL where the decision is owed.
    pub(super) fn at(self, now: Timestamp) -> Lifecycle {
        let decided = |stage| Lifecycle::declared(Some(stage));
        let marked = |mark| Lifecycle { mark: Some(mark), ..decided(Stage::Lead) };
        let recycled = |until| Lifecycle { nurture_until: Some(until), ..marked(Mark::Recycled) };
        let taking_part = |stage, outcome| Lifecycle { outcome: Some(outcome), ..decided(stage) };
        match self {
            Self::Subscriber => decided(Stage::Subscriber),
            Self::Lead => decided(Stage::Lead),
            Self::Resting => recycled(now + DAY),
            Self::Rested => recycled(now),
            Self::Disqualified => marked(Mark::Disqualified),
            Self::Mql => decided(Stage::Mql),
            Self::Sql => decided(Stage::Sql),
            Self::Opportunity => taking_part(Stage::Sql, Outcome::Open),
            Self::EarlyOpportunity => taking_part(Stage::Mql, Outcome::Open),
            Self::Customer => taking_part(Stage::Sql, Outcome::Won),
            Self::EarlyCustomer => taking_part(Stage::Mql, Outcome::Won),
            Self::Evangelist => {
                Lifecycle { outcome: Some(Outcome::Won), ..decided(Stage::Evangelist) }
            }
            Self::Other => decided(Stage::Other),
        }
    }

    /// Whether sales has a handoff of who stands there.
    pub(super) const fn owes_a_decision(self) -> bool {
        matches!(self, Self::Mql | Self::EarlyOpportunity | Self::EarlyCustomer)
    }
}
