//! How well a score orders.

use super::Group;

/// The chance that of a record with the outcome and one without, drawn at random, the first has
/// the higher score; ties count half. Groups are given with the highest score first. `None` when
/// all outcomes are the same.
#[must_use]
pub fn auc(groups: &[Group]) -> Option<f64> {
    // In half pairs, so that everything is whole until the one division.
    let (mut above, mut negatives, mut won) = (0_u128, 0_u128, 0_u128);
    for group in groups {
        let (p, n) = (u128::from(group.positives), u128::from(group.negatives));
        won += 2 * above * n + p * n;
        above += p;
        negatives += n;
    }
    let pairs = above * negatives;
    (pairs > 0).then(|| won as f64 / (2 * pairs) as f64)
}
