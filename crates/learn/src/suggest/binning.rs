//! Parts of a field's values: ranges of numbers, single values, what is not known.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::field::Field;
use super::{Reason, rules};

/// Fewest records of a value or range that gets a rule: below it a rate is mostly chance.
pub(super) const LEAST_OF_VALUE: usize = 20;
/// Most values of one field that get rules of their own.
const VALUES: usize = 40;
/// Longest value that gets a rule, in bytes.
pub(crate) const VALUE_BYTES: usize = 120;
/// Share of known values that must be numbers for a field to be read as numbers.
const NUMBERS: f64 = 0.95;
/// Most ranges of a field of numbers.
const RANGES: usize = 10;
/// Records for each range.
const ROWS_OF_RANGE: usize = 100;
/// Share of known values that must be among the frequent ones.
const FREQUENT: f64 = 0.5;
/// Numbers that name records are given out one after the other: of so many in a row one is there,
/// in the mean.
const NAMES_APART: f64 = 100.0;

/// Share of records in no bin from which these are the ones without a rule.
const IN_NONE: f64 = 0.05;

/// A part of a field's values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bin {
    /// Numbers from `low`, below `high`.
    Range { low: Option<f64>, high: Option<f64> },
    /// One value.
    Is(String),
    /// Known, and none of these values.
    NoneOf(Vec<String>),
    /// Not known.
    Missing,
}

/// Where a record's value falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Into the bin at this position.
    Bin(u32),
    /// It is not known.
    Missing,
    /// It is known and in no bin.
    Other,
}

/// A field cut into bins.
#[derive(Clone, Debug)]
pub(crate) struct Binned {
    pub(crate) bins: Vec<Bin>,
    /// One for each record.
    pub(crate) cells: Vec<Cell>,
}

impl Binned {
    /// Cuts a field, or says why it cannot be used. What `is_allowed` by somebody who knows it is
    /// not taken for names of records.
    pub(super) fn new(
        field: &Field,
        values: &[Option<&str>],
        is_allowed: bool,
    ) -> Result<Self, Reason> {
        let counts = counted(values);
        let known: usize = counts.values().sum();
        if known == 0 || (counts.len() == 1 && known == values.len()) {
            return Err(Reason::OneValue);
        }
        if !is_allowed && let Some(reason) = names_of_records(&counts, known) {
            return Err(reason);
        }
        let (bins, cells) = match numbers(&counts, known) {
            Some(numbers) => ranges(values, numbers),
            None => single_values(field, values, &counts, known)?,
        };
        Ok(Self { bins, cells })
    }

    /// Cuts a field of numbers into ranges of about equal numbers of records; `None` if it is none,
    /// and a reason if its numbers are names.
    pub(crate) fn of_numbers(values: &[Option<&str>]) -> Result<Option<Self>, Reason> {
        let counts = counted(values);
        let known: usize = counts.values().sum();
        if let Some(reason) = names_of_records(&counts, known) {
            return Err(reason);
        }
        Ok(numbers(&counts, known).map(|numbers| {
            let (bins, cells) = ranges(values, numbers);
            Self { bins, cells }
        }))
    }

    /// Cuts the amounts of a signal into ranges of about equal numbers of records; none of it is
    /// as not known.
    pub(super) fn of_amounts(amounts: &[f64]) -> Self {
        let mut known: Vec<f64> = amounts.iter().copied().filter(|amount| *amount > 0.0).collect();
        known.sort_unstable_by(f64::total_cmp);
        let parts = (known.len() / ROWS_OF_RANGE).clamp(1, RANGES);
        let begin = |part: usize| known.get(part * known.len() / parts).copied();
        let mut begins: Vec<f64> = (1..parts).filter_map(begin).collect();
        begins.dedup();
        let ends = begins.iter().copied().map(Some).chain([None]);
        let lows = std::iter::once(None).chain(begins.iter().copied().map(Some));
        let bins = lows.zip(ends).map(|(low, high)| Bin::Range { low, high }).collect();
        let cell = |amount: &f64| match *amount > 0.0 {
            true => Cell::Bin(begins.partition_point(|begin| begin <= amount) as u32),
            false => Cell::Missing,
        };
        Self { bins, cells: amounts.iter().map(cell).collect() }
    }

    /// Makes what is not known a bin of its own where it tells about the outcome: enough records,
    /// and a rate of the outcome that differs by three standard errors.
    pub(super) fn with_missing(mut self, outcomes: &[bool]) -> Self {
        let is_missing = |cell: &Cell| *cell == Cell::Missing;
        let share = |wanted: bool| {
            let of = self.cells.iter().zip(outcomes).filter(|(cell, _)| is_missing(cell) == wanted);
            let (mut rows, mut positives) = (0_usize, 0_usize);
            of.for_each(|(_, outcome)| {
                rows += 1;
                positives += usize::from(*outcome);
            });
            (rows, positives)
        };
        let (missing, known) = (share(true), share(false));
        if missing.0 >= LEAST_OF_VALUE && standard_errors(missing, known).abs() >= 3.0 {
            let own = u32::try_from(self.bins.len()).map_or(Cell::Missing, Cell::Bin);
            self.bins.push(Bin::Missing);
            self.cells.iter_mut().filter(|cell| is_missing(cell)).for_each(|cell| *cell = own);
        }
        self
    }

    /// The bin that needs no rule, since all others are told by how they differ from it: the most
    /// frequent one of what is known. None where so many records are in no bin that these are
    /// what others differ from.
    pub(super) fn anchor(&self) -> Option<u32> {
        let mut counts = vec![0_usize; self.bins.len()];
        let mut in_none = 0_u32;
        for cell in &self.cells {
            match cell {
                Cell::Bin(bin) => {
                    counts.iter_mut().skip(*bin as usize).take(1).for_each(|count| *count += 1);
                }
                Cell::Missing | Cell::Other => in_none += 1,
            }
        }
        if f64::from(in_none) > IN_NONE * self.cells.len() as f64 {
            return None;
        }
        let known = (0..).zip(self.bins.iter().zip(counts));
        let known = known.filter(|(_, (bin, _))| **bin != Bin::Missing);
        // Of equally frequent ones the first.
        known.min_by_key(|(_, (_, count))| Reverse(*count)).map(|(position, _)| position)
    }

    /// A number for each record: its bin's, or that of one of the two ends.
    pub(super) fn categories(&self) -> (Vec<usize>, usize) {
        let bins = self.bins.len();
        let number = |cell: &Cell| match cell {
            Cell::Bin(bin) => *bin as usize,
            Cell::Missing => bins,
            Cell::Other => bins + 1,
        };
        (self.cells.iter().map(number).collect(), bins + 2)
    }
}

/// By how many standard errors two rates (of rows, positives) differ.
pub(super) fn standard_errors(one: (usize, usize), other: (usize, usize)) -> f64 {
    let (n, m) = (one.0 as f64, other.0 as f64);
    if n == 0.0 || m == 0.0 {
        return 0.0;
    }
    let pooled = (one.1 + other.1) as f64 / (n + m);
    let error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
    let difference = one.1 as f64 / n - other.1 as f64 / m;
    if error == 0.0 { 0.0 } else { difference / error }
}

/// How often each value is there.
fn counted<'a>(values: &[Option<&'a str>]) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    values.iter().flatten().for_each(|value| *counts.entry(*value).or_default() += 1);
    counts
}

/// A text as a finite number, as `double()` of rules reads it.
fn number(value: &str) -> Option<f64> {
    value.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The values as sorted numbers, each as often as it occurs, if most are numbers.
fn numbers(counts: &BTreeMap<&str, usize>, known: usize) -> Option<Vec<f64>> {
    let mut all = Vec::new();
    for (value, count) in counts {
        all.extend(
            number(value).into_iter().flat_map(|number| std::iter::repeat_n(number, *count)),
        );
    }
    if (all.len() as f64) < NUMBERS * known as f64 {
        return None;
    }
    all.sort_unstable_by(f64::total_cmp);
    Some(all)
}

/// Whole numbers of the same length, close together, of which none occurs twice name records and
/// measure nothing. Amounts of money are all different as well, but far apart.
fn names_of_records(counts: &BTreeMap<&str, usize>, known: usize) -> Option<Reason> {
    let mut lengths = counts.keys().map(|value| value.len());
    let first = lengths.next().filter(|first| *first > 1)?;
    // Of one length, they stand in the order of their numbers.
    let ends = counts.keys().next().zip(counts.keys().next_back());
    let (lowest, highest) = ends.and_then(|(low, high)| number(low).zip(number(high)))?;
    let are_names = counts.len() == known
        && lengths.all(|length| length == first)
        && counts.keys().all(|value| value.bytes().all(|byte| byte.is_ascii_digit()))
        && highest - lowest < NAMES_APART * known as f64;
    are_names.then_some(Reason::Identifiers { distinct: counts.len() })
}

/// Ranges of about equal numbers of records, with readable ends.
fn ranges(values: &[Option<&str>], sorted: Vec<f64>) -> (Vec<Bin>, Vec<Cell>) {
    let wanted = (sorted.len() / ROWS_OF_RANGE).clamp(2, RANGES);
    let smallest = sorted.first().copied().unwrap_or_default();
    let mut ends: Vec<f64> = Vec::new();
    for part in 1..wanted {
        let Some(&at) = sorted.get(sorted.len() * part / wanted) else { continue };
        // What is as small as can be is a range of its own where it is frequent.
        let end = match at == smallest {
            true => sorted.iter().copied().find(|&value| value > smallest),
            false => Some(at),
        };
        ends.extend(end.map(|end| readable(end, &sorted)));
    }
    ends.dedup();
    let lows = std::iter::once(None).chain(ends.iter().copied().map(Some));
    let highs = ends.iter().copied().map(Some).chain([None]);
    let bins = lows.zip(highs).map(|(low, high)| Bin::Range { low, high });
    let bins = match ends.is_empty() {
        // All the same: whether it is known may still tell.
        true => vec![Bin::Range { low: Some(smallest), high: None }],
        false => bins.collect(),
    };
    let cell = |value: &Option<&str>| match value.map(number) {
        None => Cell::Missing,
        Some(None) => Cell::Other,
        Some(Some(value)) => {
            Cell::Bin(u32::try_from(ends.partition_point(|end| *end <= value)).unwrap_or(0))
        }
    };
    (bins, values.iter().map(cell).collect())
}

/// The value with the fewest digits that parts the records as `end` does, or two digits if these
/// are enough to stay within a tenth.
fn readable(end: f64, sorted: &[f64]) -> f64 {
    let below = sorted.partition_point(|value| *value < end);
    for digits in 1..17 {
        let rounded: f64 = format!("{end:.digits$e}").parse().unwrap_or(end);
        let part = sorted.partition_point(|value| *value < rounded);
        if part > 0 && part.abs_diff(below) <= sorted.len() / 100 {
            return rounded;
        }
    }
    end
}

/// A bin for each frequent value, and one for all others where these are enough. The rarest of the
/// frequent ones are among the others where a rule could not name all it does not apply to.
fn single_values(
    field: &Field,
    values: &[Option<&str>],
    counts: &BTreeMap<&str, usize>,
    known: usize,
) -> Result<(Vec<Bin>, Vec<Cell>), Reason> {
    let usable = |value: &str| value.len() <= VALUE_BYTES && !value.chars().any(char::is_control);
    let frequent =
        counts.iter().filter(|(value, count)| **count >= LEAST_OF_VALUE && usable(value));
    let mut frequent: Vec<(&str, usize)> =
        frequent.map(|(value, count)| (*value, *count)).collect();
    frequent.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
    frequent.truncate(VALUES);
    let mut covered: usize = frequent.iter().map(|(_, count)| count).sum();
    if (covered as f64) < FREQUENT * known as f64 {
        return Err(Reason::ManyValues { distinct: counts.len() });
    }
    let mut names: Vec<String> = frequent.iter().map(|(value, _)| (*value).to_owned()).collect();
    while known - covered >= LEAST_OF_VALUE
        && !rules::can_say_none_of(field, &names)
        && let Some((_, count)) = frequent.pop()
    {
        names.pop();
        covered -= count;
    }
    let position: BTreeMap<&str, u32> =
        frequent.iter().zip(0..).map(|((value, _), position)| (*value, position)).collect();
    let other = match u32::try_from(names.len()) {
        Ok(position) if known - covered >= LEAST_OF_VALUE => Cell::Bin(position),
        _ => Cell::Other,
    };
    let cell = |value: &Option<&str>| match value {
        None => Cell::Missing,
        Some(value) => position.get(value).map_or(other, |position| Cell::Bin(*position)),
    };
    let cells = values.iter().map(cell).collect();
    let mut bins: Vec<Bin> = names.iter().cloned().map(Bin::Is).collect();
    if matches!(other, Cell::Bin(_)) {
        bins.push(Bin::NoneOf(names));
    }
    Ok((bins, cells))
}
