//! Intervals: how far a measure could be off by chance.
//!
//! Records are drawn with replacement, as many as there are, and the measure is taken of what was
//! drawn; the middle 95 % of what comes out is the interval. Records are ranked once: a resample
//! only counts how often each (score, outcome) was drawn. Records of one unit are drawn together.

use std::ops::Range;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::units::Units;
use super::{Group, Options, Ranking, Scored, auc, lift};

/// Half of what lies outside an interval.
const TAIL: f64 = 0.025;

/// From where to where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A measure and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The measure of the records as they are.
    pub value: f64,
    /// Where it lies in 95 % of resamples, or by the formula that is named where there are none.
    /// Of no resamples: from minus to plus infinity.
    pub interval: Interval,
}

/// Measures of all resamples, sorted.
#[derive(Default)]
pub(super) struct Resampled {
    auc: Vec<f64>,
    lift: Vec<f64>,
    precision: Vec<f64>,
    brier: Vec<f64>,
}

impl Resampled {
    /// Draws all resamples. `errors` are the squared errors of the rows, in their order.
    pub(super) fn new(
        rows: &[Scored<'_>],
        units: &Units,
        ranking: &Ranking,
        errors: Option<&[f64]>,
        options: &Options,
    ) -> Self {
        let draws = Draws::new(rows, units, ranking);
        let order = units.order().iter();
        let errors: Option<Vec<f64>> =
            errors.map(|errors| order.filter_map(|&row| errors.get(row).copied()).collect());
        let mut random = ChaCha8Rng::seed_from_u64(options.seed);
        let mut all = Self::default();
        let mut drawn = draws.nothing();
        let ranges = units.ranges();
        for _ in 0..if ranges.is_empty() { 0 } else { options.resamples } {
            drawn.clear();
            let (mut error, mut count) = (0.0, 0_u64);
            for _ in 0..ranges.len() {
                let unit = random.random_range(0..ranges.len());
                let Some(range) = ranges.get(unit) else { continue };
                drawn.add(&draws, range);
                count += range.len() as u64;
                let errors = errors.as_ref().and_then(|errors| errors.get(range.clone()));
                error += errors.unwrap_or_default().iter().sum::<f64>();
            }
            let groups = drawn.groups();
            let capacity = options.capacity.map(|capacity| capacity.min(count));
            all.auc.extend(auc(groups));
            all.lift.extend(lift::top_tenth(groups));
            all.precision.extend(capacity.and_then(|taken| lift::precision(groups, taken)));
            all.brier.push(error / count as f64);
        }
        for values in [&mut all.auc, &mut all.lift, &mut all.precision, &mut all.brier] {
            values.sort_unstable_by(f64::total_cmp);
        }
        all
    }

    pub(super) fn auc(&self, value: f64) -> Estimate {
        Estimate { value, interval: middle(&self.auc) }
    }

    pub(super) fn lift(&self, value: f64) -> Estimate {
        Estimate { value, interval: middle(&self.lift) }
    }

    pub(super) fn precision(&self, value: f64) -> Estimate {
        Estimate { value, interval: middle(&self.precision) }
    }

    pub(super) fn brier(&self, value: f64) -> Estimate {
        Estimate { value, interval: middle(&self.brier) }
    }
}

/// The rows as what a draw of them adds to: of each a place among the counts, two of which there
/// are for each group, one for each outcome. Rows of a unit lie side by side.
pub(super) struct Draws {
    cells: Vec<usize>,
    groups: Vec<Group>,
}

/// What was drawn.
pub(super) struct Drawn {
    counts: Vec<u32>,
    groups: Vec<Group>,
}

impl Draws {
    pub(super) fn new(rows: &[Scored<'_>], units: &Units, ranking: &Ranking) -> Self {
        let cell = |row: &Scored<'_>| {
            2 * ranking.position(row.score).unwrap_or(0) + usize::from(row.outcome)
        };
        let ordered = units.order().iter().filter_map(|&row| rows.get(row));
        Self { cells: ordered.map(cell).collect(), groups: ranking.groups().to_vec() }
    }

    pub(super) fn nothing(&self) -> Drawn {
        Drawn { counts: vec![0; 2 * self.groups.len()], groups: self.groups.clone() }
    }
}

impl Drawn {
    pub(super) fn clear(&mut self) {
        self.counts.fill(0);
    }

    /// Adds the rows of a unit.
    pub(super) fn add(&mut self, draws: &Draws, unit: &Range<usize>) {
        for &cell in draws.cells.get(unit.clone()).unwrap_or_default() {
            if let Some(count) = self.counts.get_mut(cell) {
                *count += 1;
            }
        }
    }

    /// The ranking of what was drawn; groups can be empty.
    pub(super) fn groups(&mut self) -> &[Group] {
        for (group, pair) in self.groups.iter_mut().zip(self.counts.chunks_exact(2)) {
            if let [negatives, positives] = pair {
                group.negatives = u64::from(*negatives);
                group.positives = u64::from(*positives);
            }
        }
        &self.groups
    }
}

/// The middle part of sorted values.
pub(super) fn middle(sorted: &[f64]) -> Interval {
    let at = |share: f64| {
        let place = share * (sorted.len().max(1) - 1) as f64;
        let below = *sorted.get(place.floor() as usize)?;
        let above = *sorted.get(place.ceil() as usize)?;
        Some(below + (above - below) * place.fract())
    };
    Interval {
        low: at(TAIL).unwrap_or(f64::NEG_INFINITY),
        high: at(1.0 - TAIL).unwrap_or(f64::INFINITY),
    }
}
