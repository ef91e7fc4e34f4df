//! How the accounts and people of a base are spread over scores and marks under one model.

use super::Side;
use crate::assess::Assessment;

/// Counts of one base under one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Accounts by fit, 0 to 100.
    pub fit: [u64; 101],
    /// Accounts by engagement, 0 to 100.
    pub engagement: [u64; 101],
    /// Accounts in tiers 1 to 3, and in none.
    pub tiers: [u64; 4],
    /// Accounts.
    pub accounts: u64,
    /// Priority accounts.
    pub priority: u64,
    /// Excluded accounts.
    pub excluded: u64,
    /// Marketing qualified accounts.
    pub mqas: u64,
    /// Those that were not a week before.
    pub new_mqas: u64,
    /// People, with an account or without.
    pub leads: u64,
    /// Marketing qualified leads.
    pub mqls: u64,
    /// Those that were not a week before.
    pub new_mqls: u64,
}

impl Default for Spread {
    fn default() -> Self {
        Self {
            fit: [0; 101],
            engagement: [0; 101],
            tiers: [0; 4],
            accounts: 0,
            priority: 0,
            excluded: 0,
            mqas: 0,
            new_mqas: 0,
            leads: 0,
            mqls: 0,
            new_mqls: 0,
        }
    }
}

impl Spread {
    /// Adds an account as it stands now, and as it stood a week before.
    pub(super) fn account(&mut self, side: &Side<'_>, now: &Assessment, week_ago: &Assessment) {
        let add = |counts: &mut [u64], place: usize| {
            counts.get_mut(place).into_iter().for_each(|count| *count += 1);
        };
        add(&mut self.fit, usize::from(now.fit.score));
        add(&mut self.engagement, usize::from(now.engagement));
        add(&mut self.tiers, now.tier.map_or(3, |tier| usize::from(tier.number()) - 1));
        self.accounts += 1;
        self.priority += u64::from(now.priority);
        self.excluded += u64::from(side.rules.exclusion.is_some());
        self.mqas += u64::from(now.mqa);
        self.new_mqas += u64::from(now.mqa && !week_ago.mqa);
        self.leads += side.people.len() as u64;
        for (is, was) in now.mqls.iter().zip(&week_ago.mqls) {
            self.mqls += u64::from(*is);
            self.new_mqls += u64::from(*is && !was);
        }
    }

    /// Adds a person without an account.
    pub(super) fn lone_lead(&mut self, mql: bool, week_ago: bool) {
        self.leads += 1;
        self.mqls += u64::from(mql);
        self.new_mqls += u64::from(mql && !week_ago);
    }

    /// Adds the counts of another part of the base.
    pub(super) fn append(&mut self, other: &Self) {
        let add = |counts: &mut [u64], more: &[u64]| {
            counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
        };
        add(&mut self.fit, &other.fit);
        add(&mut self.engagement, &other.engagement);
        add(&mut self.tiers, &other.tiers);
        self.accounts += other.accounts;
        self.priority += other.priority;
        self.excluded += other.excluded;
        self.mqas += other.mqas;
        self.new_mqas += other.new_mqas;
        self.leads += other.leads;
        self.mqls += other.mqls;
        self.new_mqls += other.new_mqls;
    }
}
