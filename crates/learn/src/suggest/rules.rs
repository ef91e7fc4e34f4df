//! From coefficients to whole points and rules.

use std::collections::HashSet;

use super::binning::{Bin, Binned, Cell};
use super::field::{Field, literal};
use super::{Share, SuggestedRule};

/// Share of examples whose points may fall outside 2..98, on each side.
const OUTSIDE: f64 = 0.001;
/// The points from 2 to 98, between which nearly all sums lie.
const SPAN: f64 = 96.0;
/// Most points for each unit of log odds (odds 2.7 times as high), so that a model that knows
/// little does not use the whole scale.
const MOST_PER_UNIT: f64 = 20.0;
/// Most points of one rule.
const MOST: f64 = 100.0;
/// Longest rule that the rule language takes, in bytes, with some room.
const RULE_BYTES: usize = 2_000;
/// Most values in one rule, as many as the rule language takes with some room.
const RULE_VALUES: usize = 100;

/// A field with the coefficient of each of its bins.
#[derive(Debug)]
pub(super) struct Weighed<'a> {
    pub(super) field: &'a Field,
    pub(super) binned: &'a Binned,
    pub(super) coefficients: Vec<f64>,
}

impl Weighed<'_> {
    fn coefficient(&self, row: usize) -> f64 {
        match self.binned.cells.get(row) {
            Some(Cell::Bin(bin)) => {
                self.coefficients.get(*bin as usize).copied().unwrap_or_default()
            }
            _ => 0.0,
        }
    }
}

/// How log odds become points.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// Points for a unit of log odds.
    pub(super) per_unit: f64,
    /// Points that everybody gets.
    pub(super) base: i32,
}

impl Scale {
    /// Spreads the sums of the examples over 0..100 such that next to nothing is cut off.
    pub(super) fn new(fields: &[Weighed<'_>], rows: usize) -> Self {
        let sum = |row| fields.iter().map(|field| field.coefficient(row)).sum();
        let mut sums: Vec<f64> = (0..rows).map(sum).collect();
        sums.sort_unstable_by(f64::total_cmp);
        let outside = (OUTSIDE * rows as f64) as usize;
        let low = sums.get(outside).copied().unwrap_or_default();
        let high = sums.iter().rev().nth(outside).copied().unwrap_or_default();
        let per_unit = (SPAN / (high - low).max(1e-9)).min(MOST_PER_UNIT);
        Self { per_unit, base: points(50.0 - per_unit * (low + high) / 2.0) }
    }

    pub(super) fn points(self, coefficient: f64) -> i32 {
        points(self.per_unit * coefficient)
    }
}

fn points(exact: f64) -> i32 {
    exact.round().clamp(-MOST, MOST) as i32
}

/// The rules of a field: those of its bins that give or take points. Neighbouring ranges of
/// equal points are one.
pub(super) fn of_field(
    weighed: &Weighed<'_>,
    outcomes: &[bool],
    scale: Scale,
) -> Vec<SuggestedRule> {
    let mut shares = vec![Share::default(); weighed.binned.bins.len()];
    for (cell, outcome) in weighed.binned.cells.iter().zip(outcomes) {
        if let Cell::Bin(bin) = cell
            && let Some(share) = shares.get_mut(*bin as usize)
        {
            share.add(*outcome);
        }
    }
    let mut parts: Vec<(Bin, Share, f64)> = Vec::new();
    let bins = weighed.binned.bins.iter().cloned().zip(shares);
    for ((bin, share), coefficient) in bins.zip(&weighed.coefficients) {
        if let Some((Bin::Range { high, .. }, before, mean)) = parts.last_mut()
            && let Bin::Range { high: end, .. } = bin
            && scale.points(*mean) == scale.points(*coefficient)
        {
            let (one, other) = (before.rows as f64, share.rows as f64);
            *mean = (*mean * one + coefficient * other) / (one + other).max(1.0);
            *high = end;
            before.rows += share.rows;
            before.positives += share.positives;
            continue;
        }
        parts.push((bin, share, *coefficient));
    }
    let base = super::screen::share_of(outcomes);
    let rules = parts.into_iter().filter_map(|(bin, share, coefficient)| {
        let points = scale.points(coefficient);
        let when = expression(weighed.field, &bin).filter(|_| points != 0)?;
        let rate = share.rate();
        Some(SuggestedRule {
            name: name(weighed.field, &bin),
            when,
            points,
            field: weighed.field.clone(),
            rows: share.rows,
            positives: share.positives,
            rate,
            lift: rate / base,
            coefficient,
        })
    });
    rules.collect()
}

/// Makes names different that are the same.
pub(super) fn tell_apart(rules: &mut [SuggestedRule]) {
    let mut seen = HashSet::new();
    for rule in rules {
        let plain = rule.name.clone();
        let mut number = 2;
        while !seen.insert(rule.name.clone()) {
            rule.name = format!("{plain} ({number})");
            number += 1;
        }
    }
}

fn name(field: &Field, bin: &Bin) -> String {
    let label = field.label();
    match bin {
        Bin::Range { low: Some(low), high: Some(high) } => format!("{label} {low} to {high}"),
        Bin::Range { low: Some(low), high: None } => format!("{label} from {low}"),
        Bin::Range { low: None, high: Some(high) } => format!("{label} below {high}"),
        Bin::Range { low: None, high: None } => format!("{label} known"),
        Bin::Is(value) => format!("{label}: {value}"),
        Bin::NoneOf(_) => format!("{label}: any other"),
        Bin::Missing => format!("{label}: not known"),
    }
}

/// Whether a rule can name so many values that it does not apply to.
pub(super) fn can_say_none_of(field: &Field, values: &[String]) -> bool {
    expression(field, &Bin::NoneOf(values.to_vec())).is_some()
}

/// The rule of a bin; `None` where it would be longer than rules may be.
pub(crate) fn expression(field: &Field, bin: &Bin) -> Option<String> {
    let number = |number: f64| match field.is_number() && number.fract() == 0.0 {
        true => format!("{number}"),
        false => format!("{number:?}"),
    };
    let value = field.as_number();
    let rule = match bin {
        Bin::Range { low, high } => {
            let low = low.map(|low| format!("{value} >= {}", number(low)));
            let high = high.map(|high| format!("{value} < {}", number(high)));
            low.into_iter().chain(high).collect::<Vec<_>>().join(" && ")
        }
        Bin::Is(text) => format!("{} == {}", field.expression(), literal(text)),
        Bin::NoneOf(texts) if texts.len() > RULE_VALUES => return None,
        Bin::NoneOf(texts) => {
            let texts: Vec<String> = texts.iter().map(|text| literal(text)).collect();
            format!("!({} in [{}])", field.expression(), texts.join(", "))
        }
        Bin::Missing => field.is_missing(),
    };
    (!rule.is_empty() && rule.len() <= RULE_BYTES).then_some(rule)
}
