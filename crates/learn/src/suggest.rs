//! A draft of fit rules, learned from people of whom it is known what became of them.
//!
//! Each field is cut into bins: ranges of numbers, frequent values, what is not known. What a
//! field tells by itself is judged by cross-validation, of which no part learns from some people of
//! an account what it is asked about others; fields that bear the marks of being filled in after
//! the outcome are left out, each with a reason (see [`Reason`]). Of the rest a logistic regression
//! is made, held to zero as strongly as cross-validation says, and its coefficients become whole
//! points: one rule for each bin, as people write them.
//!
//! Fit is a sum limited to 0..100. So that sums are not cut off, everybody gets the points of a
//! base rule, and points are scaled so that 998 of 1,000 examples lie between 2 and 98; a unit of
//! log odds is at most 20 points, so that a draft that knows little keeps to the middle.

pub(crate) mod binning;
pub(crate) mod field;
mod leak;
pub mod points;
mod reason;
mod regression;
pub(crate) mod rules;
mod screen;
mod strength;
mod units;

use std::borrow::Cow;

use abm_core::model::file::FitRuleFile;
use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;

pub use field::{Field, Record};
pub use reason::{Class, Reason};

use binning::{Binned, Cell};
use leak::{Known, Looked};
use regression::{Coefficients, Row};
use rules::{Scale, Weighed};
use screen::Told;

/// Fewest units with the outcome, and without it, to learn from.
pub const LEAST_OF_EACH: usize = 50;
/// Most examples that are learned from; of more, so many are drawn.
pub const MOST_EXAMPLES: usize = 20_000;
/// A field alone must reach this AUC to be compared with all others together, and be ahead of
/// them by so much to be left out.
const AHEAD_AUC: f64 = 0.8;
const AHEAD_BY: f64 = 0.1;
/// Strength under which that is tried.
const AHEAD_STRENGTH: f64 = 8.0;

/// A field of all examples.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    /// The field.
    pub field: Field,
    /// Its value in each example; `None` where it is not known.
    pub values: Vec<Option<Cow<'a, str>>>,
}

/// What is learned from. All lists are of one length: shorter ones count as unknown, none, no
/// outcome and unit 0 where they end.
#[derive(Clone, Debug, Default)]
pub struct Examples<'a> {
    /// Fields.
    pub columns: Vec<Column<'a>>,
    /// Which unit each example is of, such as the account of a person. Cross-validation learns
    /// from all examples of a unit or from none, and the least number that is learned from counts
    /// units.
    pub units: Vec<u32>,
    /// Whether the outcome came.
    pub outcomes: Vec<bool>,
}

/// What the caller knows.
#[derive(Clone, Debug)]
pub struct Options {
    /// Fields to leave out, by name, label, path or expression.
    pub leave_out: Vec<String>,
    /// Fields to use in spite of marks of a leak.
    pub allow: Vec<String>,
    /// Rules (of the outcome, of the split) whose fields are left out.
    pub asked_by: Vec<String>,
    /// Most rules of the draft, with the base rule.
    pub rules: usize,
    /// Where random draws begin.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        let none = Vec::new;
        Self { leave_out: none(), allow: none(), asked_by: none(), rules: 200, seed: 1 }
    }
}

/// Records, and how many of them have the outcome.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    rows: usize,
    positives: usize,
}

impl Share {
    fn add(&mut self, outcome: bool) {
        self.rows += 1;
        self.positives += usize::from(outcome);
    }

    fn rate(self) -> f64 {
        self.positives as f64 / self.rows.max(1) as f64
    }
}

/// A rule of the draft.
#[derive(Clone, Debug, PartialEq)]
pub struct SuggestedRule {
    /// Its name, unique in the draft.
    pub name: String,
    /// When it applies, in the language of rules.
    pub when: String,
    /// Points of fit, -100 to 100, not 0.
    pub points: i32,
    /// The field it asks.
    pub field: Field,
    /// Examples to which it applies.
    pub rows: usize,
    /// Those of them with the outcome.
    pub positives: usize,
    /// Their share, 0 to 1.
    pub rate: f64,
    /// The share against that of all examples.
    pub lift: f64,
    /// By how much the rule raises the log odds, beside all other rules.
    pub coefficient: f64,
}

/// A field or signal that the draft does not use.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// The label of the field, or the name of the signal.
    pub name: String,
    /// Why.
    pub reason: Reason,
}

/// A draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// Examples learned from.
    pub rows: usize,
    /// Those of them with the outcome.
    pub positives: usize,
    /// Points that everybody gets.
    pub base_points: i32,
    /// Points for a unit of log odds.
    pub points_per_unit: f64,
    /// Rules, by field, the one that tells most first.
    pub rules: Vec<SuggestedRule>,
    /// What was left out.
    pub left_out: Vec<LeftOut>,
    /// How strongly coefficients were held to zero.
    pub strength: f64,
    /// AUC on held-out parts of the examples.
    pub cross_validated_auc: f64,
}

impl Suggestion {
    /// The rules as a model file has them, the base rule first.
    #[must_use]
    pub fn lead_fit(&self) -> Vec<FitRuleFile> {
        let base =
            FitRuleFile { name: "base".into(), when: "true".into(), points: self.base_points };
        let rules = self.rules.iter().map(|rule| FitRuleFile {
            name: rule.name.clone(),
            when: rule.when.clone(),
            points: rule.points,
        });
        std::iter::once(base).chain(rules).collect()
    }
}

/// There is too little to learn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{positives} examples have the outcome and {negatives} have not, those of one account counted \
     once; to learn takes at least {LEAST_OF_EACH} of each"
)]
pub struct TooFew {
    /// Units with the outcome at least once.
    pub positives: usize,
    /// Units that never have it.
    pub negatives: usize,
}

/// Learns a draft. Nothing but the examples, the options and the seed in them decides what comes
/// out: what is held out must not be among the examples.
///
/// # Errors
/// When fewer than [`LEAST_OF_EACH`] units have the outcome, or never have it.
pub fn suggest(examples: &Examples<'_>, options: &Options) -> Result<Suggestion, TooFew> {
    let rows = examples.outcomes.len();
    let unit = |row: usize| examples.units.get(row).copied().unwrap_or_default();
    let units: Vec<u32> = (0..rows).map(unit).collect();
    units::check(&units, &examples.outcomes)?;
    let picked = pick(rows, options.seed);
    let taken = |row: &usize| examples.outcomes.get(*row).copied().unwrap_or_default();
    let outcomes: Vec<bool> = picked.iter().map(taken).collect();
    let units: Vec<u32> = picked.iter().map(|row| unit(*row)).collect();
    let folds = units::folds(&units, &outcomes, options.seed);
    let learner = Learner { options, outcomes: &outcomes, folds: &folds };
    let mut left_out = Vec::new();
    let fields = learner.fields(&examples.columns, &picked, &mut left_out);
    let fields = learner.without_those_ahead(fields, &mut left_out);
    Ok(learner.draft(&fields, left_out))
}

/// The examples that are learned from, ascending.
fn pick(rows: usize, seed: u64) -> Vec<usize> {
    if rows <= MOST_EXAMPLES {
        return (0..rows).collect();
    }
    let mut picked =
        index::sample(&mut ChaCha8Rng::seed_from_u64(seed), rows, MOST_EXAMPLES).into_vec();
    picked.sort_unstable();
    picked
}

/// A field that is used.
#[derive(Clone)]
struct Used {
    field: Field,
    binned: Binned,
    told: Told,
}

struct Learner<'a> {
    options: &'a Options,
    outcomes: &'a [bool],
    folds: &'a [usize],
}

impl Learner<'_> {
    /// The fields that can be used, what tells most first.
    fn fields(
        &self,
        columns: &[Column<'_>],
        picked: &[usize],
        left_out: &mut Vec<LeftOut>,
    ) -> Vec<Used> {
        let mut leave = |field: &Field, reason| {
            left_out.push(LeftOut { name: field.label().into_owned(), reason });
        };
        let mut read = Vec::new();
        for Column { field, values } in columns {
            let value = |row: &usize| values.get(*row).and_then(Option::as_deref);
            let values: Vec<Option<&str>> = picked.iter().map(value).collect();
            let known = Known::new(values.iter().map(Option::is_some), self.outcomes);
            // Also of names and dates: an empty one tells as much.
            let marked = || known.mark().filter(|_| !self.is_allowed(field));
            let binned = || Binned::new(field, &values, self.is_allowed(field));
            match self.asked(field).or_else(marked).map_or_else(binned, Err) {
                Ok(binned) => read.push((field, values, known, binned)),
                Err(reason) => leave(field, reason),
            }
        }
        let mut looked: Vec<(&Field, Looked<'_>)> = Vec::new();
        for (field, values, known, binned) in &read {
            let known = *known;
            let told = screen::screen(binned, self.outcomes, self.folds);
            let is_lead_attribute = field.is_lead_attribute();
            looked.push((field, Looked { binned, told, known, values, is_lead_attribute }));
        }
        // One mark after the other: what bears one is not held against the others.
        let alone = |fields: &[(&Field, Looked<'_>)]| -> Vec<Option<Reason>> {
            fields.iter().map(|(_, looked)| leak::alone(looked, self.outcomes)).collect()
        };
        self.drop_marked(&mut looked, alone, &mut leave);
        self.drop_marked(
            &mut looked,
            |fields| with_looks(fields, leak::filled_together),
            &mut leave,
        );
        self.drop_marked(
            &mut looked,
            |fields| with_looks(fields, leak::filled_by_outcome),
            &mut leave,
        );
        let repeats = |fields: &[(&Field, Looked<'_>)]| {
            let labels: Vec<String> =
                fields.iter().map(|(field, _)| field.label().into_owned()).collect();
            with_looks(fields, |looks| leak::repeats(looks, &labels))
        };
        self.drop_marked(&mut looked, repeats, &mut leave);
        looked.sort_by(|(_, one), (_, other)| other.told.share.total_cmp(&one.told.share));
        let mut room = self.options.rules.saturating_sub(1);
        let mut used = Vec::new();
        for (field, looked) in looked {
            let binned = looked.binned.clone().with_missing(self.outcomes);
            if looked.told.gain < screen::LEAST_GAIN {
                leave(field, Reason::TellsNothing);
            } else if binned.bins.len() > room {
                leave(field, Reason::NoRoom);
            } else {
                room -= binned.bins.len();
                used.push(Used { field: field.clone(), binned, told: looked.told });
            }
        }
        used
    }

    /// Whether the caller or a rule decides about a field.
    fn asked(&self, field: &Field) -> Option<Reason> {
        if self.options.leave_out.iter().any(|name| field.is_called(name)) {
            return Some(Reason::Named);
        }
        self.options.asked_by.iter().any(|rule| field.is_in(rule)).then_some(Reason::AskedByRule)
    }

    fn is_allowed(&self, field: &Field) -> bool {
        self.options.allow.iter().any(|name| field.is_called(name))
    }

    /// Leaves out the fields that bear a mark, but for those that are allowed.
    fn drop_marked<'a>(
        &self,
        fields: &mut Vec<(&'a Field, Looked<'a>)>,
        mark: impl Fn(&[(&'a Field, Looked<'a>)]) -> Vec<Option<Reason>>,
        leave: &mut impl FnMut(&Field, Reason),
    ) {
        let marks = mark(fields);
        let mut kept = Vec::new();
        for ((field, looked), mark) in fields.drain(..).zip(marks) {
            match mark.filter(|_| !self.is_allowed(field)) {
                Some(reason) => leave(field, reason),
                None => kept.push((field, looked)),
            }
        }
        *fields = kept;
    }

    /// Leaves out fields that alone are far ahead of all others together.
    fn without_those_ahead(&self, fields: Vec<Used>, left_out: &mut Vec<LeftOut>) -> Vec<Used> {
        let is_ahead = |position: usize, field: &Used| {
            if field.told.auc < AHEAD_AUC || self.is_allowed(&field.field) || fields.len() < 3 {
                return None;
            }
            let mut others = fields.clone();
            others.remove(position);
            let (rows, columns) = design(&others, self.outcomes.len());
            let strengths = [AHEAD_STRENGTH];
            let others =
                strength::choose(&rows, self.outcomes, columns, self.folds, &strengths).auc;
            let auc = field.told.auc;
            (auc > others + AHEAD_BY).then_some(Reason::AheadOfAll { auc, others })
        };
        let marks: Vec<_> =
            fields.iter().enumerate().map(|(at, field)| is_ahead(at, field)).collect();
        let mut kept = Vec::new();
        for (field, mark) in fields.into_iter().zip(marks) {
            match mark {
                Some(reason) => {
                    left_out.push(LeftOut { name: field.field.label().into_owned(), reason });
                }
                None => kept.push(field),
            }
        }
        kept
    }

    /// Learns from what is used.
    fn draft(&self, fields: &[Used], left_out: Vec<LeftOut>) -> Suggestion {
        let (rows, columns) = design(fields, self.outcomes.len());
        let strengths = &strength::STRENGTHS;
        let chosen = strength::choose(&rows, self.outcomes, columns, self.folds, strengths);
        let all: Vec<(&Row, bool)> = rows.iter().zip(self.outcomes.iter().copied()).collect();
        let found = regression::fit(&all, columns, chosen.strength, Coefficients::zero(columns));
        let mut next = 0..columns;
        let mut weighed: Vec<Weighed<'_>> = Vec::new();
        for Used { field, binned, .. } in fields {
            let coefficients = next.by_ref().take(binned.bins.len());
            let coefficients = coefficients.map(|column| found.of(column)).collect();
            weighed.push(Weighed { field, binned, coefficients });
        }
        let scale = Scale::new(&weighed, rows.len());
        let of_field = |field| rules::of_field(field, self.outcomes, scale);
        let mut rules: Vec<SuggestedRule> = weighed.iter().flat_map(of_field).collect();
        rules::tell_apart(&mut rules);
        Suggestion {
            rows: self.outcomes.len(),
            positives: self.outcomes.iter().filter(|outcome| **outcome).count(),
            base_points: scale.base,
            points_per_unit: scale.per_unit,
            rules,
            left_out,
            strength: chosen.strength,
            cross_validated_auc: chosen.auc,
        }
    }
}

/// Hands the looks of fields to a function.
fn with_looks<'a>(
    fields: &[(&Field, Looked<'a>)],
    mark: impl FnOnce(&[Looked<'a>]) -> Vec<Option<Reason>>,
) -> Vec<Option<Reason>> {
    let looks: Vec<Looked<'a>> = fields.iter().map(|(_, looked)| *looked).collect();
    mark(&looks)
}

/// The examples as the regression takes them: a column for each bin. The column of an anchor is
/// empty, so that its coefficient is 0.
fn design(fields: &[Used], rows: usize) -> (Vec<Row>, usize) {
    let mut design = vec![Row::new(); rows];
    let mut columns = 0;
    for Used { binned, .. } in fields {
        let anchor = binned.anchor();
        for (row, cell) in design.iter_mut().zip(&binned.cells) {
            if let Cell::Bin(bin) = cell
                && Some(*bin) != anchor
            {
                row.push((columns + *bin as usize, 1.0));
            }
        }
        columns += binned.bins.len();
    }
    (design, columns)
}

#[cfg(test)]
mod tests;
