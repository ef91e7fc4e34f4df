//! Where a bar of engagement would have to stand to let through no more than a team can work.

use super::{LoneSide, Side};
use crate::assess::{AssessedLead, Assessment};
use crate::tier::{Bar, TierBar, Tiers};

/// How many would pass each bar of engagement from 0 to 100, everything else that the model asks
/// being met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposals {
    /// Accounts not excluded that meet all else of their lowest priority tier and no better tier,
    /// by engagement.
    accounts: [u64; 101],
    /// Accounts not excluded that meet a better priority tier: no bar of the lowest keeps them out.
    above: u64,
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
    /// What passes it; without one what passes 100.
    pub passing: u64,
}

impl Default for Proposals {
    fn default() -> Self {
        Self { accounts: [0; 101], above: 0, leads: [0; 102] }
    }
}

impl Proposals {
    pub(super) fn account(&mut self, side: &Side<'_>, now: &Assessment, week_ago: &Assessment) {
        if side.rules.exclusion.is_some() {
            return;
        }
        let tiers = side.model.tiers_of(side.rules.segment.as_deref());
        self.tiers(side, tiers, now);
        let Some(bar) = tiers.mql else { return };
        let people = side.people.iter().zip(now.people.iter().zip(&week_ago.people));
        for (person, (is, was)) in people {
            if person.rules.exclusion.is_none() && person.rules.fit.score >= bar.fit {
                self.lead(was.score, is.score);
            }
        }
    }

    /// An account that would have priority with some bar of its lowest priority tier.
    fn tiers(&mut self, side: &Side<'_>, tiers: &Tiers, now: &Assessment) {
        let Some(lowest) = lowest_priority(tiers) else { return };
        match now.tier_met.filter(|met| *met < lowest.tier) {
            // A better tier decides, be it one of priority or not.
            Some(met) => self.above += u64::from(tiers.priority.contains(&met)),
            None if meets_the_rest(side, &lowest.bar, now) => {
                let count = self.accounts.get_mut(usize::from(now.engagement));
                count.into_iter().for_each(|count| *count += 1);
            }
            None => {}
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
        self.above += other.above;
        self.leads.iter_mut().zip(&other.leads).for_each(|(count, more)| *count += more);
    }

    /// The bar of the lowest priority tier with which no more accounts have priority: those that
    /// meet a better priority tier, and those that meet no better tier, but this bar and all else
    /// of the lowest. Accounts that are only held in a tier are not counted.
    #[must_use]
    pub fn accounts(&self, capacity: u64) -> Proposal {
        let mut passing = self.above + self.accounts.iter().sum::<u64>();
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
        None => {
            let passing = numbers.last().copied().unwrap_or(0);
            Proposal { capacity, engagement: None, passing }
        }
    }
}

impl Proposal {
    fn up_by_one(self) -> Self {
        Self { engagement: self.engagement.map(|bar| bar + 1), ..self }
    }
}

fn lowest_priority(tiers: &Tiers) -> Option<&TierBar> {
    let lowest = tiers.priority.iter().max()?;
    tiers.bars.iter().find(|bar| bar.tier == *lowest)
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
