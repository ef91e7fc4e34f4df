//! A question, checked.

use abm_core::rule::{Rule, Scope};
use abm_core::{DAY, Timestamp};

use super::{BacktestOutcome, BacktestQuestion, BacktestScore};
use crate::AppError;

/// Most dates of a backtest.
pub(super) const DATES: usize = 24;
/// Longest window, in days.
pub(super) const WINDOW_DAYS: u32 = 365;

/// A question that can be answered.
#[derive(Debug)]
pub(super) struct Asked {
    /// The seconds to assess at, rising.
    pub(super) dates: Vec<i64>,
    /// Seconds after a date in which an outcome counts.
    pub(super) window_secs: i64,
    pub(super) outcome: Sought,
    pub(super) score: BacktestScore,
    /// Parts the accounts in two; the model's segments do when `None`.
    pub(super) segment: Option<Rule>,
}

/// What counts as an outcome.
#[derive(Debug)]
pub(super) enum Sought {
    Created,
    Won,
    Activity(Rule),
}

impl Asked {
    pub(super) fn new(question: &BacktestQuestion, now: Timestamp) -> Result<Self, AppError> {
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
            .then(|| compile("segment_rule", &question.segment, Scope::Account));
        Ok(Self {
            dates: dates(&question.dates, window_secs, now)?,
            window_secs,
            outcome,
            score: question.score,
            segment: segment.transpose()?,
        })
    }
}

/// The dates as rising seconds. Only what is over can be looked back at.
fn dates(given: &[Timestamp], window_secs: i64, now: Timestamp) -> Result<Vec<i64>, AppError> {
    if given.is_empty() || given.len() > DATES {
        let message = format!("has {} dates, 1 to {DATES} are allowed", given.len());
        return Err(AppError::invalid("as_of", message));
    }
    let mut dates: Vec<i64> = given.iter().map(|date| date.secs()).collect();
    for (index, &date) in dates.iter().enumerate() {
        if date.saturating_add(window_secs) >= now.secs() {
            let message = "the window after this date is not over yet";
            return Err(AppError::invalid(format!("as_of[{index}]"), message));
        }
    }
    dates.sort_unstable();
    if dates.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
        return Err(AppError::invalid("as_of", "names a second twice"));
    }
    Ok(dates)
}

fn compile(field: &str, source: &str, scope: Scope) -> Result<Rule, AppError> {
    Rule::compile(source, scope).map_err(|problems| {
        let problems = problems.iter().map(ToString::to_string).collect::<Vec<_>>();
        AppError::invalid(field, problems.join("; "))
    })
}
