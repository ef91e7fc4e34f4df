//! Where a bar of engagement would have to stand to let through no more than a team can work.

use super::{LoneSide, Side};
use crate::assess::{AssessedLead, Assessment};
use crate::tier::{Bar, Tiers};

/// How many would pass each bar of engagement from 0 to 100, everything else that the model asks
/// being met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposals {
    /// Accounts not excluded that meet all else of their lowest priority tier, by engagement.
    accounts: [u64; 101],
    /// How the number of people who newly pass a bar of a marketing qualified lead in a week
    /// changes from one bar to the next: see [`Proposals::leads_a_week`].
    leads: [i64; 102],
}

/// A bar of engagement for a capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What the team can work.
    pub capacity: u64,
    /// The lowest bar that lets through no more; `None` when even 100 lets through more.
    pub engagement: Option<u8>,
    /// What passes it.
    pub passing: u64,
}

impl Default for Proposals {
    fn default() -> Self {
        Self { accounts: [0; 101], leads: [0; 102] }
    }
}

impl Proposals {
    pub(super) fn account(&mut self, side: &Side<'_>, now: &Assessment, week_ago: &Assessment) {
        if side.rules.exclusion.is_some() {
            return;
        }
        let tiers = side.model.tiers_of(side.rules.segment.as_deref());
        if let Some(bar) = lowest_priority(tiers)
            && meets_the_rest(side, bar, now)
            && let Some(count) = self.accounts.get_mut(usize::from(now.engagement))
        {
            *count += 1;
        }
        let Some(bar) = tiers.mql else { return };
        let people = side.people.iter().zip(now.people.iter().zip(&week_ago.people));
        for (person, (is, was)) in people {
            if person.rules.exclusion.is_none() && person.rules.fit.score >= bar.fit {
                self.lead(was.score, is.score);
            }
        }
    }

    pub(super) fn lone_lead(
        &mut self,
        side: &LoneSide<'_>,
        now: AssessedLead,
        week_ago: AssessedLead,
    ) {
        let Some(bar) = side.model.tiers.mql else { return };
        if side.rules.exclusion.is_none() && side.rules.fit.score >= bar.fit {
            self.lead(week_ago.engagement, now.engagement);
        }
    }

    /// A person who passes the bars above `was` up to `is` newly.
    fn lead(&mut self, was: u8, is: u8) {
        if is <= was {
            return;
        }
        for (bar, step) in [(was, 1), (is, -1)] {
            if let Some(count) = self.leads.get_mut(usize::from(bar) + 1) {
                *count += step;
            }
        }
    }

    pub(super) fn append(&mut self, other: &Self) {
        self.accounts.iter_mut().zip(&other.accounts).for_each(|(count, more)| *count += more);
        self.leads.iter_mut().zip(&other.leads).for_each(|(count, more)| *count += more);
    }

    /// The bar of the lowest priority tier for so many accounts: those that meet all else of it
    /// and the bar are no more. Accounts that are only held in the tier are not counted.
    #[must_use]
    pub fn accounts(&self, capacity: u64) -> Proposal {
        let mut passing: u64 = self.accounts.iter().sum();
        let numbers = self.accounts.iter().map(|&of_bar| {
            let here = passing;
            passing -= of_bar;
            here
        });
        lowest(numbers, capacity)
    }

    /// The bar of a marketing qualified lead for so many a week: people who fit, are above it
    /// now and were not a week before are no more. Those who raise a hand come on top.
    #[must_use]
    pub fn leads_a_week(&self, capacity: u64) -> Proposal {
        let mut passing = 0_i64;
        let numbers = self.leads.iter().take(101).map(|step| {
            passing += step;
            passing.unsigned_abs()
        });
        // A bar of 0 is passed by everybody at any time: nobody passes it newly.
        lowest(numbers.skip(1), capacity).up_by_one()
    }
}

/// The first of falling or other numbers, from bar 0 on, from which on none is above a capacity.
fn lowest(numbers: impl Iterator<Item = u64>, capacity: u64) -> Proposal {
    let numbers: Vec<u64> = numbers.collect();
    let over = numbers.iter().rposition(|&passing| passing > capacity);
    let first = over.map_or(0, |last| last + 1);
    match numbers.get(first) {
        Some(&passing) => Proposal { capacity, engagement: u8::try_from(first).ok(), passing },
        None => Proposal { capacity, engagement: None, passing: 0 },
    }
}

impl Proposal {
    fn up_by_one(self) -> Self {
        Self { engagement: self.engagement.map(|bar| bar + 1), ..self }
    }
}

fn lowest_priority(tiers: &Tiers) -> Option<&Bar> {
    let lowest = tiers.priority.iter().max()?;
    tiers.bars.iter().find(|bar| bar.tier == *lowest).map(|bar| &bar.bar)
}

/// Whether an account meets a bar but for its engagement.
fn meets_the_rest(side: &Side<'_>, bar: &Bar, now: &Assessment) -> bool {
    let engaged = || {
        let people = side.people.iter().zip(&now.people);
        people.filter(|(person, engagement)| {
            person.rules.exclusion.is_none() && side.model.is_engaged(engagement.score)
        })
    };
    let has = |role| engaged().any(|(person, _)| person.rules.buying_role() == Some(role));
    now.fit.score >= bar.fit
        && now.engaged_people >= bar.engaged_people
        && bar.roles.iter().all(|&role| has(role))
}
