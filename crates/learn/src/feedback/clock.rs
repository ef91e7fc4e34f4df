//! Whether the time allowed was kept, and how fast sales was.
//!
//! Times are seconds of working time, as the calendar of whoever had the handoff counts them.

use std::collections::BTreeMap;

use super::spread::Histogram;
use super::{Group, GroupBy, Keys, Rate, Spread};

/// What the clock of one handoff showed.
#[derive(Clone, Debug)]
pub struct Clocked {
    /// When it was handed over: seconds since 1970 in UTC.
    pub handed_over_at: i64,
    /// Working seconds within which it had to be claimed.
    pub allowed: i64,
    /// Working seconds from the handover until it was first claimed; `None` if it never was.
    pub claimed_after: Option<i64>,
    /// Working seconds from the handover to the first attempt to reach the lead; `None` if there
    /// was none.
    pub attempted_after: Option<i64>,
    /// Working seconds from the handover until it ended, or until now where it did not. Looked at
    /// only where nobody claimed it.
    pub waited: i64,
    /// What it can be grouped by.
    pub keys: Keys,
}

/// How the handoffs of a group were kept to time.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The group.
    pub group: Group,
    /// All of them: the sum of the following four.
    pub handed_over: u64,
    /// Claimed in the time allowed, its last second included.
    pub within: u64,
    /// Claimed later.
    pub late: u64,
    /// Not claimed, with the time allowed over.
    pub never: u64,
    /// Not claimed, and the time allowed is not over, or was not when they ended: nobody broke a
    /// promise yet.
    pub not_due: u64,
    /// Within, of those within, late and never.
    pub kept: Rate,
    /// Working seconds to the first claim, of those claimed.
    pub to_claim: Option<Spread>,
    /// Working seconds to the first attempt, of those with one.
    pub to_attempt: Option<Spread>,
    /// Claimed or attempted before the handover. Such handoffs are in all figures.
    pub before_handover: u64,
}

/// Counts the handoffs of all groups. Memory grows with how many times differ.
#[derive(Clone, Debug)]
pub struct Tally {
    by: GroupBy,
    groups: BTreeMap<Group, Counts>,
}

#[derive(Clone, Debug, Default)]
struct Counts {
    within: u64,
    late: u64,
    never: u64,
    not_due: u64,
    before_handover: u64,
    to_claim: Histogram,
    to_attempt: Histogram,
}

/// Counts handoffs, in order of their groups.
#[must_use]
pub fn clock(handoffs: impl IntoIterator<Item = Clocked>, by: GroupBy) -> Vec<Service> {
    let mut tally = Tally::new(by);
    handoffs.into_iter().for_each(|handoff| tally.add(&handoff));
    tally.finish()
}

impl Tally {
    /// Nothing counted yet.
    #[must_use]
    pub const fn new(by: GroupBy) -> Self {
        Self { by, groups: BTreeMap::new() }
    }

    /// Counts a handoff.
    pub fn add(&mut self, handoff: &Clocked) {
        let group = self.by.group(handoff.handed_over_at, &handoff.keys);
        self.groups.entry(group).or_default().add(handoff);
    }

    /// What was counted, in order of the groups; only those with handoffs.
    #[must_use]
    pub fn finish(self) -> Vec<Service> {
        self.groups.into_iter().map(|(group, counts)| counts.service(group)).collect()
    }
}

impl Counts {
    fn add(&mut self, handoff: &Clocked) {
        let Clocked { allowed, claimed_after, attempted_after, waited, .. } = *handoff;
        let count = match claimed_after {
            Some(after) if after <= allowed => &mut self.within,
            Some(_) => &mut self.late,
            None if waited > allowed => &mut self.never,
            None => &mut self.not_due,
        };
        *count += 1;
        claimed_after.into_iter().for_each(|after| self.to_claim.add(after));
        attempted_after.into_iter().for_each(|after| self.to_attempt.add(after));
        let mut both = claimed_after.into_iter().chain(attempted_after);
        self.before_handover += u64::from(both.any(|after| after < 0));
    }

    fn service(self, group: Group) -> Service {
        let Self { within, late, never, not_due, before_handover, .. } = self;
        Service {
            group,
            handed_over: within + late + never + not_due,
            within,
            late,
            never,
            not_due,
            kept: Rate { hits: within, of: within + late + never },
            to_claim: self.to_claim.spread(),
            to_attempt: self.to_attempt.spread(),
            before_handover,
        }
    }
}

#[cfg(test)]
mod tests;
