//! Measures against their definitions and against truths that are known.

use proptest::prelude::*;

use super::*;

fn ranked(rows: &[(f64, bool)]) -> Ranking {
    Ranking::new(rows.iter().copied())
}

fn scored(rows: &[(f64, bool)]) -> Vec<Scored<'static>> {
    rows.iter().map(|&(score, outcome)| Scored { score, outcome, segment: None }).collect()
}

/// An estimate as if there were enough records for it.
fn certain(value: f64) -> Option<Estimate> {
    Some(Estimate { value, interval: Interval { low: value, high: value } })
}

/// AUC as it is defined: every pair of a record with the outcome and one without.
fn auc_by_pairs(rows: &[(f64, bool)]) -> Option<f64> {
    let (mut won, mut pairs) = (0.0, 0.0);
    for (one, _) in rows.iter().filter(|(_, outcome)| *outcome) {
        for (other, _) in rows.iter().filter(|(_, outcome)| !*outcome) {
            pairs += 1.0;
            won += if one > other { 1.0 } else { f64::from(u8::from(one == other)) / 2.0 };
        }
    }
    (pairs > 0.0).then(|| won / pairs)
}

fn rows() -> impl Strategy<Value = Vec<(f64, bool)>> {
    // Few different scores, so that ties are common.
    prop::collection::vec(((-5..25_i32).prop_map(f64::from), any::<bool>()), 0..200)
}

/// Records whose chance of the outcome rises with the score, drawn from a seed.
fn drawn(seed: u64, count: usize, steepness: f64) -> Vec<(f64, bool)> {
    use rand::{Rng, SeedableRng};
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut row = || {
        let score = random.random_range(0..=100);
        let chance = 0.5 + steepness * (f64::from(score) / 100.0 - 0.5);
        (f64::from(score), random.random_bool(chance))
    };
    (0..count).map(|_| row()).collect()
}

proptest! {
    #[test]
    fn auc_is_the_share_of_pairs_in_the_right_order(rows in rows()) {
        let found = auc(ranked(&rows).groups());
        match (found, auc_by_pairs(&rows)) {
            (Some(found), Some(expected)) => prop_assert!((found - expected).abs() < 1e-12),
            (found, expected) => prop_assert_eq!(found, expected),
        }
    }

    #[test]
    fn what_looks_at_the_order_alone_does_not_change_with_the_scale(rows in rows()) {
        let stretched: Vec<_> = rows.iter().map(|&(s, o)| (s * s * s / 7.0 + 3.0, o)).collect();
        let (one, other) = (ranked(&rows), ranked(&stretched));
        prop_assert_eq!(auc(one.groups()), auc(other.groups()));
        let rates = |ranking: &Ranking| {
            deciles(ranking.groups()).iter().map(|slice| slice.rate).collect::<Vec<_>>()
        };
        prop_assert_eq!(rates(&one), rates(&other));
        let turned: Vec<_> = rows.iter().map(|&(s, o)| (-s, o)).collect();
        if let (Some(one), Some(turned)) = (auc(one.groups()), auc(ranked(&turned).groups())) {
            prop_assert!((one + turned - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn the_order_of_records_changes_nothing(
        (rows, mixed) in rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
    ) {
        let (one, other) = (ranked(&rows), ranked(&mixed));
        prop_assert_eq!(one.groups(), other.groups());
    }

    #[test]
    fn deciles_add_up_to_the_whole(rows in rows()) {
        let slices = deciles(ranked(&rows).groups());
        prop_assert_eq!(slices.len(), if rows.is_empty() { 0 } else { 10 });
        let positives = rows.iter().filter(|(_, outcome)| *outcome).count() as f64;
        let sum = |of: fn(&Slice) -> f64| slices.iter().map(of).sum::<f64>();
        prop_assert!((sum(|slice| slice.rows) - rows.len() as f64).abs() < 1e-9);
        prop_assert!((sum(|slice| slice.positives) - positives).abs() < 1e-9);
        for slice in &slices {
            prop_assert!((slice.rows - rows.len() as f64 / 10.0).abs() < 1e-9);
            prop_assert!(slice.positives >= -1e-9 && slice.positives <= slice.rows + 1e-9);
            prop_assert!(slice.lowest <= slice.highest);
        }
        prop_assert!(slices.windows(2).all(|pair| pair[0].lowest >= pair[1].highest));
    }

    #[test]
    fn the_best_up_to_a_capacity_are_the_mean_over_all_orders_of_ties(
        rows in prop::collection::vec(((0..3_i32).prop_map(f64::from), any::<bool>()), 1..40),
        capacity in 1..50_u64,
    ) {
        let found = lift::at_capacity(ranked(&rows).groups(), capacity, certain).unwrap();
        let taken = capacity.min(rows.len() as u64);
        let (mut left, mut hits) = (taken as f64, 0.0);
        for score in [2.0, 1.0, 0.0] {
            let of: Vec<_> = rows.iter().filter(|(own, _)| *own == score).collect();
            let take = left.min(of.len() as f64);
            let rate = of.iter().filter(|(_, o)| *o).count() as f64 / of.len().max(1) as f64;
            hits += take * rate;
            left -= take;
        }
        prop_assert_eq!(found.rows, taken);
        let precision = found.precision.map(|found| found.value);
        prop_assert!((precision.unwrap() - hits / taken as f64).abs() < 1e-9);
    }

    #[test]
    fn a_calibration_never_falls_and_keeps_the_mean(rows in rows()) {
        let ranking = ranked(&rows);
        let calibration = Calibration::new(ranking.groups());
        let rates: Vec<f64> = (-6..26).map(|score| calibration.rate(f64::from(score))).collect();
        prop_assert!(rates.windows(2).all(|pair| pair[0] <= pair[1]));
        if !rows.is_empty() {
            let mean = rows.iter().map(|row| calibration.rate(row.0)).sum::<f64>();
            prop_assert!((mean / rows.len() as f64 - ranking.base_rate()).abs() < 1e-9);
            let bins = bins(&ranking);
            prop_assert!(bins.len() <= 10);
            prop_assert_eq!(bins.iter().map(|bin| bin.rows).sum::<u64>(), rows.len() as u64);
            prop_assert!(bins.windows(2).all(|pair| pair[0].highest < pair[1].lowest));
        }
    }
}

#[test]
fn a_small_case_by_hand() {
    let rows = [(9.0, true), (7.0, true), (7.0, false), (4.0, false), (1.0, true)];
    let ranking = ranked(&rows);
    // Pairs won: 9 beats both; 7 ties one and beats the other; 1 loses both.
    assert_eq!(auc(ranking.groups()), Some(3.5 / 6.0));
    let at = |capacity| lift::at_capacity(ranking.groups(), capacity, certain);
    let two = at(2).unwrap();
    assert_eq!((two.precision, two.recall, two.score), (certain(0.75), 0.5, 7.0));
    let first = deciles(ranking.groups())[0];
    assert_eq!((first.rows, first.positives, first.rate), (0.5, 0.5, 1.0));
    assert!((first.lift - 1.0 / 0.6).abs() < 1e-12);
    assert_eq!(at(0), None);
    assert_eq!(at(99).unwrap().rows, 5);
}

#[test]
fn intervals_hold_the_truth_in_nearly_all_samples() {
    // The truth of this drawing, from a sample so large that it is one.
    let truth = auc(ranked(&drawn(99, 400_000, 0.5)).groups()).unwrap();
    let options = Options { resamples: 200, ..Options::default() };
    let holds = (0..200).filter(|&seed| {
        let found = measure(&scored(&drawn(seed, 400, 0.5)), &options).auc.unwrap();
        found.interval.low <= truth && truth <= found.interval.high
    });
    let holding = holds.count();
    assert!((180..200).contains(&holding), "{holding} of 200 intervals of 95 % hold the truth");
}

#[test]
fn equal_seeds_give_equal_answers() {
    let rows = scored(&drawn(5, 500, 0.4));
    let options = Options { capacity: Some(50), ..Options::default() };
    assert_eq!(measure(&rows, &options), measure(&rows, &options));
    let other = measure(&rows, &Options { seed: 2, ..options });
    assert_ne!(measure(&rows, &options).auc.unwrap().interval, other.auc.unwrap().interval);
}

#[test]
fn verdicts_say_what_the_numbers_allow() {
    let verdict = |rows: &[(f64, bool)]| measure(&scored(rows), &Options::default()).verdict;
    let sides = |positives: usize, negatives: usize| -> Vec<(f64, bool)> {
        let good = (0..positives).map(|at| (50.0 + at as f64, true));
        good.chain((0..negatives).map(|at| (at as f64 / 10.0, false))).collect()
    };
    assert_eq!(verdict(&sides(29, 500)), Verdict::TooFew);
    assert_eq!(verdict(&sides(500, 29)), Verdict::TooFew);
    assert_eq!(verdict(&sides(30, 30)), Verdict::TooGood);
    assert_eq!(verdict(&[]), Verdict::TooFew);
    assert_eq!(verdict(&drawn(1, 2_000, 0.0)), Verdict::NoSignal);
    assert_eq!(verdict(&drawn(1, 2_000, -0.5)), Verdict::WorseThanChance);
    assert_eq!(verdict(&drawn(1, 2_000, 0.3)), Verdict::Weak);
    assert_eq!(verdict(&drawn(1, 2_000, 0.9)), Verdict::Good);
}

#[test]
fn of_fewer_than_thirty_of_either_outcome_nothing_is_estimated() {
    // The best one of fifty has the only outcome: every resample that has it says the same.
    let one: Vec<_> = (0..50).map(|n| (f64::from(n), n == 49)).collect();
    let mut rows = scored(&one);
    rows.iter_mut().for_each(|row| row.segment = Some("north"));
    let options = Options { capacity: Some(5), ..Options::default() };
    let told = measure(&rows, &options);
    assert_eq!((told.auc, told.top_tenth_lift, told.brier), (None, None, None));
    assert!(told.segments.len() == 1 && told.segments.iter().all(|part| part.auc.is_none()));
    // What was counted is told.
    let best = told.capacity.unwrap();
    assert_eq!((best.rows, best.precision, best.recall), (5, None, 1.0));
    assert_eq!((told.rows, told.positives, told.deciles[0].positives), (50, 1, 1.0));
    let enough: Vec<_> = (0..60).map(|n| (f64::from(n), n % 2 == 0)).collect();
    let told = measure(&scored(&enough), &options);
    assert!(told.auc.is_some() && told.top_tenth_lift.is_some() && told.brier.is_some());
    assert!(told.capacity.unwrap().precision.is_some());
}

#[test]
fn a_score_that_tells_something_has_less_error_than_the_base_rate() {
    let told = measure(&scored(&drawn(3, 3_000, 0.9)), &Options::default());
    let brier = told.brier.unwrap();
    assert!(brier.interval.high < told.brier_of_base_rate, "{brier:?}");
    let told = measure(&scored(&drawn(3, 3_000, 0.0)), &Options::default());
    // Nothing to learn: the calibration is not flattered by the rows it is held against.
    assert!(told.brier.unwrap().value > told.brier_of_base_rate - 0.001);
}

#[test]
fn segments_are_measured_on_their_own() {
    let mut rows = scored(&drawn(1, 1_000, 0.9));
    rows.iter_mut().for_each(|row| row.segment = Some("north"));
    rows.extend(
        scored(&drawn(2, 1_000, -0.9)).iter().map(|row| Scored { segment: Some("south"), ..*row }),
    );
    rows.extend(scored(&drawn(3, 10, 0.9)));
    let found = measure(&rows, &Options { resamples: 100, ..Options::default() });
    let verdicts: Vec<_> =
        found.segments.iter().map(|part| (part.name.as_str(), part.rows, part.verdict)).collect();
    assert_eq!(
        verdicts,
        [("north", 1_000, Verdict::Good), ("south", 1_000, Verdict::WorseThanChance)]
    );
    assert_eq!(found.rows, 2_010);
}

/// Each record as often as it says, all of one unit.
fn repeated(rows: &[(f64, bool)], times: usize) -> (Vec<Scored<'static>>, Vec<u32>) {
    let rows = scored(rows).into_iter().zip(0..);
    rows.flat_map(|row| std::iter::repeat_n(row, times)).unzip()
}

#[test]
fn records_told_often_are_no_more_certain_for_it() {
    let rows = drawn(1, 400, 0.3);
    let options = Options { capacity: Some(40), ..Options::default() };
    let once = measure(&scored(&rows), &options);
    let (often, units) = repeated(&rows, 10);
    let told = measure_units(&often, &units, &Options { capacity: Some(400), ..options });
    assert_eq!((told.rows, told.positives), (10 * once.rows, 10 * once.positives));
    // Units are drawn as records were: the same draws, the same intervals.
    assert_eq!(told.auc, once.auc);
    assert_eq!(told.capacity.map(|best| best.precision), once.capacity.map(|best| best.precision));
    assert_eq!((told.brier_of_base_rate, told.verdict), (once.brier_of_base_rate, once.verdict));
    let naive = measure(&often, &options).auc.unwrap().interval;
    let width = |interval: Interval| interval.high - interval.low;
    assert!(width(naive) < width(told.auc.unwrap().interval) / 2.0);
}

#[test]
fn outcomes_of_few_are_too_few_however_often_they_are_told() {
    let few: Vec<_> = (0..200).map(|n| (f64::from(n), n >= 180)).collect();
    let (rows, units) = repeated(&few, 12);
    let options = Options { capacity: Some(100), ..Options::default() };
    let told = measure_units(&rows, &units, &options);
    assert_eq!((told.positives, told.verdict), (240, Verdict::TooFew));
    assert_eq!((told.auc, told.top_tenth_lift, told.brier), (None, None, None));
    assert_eq!(told.capacity.map(|best| best.precision), Some(None));
    assert_ne!(measure(&rows, &Options::default()).verdict, Verdict::TooFew);
}

#[test]
fn a_score_gains_on_another_what_their_aucs_differ_by() {
    let rows = scored(&drawn(5, 1_000, 0.8));
    let units: Vec<u32> = (0..1_000).collect();
    let none: Vec<_> = rows.iter().map(|row| Scored { score: 0.0, ..*row }).collect();
    let options = Options::default();
    let gain = auc_gain(&rows, &none, &units, &options).unwrap();
    let alone = measure(&rows, &options).auc.unwrap();
    assert!((gain.value - (alone.value - 0.5)).abs() < 1e-12);
    assert!((gain.interval.low - (alone.interval.low - 0.5)).abs() < 1e-12);
    let lost = auc_gain(&none, &rows, &units, &options).unwrap();
    assert!((gain.value + lost.value).abs() < 1e-12);
    let same = auc_gain(&rows, &rows, &units, &options).unwrap();
    assert_eq!((same.value, same.interval.low, same.interval.high), (0.0, 0.0, 0.0));
    assert_eq!(auc_gain(&[], &[], &[], &options), None);
}
