//! Past dates and outcomes, as commands take them.

use abm_client::v1;
use anyhow::Context;
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::moment;

/// From when on, and what to look for.
#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// The first date, such as 2026-01-01, or a moment with its offset.
    #[arg(long, value_name = "DATE")]
    from: String,

    /// Days from one date to the next.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    step: u16,

    /// For how many days after a date outcomes count.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    pub(super) window: u16,

    /// What to look for: `won`, `created` (opportunities), or a rule over `activity`.
    #[arg(long, value_name = "won|created|RULE")]
    outcome: String,
}

impl HistoryArgs {
    /// So many dates.
    pub(super) fn series(&self, count: u16) -> anyhow::Result<v1::BacktestSeries> {
        Ok(v1::BacktestSeries {
            start: Some(moment::to_proto(date(&self.from)?)),
            step_days: self.step.into(),
            count: count.into(),
        })
    }

    /// The outcome, and the rule of an activity.
    pub(super) fn outcome(&self) -> (v1::BacktestOutcome, String) {
        match self.outcome.as_str() {
            "created" => (v1::BacktestOutcome::OpportunityCreated, String::new()),
            "won" => (v1::BacktestOutcome::OpportunityWon, String::new()),
            rule => (v1::BacktestOutcome::Activity, rule.to_owned()),
        }
    }
}

/// A day, which begins at midnight UTC, or a moment.
fn date(text: &str) -> anyhow::Result<Timestamp> {
    match text.parse::<Date>() {
        Ok(day) if !text.contains(['T', 't', ' ']) => {
            let begins = day.to_zoned(TimeZone::UTC);
            Ok(begins.with_context(|| format!("`{text}` is out of range"))?.timestamp())
        }
        _ => moment::parse(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_and_a_moment_needs_its_offset() {
        assert_eq!(date("2026-01-02").unwrap(), "2026-01-02T00:00:00Z".parse().unwrap());
        assert_eq!(date("2026-01-02T01:00+01").unwrap(), date("2026-01-02").unwrap());
        assert!(date("2026-01-02T01:00").is_err());
        assert!(date("tomorrow").is_err());
    }
}
