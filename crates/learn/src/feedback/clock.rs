//! Whether the time allowed was kept, and how fast sales was.
//!
//! Durations are seconds of working time, as the calendar of whoever has the handoff counts them.

use std::collections::BTreeMap;

use abm_core::Timestamp;

use super::spread::Histogram;
use super::{Group, GroupBy, Keys, Rate, Spread};

/// What the clock of one handoff showed.
#[derive(Clone, Debug)]
pub struct Clocked {
    /// When it was handed over.
    pub handed_over_at: Timestamp,
    /// By when somebody was to have tried to reach them.
    pub due_at: Timestamp,
    /// When somebody first tried, or sales decided without trying; `None` if neither happened.
    pub tried_at: Option<Timestamp>,
    /// When it ended, or now where it is open. Looked at only where nobody tried.
    pub until: Timestamp,
    /// Working seconds from the handover until it was first claimed; `None` if it never was.
    pub claimed_after: Option<i64>,
    /// Working seconds from the handover to [`Self::tried_at`].
    pub tried_after: Option<i64>,
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
    /// Somebody tried in time, at the last moment at the latest.
    pub within: u64,
    /// Somebody tried later.
    pub late: u64,
    /// Nobody tried, and the time allowed is over.
    pub never: u64,
    /// Nobody tried, and the time allowed is not over, or was not when they ended: nobody broke a
    /// promise yet.
    pub not_due: u64,
    /// Within, of those within, late and never.
    pub kept: Rate,
    /// Working seconds to the first claim, of those claimed.
    pub to_claim: Option<Spread>,
    /// Working seconds until somebody tried, of those with whom somebody did.
    pub to_try: Option<Spread>,
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
    to_claim: Histogram,
    to_try: Histogram,
}

/// How handoffs were kept to time, by group, in the order of groups. Groups without any are left
/// out.
#[must_use]
pub fn clock(handoffs: impl IntoIterator<Item = Clocked>, by: GroupBy) -> Vec<Service> {
    let mut tally = Tally::new(by);
    handoffs.into_iter().for_each(|handoff| tally.add(&handoff));
    tally.finish()
}

impl Tally {
    /// Counts by group.
    #[must_use]
    pub const fn new(by: GroupBy) -> Self {
        Self { by, groups: BTreeMap::new() }
    }

    /// Counts a handoff.
    pub fn add(&mut self, handoff: &Clocked) {
        let group = self.by.group(handoff.handed_over_at.secs(), &handoff.keys);
        self.groups.entry(group).or_default().add(handoff);
    }

    /// The groups, in their order.
    #[must_use]
    pub fn finish(self) -> Vec<Service> {
        self.groups.into_iter().map(|(group, counts)| counts.service(group)).collect()
    }
}

impl Counts {
    fn add(&mut self, handoff: &Clocked) {
        let Clocked { due_at, tried_at, until, claimed_after, tried_after, .. } = *handoff;
        let count = match tried_at {
            Some(at) if at <= due_at => &mut self.within,
            Some(_) => &mut self.late,
            None if until > due_at => &mut self.never,
            None => &mut self.not_due,
        };
        *count += 1;
        claimed_after.into_iter().for_each(|after| self.to_claim.add(after));
        tried_after.into_iter().for_each(|after| self.to_try.add(after));
    }

    fn service(self, group: Group) -> Service {
        let Self { within, late, never, not_due, .. } = self;
        Service {
            group,
            handed_over: within + late + never + not_due,
            within,
            late,
            never,
            not_due,
            kept: Rate { hits: within, of: within + late + never },
            to_claim: self.to_claim.spread(),
            to_try: self.to_try.spread(),
        }
    }
}

#[cfg(test)]
mod tests;
