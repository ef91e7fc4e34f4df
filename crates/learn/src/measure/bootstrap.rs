//! Intervals: how far a measure could be off by chance.
//!
//! Records are drawn with replacement, as many as there are, and the measure is taken of what was
//! drawn; the middle 95 % of what comes out is the interval. Records are ranked once: a resample
//! only counts how often each (score, outcome) was drawn.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

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
    /// Where it lies in 95 % of resamples. Without resamples: from minus to plus infinity.
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
        ranking: &Ranking,
        errors: Option<&[f64]>,
        options: &Options,
    ) -> Self {
        // Which count a row adds to: two for each group, one for each outcome.
        let cells: Vec<usize> = rows
            .iter()
            .map(|row| 2 * ranking.position(row.score).unwrap_or(0) + usize::from(row.outcome))
            .collect();
        let mut random = ChaCha8Rng::seed_from_u64(options.seed);
        let mut counts = vec![0_u32; 2 * ranking.groups().len()];
        let mut groups = ranking.groups().to_vec();
        let mut all = Self::default();
        let capacity = options.capacity.map(|capacity| capacity.min(ranking.rows()));
        for _ in 0..if cells.is_empty() { 0 } else { options.resamples } {
            counts.fill(0);
            let mut error = 0.0;
            for _ in 0..cells.len() {
                let drawn = random.random_range(0..cells.len());
                if let Some(&cell) = cells.get(drawn)
                    && let Some(count) = counts.get_mut(cell)
                {
                    *count += 1;
                }
                error += errors.and_then(|errors| errors.get(drawn)).unwrap_or(&0.0);
            }
            fill(&mut groups, &counts);
            all.auc.extend(auc(&groups));
            all.lift.extend(lift::top_tenth(&groups));
            all.precision.extend(capacity.and_then(|taken| lift::precision(&groups, taken)));
            all.brier.push(error / cells.len() as f64);
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

fn fill(groups: &mut [Group], counts: &[u32]) {
    for (group, pair) in groups.iter_mut().zip(counts.chunks_exact(2)) {
        if let [negatives, positives] = pair {
            group.negatives = u64::from(*negatives);
            group.positives = u64::from(*positives);
        }
    }
}

/// The middle part of sorted values.
fn middle(sorted: &[f64]) -> Interval {
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
