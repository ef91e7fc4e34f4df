//! Examples that do not stand for themselves: people of one account, and one account at several
//! dates, have much in common. What is learned from some of them must not be judged by others.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::screen::FOLDS;
use super::{LEAST_OF_EACH, TooFew};

/// Refuses what is too little to learn from. Units are counted: those with the outcome at least
/// once, and those that never have it.
pub(super) fn check(units: &[u32], outcomes: &[bool]) -> Result<(), TooFew> {
    let had = had(units, outcomes);
    let positives = had.values().filter(|had| **had).count();
    let negatives = had.len() - positives;
    match positives.min(negatives) < LEAST_OF_EACH {
        true => Err(TooFew { positives, negatives }),
        false => Ok(()),
    }
}

/// Parts the examples such that all of a unit are in one part, and each part has its share of the
/// units with the outcome.
pub(super) fn folds(units: &[u32], outcomes: &[bool], seed: u64) -> Vec<usize> {
    let had = had(units, outcomes);
    let parts = parts(&had.values().copied().collect::<Vec<_>>(), seed);
    let part_of: BTreeMap<u32, usize> = had.into_keys().zip(parts).collect();
    let part = |unit: &u32| part_of.get(unit).copied().unwrap_or_default();
    units.iter().map(part).collect()
}

/// Whether each unit has the outcome at least once.
fn had(units: &[u32], outcomes: &[bool]) -> BTreeMap<u32, bool> {
    let mut had: BTreeMap<u32, bool> = BTreeMap::new();
    for (unit, outcome) in units.iter().zip(outcomes) {
        *had.entry(*unit).or_default() |= *outcome;
    }
    had
}

/// Deals units out by lot, so that each part has its share of either outcome.
fn parts(outcomes: &[bool], seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..outcomes.len()).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    order.sort_by_key(|unit| outcomes.get(*unit).copied());
    let mut parts = vec![0; outcomes.len()];
    for (place, unit) in order.into_iter().enumerate() {
        if let Some(part) = parts.get_mut(unit) {
            *part = place % FOLDS;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_in_one_part_and_each_part_has_its_share_of_outcomes() {
        let units: Vec<u32> = (0..600).map(|row| row % 200).collect();
        let outcomes: Vec<bool> = (0..600).map(|row| row < 100).collect();
        let folds = folds(&units, &outcomes, 1);
        for unit in 0..200 {
            let own: Vec<usize> = (0..3).map(|turn| folds[unit + 200 * turn]).collect();
            assert!(own.iter().all(|fold| *fold == own[0]), "{own:?}");
        }
        for fold in 0..FOLDS {
            let had = (0..100).filter(|unit| folds[*unit] == fold);
            assert_eq!(had.count(), 20);
        }
    }

    #[test]
    fn examples_that_stand_for_themselves_are_dealt_out_one_by_one() {
        let units: Vec<u32> = (0..300).collect();
        let outcomes: Vec<bool> = (0..300).map(|row| row % 3 == 0).collect();
        assert_eq!(folds(&units, &outcomes, 7), parts(&outcomes, 7));
    }
}
