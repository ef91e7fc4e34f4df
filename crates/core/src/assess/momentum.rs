//! Where an account is going, and how often its people came.

use super::{Crowd, Person};
use crate::ledger::Ledger;
use crate::pattern::visits_until;
use crate::{DAY, Model};

/// How much an account's engagement has changed, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Momentum {
    /// Engagement now less that of 7 days before, -100 to 100.
    pub week: i16,
    /// Engagement now less that of 28 days before, -100 to 100.
    pub four_weeks: i16,
}

/// The visits of an account's people and its unknown visitor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visits {
    /// First visits: how many came at all.
    pub first: u64,
    /// Later visits.
    pub returning: u64,
}

/// How much an account's engagement at the second `as_of` differs from earlier, with the
/// profiles of today.
#[must_use]
pub fn momentum(model: &Model, people: &[Person], visitor: &Ledger, as_of: i64) -> Momentum {
    // Neither bars nor fit have a part in it.
    let crowd = Crowd::new(model, &model.tiers, people, visitor);
    let engagement = |at: i64| i16::from(crowd.standing_at(0, at).engagement);
    let now = engagement(as_of);
    Momentum {
        week: now - engagement(as_of - 7 * DAY),
        four_weeks: now - engagement(as_of - 28 * DAY),
    }
}

/// How often the members of an account came up to the second `as_of`. Who is excluded is none.
#[must_use]
pub fn visits(model: &Model, people: &[Person], visitor: &Ledger, as_of: i64) -> Visits {
    let members = people.iter().filter(|person| person.rules.exclusion.is_none());
    let ledgers = members.map(|person| &person.ledger).chain([visitor]);
    let mut visits = Visits::default();
    for ledger in ledgers {
        let came = visits_until(model.patterns.visits(), ledger, as_of);
        visits.first += came.min(1);
        visits.returning += came.saturating_sub(1);
    }
    visits
}
