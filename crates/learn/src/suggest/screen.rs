//! What a field tells of the outcome by itself.

use super::binning::Binned;
use crate::measure::{Ranking, auc};

/// Parts of the examples, each of which is judged by what the others say.
pub(super) const FOLDS: usize = 5;
/// From this gain a field tells something: of fields that tell nothing, two in a hundred reach it.
pub(super) const LEAST_GAIN: f64 = 2.0;
/// Records by which a rate is drawn to the base rate.
const PRIOR: f64 = 2.0;

/// What a field tells by itself, held out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    /// AUC of the outcome rate of its bins.
    pub(super) auc: f64,
    /// The share of the uncertainty about the outcome that it takes away, at most 1; below 0 if it
    /// misleads.
    pub(super) share: f64,
    /// By how much it raises the logarithm of the chance that all outcomes come as they did.
    pub(super) gain: f64,
}

/// Judges a field by its bins: each fold by the outcome rates of the others.
pub(super) fn screen(binned: &Binned, outcomes: &[bool], folds: &[usize]) -> Told {
    let (categories, count) = binned.categories();
    let base = share_of(outcomes);
    // Records and positives of each bin, in all folds and in each.
    let mut all = vec![(0.0, 0.0); count];
    let mut by_fold = vec![vec![(0.0, 0.0); count]; FOLDS];
    let rows = || categories.iter().zip(outcomes).zip(folds).map(|((c, o), f)| (*c, *o, *f));
    for (category, outcome, fold) in rows() {
        let own = by_fold.get_mut(fold).and_then(|fold| fold.get_mut(category));
        for counted in [all.get_mut(category), own].into_iter().flatten() {
            counted.0 += 1.0;
            counted.1 += f64::from(u8::from(outcome));
        }
    }
    let rate = |category: usize, fold: usize| {
        let all = all.get(category).copied().unwrap_or_default();
        let own = by_fold.get(fold).and_then(|fold| fold.get(category)).copied();
        let own = own.unwrap_or_default();
        (all.1 - own.1 + PRIOR * base) / (all.0 - own.0 + PRIOR)
    };
    let mut loss = 0.0;
    let scored = rows().map(|(category, outcome, fold)| {
        let rate = rate(category, fold);
        loss -= libm::log(if outcome { rate } else { 1.0 - rate }.max(1e-9));
        (rate, outcome)
    });
    let ranking = Ranking::new(scored);
    let entropy = -(base * libm::log(base) + (1.0 - base) * libm::log(1.0 - base));
    let uncertainty = outcomes.len() as f64 * entropy;
    let auc = auc(ranking.groups()).unwrap_or(0.5);
    Told { auc, share: 1.0 - loss / uncertainty, gain: uncertainty - loss }
}

/// The share of records with the outcome.
pub(super) fn share_of(outcomes: &[bool]) -> f64 {
    outcomes.iter().filter(|outcome| **outcome).count() as f64 / outcomes.len().max(1) as f64
}
