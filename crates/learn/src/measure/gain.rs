//! Whether one score orders better than another.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::bootstrap::{Draws, middle};
use super::units::Units;
use super::{Estimate, Options, Ranking, Scored, auc};

/// The AUC of one score less that of another of the same records: rows stand in the same order,
/// with the same outcomes, and `units` names what each is of, as in [`super::measure_units`]. Both
/// scores are held against the same draws, so that the interval tells a difference that intervals
/// of two AUCs beside each other would hide. `None` when all outcomes are the same.
#[must_use]
pub fn auc_gain(
    one: &[Scored<'_>],
    other: &[Scored<'_>],
    units: &[u32],
    options: &Options,
) -> Option<Estimate> {
    debug_assert!(one.len() == other.len() && one.len() == units.len());
    let ranked = |rows: &[Scored<'_>]| Ranking::new(rows.iter().map(|r| (r.score, r.outcome)));
    let rankings = (ranked(one), ranked(other));
    let value = auc(rankings.0.groups())? - auc(rankings.1.groups())?;
    let units = Units::of(units.iter().copied());
    let draws = (Draws::new(one, &units, &rankings.0), Draws::new(other, &units, &rankings.1));
    let mut drawn = (draws.0.nothing(), draws.1.nothing());
    let ranges = units.ranges();
    let mut random = ChaCha8Rng::seed_from_u64(options.seed);
    let mut gains = Vec::with_capacity(options.resamples);
    for _ in 0..options.resamples {
        drawn.0.clear();
        drawn.1.clear();
        for _ in 0..ranges.len() {
            let unit = random.random_range(0..ranges.len());
            if let Some(range) = ranges.get(unit) {
                drawn.0.add(&draws.0, range);
                drawn.1.add(&draws.1, range);
            }
        }
        let found = auc(drawn.0.groups()).zip(auc(drawn.1.groups()));
        gains.extend(found.map(|(one, other)| one - other));
    }
    gains.sort_unstable_by(f64::total_cmp);
    Some(Estimate { value, interval: middle(&gains) })
}
