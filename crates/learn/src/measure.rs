//! How good a score was, held against what became of the records.
//!
//! All measures look at a [`Ranking`]: records by score, the best first, with ties together.
//! Where a cut (a decile, a capacity) falls into a tie, each tied record counts with the share
//! of the tie that lies above the cut: the mean over all orders in which the tied could stand.
//! So no measure depends on the order in which records are given.

mod auc;
mod bootstrap;
mod calibration;
mod gain;
mod lift;
mod ranking;
mod units;
mod verdict;

use std::collections::BTreeMap;

pub use auc::auc;
pub use bootstrap::{Estimate, Interval};
pub use calibration::{Bin, Calibration, bins};
pub use gain::auc_gain;
pub use lift::{AtCapacity, Slice, deciles};
pub use ranking::{Group, Ranking};
pub use verdict::{LEAST_OF_EACH, Verdict};

use bootstrap::Resampled;
use units::Units;

/// A record's score and what became of it.
#[derive(Clone, Copy, Debug)]
pub struct Scored<'a> {
    /// The score, of any scale; more is better.
    pub score: f64,
    /// Whether the outcome came.
    pub outcome: bool,
    /// The segment that is measured on its own as well, if any.
    pub segment: Option<&'a str>,
}

/// What is asked of [`measure()`].
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many records can be worked, for precision and recall; `None` leaves them out.
    pub capacity: Option<u64>,
    /// Resamples behind each interval; without any, intervals are as wide as can be.
    pub resamples: usize,
    /// Where random draws begin.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { capacity: None, resamples: 500, seed: 1 }
    }
}

/// How good a score was. Estimates carry 95 % intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    /// Records.
    pub rows: u64,
    /// Those whose outcome came.
    pub positives: u64,
    /// Their share, 0 to 1; 0 without records.
    pub base_rate: f64,
    /// The chance that of one record with the outcome and one without, the first has the higher
    /// score; ties count half. `None` with fewer than [`LEAST_OF_EACH`] records (of units: units)
    /// of either outcome, of which nothing can be said.
    pub auc: Option<Estimate>,
    /// The outcome rate of the best tenth against the base rate. `None` as for `auc`.
    pub top_tenth_lift: Option<Estimate>,
    /// Tenths of the records, the best first; none without records.
    pub deciles: Vec<Slice>,
    /// The best records up to the capacity, if one was given.
    pub capacity: Option<AtCapacity>,
    /// Outcome rates by score, the lowest scores first.
    pub bins: Vec<Bin>,
    /// Mean squared error of the outcome rate that a score stands for; see [`Calibration`].
    /// `None` as for `auc`.
    pub brier: Option<Estimate>,
    /// The same error of one who always says the base rate.
    pub brier_of_base_rate: f64,
    /// What to think of it.
    pub verdict: Verdict,
    /// The same for each segment, in order of their names.
    pub segments: Vec<Segment>,
}

/// How good a score was among a part of the records.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// Records.
    pub rows: u64,
    /// Those whose outcome came.
    pub positives: u64,
    /// As in [`Measures`].
    pub auc: Option<Estimate>,
    /// As in [`Measures`].
    pub verdict: Verdict,
}

/// Holds scores against outcomes. 100,000 records and 500 resamples take a second, or three when
/// all scores differ.
#[must_use]
pub fn measure(rows: &[Scored<'_>], options: &Options) -> Measures {
    let segments = segments(rows.iter().zip(0..), options);
    Measures { segments, ..measured(rows, &Units::single(rows.len()), options) }
}

/// Holds scores against outcomes where several records are of one thing, such as an account at
/// several dates: `units` names it for each record, in the same order. Intervals draw, and
/// calibration holds out, all records of a thing or none; the verdict counts things.
#[must_use]
pub fn measure_units(rows: &[Scored<'_>], units: &[u32], options: &Options) -> Measures {
    debug_assert_eq!(rows.len(), units.len());
    let segments = segments(rows.iter().zip(units.iter().copied()), options);
    Measures { segments, ..measured(rows, &Units::of(units.iter().copied()), options) }
}

/// Everything but the segments.
fn measured(rows: &[Scored<'_>], units: &Units, options: &Options) -> Measures {
    let ranking = Ranking::new(rows.iter().map(|row| (row.score, row.outcome)));
    let (count, positives) = (ranking.rows(), ranking.positives());
    let base_rate = ranking.base_rate();
    let (with, without) = units.of_each(rows);
    let is_enough = with.min(without) >= LEAST_OF_EACH;
    let errors = calibration::held_out_errors(rows, units, options.seed);
    let resampled = match is_enough {
        true => Resampled::new(rows, units, &ranking, errors.as_deref(), options),
        false => Resampled::default(),
    };
    // An interval of fewer can exclude chance although there is nothing else.
    let told = |value: Option<f64>| value.filter(|_| is_enough);
    let auc = told(auc(ranking.groups())).map(|value| resampled.auc(value));
    let top_tenth_lift = told(lift::top_tenth(ranking.groups()));
    let mean = |errors: &[f64]| errors.iter().sum::<f64>() / errors.len().max(1) as f64;
    Measures {
        rows: count,
        positives,
        base_rate,
        auc,
        top_tenth_lift: top_tenth_lift.map(|value| resampled.lift(value)),
        deciles: deciles(ranking.groups()),
        capacity: options.capacity.and_then(|capacity| {
            lift::at_capacity(ranking.groups(), capacity, |value| {
                told(Some(value)).map(|value| resampled.precision(value))
            })
        }),
        bins: bins(&ranking),
        brier: errors.as_deref().map(|errors| resampled.brier(mean(errors))),
        brier_of_base_rate: base_rate * (1.0 - base_rate),
        verdict: Verdict::of(with, without, auc),
        segments: Vec::new(),
    }
}

fn segments<'a>(
    rows: impl Iterator<Item = (&'a Scored<'a>, u32)>,
    options: &Options,
) -> Vec<Segment> {
    let mut parts: BTreeMap<&str, (Vec<Scored<'_>>, Vec<u32>)> = BTreeMap::new();
    for (row, unit) in rows {
        if let Some(segment) = row.segment {
            let (rows, units) = parts.entry(segment).or_default();
            rows.push(Scored { segment: None, ..*row });
            units.push(unit);
        }
    }
    let measured = parts.into_iter().map(|(name, (rows, units))| {
        let ranking = Ranking::new(rows.iter().map(|row| (row.score, row.outcome)));
        let units = Units::of(units);
        let (with, without) = units.of_each(&rows);
        let auc = auc(ranking.groups()).filter(|_| with.min(without) >= LEAST_OF_EACH);
        let auc =
            auc.map(|value| Resampled::new(&rows, &units, &ranking, None, options).auc(value));
        let verdict = Verdict::of(with, without, auc);
        let (rows, positives) = (ranking.rows(), ranking.positives());
        Segment { name: name.to_owned(), rows, positives, auc, verdict }
    });
    measured.collect()
}

#[cfg(test)]
mod tests;
