//! The attributes of a field: its values in lower case, or ranges of its numbers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use crate::suggest::binning::{Bin, Binned, Cell, VALUE_BYTES};

use super::Counted;

/// What leads have in common in a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// A text, whatever the case of its letters; given in lower case.
    Is(String),
    /// Numbers from `low`, below `high`.
    Range {
        /// The least; `None` if any.
        low: Option<f64>,
        /// What all are below; `None` if any.
        high: Option<f64>,
    },
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(text) => f.write_str(text),
            Self::Range { low: Some(low), high: Some(high) } => write!(f, "{low} to {high}"),
            Self::Range { low: Some(low), high: None } => write!(f, "from {low}"),
            Self::Range { low: None, high: Some(high) } => write!(f, "below {high}"),
            Self::Range { low: None, high: None } => f.write_str("any number"),
        }
    }
}

/// Counts the attributes of a field; none if its numbers are names of records.
pub(super) fn count(
    values: &[Option<Cow<'_, str>>],
    permanent: &[bool],
) -> Vec<(Attribute, Counted)> {
    let known = |value: &Option<Cow<'_, str>>| value.as_deref().is_some_and(|it| !it.is_empty());
    let (values, permanent): (Vec<Option<&str>>, Vec<bool>) = values
        .iter()
        .zip(permanent)
        .filter(|(value, _)| known(value))
        .map(|(value, permanent)| (value.as_deref(), *permanent))
        .unzip();
    match Binned::of_numbers(&values) {
        Ok(Some(binned)) if !values.is_empty() => ranges(&binned, &permanent),
        Ok(_) => texts(&values, &permanent),
        Err(_) => Vec::new(),
    }
}

fn ranges(binned: &Binned, permanent: &[bool]) -> Vec<(Attribute, Counted)> {
    let counted = binned.bins.iter().zip(0..).filter_map(|(bin, place)| {
        let Bin::Range { low, high } = bin else { return None };
        let mut counted = Counted::default();
        for (cell, permanent) in binned.cells.iter().zip(permanent) {
            counted.add(*permanent, *cell == Cell::Bin(place));
        }
        Some((Attribute::Range { low: *low, high: *high }, counted))
    });
    counted.collect()
}

fn texts(values: &[Option<&str>], permanent: &[bool]) -> Vec<(Attribute, Counted)> {
    let mut all = Counted::default();
    let mut with: BTreeMap<String, Counted> = BTreeMap::new();
    for (value, permanent) in values.iter().zip(permanent) {
        all.add(*permanent, false);
        let value = value.map(lower).filter(|value| is_usable(value));
        if let Some(value) = value {
            with.entry(value).or_default().add(*permanent, true);
        }
    }
    let of_all = |mut counted: Counted| {
        (counted.permanent.of, counted.others.of) = (all.permanent.of, all.others.of);
        counted
    };
    with.into_iter().map(|(text, counted)| (Attribute::Is(text), of_all(counted))).collect()
}

/// Each letter in lower case by itself: those that become two (`İ`) and those that depend on where
/// they stand (`Σ`) are left to what patterns take for equal.
pub(super) fn lower(text: &str) -> String {
    let one = |letter: char| {
        let mut small = letter.to_lowercase();
        match (small.next(), small.next()) {
            (Some(small), None) => small,
            _ => letter,
        }
    };
    text.chars().map(one).collect()
}

/// Long texts and those with line breaks are notes, and name nobody.
fn is_usable(text: &str) -> bool {
    text.len() <= VALUE_BYTES && !text.chars().any(char::is_control)
}
