//! What contradicts itself in the way of a lead.

use abm_core::time::day_of;

use super::Passage;

/// Leads whose way contradicts itself, by how. A lead can be in several. Moments of one UTC date
/// contradict nothing, since many systems tell a date only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    /// Leads with at least one of these.
    pub leads: u64,
    /// Accepted on a date before they were qualified.
    pub sql_before_mql: u64,
    /// With an opportunity from before they were qualified.
    pub opportunity_before_mql: u64,
    /// Won before they were qualified.
    pub won_before_mql: u64,
    /// With an opportunity from before they were accepted.
    pub opportunity_before_sql: u64,
    /// Won before they were accepted.
    pub won_before_sql: u64,
    /// Won before their opportunity was opened.
    pub won_before_opportunity: u64,
    /// With an opportunity, and never accepted.
    pub opportunity_without_sql: u64,
    /// Won, and never accepted.
    pub won_without_sql: u64,
    /// Won, and without an opportunity.
    pub won_without_opportunity: u64,
}

impl Problems {
    pub(super) fn look_at(&mut self, passage: &Passage) {
        let mql = Some(passage.mql_at);
        let (sql, opportunity, won) = (passage.sql_at, passage.opportunity_at, passage.won_at);
        let before = |one: Option<i64>, other: Option<i64>| {
            one.zip(other).is_some_and(|(one, other)| day_of(one) < day_of(other))
        };
        let without = |one: Option<i64>, other: Option<i64>| one.is_some() && other.is_none();
        let mut any = false;
        for (count, has) in [
            (&mut self.sql_before_mql, before(sql, mql)),
            (&mut self.opportunity_before_mql, before(opportunity, mql)),
            (&mut self.won_before_mql, before(won, mql)),
            (&mut self.opportunity_before_sql, before(opportunity, sql)),
            (&mut self.won_before_sql, before(won, sql)),
            (&mut self.won_before_opportunity, before(won, opportunity)),
            (&mut self.opportunity_without_sql, without(opportunity, sql)),
            (&mut self.won_without_sql, without(won, sql)),
            (&mut self.won_without_opportunity, without(won, opportunity)),
        ] {
            *count += u64::from(has);
            any |= has;
        }
        self.leads += u64::from(any);
    }
}
