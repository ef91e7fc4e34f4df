//! How strongly coefficients are held to zero, chosen by how well the held-out parts are told.

use super::regression::{Coefficients, Row, fit, loss_of};
use super::screen::FOLDS;
use crate::measure::{Ranking, auc};

/// The strengths tried, the strongest first. A strength of 8 says that a rule rarely changes the
/// odds by more than twice, before anything is seen.
pub(super) const STRENGTHS: [f64; 6] = [512.0, 128.0, 32.0, 8.0, 2.0, 0.5];

/// A strength and how the held-out parts did under it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen {
    pub(super) strength: f64,
    /// AUC of the held-out log odds of all parts together.
    pub(super) auc: f64,
}

/// Tries strengths, given from the strongest on. Of equal losses the strongest is taken.
pub(super) fn choose(
    rows: &[Row],
    outcomes: &[bool],
    columns: usize,
    folds: &[usize],
    strengths: &[f64],
) -> Chosen {
    let all = || rows.iter().zip(outcomes.iter().copied()).zip(folds.iter().copied());
    // Losses and log odds by strength.
    let mut tried = vec![(0.0, Vec::with_capacity(rows.len())); strengths.len()];
    for fold in 0..FOLDS {
        let others: Vec<_> = all().filter(|(_, own)| *own != fold).map(|(row, _)| row).collect();
        let mut found = Coefficients::zero(columns);
        for (strength, (loss, told)) in strengths.iter().copied().zip(&mut tried) {
            // Each begins where the stronger one ended.
            found = fit(&others, columns, strength, found);
            for ((row, outcome), _) in all().filter(|(_, own)| *own == fold) {
                let log_odds = found.log_odds(row);
                *loss += loss_of(log_odds, outcome);
                told.push((log_odds, outcome));
            }
        }
    }
    let best = strengths
        .iter()
        .copied()
        .zip(tried)
        .min_by(|(_, one), (_, other)| one.0.total_cmp(&other.0));
    let (strength, (_, told)) = best.unwrap_or_default();
    Chosen { strength, auc: auc(Ranking::new(told).groups()).unwrap_or(0.5) }
}
