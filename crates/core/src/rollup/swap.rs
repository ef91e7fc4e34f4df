//! What an account's engagement would be if one of its parts were another one, without putting
//! all of them together again.

use super::{Part, Rollup, Values};
use crate::engagement::round;

/// The parts of an account, ranked once, to be asked about one at a time.
#[derive(Debug)]
pub(crate) struct Swaps<'a> {
    rollup: &'a Rollup,
    /// Weighted values in hundredths, the best first.
    ranked: Vec<u64>,
    /// The sum of the best `n`, for each `n` from 0 on.
    sums: Vec<u64>,
    /// The sum of all weights, in percent.
    percents: u64,
}

/// The ranked values of [`Swaps`] without one of them, if there is one to go, and with another.
struct Swapped<'a> {
    of: &'a Swaps<'a>,
    /// The rank and value of the one that goes.
    gone: Option<(usize, u64)>,
    /// Its rank and value among those that stay.
    new: (usize, u64),
    percents: u64,
}

impl<'a> Swaps<'a> {
    pub(crate) fn new(rollup: &'a Rollup, parts: &[Part]) -> Self {
        let mut ranked: Vec<u64> = parts.iter().map(|part| part.hundredths()).collect();
        ranked.sort_unstable_by(|one, other| other.cmp(one));
        let mut sums = Vec::with_capacity(ranked.len() + 1);
        let mut sum = 0;
        sums.push(sum);
        for value in &ranked {
            sum += value;
            sums.push(sum);
        }
        let percents = parts.iter().map(|part| u64::from(part.percent)).sum();
        Self { rollup, ranked, sums, percents }
    }

    /// The least engagement of a part with which the account reaches `bar`: of `old`, which is
    /// one of the parts, or of one of that weight who is `new` and has none yet. Found by
    /// halving, since every operator rises with every part.
    pub(crate) fn least_for(&self, part: Asked, bar: u8) -> Option<u8> {
        let (old, before, percent) = match part {
            Asked::Known(old) => (Some(old), old.engagement, old.percent),
            Asked::New { percent } => (None, 0, percent),
        };
        let reaches =
            |engagement: u8| round(self.score_with(old, Part { engagement, percent })) >= bar;
        // The curve never ends: 99 is the most that a finite number of points is asked for.
        let (mut low, mut high) = (before, 99);
        if before >= high || !reaches(high) {
            return None;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if reaches(middle) { high = middle } else { low = middle }
        }
        Some(high)
    }

    /// [`Rollup::score`] of the parts without `old`, which must be one of them, and with `new`.
    fn score_with(&self, old: Option<Part>, new: Part) -> f64 {
        self.rollup.score_of(&self.swap(old, new))
    }

    fn swap(&self, old: Option<Part>, new: Part) -> Swapped<'_> {
        let gone = old.map(|old| (self.above(old.hundredths()), old.hundredths()));
        let value = new.hundredths();
        let gone_above = gone.is_some_and(|(_, old)| old > value);
        Swapped {
            of: self,
            gone,
            new: (self.above(value) - usize::from(gone_above), value),
            percents: self.percents - old.map_or(0, |old| u64::from(old.percent))
                + u64::from(new.percent),
        }
    }

    /// How many values are above one.
    fn above(&self, value: u64) -> usize {
        self.ranked.partition_point(|&other| other > value)
    }

    /// The sum of the best values, of all if there are not so many.
    fn best(&self, count: usize) -> u64 {
        self.sums.get(count).or(self.sums.last()).copied().unwrap_or(0)
    }
}

/// The part that is asked about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    /// One of the parts.
    Known(Part),
    /// One more, which has no engagement yet.
    New {
        /// Its weight.
        percent: u32,
    },
}

impl Swapped<'_> {
    /// The sum of the best values of those that stay.
    fn best_staying(&self, count: usize) -> u64 {
        match self.gone {
            Some((rank, value)) if count > rank => self.of.best(count + 1) - value,
            _ => self.of.best(count),
        }
    }
}

impl Values for Swapped<'_> {
    fn count(&self) -> usize {
        self.of.ranked.len() + 1 - usize::from(self.gone.is_some())
    }

    fn percents(&self) -> u64 {
        self.percents
    }

    fn best(&self, count: usize) -> u64 {
        let (rank, value) = self.new;
        if count > rank { self.best_staying(count - 1) + value } else { self.best_staying(count) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::{Operator, curve};
    use super::*;

    const OPERATORS: [Operator; 6] = [
        Operator::SaturatingSum,
        Operator::Max,
        Operator::Mean,
        Operator::Median,
        Operator::TopKMean,
        Operator::Champion,
    ];

    fn rollup(operator: Operator, top: usize, half_points: f64) -> Rollup {
        Rollup {
            operator,
            half_points,
            top,
            seniority_percent: BTreeMap::new(),
            buying_role_percent: BTreeMap::new(),
            unknown_visitor_percent: 100,
        }
    }

    /// What [`Rollup::score`] is, written out over all parts sorted anew.
    fn score_by_sorting(rollup: &Rollup, parts: &[Part]) -> f64 {
        let mut best: Vec<u64> = parts.iter().map(|part| part.hundredths()).collect();
        best.sort_unstable_by(|one, other| other.cmp(one));
        let count = best.len();
        let sum_of = |ranks: std::ops::Range<usize>| -> u64 {
            best.get(ranks).unwrap_or_default().iter().sum()
        };
        let (sum, by) = match rollup.operator {
            Operator::SaturatingSum => {
                return curve(sum_of(0..count) as f64 / 100.0, rollup.half_points);
            }
            Operator::Max => (sum_of(0..count.min(1)), 100),
            Operator::Mean => {
                (sum_of(0..count), parts.iter().map(|part| u64::from(part.percent)).sum())
            }
            Operator::Median if count % 2 == 1 => (sum_of(count / 2..count / 2 + 1), 100),
            Operator::Median => (sum_of((count / 2).saturating_sub(1)..count / 2 + 1), 200),
            Operator::TopKMean => {
                let top = rollup.top.min(count);
                (sum_of(0..top), 100 * top as u64)
            }
            Operator::Champion if count > 1 => {
                let others = count as u64 - 1;
                (6 * others * sum_of(0..1) + 4 * sum_of(1..count), 1_000 * others)
            }
            Operator::Champion => (sum_of(0..count), 100),
        };
        if by == 0 { 0.0 } else { (sum as f64 / by as f64).min(100.0) }
    }

    /// What [`Swaps::least_for`] is, with all parts put together anew at each try.
    fn least_by_sorting(rollup: &Rollup, parts: &[Part], position: usize, bar: u8) -> Option<u8> {
        let mut parts = parts.to_vec();
        let before = parts[position].engagement;
        let mut reaches = |engagement: u8| {
            parts[position].engagement = engagement;
            round(score_by_sorting(rollup, &parts)) >= bar
        };
        let (mut low, mut high) = (before, 99);
        let possible = before < high && reaches(high);
        while possible && high - low > 1 {
            let middle = low + (high - low) / 2;
            if reaches(middle) { high = middle } else { low = middle }
        }
        possible.then_some(high)
    }

    fn any_part() -> impl Strategy<Value = Part> {
        // Few weights and many equal engagements: ranks are shared.
        let percent = prop_oneof![Just(0), Just(50), Just(100), Just(150), 0..=10_000_u32];
        let engagement = prop_oneof![Just(0_u8), Just(40), 0..=100_u8];
        (engagement, percent).prop_map(|(engagement, percent)| Part { engagement, percent })
    }

    fn any_rollup() -> impl Strategy<Value = Rollup> {
        (prop::sample::select(&OPERATORS[..]), 1..12_usize, 1.0..5_000.0)
            .prop_map(|(operator, top, half_points)| rollup(operator, top, half_points))
    }

    proptest! {
        #[test]
        fn a_swapped_part_is_as_if_all_were_put_together_again(
            rollup in any_rollup(),
            parts in prop::collection::vec(any_part(), 0..12),
            position: prop::sample::Index,
            new in any_part(),
        ) {
            let score = rollup.score(&parts);
            prop_assert_eq!(score.to_bits(), score_by_sorting(&rollup, &parts).to_bits());
            let swaps = Swaps::new(&rollup, &parts);
            let mut more = parts.clone();
            more.push(new);
            let score = swaps.score_with(None, new);
            prop_assert_eq!(score.to_bits(), score_by_sorting(&rollup, &more).to_bits());
            if !parts.is_empty() {
                let position = position.index(parts.len());
                let mut other = parts.clone();
                other[position] = new;
                let score = swaps.score_with(Some(parts[position]), new);
                prop_assert_eq!(score.to_bits(), score_by_sorting(&rollup, &other).to_bits());
            }
        }

        #[test]
        fn the_least_engagement_is_that_of_all_put_together_again(
            rollup in any_rollup(),
            parts in prop::collection::vec(any_part(), 0..12),
            percent in 0..=1_000_u32,
            bar in 0..=100_u8,
        ) {
            let swaps = Swaps::new(&rollup, &parts);
            for (position, &part) in parts.iter().enumerate() {
                let least = least_by_sorting(&rollup, &parts, position, bar);
                prop_assert_eq!(swaps.least_for(Asked::Known(part), bar), least, "{}", position);
            }
            let mut more = parts.clone();
            more.push(Part { engagement: 0, percent });
            let least = least_by_sorting(&rollup, &more, parts.len(), bar);
            prop_assert_eq!(swaps.least_for(Asked::New { percent }, bar), least);
        }
    }
}
