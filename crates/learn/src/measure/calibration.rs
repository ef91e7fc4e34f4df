//! How often a score comes true.
//!
//! A score of 0 to 100 points is no probability. It is read as one by isotonic regression: the
//! step function that never falls with the score and lies closest to the outcomes. It changes no
//! order but by making ties, and asks for no shape of the curve.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::units::Units;
use super::{Group, LEAST_OF_EACH, Ranking, Scored};

/// Most bins of [`bins`].
const BINS: u64 = 10;
/// Parts of which each is predicted from the others.
const FOLDS: usize = 5;

/// Records of neighbouring scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Lowest score in it.
    pub lowest: f64,
    /// Highest score in it.
    pub highest: f64,
    /// Mean score.
    pub mean_score: f64,
    /// Records.
    pub rows: u64,
    /// Those with the outcome.
    pub positives: u64,
    /// Their share, 0 to 1.
    pub rate: f64,
    /// The rate that [`Calibration`] reads from these scores, in the mean.
    pub predicted: f64,
}

/// At most ten bins of about equal size, the lowest scores first. Equal scores are never parted.
#[must_use]
pub fn bins(ranking: &Ranking) -> Vec<Bin> {
    let calibration = Calibration::new(ranking.groups());
    let size = (ranking.rows() as f64 / BINS as f64).max(1.0);
    let (mut bins, mut before): (Vec<Bin>, u64) = (Vec::new(), 0);
    let mut number = None;
    for group in ranking.groups().iter().rev() {
        // A group belongs to the bin in which its middle lies.
        let middle = before as f64 + group.rows() as f64 / 2.0;
        before += group.rows();
        let own = Some((middle / size) as u64);
        if own != number {
            number = own;
            let Group { score, .. } = *group;
            bins.push(Bin {
                lowest: score,
                highest: score,
                mean_score: 0.0,
                rows: 0,
                positives: 0,
                rate: 0.0,
                predicted: 0.0,
            });
        }
        if let Some(bin) = bins.last_mut() {
            let rows = group.rows() as f64;
            bin.highest = group.score;
            bin.rows += group.rows();
            bin.positives += group.positives;
            bin.mean_score += group.score * rows;
            bin.predicted += calibration.rate(group.score) * rows;
        }
    }
    for bin in &mut bins {
        let rows = bin.rows.max(1) as f64;
        bin.mean_score /= rows;
        bin.predicted /= rows;
        bin.rate = bin.positives as f64 / rows;
    }
    bins
}

/// The outcome rate that a score stands for: never falling with the score.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// Lowest score of each step and its rate, the lowest first.
    steps: Vec<(f64, f64)>,
}

impl Calibration {
    /// Learns from groups with the highest score first. Groups without records say nothing.
    #[must_use]
    pub fn new(groups: &[Group]) -> Self {
        // Neighbours of which the lower has the higher rate become one, until there are none.
        let mut steps: Vec<Group> = Vec::new();
        for group in groups.iter().rev().filter(|group| group.rows() > 0) {
            let mut step = *group;
            while let Some(last) = steps.last()
                && last.positives * step.rows() >= step.positives * last.rows()
            {
                step.score = last.score;
                step.positives += last.positives;
                step.negatives += last.negatives;
                steps.pop();
            }
            steps.push(step);
        }
        let rate = |step: &Group| step.positives as f64 / step.rows() as f64;
        Self { steps: steps.iter().map(|step| (step.score, rate(step))).collect() }
    }

    /// The rate of a score, 0 to 1: that of the highest step not above it, or of the lowest step.
    /// 0.5 if nothing was learned.
    #[must_use]
    pub fn rate(&self, score: f64) -> f64 {
        let above = self.steps.partition_point(|(lowest, _)| *lowest <= score);
        let step = self.steps.get(above.saturating_sub(1));
        step.map_or(0.5, |(_, rate)| *rate)
    }
}

/// The squared error of each row, in their order: its outcome against the rate that the other four
/// fifths of the units say for its score. `None` with too few units of either outcome.
pub(super) fn held_out_errors(rows: &[Scored<'_>], units: &Units, seed: u64) -> Option<Vec<f64>> {
    let (positives, negatives) = units.of_each(rows);
    if positives.min(negatives) < LEAST_OF_EACH {
        return None;
    }
    let mut fold_of_unit: Vec<usize> = (0..units.count()).map(|unit| unit % FOLDS).collect();
    fold_of_unit.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let mut fold_of = vec![0; rows.len()];
    for (fold, range) in fold_of_unit.into_iter().zip(units.ranges()) {
        for &row in units.order().get(range).unwrap_or_default() {
            fold_of.iter_mut().skip(row).take(1).for_each(|own| *own = fold);
        }
    }
    let learned: Vec<Calibration> = (0..FOLDS)
        .map(|fold| {
            let others = rows.iter().zip(&fold_of).filter(|(_, own)| **own != fold);
            let others = Ranking::new(others.map(|(row, _)| (row.score, row.outcome)));
            Calibration::new(others.groups())
        })
        .collect();
    let errors = rows.iter().zip(&fold_of).map(|(row, fold)| {
        let rate = learned.get(*fold).map_or(0.5, |learned| learned.rate(row.score));
        let error = rate - f64::from(u8::from(row.outcome));
        error * error
    });
    Some(errors.collect())
}
