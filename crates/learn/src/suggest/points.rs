//! A draft of the points of signals and patterns, learned from accounts of which it is known what
//! became of them after a date.
//!
//! Of each account and date stands how much of each signal there was: activities that count, faded
//! as the model fades their points. A logistic regression tells by how much a fresh activity
//! raises the log odds of the outcome beside all others. Its coefficients become whole points, on
//! such a scale that the accounts with the outcome have as many points as they had before: bars,
//! caps and the curve of engagement go on meaning what they did.
//!
//! One account is often there at several dates. It is one account to cross-validation and to the
//! least number that is learned from.

use std::collections::BTreeSet;

use super::binning::{Binned, LEAST_OF_VALUE};
use super::regression::{self, Coefficients, Row};
use super::{LeftOut, Reason, Share, TooFew, leak, screen, strength, units};

/// Most of one signal at one account that counts: who does a thing all day means no more by the
/// hundredth time.
const MOST_AMOUNT: f64 = 10.0;
/// Most points of one activity in a draft.
const MOST_POINTS: f64 = 100.0;

/// A signal or pattern of all examples.
#[derive(Clone, Debug)]
pub struct SignalColumn {
    /// Its name in the model.
    pub name: String,
    /// Its points in the model that the draft is made from.
    pub base_points: f64,
    /// For each example, how many of its activities still counted at the date, each faded.
    pub amounts: Vec<f64>,
}

/// What is learned from. All lists are of one length: shorter ones count as 0 and no outcome
/// where they end.
#[derive(Clone, Debug, Default)]
pub struct AccountExamples {
    /// Signals and patterns.
    pub signals: Vec<SignalColumn>,
    /// Which account each example is.
    pub accounts: Vec<u32>,
    /// Whether the outcome came.
    pub outcomes: Vec<bool>,
}

/// What the caller knows.
#[derive(Clone, Debug)]
pub struct PointsOptions {
    /// Signals that keep their points, by name.
    pub leave_out: Vec<String>,
    /// Signals to learn although they nearly are the outcome, by name.
    pub allow: Vec<String>,
    /// Where random draws begin.
    pub seed: u64,
}

/// What a signal is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct SuggestedSignal {
    /// Its name in the model.
    pub name: String,
    /// Points of one activity, -100 to 100.
    pub points: i32,
    /// Its points in the model that the draft is made from.
    pub base_points: f64,
    /// Examples with any of it.
    pub rows: usize,
    /// Those of them with the outcome.
    pub positives: usize,
    /// Their share, 0 to 1.
    pub rate: f64,
    /// The share against that of all examples.
    pub lift: f64,
    /// By how much one fresh activity raises the log odds, beside all other signals; 0 where it
    /// tells nothing.
    pub coefficient: f64,
}

/// A draft of points.
#[derive(Clone, Debug, PartialEq)]
pub struct SuggestedPoints {
    /// Examples learned from.
    pub rows: usize,
    /// Those of them with the outcome.
    pub positives: usize,
    /// What signals are worth, the most first. What tells nothing is worth 0.
    pub signals: Vec<SuggestedSignal>,
    /// Signals that keep their points.
    pub left_out: Vec<LeftOut>,
    /// Points for a unit of log odds.
    pub points_per_unit: f64,
    /// How strongly coefficients were held to zero.
    pub strength: f64,
    /// AUC on held-out parts of the examples.
    pub cross_validated_auc: f64,
}

/// Learns points. Nothing but the examples and the options decides what comes out.
///
/// # Errors
/// When fewer than [`LEAST_OF_EACH`](super::LEAST_OF_EACH) accounts have the outcome, or never have
/// it.
pub fn suggest_points(
    examples: &AccountExamples,
    options: &PointsOptions,
) -> Result<SuggestedPoints, TooFew> {
    let outcomes = &examples.outcomes;
    units::check(&examples.accounts, outcomes)?;
    let folds = units::folds(&examples.accounts, outcomes, options.seed);
    let mut left_out = Vec::new();
    let mut used: Vec<Used<'_>> = Vec::new();
    for column in &examples.signals {
        let used_one = Used::new(column, examples);
        match used_one.reason(examples, options, &folds) {
            Some(reason) => left_out.push(LeftOut { name: column.name.clone(), reason }),
            None => used.push(used_one),
        }
    }
    // What tells nothing by itself stands beside the others as worth nothing.
    let (telling, idle): (Vec<_>, Vec<_>) = used.into_iter().partition(|signal| {
        screen::screen(&signal.binned, outcomes, &folds).gain >= screen::LEAST_GAIN
    });
    let rows = design(&telling, outcomes.len());
    let columns = telling.len();
    let chosen = strength::choose(&rows, outcomes, columns, &folds, &strength::STRENGTHS);
    let all: Vec<(&Row, bool)> = rows.iter().zip(outcomes.iter().copied()).collect();
    let found = regression::fit(&all, columns, chosen.strength, Coefficients::zero(columns));
    let learned = (0..columns).map(|column| found.of(column));
    let idle = idle.into_iter().map(|signal| (signal, 0.0));
    let learned: Vec<_> = telling.into_iter().zip(learned).chain(idle).collect();
    let per_unit = points_per_unit(&learned, outcomes);
    let mut signals: Vec<SuggestedSignal> = learned
        .into_iter()
        .map(|(signal, coefficient)| signal.suggested(outcomes, coefficient, per_unit))
        .collect();
    signals.sort_by(|one, other| {
        other.points.cmp(&one.points).then(other.coefficient.total_cmp(&one.coefficient))
    });
    Ok(SuggestedPoints {
        rows: outcomes.len(),
        positives: outcomes.iter().filter(|outcome| **outcome).count(),
        signals,
        left_out,
        points_per_unit: per_unit,
        strength: chosen.strength,
        cross_validated_auc: chosen.auc,
    })
}

/// A signal with what there was of it.
struct Used<'a> {
    column: &'a SignalColumn,
    amounts: Vec<f64>,
    binned: Binned,
}

impl<'a> Used<'a> {
    fn new(column: &'a SignalColumn, examples: &AccountExamples) -> Self {
        let amount = |row| column.amounts.get(row).copied().unwrap_or_default();
        let amounts = (0..examples.outcomes.len()).map(|row| amount(row).clamp(0.0, MOST_AMOUNT));
        let amounts: Vec<f64> = amounts.collect();
        Self { column, binned: Binned::of_amounts(&amounts), amounts }
    }

    /// Why it keeps its points, if it does.
    fn reason(
        &self,
        examples: &AccountExamples,
        options: &PointsOptions,
        folds: &[usize],
    ) -> Option<Reason> {
        let named = |names: &[String]| names.contains(&self.column.name);
        if named(&options.leave_out) {
            return Some(Reason::Named);
        }
        let having = self.amounts.iter().zip(&examples.accounts).filter(|(a, _)| **a > 0.0);
        let accounts: BTreeSet<u32> = having.map(|(_, account)| *account).collect();
        if accounts.len() < LEAST_OF_VALUE {
            return Some(Reason::Seldom { accounts: accounts.len() });
        }
        let told = screen::screen(&self.binned, &examples.outcomes, folds);
        leak::of_signal(told).filter(|_| !named(&options.allow))
    }

    fn suggested(self, outcomes: &[bool], coefficient: f64, per_unit: f64) -> SuggestedSignal {
        let mut share = Share::default();
        let having = self.amounts.iter().zip(outcomes).filter(|(amount, _)| **amount > 0.0);
        having.for_each(|(_, outcome)| share.add(*outcome));
        SuggestedSignal {
            name: self.column.name.clone(),
            points: (per_unit * coefficient).round().clamp(-MOST_POINTS, MOST_POINTS) as i32,
            base_points: self.column.base_points,
            rows: share.rows,
            positives: share.positives,
            rate: share.rate(),
            lift: share.rate() / screen::share_of(outcomes),
            coefficient,
        }
    }
}

/// The examples as the regression takes them: a column for each signal.
fn design(signals: &[Used<'_>], rows: usize) -> Vec<Row> {
    let mut design = vec![Row::new(); rows];
    for (column, signal) in signals.iter().enumerate() {
        for (row, amount) in design.iter_mut().zip(&signal.amounts) {
            if *amount > 0.0 {
                row.push((column, *amount));
            }
        }
    }
    design
}

/// Points for a unit of log odds: such that the accounts with the outcome have as many as before.
/// Where either model gives them none, such that the largest points are as large as before. No
/// signal gets more than may be given.
fn points_per_unit(learned: &[(Used<'_>, f64)], outcomes: &[bool]) -> f64 {
    let (mut before, mut after) = (0.0, 0.0);
    for (signal, coefficient) in learned {
        let with = signal.amounts.iter().zip(outcomes).filter(|(_, outcome)| **outcome);
        let amount: f64 = with.map(|(amount, _)| amount).sum();
        before += amount * signal.column.base_points;
        after += amount * coefficient;
    }
    let largest = |of: &dyn Fn(&(Used<'_>, f64)) -> f64| {
        learned.iter().map(|signal| of(signal).abs()).fold(0.0, f64::max)
    };
    let strongest = largest(&|(_, coefficient)| *coefficient).max(f64::MIN_POSITIVE);
    let per_unit = match before > 0.0 && after > 0.0 {
        true => before / after,
        false => largest(&|(signal, _)| signal.column.base_points) / strongest,
    };
    per_unit.min(MOST_POINTS / strongest)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    const NAMES: [&str; 4] = ["demo", "visit", "careers", "open"];
    const BASE: [f64; 4] = [5.0, 20.0, 1.0, 2.0];
    /// What each is worth in truth, in log odds.
    const TRUTH: [f64; 4] = [1.2, 0.3, -0.6, 0.0];

    fn options() -> PointsOptions {
        PointsOptions { leave_out: Vec::new(), allow: Vec::new(), seed: 1 }
    }

    /// Accounts at three dates each.
    fn examples(seed: u64, accounts: u32) -> AccountExamples {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut made = AccountExamples::default();
        let mut columns = vec![Vec::new(); NAMES.len()];
        for account in 0..accounts {
            for _ in 0..3 {
                let mut log_odds = -2.0;
                for (column, truth) in columns.iter_mut().zip(TRUTH) {
                    let done = random.random_bool(0.4);
                    let amount = if done { random.random_range(0.1..3.0) } else { 0.0 };
                    column.push(amount);
                    log_odds += truth * amount;
                }
                made.accounts.push(account);
                made.outcomes.push(random.random_bool(1.0 / (1.0 + libm::exp(-log_odds))));
            }
        }
        let named = NAMES.iter().zip(BASE).zip(columns);
        made.signals = named
            .map(|((name, base_points), amounts)| SignalColumn {
                name: (*name).to_owned(),
                base_points,
                amounts,
            })
            .collect();
        made
    }

    fn points(draft: &SuggestedPoints) -> BTreeMap<&str, i32> {
        draft.signals.iter().map(|signal| (signal.name.as_str(), signal.points)).collect()
    }

    #[test]
    fn points_stand_to_each_other_as_signals_tell_and_their_level_stays() {
        let examples = examples(1, 1_500);
        let draft = suggest_points(&examples, &options()).unwrap();
        let by_name = |name: &str| draft.signals.iter().find(|one| one.name == name).unwrap();
        for (name, truth) in NAMES.iter().zip(TRUTH) {
            let found = by_name(name).coefficient;
            assert!((found - truth).abs() < 0.15, "{name}: {found} for {truth}");
        }
        assert_eq!(draft.signals[0].name, "demo", "the most first");
        let found = points(&draft);
        assert!(found["demo"] > 3 * found["visit"] && found["visit"] > 0, "{found:?}");
        assert!(found["careers"] < 0 && found["open"].abs() <= 1, "{found:?}");
        // Whoever had the outcome has as many points as before, but for rounding.
        let (mut before, mut after) = (0.0, 0.0);
        for signal in &examples.signals {
            let with = signal.amounts.iter().zip(&examples.outcomes).filter(|(_, won)| **won);
            let amount: f64 = with.map(|(amount, _)| amount).sum();
            before += amount * signal.base_points;
            after += amount * f64::from(found[signal.name.as_str()]);
        }
        assert!((after / before - 1.0).abs() < 0.1, "{before} before, {after} after");
        assert!(draft.cross_validated_auc > 0.7, "{}", draft.cross_validated_auc);
    }

    #[test]
    fn equal_examples_give_equal_drafts() {
        let examples = examples(2, 500);
        let draft = || suggest_points(&examples, &options()).unwrap();
        assert_eq!(draft(), draft());
    }

    #[test]
    fn what_is_seldom_nearly_the_outcome_or_named_keeps_its_points() {
        let mut examples = examples(3, 500);
        let once = |is: bool| f64::from(u8::from(is));
        let rows = examples.outcomes.len();
        let signed = examples.outcomes.iter().map(|won| once(*won)).collect();
        let mut add = |name: &str, amounts: Vec<f64>| {
            examples.signals.push(SignalColumn { name: name.into(), base_points: 7.0, amounts });
        };
        add("seldom", (0..rows).map(|row| once(row < 19 * 3)).collect());
        add("contract_signed", signed);
        let mut options = options();
        options.leave_out = vec!["visit".into()];
        let draft = suggest_points(&examples, &options).unwrap();
        let reason = |name: &str| {
            draft.left_out.iter().find(|left| left.name == name).map(|left| &left.reason)
        };
        assert_eq!(reason("seldom"), Some(&Reason::Seldom { accounts: 19 }));
        assert_eq!(reason("visit"), Some(&Reason::Named));
        assert!(matches!(reason("contract_signed"), Some(Reason::TellsOutcome { .. })));
        assert_eq!(draft.signals.len(), 3);
        options.allow = vec!["contract_signed".into()];
        let draft = suggest_points(&examples, &options).unwrap();
        assert_eq!(draft.signals[0].name, "contract_signed");
        assert!(draft.signals[0].points <= 100);
    }

    #[test]
    fn accounts_are_counted_and_not_their_dates() {
        let mut examples = examples(4, 60);
        for (row, outcome) in examples.outcomes.iter_mut().enumerate() {
            *outcome = row < 49 * 3;
        }
        let refused = suggest_points(&examples, &options()).unwrap_err();
        assert_eq!(refused, TooFew { positives: 49, negatives: 11 });
    }

    #[test]
    fn where_nothing_gave_points_the_largest_are_as_large_as_before() {
        let mut examples = examples(6, 1_000);
        for signal in &mut examples.signals {
            signal.base_points = -signal.base_points;
        }
        let draft = suggest_points(&examples, &options()).unwrap();
        assert_eq!(points(&draft)["demo"], 20, "{:?}", points(&draft));
    }
}
