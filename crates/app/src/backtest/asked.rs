//! A question, checked.

use std::sync::Arc;

use abm_core::rule::{Rule, Scope};
use abm_core::{DAY, Timestamp};

use super::{BacktestOutcome, BacktestQuestion, BacktestScore};
use crate::AppError;

/// Most dates of a backtest.
pub(crate) const DATES: usize = 24;
/// Longest window, in days.
pub(crate) const WINDOW_DAYS: u32 = 365;

/// A question that can be answered.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The seconds to assess at, rising.
    pub(crate) dates: Vec<i64>,
    /// The field of the question that holds them.
    pub(crate) dates_field: &'static str,
    /// Seconds after a date in which an outcome counts.
    pub(crate) window_secs: i64,
    pub(crate) outcome: Arc<Sought>,
    pub(crate) score: BacktestScore,
    /// Parts the accounts in two; the model's segments do when `None`.
    pub(crate) segment: Option<Arc<Rule>>,
}

/// What counts as an outcome.
#[derive(Debug)]
pub(crate) enum Sought {
    Created,
    Won,
    Activity(Rule),
}

impl Asked {
    pub(crate) fn new(question: &BacktestQuestion, now: Timestamp) -> Result<Self, AppError> {
        let window_secs = i64::from(question.window_days) * DAY;
        if !(1..=WINDOW_DAYS).contains(&question.window_days) {
            let message = format!("must be 1 to {WINDOW_DAYS}");
            return Err(AppError::invalid("window_days", message));
        }
        let outcome = match &question.outcome {
            BacktestOutcome::Created => Sought::Created,
            BacktestOutcome::Won => Sought::Won,
            BacktestOutcome::Activity(source) => {
                Sought::Activity(compile("activity_rule", source, Scope::Activity)?)
            }
        };
        let segment = (!question.segment.is_empty())
            .then(|| compile("segment_rule", &question.segment, Scope::Account).map(Arc::new));
        Ok(Self {
            dates: dates(question, window_secs, now)?,
            dates_field: dates_field(question),
            window_secs,
            outcome: Arc::new(outcome),
            score: question.score,
            segment: segment.transpose()?,
        })
    }
}

/// The field that holds the dates of a question.
fn dates_field(question: &BacktestQuestion) -> &'static str {
    if question.is_series { "series" } else { "as_of" }
}

/// The dates as rising seconds. Only what is over can be looked back at.
fn dates(
    question: &BacktestQuestion,
    window_secs: i64,
    now: Timestamp,
) -> Result<Vec<i64>, AppError> {
    let (given, field) = (&question.dates, dates_field(question));
    if given.is_empty() || given.len() > DATES {
        let message = format!("has {} dates, 1 to {DATES} are allowed", given.len());
        return Err(AppError::invalid(field, message));
    }
    let mut dates: Vec<i64> = given.iter().map(|date| date.secs()).collect();
    for (index, &date) in dates.iter().enumerate() {
        if date.saturating_add(window_secs) >= now.secs() {
            return Err(match question.is_series {
                true => {
                    let number = index + 1;
                    let message = format!("the window after its date {number} is not over yet");
                    AppError::invalid(field, message)
                }
                false => {
                    let message = "the window after this date is not over yet";
                    AppError::invalid(format!("{field}[{index}]"), message)
                }
            });
        }
    }
    dates.sort_unstable();
    if dates.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
        return Err(AppError::invalid(field, "names a second twice"));
    }
    Ok(dates)
}

fn compile(field: &str, source: &str, scope: Scope) -> Result<Rule, AppError> {
    Rule::compile(source, scope).map_err(|problems| {
        let problems = problems.iter().map(ToString::to_string).collect::<Vec<_>>();
        AppError::invalid(field, problems.join("; "))
    })
}
