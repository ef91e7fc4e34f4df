//! From people to their account: how several integers become one.

mod swap;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engagement::curve;
use crate::title::Position;
use crate::{BuyingRole, Seniority};

pub(crate) use swap::{Asked, Swaps};

/// How people's engagement is put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Operator {
    /// The sum of the weighted values, through the same curve as a person's points.
    #[default]
    #[serde(alias = "saturating_sum")]
    SaturatingSum,
    /// The largest weighted value.
    #[serde(alias = "max")]
    Max,
    /// The weighted mean.
    #[serde(alias = "mean")]
    Mean,
    /// The middle weighted value; of an even number the mean of the two in the middle.
    #[serde(alias = "median")]
    Median,
    /// The mean of the largest weighted values.
    #[serde(alias = "top_k_mean")]
    TopKMean,
    /// 0.6 of the largest weighted value and 0.4 of the mean of the others.
    #[serde(alias = "champion")]
    Champion,
}

impl Operator {
    /// The name in model files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SaturatingSum => "saturating_sum",
            Self::Max => "max",
            Self::Mean => "mean",
            Self::Median => "median",
            Self::TopKMean => "top_k_mean",
            Self::Champion => "champion",
        }
    }

    /// Whether it matters which values are the largest.
    const fn ranks(self) -> bool {
        !matches!(self, Self::SaturatingSum | Self::Mean)
    }
}

/// How the engagement of people becomes that of their account.
#[derive(Clone, Debug)]
pub struct Rollup {
    /// How values are put together.
    pub operator: Operator,
    /// Weighted points at which [`Operator::SaturatingSum`] gives 50.
    pub half_points: f64,
    /// How many values [`Operator::TopKMean`] takes.
    pub top: usize,
    /// Weight by seniority, in percent; 100 where not given.
    pub seniority_percent: BTreeMap<Seniority, u32>,
    /// Weight by buying role, in percent, on top of seniority; 100 where not given.
    pub buying_role_percent: BTreeMap<BuyingRole, u32>,
    /// Weight of the account's unknown visitor, in percent.
    pub unknown_visitor_percent: u32,
}

/// One engagement to be rolled up, and its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Engagement, 0 to 100.
    pub engagement: u8,
    /// Weight in percent.
    pub percent: u32,
}

impl Part {
    /// Engagement times weight, in hundredths of a point: an integer, so that sums of these do
    /// not depend on their order.
    #[must_use]
    pub fn hundredths(self) -> u64 {
        u64::from(self.engagement) * u64::from(self.percent)
    }
}

/// An account's engagement before rounding, and what each part adds to it before the curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Combined {
    /// 0 to 100, not yet rounded.
    pub score: f64,
    /// What each part adds, in points; the rest of `score` is the curve and the limit of 100.
    pub shares: Vec<f64>,
}

/// Weighted values as an operator looks at them.
trait Values {
    /// How many there are.
    fn count(&self) -> usize;
    /// The sum of the weights, in percent.
    fn percents(&self) -> u64;
    /// The sum of so many of the largest, at most all, in hundredths of a point.
    fn best(&self, count: usize) -> u64;
}

/// The values of parts, the largest first where the operator ranks them.
struct Weighted<'a> {
    parts: &'a [Part],
    best: Vec<u64>,
}

impl Values for Weighted<'_> {
    fn count(&self) -> usize {
        self.best.len()
    }

    fn percents(&self) -> u64 {
        self.parts.iter().map(|part| u64::from(part.percent)).sum()
    }

    fn best(&self, count: usize) -> u64 {
        self.best.iter().take(count).sum()
    }
}

impl Rollup {
    /// The weight of a person, in percent: that of their seniority times that of their role.
    #[must_use]
    pub fn weight(&self, person: &Position) -> u32 {
        let seniority = person.seniority.map_or(Seniority::Other, |known| known.value);
        let seniority = self.seniority_percent.get(&seniority).copied().unwrap_or(100);
        let role = person.buying_role.map(|known| known.value);
        let role = role.and_then(|role| self.buying_role_percent.get(&role));
        seniority * role.copied().unwrap_or(100) / 100
    }

    /// An account's engagement before rounding. It comes from sums of integers and one
    /// division, so that it does not depend on the order of the parts, and a half is a half.
    #[must_use]
    pub fn score(&self, parts: &[Part]) -> f64 {
        let mut best: Vec<u64> = parts.iter().map(|part| part.hundredths()).collect();
        if self.operator.ranks() {
            best.sort_unstable_by(|one, other| other.cmp(one));
        }
        self.score_of(&Weighted { parts, best })
    }

    fn score_of(&self, values: &impl Values) -> f64 {
        let (count, best) = (values.count(), |count| values.best(count));
        let (sum, by) = match self.operator {
            Operator::SaturatingSum => {
                return curve(best(count) as f64 / 100.0, self.half_points);
            }
            Operator::Max => (best(count.min(1)), 100),
            // Of hundredths over percent the hundreds cancel out.
            Operator::Mean => (best(count), values.percents()),
            Operator::Median if count == 0 => (0, 200),
            Operator::Median if count % 2 == 1 => (best(count / 2 + 1) - best(count / 2), 100),
            Operator::Median => (best(count / 2 + 1) - best(count / 2 - 1), 200),
            Operator::TopKMean => {
                let top = self.top.min(count);
                (best(top), 100 * top as u64)
            }
            Operator::Champion if count > 1 => {
                let others = count as u64 - 1;
                (6 * others * best(1) + 4 * (best(count) - best(1)), 1_000 * others)
            }
            Operator::Champion => (best(count), 100),
        };
        if by == 0 { 0.0 } else { (sum as f64 / by as f64).min(100.0) }
    }

    /// An account's engagement before rounding, taken apart.
    #[must_use]
    pub fn combine(&self, parts: &[Part]) -> Combined {
        let values = parts.iter().map(|part| part.hundredths() as f64 / 100.0);
        let shares = values.zip(self.factors(parts)).map(|(value, by)| value * by).collect();
        Combined { score: self.score(parts), shares }
    }

    /// The part of each in what an account's engagement is made of, before the curve, 0 to 1; all
    /// add up to 1, or are 0.
    #[must_use]
    pub fn shares(&self, parts: &[Part]) -> Vec<f64> {
        let adds = self.combine(parts).shares;
        let sum: f64 = adds.iter().sum();
        adds.into_iter().map(|adds| if sum > 0.0 { adds / sum } else { 0.0 }).collect()
    }

    /// By what each part's weighted value counts in the sum.
    fn factors(&self, parts: &[Part]) -> Vec<f64> {
        let mut factors = vec![0.0; parts.len()];
        // Best first; equal ones in the order given, so that the result is one of them for sure.
        let mut ranked: Vec<usize> = (0..parts.len()).collect();
        ranked.sort_by_key(|&index| {
            std::cmp::Reverse(parts.get(index).map_or(0, |part| part.hundredths()))
        });
        let mut set = |ranks: std::ops::Range<usize>, by: f64| {
            for &index in ranked.get(ranks).unwrap_or_default() {
                if let Some(factor) = factors.get_mut(index) {
                    *factor = by;
                }
            }
        };
        let count = parts.len();
        match self.operator {
            Operator::SaturatingSum => set(0..count, 1.0),
            Operator::Max => set(0..count.min(1), 1.0),
            Operator::Mean => {
                let weights: u64 = parts.iter().map(|part| u64::from(part.percent)).sum();
                if weights > 0 {
                    set(0..count, 100.0 / weights as f64);
                }
            }
            Operator::Median if count % 2 == 1 => set(count / 2..count / 2 + 1, 1.0),
            Operator::Median if count > 0 => set(count / 2 - 1..count / 2 + 1, 0.5),
            Operator::Median => {}
            Operator::TopKMean => {
                let top = self.top.min(count);
                set(0..top, 1.0 / top.max(1) as f64);
            }
            Operator::Champion => {
                let others = count.saturating_sub(1);
                set(0..count.min(1), if others == 0 { 1.0 } else { 0.6 });
                set(1..count, 0.4 / others.max(1) as f64);
            }
        }
        factors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(operator: Operator, values: &[(u8, u32)]) -> f64 {
        let rollup = Rollup {
            operator,
            half_points: 100.0,
            top: 2,
            seniority_percent: BTreeMap::new(),
            buying_role_percent: BTreeMap::new(),
            unknown_visitor_percent: 100,
        };
        let parts: Vec<Part> =
            values.iter().map(|&(engagement, percent)| Part { engagement, percent }).collect();
        rollup.score(&parts)
    }

    #[test]
    fn each_operator_does_what_its_name_says() {
        let people = [(80, 100), (40, 100), (20, 50)];
        assert_eq!(score(Operator::SaturatingSum, &[(50, 200)]), 50.0);
        assert_eq!(score(Operator::Max, &people), 80.0);
        assert_eq!(score(Operator::Max, &[(80, 200)]), 100.0, "never above 100");
        assert_eq!(score(Operator::Mean, &people), 130.0 * 100.0 / 250.0);
        assert_eq!(score(Operator::Median, &people), 40.0);
        assert_eq!(score(Operator::Median, &[(80, 100), (40, 100)]), 60.0);
        assert_eq!(score(Operator::TopKMean, &people), 60.0);
        assert_eq!(score(Operator::Champion, &people), 0.6 * 80.0 + 0.4 * 25.0);
        assert_eq!(score(Operator::Champion, &[(80, 100)]), 80.0, "nobody else to look at");
    }

    #[test]
    fn a_half_is_a_half_in_any_order() {
        let mut people = [(9, 50), (41, 100), (0, 100)];
        for _ in 0..people.len() {
            people.rotate_left(1);
            assert_eq!(score(Operator::Champion, &people), 25.5, "24.6 and 0.9");
        }
    }

    #[test]
    fn an_account_without_people_has_no_engagement() {
        for operator in [
            Operator::SaturatingSum,
            Operator::Max,
            Operator::Mean,
            Operator::Median,
            Operator::TopKMean,
            Operator::Champion,
        ] {
            assert_eq!(score(operator, &[]), 0.0, "{operator:?}");
        }
    }
}
