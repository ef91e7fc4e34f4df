//! Which rules bring bad leads, and which only stand beside them.
//!
//! Rules are called bad one after the other: the one of which it is surest, then, among the
//! handoffs without it, the next, until none is sure. A rule that had rejections only through a bad
//! one has lost them by then.

use std::cmp::Ordering;

use crate::measure::Estimate;

use super::super::Rate;
use super::super::significance::{of_difference, q_values};
use super::{Beside, LEAST_DECIDED, MOST_FALSE, Standing};

/// The decided handoffs with exactly these rules.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// The rules, by their numbers, ascending.
    pub(super) rules: Vec<usize>,
    /// Those rejected.
    pub(super) rejected: Rate,
}

/// What was found of one rule.
pub(super) struct Blamed {
    pub(super) excess: Option<Estimate>,
    pub(super) excess_alone: Option<Estimate>,
    pub(super) beside: Option<Beside>,
    pub(super) standing: Standing,
}

/// The place of a rule: smaller ones come first.
pub(super) struct Rank {
    /// When it was called bad.
    called: usize,
    surely: f64,
    rejected: u64,
    number: usize,
}

impl Rank {
    pub(super) fn total_cmp(&self, other: &Self) -> Ordering {
        self.called
            .cmp(&other.called)
            .then(other.surely.total_cmp(&self.surely))
            .then(other.rejected.cmp(&self.rejected))
            .then(self.number.cmp(&other.number))
    }
}

/// A rule among some handoffs: the share rejected with it and without it.
#[derive(Clone, Copy, Debug)]
struct Contrast {
    with: Rate,
    without: Rate,
}

impl Contrast {
    fn excess(self) -> Option<Estimate> {
        self.with.less(self.without)
    }

    /// By how much more are rejected at least; less than any difference if nobody knows.
    fn surely(self) -> f64 {
        self.excess().map_or(f64::NEG_INFINITY, |excess| excess.interval.low)
    }

    fn is_enough(self) -> bool {
        self.with.of.min(self.without.of) >= LEAST_DECIDED
    }
}

/// All rules, held against what became of the handoffs.
pub(super) struct Blame {
    patterns: Vec<Pattern>,
    /// Each rule among all handoffs.
    contrasts: Vec<Contrast>,
    /// Whether surely more are rejected with it, among all handoffs.
    suspects: Vec<bool>,
    /// The bad ones, in the order in which they were found.
    bad: Vec<usize>,
}

impl Blame {
    /// Finds the bad ones of so many rules.
    pub(super) fn new(patterns: Vec<Pattern>, rules: usize) -> Self {
        let contrasts = contrasts(&patterns, rules, &[]);
        let mut suspects = vec![false; rules];
        for number in sure(&contrasts) {
            suspects.iter_mut().skip(number).take(1).for_each(|suspect| *suspect = true);
        }
        let mut bad = Vec::new();
        let mut left = contrasts.clone();
        while let Some(next) = surest(&left) {
            bad.push(next);
            left = self::contrasts(&patterns, rules, &bad);
        }
        Self { patterns, contrasts, suspects, bad }
    }

    /// The place of a rule with so many rejections.
    pub(super) fn rank(&self, number: usize, rejected: u64) -> Rank {
        let called = self.bad.iter().position(|bad| *bad == number).unwrap_or(self.bad.len());
        let surely = self.contrasts.get(number).map_or(f64::NEG_INFINITY, |own| own.surely());
        Rank { called, surely, rejected, number }
    }

    /// What was found of a rule.
    pub(super) fn of(&self, number: usize, names: &[&str]) -> Blamed {
        let others: Vec<usize> = self.bad.iter().copied().filter(|bad| *bad != number).collect();
        let alone = contrast(&self.patterns, number, &others);
        let name = |number: usize| names.get(number).copied().unwrap_or_default().to_owned();
        let companion = self.companion(number, names.len());
        let explained = companion.filter(|other| self.bad.contains(other));
        let suspect = self.suspects.get(number).copied().unwrap_or_default();
        let standing = match explained {
            _ if self.bad.contains(&number) => Standing::Bad,
            Some(other) if suspect => Standing::ExplainedBy(name(other)),
            _ => Standing::Ordinary,
        };
        Blamed {
            excess: self.contrasts.get(number).and_then(|own| own.excess()),
            excess_alone: alone.excess(),
            beside: companion.map(|other| self.beside(number, other, name(other))),
            standing,
        }
    }

    /// The rule with most handoffs in common, bad ones first, then the first by number.
    fn companion(&self, number: usize, rules: usize) -> Option<usize> {
        let mut common = vec![0_u64; rules];
        for pattern in self.patterns.iter().filter(|pattern| pattern.has(number)) {
            for other in pattern.rules.iter().filter(|other| **other != number) {
                let own = common.iter_mut().skip(*other).take(1);
                own.for_each(|count| *count += pattern.rejected.of);
            }
        }
        let common = common.into_iter().enumerate().filter(|(_, count)| *count > 0);
        let better = common.max_by_key(|(other, count)| {
            (self.bad.contains(other), *count, std::cmp::Reverse(*other))
        });
        better.map(|(other, _)| other)
    }

    fn beside(&self, number: usize, other: usize, name: String) -> Beside {
        let none = Rate::default();
        let mut found =
            Beside { other: name, both: none, alone: none, other_alone: none, neither: none };
        for pattern in &self.patterns {
            let share = match (pattern.has(number), pattern.has(other)) {
                (true, true) => &mut found.both,
                (true, false) => &mut found.alone,
                (false, true) => &mut found.other_alone,
                (false, false) => &mut found.neither,
            };
            *share = share.and(pattern.rejected);
        }
        found
    }
}

impl Pattern {
    fn has(&self, rule: usize) -> bool {
        self.rules.binary_search(&rule).is_ok()
    }

    fn has_none_of(&self, rules: &[usize]) -> bool {
        !rules.iter().any(|rule| self.has(*rule))
    }
}

/// A rule among the handoffs without some others.
fn contrast(patterns: &[Pattern], rule: usize, without: &[usize]) -> Contrast {
    let mut found = Contrast { with: Rate::default(), without: Rate::default() };
    for pattern in patterns.iter().filter(|pattern| pattern.has_none_of(without)) {
        let share = if pattern.has(rule) { &mut found.with } else { &mut found.without };
        *share = share.and(pattern.rejected);
    }
    found
}

/// All rules among the handoffs without some of them, in one pass.
fn contrasts(patterns: &[Pattern], rules: usize, without: &[usize]) -> Vec<Contrast> {
    let (mut all, mut with) = (Rate::default(), vec![Rate::default(); rules]);
    for pattern in patterns.iter().filter(|pattern| pattern.has_none_of(without)) {
        all = all.and(pattern.rejected);
        for rule in &pattern.rules {
            let own = with.iter_mut().skip(*rule).take(1);
            own.for_each(|share| *share = share.and(pattern.rejected));
        }
    }
    let rest = |with: Rate| Rate { hits: all.hits - with.hits, of: all.of - with.of };
    with.into_iter().map(|with| Contrast { with, without: rest(with) }).collect()
}

/// The rules with which surely more are rejected: the interval lies above 0, and the difference
/// stands among as many rules as are looked at.
fn sure(contrasts: &[Contrast]) -> Vec<usize> {
    let enough = contrasts.iter().enumerate().filter(|(_, own)| own.is_enough());
    let enough: Vec<(usize, Contrast)> = enough.map(|(number, own)| (number, *own)).collect();
    let p_values: Vec<f64> =
        enough.iter().map(|(_, own)| of_difference(own.with, own.without)).collect();
    let found = enough.into_iter().zip(q_values(&p_values));
    let found = found.filter(|((_, own), q)| *q <= MOST_FALSE && own.surely() > 0.0);
    found.map(|((number, _), _)| number).collect()
}

/// The one of which it is surest.
fn surest(contrasts: &[Contrast]) -> Option<usize> {
    let found = sure(contrasts).into_iter().filter_map(|number| {
        let own = contrasts.get(number)?;
        Some(Rank { called: 0, surely: own.surely(), rejected: own.with.hits, number })
    });
    found.min_by(Rank::total_cmp).map(|rank| rank.number)
}
