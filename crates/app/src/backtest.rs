//! How good a model would have been: accounts assessed as of past dates, held against what became
//! of them in the time after.
//!
//! Nothing from after a date reaches its scores, and nothing from after its window its outcomes.
//! What has no past in this service acts as it is today: profiles, and which account a person
//! belongs to. Accounts and people whom no caller sent are there from what they first did.

pub(crate) mod past;
mod score;
mod table;
pub(crate) mod windows;
mod worth;

use std::fmt;
use std::sync::Arc;

use abm_core::rule::Scope;
use abm_core::{Timestamp, WorkspaceId};
use abm_learn::Measures;
use abm_learn::measure::Estimate;
use abm_store::View;

use crate::models::{Compiled, ModelChoice};
use crate::subject::{Loaded, Subject};
use crate::tries::{Awaited, Turn};
use crate::{App, AppError, Inner};
use past::Past;
use table::Table;
use windows::{Windows, compile_rule};

pub(crate) use table::Measured;
pub use windows::{BacktestOutcome, OutcomeWindows};

/// Most accounts that are looked at.
const ACCOUNTS: u64 = 100_000;
/// Accounts read at a time.
const PAGE: u64 = 200;
/// Where all random draws begin: equal questions have equal answers.
const SEED: u64 = 1;

/// What is asked of a backtest.
#[derive(Clone, Debug)]
pub struct BacktestQuestion {
    /// The rules to try.
    pub rules: ModelChoice,
    /// The rules to hold them against; those in force when unset, unless they are tried.
    pub against: Option<u64>,
    /// The dates to assess at, and what is looked for after each.
    pub windows: OutcomeWindows,
    /// Which score is measured.
    pub score: BacktestScore,
    /// Parts the accounts by a rule over `account`; empty takes the segments of the rules tried.
    pub segment: String,
    /// How many accounts can be worked after a date; what the rules tried say when unset.
    pub capacity: Option<u64>,
}

/// Which score is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BacktestScore {
    /// Engagement of the account.
    Engagement,
    /// Fit of the account.
    Fit,
    /// Its place in ranked lists: priority, tier, engagement, fit.
    Rank,
}

/// How good rules would have been.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// The rules that were tried.
    pub tried: BacktestedRules,
    /// Those they were held against, measured on the same accounts.
    pub against: Option<BacktestedRules>,
    /// The difference; `None` without rules to compare, and with too few outcomes.
    pub comparison: Option<Comparison>,
    /// Accounts that are measured at one date or more.
    pub accounts: u64,
    /// Those of them with the outcome in the window of one date or more.
    pub accounts_with_outcome: u64,
    /// How many accounts can be worked after a date.
    pub capacity: Option<u64>,
    /// The position this was read at.
    pub revision: u64,
}

/// How good one set of rules would have been.
#[derive(Clone, Debug)]
pub struct BacktestedRules {
    /// The version; 0 for a file.
    pub version: u64,
    /// At each date, the earliest first.
    pub dates: Vec<BacktestedDate>,
    /// Over all dates: an account counts at each, and intervals and verdict know that it is one.
    /// The capacity is that of all dates together.
    pub pooled: Measures,
}

/// How good rules would have been at a date.
#[derive(Clone, Debug)]
pub struct BacktestedDate {
    /// The second that accounts were assessed at.
    pub as_of: Timestamp,
    /// The last second in which an outcome counts.
    pub until: Timestamp,
    /// The accounts that were not measured.
    pub left_out: LeftOut,
    /// What was found.
    pub measures: Measures,
}

/// Accounts that are not measured at a date, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// They had the outcome at the date or before: they are no prospects.
    pub had_outcome: u64,
    /// No caller sent them or anybody of theirs, and nothing was seen of them yet.
    pub not_there: u64,
    /// They have the outcome, and it is not known since when.
    pub vague: u64,
}

/// How the rules tried compare with the others.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// By how much their AUC over all dates is higher, with an interval of the difference.
    pub auc_gain: Estimate,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let interval = self.auc_gain.interval;
        f.write_str(match () {
            () if interval.low > 0.0 => "orders better than the other",
            () if interval.high < 0.0 => "orders worse than the other",
            () => "no difference can be told",
        })
    }
}

impl App {
    /// Assesses all accounts as of past dates and holds their scores against what became of them
    /// in the time after each. Stores nothing, and ends early when nobody waits for it any more.
    ///
    /// # Errors
    /// When the question is wrong, a window is not over, there is no such version, the file has
    /// problems, or there are more than 100,000 accounts; while others read the whole base here
    /// already ([`AppError::Overloaded`]).
    pub async fn backtest_model(
        &self,
        workspace: WorkspaceId,
        question: BacktestQuestion,
        awaited: Awaited,
    ) -> Result<Backtest, AppError> {
        let windows = Arc::new(Windows::new(&question.windows, self.clock().now())?);
        let segment = (!question.segment.is_empty())
            .then(|| compile_rule("segment_rule", &question.segment, Scope::Account));
        let measured = Measured { score: question.score, segment: segment.transpose()? };
        let turn = self.turn(awaited)?;
        let view = self.inner.snapshot(workspace).await?;
        let tried = rules(&self.inner, &view, question.rules, question.against).await?;
        check_count(&view).await?;
        look_back(view, &windows, tried, measured, question.capacity, &turn).await
    }
}

/// Scores all accounts at all dates under one or two sets of rules, and tells what the scores are
/// worth.
pub(crate) async fn look_back(
    view: View,
    windows: &Arc<Windows>,
    tried: Vec<Arc<Compiled>>,
    measured: Measured,
    capacity: Option<u64>,
    turn: &Turn,
) -> Result<Backtest, AppError> {
    let revision = view.revision().await?;
    let first = tried.first().ok_or(AppError::Broken)?;
    let table = Table::new(windows.dates.len(), measured, first);
    let table = Arc::new(walk(&view, windows, &tried, turn, table, Table::add).await?);
    drop(view);
    let capacity = capacity.or_else(|| first.model.capacity.priority_accounts.map(u64::from));
    // Each takes seconds of computing: not on the threads that answer other calls.
    let measured = tried.iter().map(|compiled| compiled.version).enumerate();
    let measured: Vec<_> = measured
        .map(|(place, version)| {
            let (table, windows, turn) = (Arc::clone(&table), Arc::clone(windows), turn.clone());
            tokio::task::spawn_blocking(move || {
                worth::of_rules(&table, &windows, &turn, version, place, capacity)
            })
        })
        .collect();
    let mut rules = Vec::with_capacity(measured.len());
    for measured in measured {
        rules.push(measured.await.map_err(|_| AppError::Broken)??);
    }
    let mut rules = rules.into_iter();
    let (tried, against) = (rules.next().ok_or(AppError::Broken)?, rules.next());
    let (verdict, compares) = (tried.pooled.verdict, against.is_some());
    let turn = turn.clone();
    let compared = tokio::task::spawn_blocking(move || {
        turn.check()?;
        let comparison = compares.then(|| worth::compare(&table, verdict)).flatten();
        Ok::<_, AppError>((comparison, worth::distinct(&table)))
    });
    let (comparison, (accounts, accounts_with_outcome)) =
        compared.await.map_err(|_| AppError::Broken)??;
    Ok(Backtest { tried, against, comparison, accounts, accounts_with_outcome, capacity, revision })
}

/// The rules to try and, if there are any, those to hold them against.
async fn rules(
    inner: &Inner,
    view: &View,
    rules: ModelChoice,
    against: Option<u64>,
) -> Result<Vec<Arc<Compiled>>, AppError> {
    let active = inner.workspace(view).await?.model_version;
    let tried = inner.chosen(view, rules).await?;
    let against = against.or_else(|| (tried.version != active).then_some(active));
    let mut all = vec![tried];
    if let Some(version) = against {
        all.push(inner.models.get(view, version).await?);
    }
    Ok(all)
}

/// Refuses a base that is too large to be looked at.
pub(crate) async fn check_count(view: &View) -> Result<(), AppError> {
    let (accounts, _) = view.count_accounts(0).await?;
    within(accounts)
}

fn within(accounts: u64) -> Result<(), AppError> {
    if accounts <= ACCOUNTS {
        return Ok(());
    }
    let message = format!("there are {accounts} accounts, at most {ACCOUNTS} are looked at");
    Err(AppError::StateForbids { subject: "accounts".to_owned(), message })
}

/// How a page of accounts is taken up: as each of the rules that are tried sees them, with their
/// pasts.
type Take<T> = fn(&mut T, &Windows, &[Arc<Compiled>], &[Vec<Subject>], &[Past]);

/// Hands all accounts, page by page, to what takes them up.
pub(crate) async fn walk<T: Send + 'static>(
    view: &View,
    windows: &Arc<Windows>,
    tried: &[Arc<Compiled>],
    turn: &Turn,
    mut into: T,
    take: Take<T>,
) -> Result<T, AppError> {
    let mut after = None;
    loop {
        turn.check()?;
        let page = Loaded::page(view, after.as_ref(), PAGE).await?;
        let Some((loaded, last)) = page else { return Ok(into) };
        after = Some(last);
        let mut seen = Vec::with_capacity(tried.len());
        for compiled in tried {
            seen.push(loaded.under(view, compiled, compiled).await?);
        }
        let past = past::read(view, windows, seen.first().map_or(&[], Vec::as_slice)).await?;
        let (windows, tried) = (Arc::clone(windows), tried.to_vec());
        let taken = tokio::task::spawn_blocking(move || {
            take(&mut into, &windows, &tried, &seen, &past);
            into
        });
        into = taken.await.map_err(|_| AppError::Broken)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_too_large_is_refused() {
        assert!(within(ACCOUNTS).is_ok());
        assert!(matches!(within(ACCOUNTS + 1), Err(AppError::StateForbids { .. })));
    }
}
