//! From qualified lead to sale: how many, how long, by cohort.
//!
//! A cohort is the leads that were qualified in one month, or have something else in common. Their
//! later steps count for it whenever they came, so a young cohort has had less time than an old one.

mod problems;

use std::collections::BTreeMap;

use abm_core::time::day_of;

use super::spread::Histogram;
use super::{Group, GroupBy, Keys, Rate, Spread};

pub use problems::Problems;

/// The way of one lead, as far as it came. Moments are seconds since 1970 in UTC; `None` where it
/// did not come so far, or nobody said when.
#[derive(Clone, Debug)]
pub struct Passage {
    /// When marketing qualified it.
    pub mql_at: i64,
    /// When sales accepted it.
    pub sql_at: Option<i64>,
    /// When its first opportunity was opened.
    pub opportunity_at: Option<i64>,
    /// When its first opportunity was won.
    pub won_at: Option<i64>,
    /// What it can be grouped by.
    pub keys: Keys,
}

/// What became of the leads of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Cohort {
    /// The group.
    pub group: Group,
    /// Leads that marketing qualified.
    pub mqls: u64,
    /// Those that sales accepted.
    pub sqls: u64,
    /// Those with an opportunity, accepted or not.
    pub opportunities: u64,
    /// Those that were won, whatever came before.
    pub won: u64,
    /// Shares of one step that reached another.
    pub rates: Rates,
    /// From qualification to acceptance.
    pub to_sql: Lag,
    /// From qualification to the opportunity.
    pub to_opportunity: Lag,
    /// From qualification to the sale.
    pub to_won: Lag,
    /// What contradicts itself. Such leads are in all figures.
    pub problems: Problems,
}

/// Shares of the leads with one step that have another one as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Accepted, of all.
    pub mql_to_sql: Rate,
    /// With an opportunity, of all.
    pub mql_to_opportunity: Rate,
    /// Won, of all.
    pub mql_to_won: Rate,
    /// With an opportunity, of the accepted.
    pub sql_to_opportunity: Rate,
    /// Won, of the accepted.
    pub sql_to_won: Rate,
    /// Won, of those with an opportunity.
    pub opportunity_to_won: Rate,
}

/// How long a step took, in whole days: from the UTC date of qualification to that of the step.
/// Many systems tell a date only, so that a time of day would measure whose clock said midnight.
/// A step before qualification has a negative lag, which counts like any other: it is a fact of
/// the lead that it came no later, and [`Problems`] tells how many there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lag {
    /// How lags are spread, in days; `None` where no lead came so far.
    pub days: Option<Spread>,
    /// Lags of at most 30 days.
    pub within_30_days: u64,
    /// Lags of at most 90 days.
    pub within_90_days: u64,
}

/// Counts the leads of all groups.
#[derive(Clone, Debug)]
pub struct Tally {
    by: GroupBy,
    cohorts: BTreeMap<Group, Counts>,
}

#[derive(Clone, Debug, Default)]
struct Counts {
    rates: Rates,
    to_sql: Histogram,
    to_opportunity: Histogram,
    to_won: Histogram,
    problems: Problems,
}

/// Counts leads, in order of their groups.
#[must_use]
pub fn funnel(passages: impl IntoIterator<Item = Passage>, by: GroupBy) -> Vec<Cohort> {
    let mut tally = Tally::new(by);
    passages.into_iter().for_each(|passage| tally.add(&passage));
    tally.finish()
}

impl Tally {
    /// Nothing counted yet.
    #[must_use]
    pub const fn new(by: GroupBy) -> Self {
        Self { by, cohorts: BTreeMap::new() }
    }

    /// Counts a lead.
    pub fn add(&mut self, passage: &Passage) {
        let group = self.by.group(passage.mql_at, &passage.keys);
        self.cohorts.entry(group).or_default().add(passage);
    }

    /// What was counted, in order of the groups; only those with leads.
    #[must_use]
    pub fn finish(self) -> Vec<Cohort> {
        self.cohorts.into_iter().map(|(group, counts)| counts.cohort(group)).collect()
    }
}

impl Counts {
    fn add(&mut self, passage: &Passage) {
        let Passage { mql_at, sql_at, opportunity_at, won_at, .. } = *passage;
        let (sql, opportunity) = (sql_at.is_some(), opportunity_at.is_some());
        let won = won_at.is_some();
        let rates = &mut self.rates;
        for (rate, of, hit) in [
            (&mut rates.mql_to_sql, true, sql),
            (&mut rates.mql_to_opportunity, true, opportunity),
            (&mut rates.mql_to_won, true, won),
            (&mut rates.sql_to_opportunity, sql, opportunity),
            (&mut rates.sql_to_won, sql, won),
            (&mut rates.opportunity_to_won, opportunity, won),
        ] {
            if of {
                rate.add(hit);
            }
        }
        for (lags, at) in [
            (&mut self.to_sql, sql_at),
            (&mut self.to_opportunity, opportunity_at),
            (&mut self.to_won, won_at),
        ] {
            if let Some(at) = at {
                lags.add(day_of(at) - day_of(mql_at));
            }
        }
        self.problems.look_at(passage);
    }

    fn cohort(self, group: Group) -> Cohort {
        Cohort {
            group,
            mqls: self.rates.mql_to_sql.of,
            sqls: self.rates.mql_to_sql.hits,
            opportunities: self.rates.mql_to_opportunity.hits,
            won: self.rates.mql_to_won.hits,
            rates: self.rates,
            to_sql: Lag::of(&self.to_sql),
            to_opportunity: Lag::of(&self.to_opportunity),
            to_won: Lag::of(&self.to_won),
            problems: self.problems,
        }
    }
}

impl Lag {
    fn of(lags: &Histogram) -> Self {
        Self {
            days: lags.spread(),
            within_30_days: lags.at_most(30),
            within_90_days: lags.at_most(90),
        }
    }
}

#[cfg(test)]
mod tests;
