//! What the best records hold: lift and capture by tenths, precision and recall of a capacity.

use super::{Estimate, Group};

/// A part of the ranking. Counts have fractions where a cut falls into a tie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slice {
    /// Highest score in it.
    pub highest: f64,
    /// Lowest score in it.
    pub lowest: f64,
    /// Records.
    pub rows: f64,
    /// Those with the outcome.
    pub positives: f64,
    /// Their share, 0 to 1.
    pub rate: f64,
    /// The rate against that of all records; 0 when no record has the outcome.
    pub lift: f64,
    /// Its part of all records with the outcome, 0 to 1.
    pub capture: f64,
    /// The same of it and all better slices together.
    pub captured_so_far: f64,
}

/// What the best records up to a capacity hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtCapacity {
    /// The capacity, at most all records.
    pub rows: u64,
    /// Share of these records that have the outcome, 0 to 1. `None` as for the AUC of
    /// [`super::Measures`].
    pub precision: Option<Estimate>,
    /// Share of all records with the outcome that are among them, 0 to 1; 0 when there are none.
    pub recall: f64,
    /// The precision against the base rate; 0 when no record has the outcome.
    pub lift: f64,
    /// The score at the cut.
    pub score: f64,
}

/// The ten tenths of the records, the best first. Each holds exactly a tenth: where its end
/// falls into a tie, it takes of the tied records, and of their outcomes, the same share.
#[must_use]
pub fn deciles(groups: &[Group]) -> Vec<Slice> {
    let (rows, positives) = totals(groups);
    if rows == 0.0 {
        return Vec::new();
    }
    let ends = (1..=10).map(|tenth| rows * f64::from(tenth) / 10.0);
    let (mut slices, mut start, mut captured) = (Vec::new(), 0.0, 0.0);
    for (end, (highest, lowest, taken)) in ends.clone().zip(cut(groups, ends)) {
        let of = end - start;
        captured += taken;
        slices.push(Slice {
            highest,
            lowest,
            rows: of,
            positives: taken,
            rate: taken / of,
            lift: ratio(taken / of, positives / rows),
            capture: ratio(taken, positives),
            captured_so_far: ratio(captured, positives).min(1.0),
        });
        start = end;
    }
    slices
}

/// The best `capacity` records; the estimate of their precision, if any, is made by `estimate`.
/// `None` without records or with a capacity of 0.
pub(super) fn at_capacity(
    groups: &[Group],
    capacity: u64,
    estimate: impl FnOnce(f64) -> Option<Estimate>,
) -> Option<AtCapacity> {
    let (rows, positives) = totals(groups);
    let taken = capacity.min(rows as u64);
    let (score, hits) = best(groups, taken)?;
    let precision = hits / taken as f64;
    Some(AtCapacity {
        rows: taken,
        precision: estimate(precision),
        recall: ratio(hits, positives),
        lift: ratio(precision, positives / rows),
        score,
    })
}

/// The share of the best `taken` records that has the outcome; `None` if none are taken.
pub(super) fn precision(groups: &[Group], taken: u64) -> Option<f64> {
    best(groups, taken).map(|(_, hits)| hits / taken as f64)
}

/// The lowest score of the best records, and how many of them have the outcome.
fn best(groups: &[Group], taken: u64) -> Option<(f64, f64)> {
    let (_, lowest, hits) = cut(groups, [taken as f64].into_iter()).next()?;
    (taken > 0).then_some((lowest, hits))
}

/// The lift of the best tenth; `None` when all outcomes are the same.
pub(super) fn top_tenth(groups: &[Group]) -> Option<f64> {
    let (rows, positives) = totals(groups);
    if positives == 0.0 || positives == rows {
        return None;
    }
    let (_, _, hits) = cut(groups, [rows / 10.0].into_iter()).next()?;
    Some(hits / (rows / 10.0) / (positives / rows))
}

fn totals(groups: &[Group]) -> (f64, f64) {
    let rows: u64 = groups.iter().map(Group::rows).sum();
    let positives: u64 = groups.iter().map(|group| group.positives).sum();
    (rows as f64, positives as f64)
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

/// Cuts a ranking at rising numbers of records: highest score, lowest score and positives of
/// each piece.
fn cut(groups: &[Group], ends: impl Iterator<Item = f64>) -> impl Iterator<Item = (f64, f64, f64)> {
    let mut rest = groups.iter().filter(|group| group.rows() > 0).copied().peekable();
    // How much of the group at hand is taken, and of all groups before it.
    let (mut used, mut before) = (0.0, 0.0);
    ends.map(move |end| {
        let (mut highest, mut lowest, mut positives) = (f64::NAN, f64::NAN, 0.0);
        while let Some(group) = rest.peek().copied() {
            let rows = group.rows() as f64;
            if highest.is_nan() {
                highest = group.score;
            }
            lowest = group.score;
            let take = (end - before).min(rows) - used;
            positives += group.positives as f64 * take / rows;
            if before + rows > end {
                used += take;
                break;
            }
            rest.next();
            (used, before) = (0.0, before + rows);
            if before >= end {
                break;
            }
        }
        (highest, lowest, positives)
    })
}
