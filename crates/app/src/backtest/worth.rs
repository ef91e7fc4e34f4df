//! What the scores of a backtest are worth.

use abm_core::Timestamp;
use abm_learn::Verdict;
use abm_learn::measure::{Estimate, Options, Scored, auc_gain, measure, measure_units};

use super::table::{Day, Row, Table};
use super::windows::Windows;
use super::{BacktestedDate, BacktestedRules, Comparison, SEED};
use crate::AppError;
use crate::tries::Turn;

/// Measures what the rules at a place say, at each date and over all. A date takes a second and
/// more: whether somebody waits still is asked at each.
pub(super) fn of_rules(
    table: &Table,
    windows: &Windows,
    turn: &Turn,
    version: u64,
    place: usize,
    capacity: Option<u64>,
) -> Result<BacktestedRules, AppError> {
    let options = |capacity| Options { capacity, seed: SEED, ..Options::default() };
    let days = windows.dates.iter().zip(&table.days);
    let dates = days.map(|(&date, Day { rows, left_out })| {
        turn.check()?;
        Ok::<_, AppError>(BacktestedDate {
            as_of: Timestamp::from_secs(date),
            until: Timestamp::from_secs(date) + windows.window_secs,
            left_out: *left_out,
            measures: measure(&scored(table, rows, place), &options(capacity)),
        })
    });
    let dates = dates.collect::<Result<_, _>>()?;
    turn.check()?;
    let count = u64::try_from(windows.dates.len()).unwrap_or(u64::MAX);
    let (rows, accounts) = pooled(table, place);
    let capacity = capacity.map(|capacity| capacity.saturating_mul(count));
    let pooled = measure_units(&rows, &accounts, &options(capacity));
    Ok(BacktestedRules { version, dates, pooled })
}

/// Holds the first rules against the second.
pub(super) fn compare(table: &Table, verdict: Verdict) -> Option<Comparison> {
    if verdict == Verdict::TooFew {
        return None;
    }
    let ((one, accounts), (other, _)) = (pooled(table, 0), pooled(table, 1));
    let options = Options { seed: SEED, ..Options::default() };
    let auc_gain: Estimate = auc_gain(&one, &other, &accounts, &options)?;
    Some(Comparison { auc_gain })
}

fn pooled(table: &Table, place: usize) -> (Vec<Scored<'_>>, Vec<u32>) {
    let rows = || table.days.iter().flat_map(|day| &day.rows);
    let scores = table.days.iter().flat_map(|day| scored(table, &day.rows, place)).collect();
    (scores, rows().map(|row| row.account).collect())
}

fn scored<'a>(table: &'a Table, rows: &'a [Row], place: usize) -> Vec<Scored<'a>> {
    let scored = rows.iter().map(|row| Scored {
        score: row.scores.get(place).copied().unwrap_or(0).into(),
        outcome: row.outcome,
        segment: row.segment(table),
    });
    scored.collect()
}

/// How many accounts are measured at one date or more, and how many of them have the outcome.
pub(super) fn distinct(table: &Table) -> (u64, u64) {
    let rows = || table.days.iter().flat_map(|day| &day.rows);
    let count = |rows: &mut dyn Iterator<Item = u32>| {
        let mut accounts: Vec<u32> = rows.collect();
        accounts.sort_unstable();
        accounts.dedup();
        accounts.len() as u64
    };
    let all = count(&mut rows().map(|row| row.account));
    (all, count(&mut rows().filter(|row| row.outcome).map(|row| row.account)))
}
