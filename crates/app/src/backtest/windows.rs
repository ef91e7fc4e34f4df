//! Past dates, and what is looked for in the time after each.

use std::sync::Arc;

use abm_core::rule::{Rule, Scope};
use abm_core::{DAY, Timestamp};

use crate::AppError;

/// Most dates.
pub(crate) const DATES: usize = 24;
/// Longest window, in days.
pub(crate) const WINDOW_DAYS: u32 = 365;

/// Past dates, and what is looked for in the time after each, as it is asked.
#[derive(Clone, Debug)]
pub struct OutcomeWindows {
    /// The moments to look from, 1 to 24; each acts as the second it lies in.
    pub dates: Vec<Timestamp>,
    /// Whether the caller gave them as a series, and is told of that where one cannot be used.
    pub is_series: bool,
    /// How long after a date an outcome counts, in days, 1 to 365.
    pub window_days: u32,
    /// What counts as an outcome.
    pub outcome: BacktestOutcome,
}

/// What counts as an outcome.
#[derive(Clone, Debug)]
pub enum BacktestOutcome {
    /// An opportunity of the account was opened.
    Created,
    /// An opportunity of the account was won.
    Won,
    /// An activity at the account that a rule over `activity` holds for.
    Activity(String),
}

/// Windows that can be looked into.
#[derive(Clone, Debug)]
pub(crate) struct Windows {
    /// The seconds to assess at, rising.
    pub(crate) dates: Vec<i64>,
    /// The field of the question that holds them.
    pub(crate) dates_field: &'static str,
    /// Seconds after a date in which an outcome counts.
    pub(crate) window_secs: i64,
    pub(crate) outcome: Arc<Sought>,
}

/// What counts as an outcome.
#[derive(Debug)]
pub(crate) enum Sought {
    Created,
    Won,
    Activity(Rule),
}

impl Windows {
    pub(crate) fn new(asked: &OutcomeWindows, now: Timestamp) -> Result<Self, AppError> {
        let window_secs = i64::from(asked.window_days) * DAY;
        if !(1..=WINDOW_DAYS).contains(&asked.window_days) {
            let message = format!("must be 1 to {WINDOW_DAYS}");
            return Err(AppError::invalid("window_days", message));
        }
        let outcome = match &asked.outcome {
            BacktestOutcome::Created => Sought::Created,
            BacktestOutcome::Won => Sought::Won,
            BacktestOutcome::Activity(source) => {
                Sought::Activity(compile_rule("activity_rule", source, Scope::Activity)?)
            }
        };
        let dates_field = if asked.is_series { "series" } else { "as_of" };
        let dates = dates(asked, dates_field, window_secs, now)?;
        Ok(Self { dates, dates_field, window_secs, outcome: Arc::new(outcome) })
    }
}

/// The dates as rising seconds. Only what is over can be looked back at.
fn dates(
    asked: &OutcomeWindows,
    field: &str,
    window_secs: i64,
    now: Timestamp,
) -> Result<Vec<i64>, AppError> {
    let given = &asked.dates;
    if given.is_empty() || given.len() > DATES {
        let message = format!("has {} dates, 1 to {DATES} are allowed", given.len());
        return Err(AppError::invalid(field, message));
    }
    let mut dates: Vec<i64> = given.iter().map(|date| date.secs()).collect();
    for (index, &date) in dates.iter().enumerate() {
        if date.saturating_add(window_secs) >= now.secs() {
            return Err(match asked.is_series {
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

/// Compiles the rule in a field of the question.
pub(super) fn compile_rule(field: &str, source: &str, scope: Scope) -> Result<Rule, AppError> {
    Rule::compile(source, scope).map_err(|problems| {
        let problems = problems.iter().map(ToString::to_string).collect::<Vec<_>>();
        AppError::invalid(field, problems.join("; "))
    })
}
