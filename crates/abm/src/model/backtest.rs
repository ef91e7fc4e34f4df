//! `abm model backtest`.

use std::path::PathBuf;

use abm_client::{Client, v1};
use anyhow::Context;
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::read;
use crate::moment;

/// What to look back at.
#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    /// A file, or the number of a version; the one in force when left out.
    what: Option<String>,

    /// The first date, such as 2026-01-01, or a moment with its offset.
    #[arg(long, value_name = "DATE")]
    from: String,

    /// Days from one date to the next.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    step: u16,

    /// How many dates, at most 24.
    #[arg(long, value_name = "N", default_value_t = 1)]
    count: u16,

    /// For how many days after a date outcomes count.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    window: u16,

    /// What to look for: `won`, `created` (opportunities), or a rule over `activity`.
    #[arg(long, value_name = "won|created|RULE")]
    outcome: String,

    /// Which score is measured.
    #[arg(long, value_enum, default_value_t = Score::Rank)]
    score: Score,

    /// Measures accounts for which a rule over `account` holds, and the others, on their own; the
    /// segments of the model when left out.
    #[arg(long, value_name = "RULE", default_value = "")]
    segment: String,

    /// The version to hold it against; the one in force when left out.
    #[arg(long, value_name = "VERSION", default_value_t = 0)]
    against: u64,

    /// How many accounts can be worked after a date; as the model says when left out.
    #[arg(long, value_name = "K", default_value_t = 0)]
    capacity: u32,
}

/// Which score is measured.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Score {
    /// The place in ranked lists.
    Rank,
    /// Engagement of the account.
    Engagement,
    /// Fit of the account.
    Fit,
}

/// Looks back, and prints a line for each date and the verdict.
pub(super) async fn run(client: &Client, args: &BacktestArgs) -> anyhow::Result<bool> {
    let reply = client.backtest_model(request(args)?).await?;
    let with = reply.accounts_with_outcome;
    println!("{} accounts at one date or more, {with} of them with the outcome", reply.accounts);
    for rules in reply.tried.iter().chain(&reply.compared) {
        print_rules(rules);
    }
    if let Some(v1::BacktestComparison { auc_gain, text }) = &reply.comparison {
        println!("compared: {text} (AUC {})", signed(auc_gain.as_ref()));
    }
    Ok(true)
}

fn request(args: &BacktestArgs) -> anyhow::Result<v1::BacktestModelRequest> {
    let (outcome, activity_rule) = match args.outcome.as_str() {
        "created" => (v1::BacktestOutcome::OpportunityCreated, String::new()),
        "won" => (v1::BacktestOutcome::OpportunityWon, String::new()),
        rule => (v1::BacktestOutcome::Activity, rule.to_owned()),
    };
    let score = match args.score {
        Score::Rank => v1::BacktestScore::Rank,
        Score::Engagement => v1::BacktestScore::Engagement,
        Score::Fit => v1::BacktestScore::Fit,
    };
    let (version, model_file) = match args.what.as_deref() {
        None => (0, String::new()),
        Some(what) => match what.parse() {
            Ok(version) => (version, String::new()),
            Err(_) => (0, read(&PathBuf::from(what))?),
        },
    };
    Ok(v1::BacktestModelRequest {
        version,
        model_file,
        compare_version: args.against,
        series: Some(v1::BacktestSeries {
            start: Some(moment::to_proto(date(&args.from)?)),
            step_days: args.step.into(),
            count: args.count.into(),
        }),
        window_days: args.window.into(),
        outcome: outcome.into(),
        activity_rule,
        score: score.into(),
        segment_rule: args.segment.clone(),
        capacity: args.capacity.into(),
        ..Default::default()
    })
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

/// A table of the dates, and under it what holds over all of them.
fn print_rules(rules: &v1::BacktestedRules) {
    let name = match rules.version {
        0 => "the file".to_owned(),
        version => format!("version {version}"),
    };
    println!("\n{name}");
    println!(
        "{:<20} {:>8} {:>8} {:>7} {:>24} {:>6} {:>9} {:>6}  left out",
        "date", "accounts", "outcomes", "rate", "AUC", "lift", "precision", "recall"
    );
    for date in &rules.dates {
        let left_out = [
            (date.left_out_had_outcome, "had it"),
            (date.left_out_not_there, "not there"),
            (date.left_out_moment_unknown, "moment unknown"),
        ];
        let left_out = left_out.iter().filter(|(count, _)| *count > 0);
        let left_out: Vec<String> = left_out.map(|(count, why)| format!("{count} {why}")).collect();
        let name = moment::show(date.as_of.as_ref());
        print_line(&name, date.measures.as_ref(), &left_out.join(", "));
    }
    print_line("all dates", rules.pooled.as_ref(), "");
    let pooled = rules.pooled.clone().unwrap_or_default();
    for (tenth, slice) in pooled.deciles.iter().enumerate() {
        let (lift, captured) = (slice.lift, 100.0 * slice.captured_so_far);
        println!("    tenth {:>2}: lift {lift:.2}, {captured:.0} % of outcomes so far", tenth + 1);
    }
    if let Some(brier) = &pooled.brier {
        let base = pooled.brier_of_base_rate;
        println!("    Brier {} (base rate {base:.4})", shown(Some(brier)));
    }
    for segment in &rules.segments {
        let auc = shown(segment.auc.as_ref());
        let v1::BacktestedSegment { name, rows, positives, verdict_text, .. } = segment;
        println!("    segment {name}: {positives} of {rows}, AUC {auc}: {verdict_text}");
    }
    println!("verdict of {name}: {}", pooled.verdict_text);
}

fn print_line(name: &str, measures: Option<&v1::ScoreMeasures>, left_out: &str) {
    let Some(found) = measures else { return };
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let lift = found.top_tenth_lift.as_ref();
    let best = found.at_capacity.as_ref();
    let precision = best.and_then(|best| best.precision.as_ref());
    println!(
        "{name:<20} {:>8} {:>8} {:>7} {:>24} {:>6} {:>9} {:>6}  {left_out}",
        found.rows,
        found.positives,
        percent(found.base_rate),
        shown(found.auc.as_ref()),
        lift.map_or_else(|| "-".to_owned(), |lift| format!("{:.2}", lift.value)),
        precision.map_or_else(|| "-".to_owned(), |precision| percent(precision.value)),
        best.map_or_else(|| "-".to_owned(), |best| percent(best.recall)),
    );
}

fn shown(estimate: Option<&v1::Estimate>) -> String {
    match estimate {
        Some(v1::Estimate { value, low, high }) => format!("{value:.3} ({low:.3} to {high:.3})"),
        None => "not known".to_owned(),
    }
}

fn signed(estimate: Option<&v1::Estimate>) -> String {
    match estimate {
        Some(v1::Estimate { value, low, high }) => {
            format!("{value:+.3}, from {low:+.3} to {high:+.3}")
        }
        None => "not known".to_owned(),
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
