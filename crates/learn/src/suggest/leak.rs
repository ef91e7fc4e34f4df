//! The marks of a field that is filled in after the outcome, or by it.
//!
//! A score is asked before the outcome is known. A field that the outcome fills in (a reason of
//! loss, a judgement of the seller, the date of the contract) looks like the best field there is,
//! and is empty when it is needed. Nothing in the values says when they were written; what can
//! be seen is how they stand to the outcome and to other fields.

use std::collections::{BTreeMap, BTreeSet};

use super::Reason;
use super::binning::{Bin, Binned, LEAST_OF_VALUE, standard_errors};
use super::screen::Told;

/// From this many times as often known (or unknown) for one outcome as for the other.
const TIMES_KNOWN: f64 = 20.0;
/// From here a field alone nearly is the outcome.
const NEARLY_AUC: f64 = 0.9;
const NEARLY_SHARE: f64 = 0.5;
/// From here it tells more than fields known beforehand usually do.
const MUCH_SHARE: f64 = 0.25;
/// From this difference between the shares known, a field counts as filled in by the outcome.
const KNOWN_DIFFERENCE: f64 = 0.2;
/// And only if it takes away at least this much of the uncertainty.
const FILLED_SHARE: f64 = 0.1;
/// How right a value that speaks of the outcome must be, and by how many standard errors.
const RIGHT: f64 = 0.95;
const RIGHT_ERRORS: f64 = 4.0;
/// Fields known on the same records, and the share of records where they must be (un)known.
const TOGETHER: usize = 3;
const TOGETHER_SHARE: f64 = 0.1;
/// Values that two fields must have in common for one to repeat the other, and their agreement
/// beyond chance (Cohen's kappa).
const COMMON_VALUES: usize = 3;
const AGREEMENT: f64 = 0.4;

/// Words by which a value speaks of how things ended.
const ENDINGS: [&str; 16] = [
    "won",
    "lost",
    "closed",
    "converted",
    "churned",
    "rejected",
    "disqualified",
    "unqualified",
    "enrolled",
    "purchased",
    "bought",
    "customer",
    "signed",
    "cancelled",
    "canceled",
    "declined",
];

/// How often a field is known for either outcome.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    with: usize,
    of_with: usize,
    without: usize,
    of_without: usize,
}

impl Known {
    pub(super) fn new(is_known: impl Iterator<Item = bool>, outcomes: &[bool]) -> Self {
        let mut found = Self::default();
        for (known, outcome) in is_known.zip(outcomes) {
            let (count, of) = match outcome {
                true => (&mut found.with, &mut found.of_with),
                false => (&mut found.without, &mut found.of_without),
            };
            *count += usize::from(known);
            *of += 1;
        }
        found
    }

    /// Shares known with the outcome and without it.
    fn shares(&self) -> (f64, f64) {
        let share = |count: usize, of: usize| count as f64 / of.max(1) as f64;
        (share(self.with, self.of_with), share(self.without, self.of_without))
    }

    /// The mark of a field that the outcome fills in, or empties.
    pub(super) fn mark(&self) -> Option<Reason> {
        let (with, without) = self.shares();
        (self.times() >= TIMES_KNOWN).then_some(Reason::KnownByOutcome { with, without })
    }

    /// How many times as often it is known for one outcome as for the other, or unknown.
    fn times(&self) -> f64 {
        // Half a record more on each side, so that none is not infinitely few.
        let share = |count: usize, of: usize| (count as f64 + 0.5) / (of as f64 + 1.0);
        let times = |with: usize, without: usize| {
            let rows = with + without;
            let ratio = share(with, self.of_with) / share(without, self.of_without);
            if rows < LEAST_OF_VALUE { 1.0 } else { ratio.max(1.0 / ratio) }
        };
        let unknown = times(self.of_with - self.with, self.of_without - self.without);
        times(self.with, self.without).max(unknown)
    }
}

/// What is looked at of one field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looked<'a> {
    pub(super) binned: &'a Binned,
    pub(super) told: Told,
    pub(super) known: Known,
    pub(super) values: &'a [Option<&'a str>],
    /// Whether it can be told to be filled in together with others.
    pub(super) is_lead_attribute: bool,
}

/// The first mark that a field bears by its values alone.
pub(super) fn alone(field: &Looked<'_>, outcomes: &[bool]) -> Option<Reason> {
    let Told { auc, share, .. } = field.told;
    if auc >= NEARLY_AUC || share >= NEARLY_SHARE {
        return Some(Reason::TellsOutcome { auc, share });
    }
    if let Some(reason) = mention(field.values, outcomes) {
        return Some(reason);
    }
    (share >= MUCH_SHARE).then_some(Reason::TellsMuch { auc, share })
}

/// The mark of a signal: its activities are dated, so that when they came is known.
pub(super) fn of_signal(told: Told) -> Option<Reason> {
    let Told { auc, share, .. } = told;
    (auc >= NEARLY_AUC || share >= NEARLY_SHARE).then_some(Reason::TellsOutcome { auc, share })
}

/// A value that speaks of an ending and is right.
fn mention(values: &[Option<&str>], outcomes: &[bool]) -> Option<Reason> {
    let mut of_value: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut all = (0, 0);
    for (value, outcome) in values.iter().zip(outcomes) {
        let outcome = usize::from(*outcome);
        all = (all.0 + 1, all.1 + outcome);
        if let Some(value) = value {
            let counted = of_value.entry(value).or_default();
            *counted = (counted.0 + 1, counted.1 + outcome);
        }
    }
    let found = of_value.into_iter().find(|(value, (rows, positives))| {
        let rate = *positives as f64 / *rows as f64;
        let others = (all.0 - rows, all.1 - positives);
        *rows >= LEAST_OF_VALUE
            && !(1.0 - RIGHT < rate && rate < RIGHT)
            && standard_errors((*rows, *positives), others).abs() >= RIGHT_ERRORS
            && speaks_of_an_ending(value)
    });
    found.map(|(value, (rows, positives))| Reason::MentionsOutcome {
        value: value.to_owned(),
        rows,
        rate: positives as f64 / rows as f64,
    })
}

fn speaks_of_an_ending(value: &str) -> bool {
    let words = value.split(|letter: char| !letter.is_alphabetic());
    words.into_iter().any(|word| ENDINGS.contains(&word.to_lowercase().as_str()))
}

/// Of the fields that bear no mark by themselves, those that are filled in more often for one
/// outcome and tell more than every field that is not.
pub(super) fn filled_by_outcome(fields: &[Looked<'_>]) -> Vec<Option<Reason>> {
    let is_filled = |field: &Looked<'_>| {
        let (with, without) = field.known.shares();
        (with - without).abs() >= KNOWN_DIFFERENCE
    };
    let honest = fields.iter().filter(|field| !is_filled(field));
    let most = honest.map(|field| field.told.share).fold(FILLED_SHARE, f64::max);
    let reason = |field: &Looked<'_>| {
        let (with, without) = field.known.shares();
        (is_filled(field) && field.told.share > most)
            .then_some(Reason::FilledByOutcome { with, without })
    };
    fields.iter().map(reason).collect()
}

/// Fields of a person that are known on exactly the same part of the records, whatever the
/// outcome.
pub(super) fn filled_together(fields: &[Looked<'_>]) -> Vec<Option<Reason>> {
    let pattern =
        |field: &Looked<'_>| -> Vec<bool> { field.values.iter().map(Option::is_some).collect() };
    let mut alike: BTreeMap<Vec<bool>, usize> = BTreeMap::new();
    for field in fields.iter().filter(|field| field.is_lead_attribute) {
        *alike.entry(pattern(field)).or_default() += 1;
    }
    let reason = |field: &Looked<'_>| {
        let Known { with, of_with, without, of_without } = field.known;
        let rows = (of_with + of_without).max(1) as f64;
        let known = (with + without) as f64 / rows;
        let errors = standard_errors((of_with, with), (of_without, without));
        let fields = field.is_lead_attribute.then(|| alike.get(&pattern(field)).copied())??;
        let part = TOGETHER_SHARE..=1.0 - TOGETHER_SHARE;
        (fields >= TOGETHER && part.contains(&known) && errors.abs() < 3.0)
            .then_some(Reason::FilledTogether { known, fields })
    };
    fields.iter().map(reason).collect()
}

/// Fields that repeat another one that tells more. `labels` are their names.
pub(super) fn repeats(fields: &[Looked<'_>], labels: &[String]) -> Vec<Option<Reason>> {
    let repeated = fields.iter().enumerate().map(|(position, field)| {
        let others = fields.iter().zip(labels).enumerate();
        let better = others.filter(|(other, (looked, _))| {
            let (own, theirs) = (field.told.share, looked.told.share);
            theirs > own || (theirs == own && *other < position)
        });
        better.map(|(_, other)| other).find_map(|(other, label)| {
            let share = agreement(field, other)?;
            Some(Reason::Repeats { other: label.clone(), share })
        })
    });
    repeated.collect()
}

/// The share of records in which two fields of texts say the same, if they agree.
fn agreement(one: &Looked<'_>, other: &Looked<'_>) -> Option<f64> {
    let values = |field: &Looked<'_>| -> BTreeSet<String> {
        let is = |bin: &Bin| match bin {
            Bin::Is(value) => Some(value.clone()),
            _ => None,
        };
        field.binned.bins.iter().filter_map(is).collect()
    };
    let (own, theirs) = (values(one), values(other));
    let common: Vec<&String> = own.intersection(&theirs).collect();
    // Most of what the repeating field can say, the other can.
    if common.len() < COMMON_VALUES || 3 * common.len() < 2 * own.len() {
        return None;
    }
    let mut counts: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    let (mut rows, mut same) = (0.0, 0.0);
    for (one, other) in one.values.iter().zip(other.values) {
        if let (Some(one), Some(other)) = (one, other) {
            rows += 1.0;
            same += f64::from(u8::from(one == other));
            counts.entry(one).or_default().0 += 1.0;
            counts.entry(other).or_default().1 += 1.0;
        }
    }
    let by_chance: f64 = counts.values().map(|(own, theirs)| own * theirs / (rows * rows)).sum();
    let (same, known) = (same / rows, rows / one.values.len().max(1) as f64);
    let kappa = (same - by_chance) / (1.0 - by_chance);
    (known >= 0.5 && kappa >= AGREEMENT).then_some(same)
}
