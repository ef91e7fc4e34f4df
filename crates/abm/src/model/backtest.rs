//! `abm model backtest`.

use std::path::PathBuf;

use abm_client::{Client, v1};
use clap::{Args, ValueEnum};

use super::history::HistoryArgs;
use super::read;
use crate::moment;

/// What to look back at.
#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    /// A file, or the number of a version; the one in force when left out.
    what: Option<String>,

    #[command(flatten)]
    history: HistoryArgs,

    /// How many dates, at most 24.
    #[arg(long, value_name = "N", default_value_t = 1)]
    count: u16,

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
    print(&reply);
    Ok(true)
}

/// Prints each of the sets of rules, and how they compare.
pub(super) fn print(reply: &v1::BacktestModelResponse) {
    for rules in reply.tried.iter().chain(&reply.compared) {
        print_rules(rules, reply.capacity);
    }
    if let Some(v1::BacktestComparison { auc_gain, text }) = &reply.comparison {
        println!("compared: {text} (AUC {})", signed(auc_gain.as_ref()));
    }
}

fn request(args: &BacktestArgs) -> anyhow::Result<v1::BacktestModelRequest> {
    let (outcome, activity_rule) = args.history.outcome();
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
        series: Some(args.history.series(args.count)?),
        window_days: args.history.window.into(),
        outcome: outcome.into(),
        activity_rule,
        score: score.into(),
        segment_rule: args.segment.clone(),
        capacity: args.capacity.into(),
        ..Default::default()
    })
}

/// A table of the dates, and under it what holds over all of them. `capacity` is how many accounts
/// can be worked after a date.
fn print_rules(rules: &v1::BacktestedRules, capacity: i64) {
    let name = match rules.version {
        0 => "the file".to_owned(),
        version => format!("version {version}"),
    };
    println!("\n{name}");
    println!(
        "{:<20} {:>8} {:>8} {:>7} {:>24} {:>6} {:>7} {:>9} {:>6}  {:<32}  left out",
        "date",
        "accounts",
        "outcomes",
        "rate",
        "AUC",
        "lift",
        "K",
        "precision",
        "recall",
        "verdict"
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
        if let Some(measures) = &date.measures {
            println!("{}  {}", line(&name, measures, capacity), left_out.join(", "));
        }
    }
    if let Some(pooled) = &rules.pooled {
        let dates = i64::try_from(rules.dates.len()).unwrap_or(i64::MAX);
        println!("{}", line("all dates", pooled, capacity.saturating_mul(dates)).trim_end());
    }
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

/// A line of the table. Precision and recall are those of the best `capacity` accounts; of all
/// accounts they would tell nothing.
fn line(name: &str, found: &v1::ScoreMeasures, capacity: i64) -> String {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let lift = found.top_tenth_lift.as_ref();
    let best = found.at_capacity.as_ref().filter(|_| capacity < found.rows);
    let best = best.and_then(|best| Some((best.precision.as_ref()?.value, best.recall)));
    let verdict = found.verdict_text.split(':').next().unwrap_or_default();
    format!(
        "{name:<20} {:>8} {:>8} {:>7} {:>24} {:>6} {:>7} {:>9} {:>6}  {verdict:<32}",
        found.rows,
        found.positives,
        percent(found.base_rate),
        shown(found.auc.as_ref()),
        or_dash(lift.map(|lift| format!("{:.2}", lift.value))),
        or_dash((capacity > 0).then(|| capacity.to_string())),
        or_dash(best.map(|(precision, _)| percent(precision))),
        or_dash(best.map(|(_, recall)| percent(recall))),
    )
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

    /// Measures of so many accounts, of which the best ones are looked at.
    fn measures(rows: i64, at_capacity: v1::ScoreAtCapacity) -> v1::ScoreMeasures {
        v1::ScoreMeasures {
            rows,
            at_capacity: Some(at_capacity),
            verdict_text: "fair: orders noticeably better than chance".to_owned(),
            ..Default::default()
        }
    }

    #[test]
    fn precision_and_recall_are_printed_with_their_capacity_and_never_of_all_accounts() {
        let precision = Some(v1::Estimate { value: 0.6, low: 0.5, high: 0.7 });
        let words = |rows: i64, precision: Option<v1::Estimate>| {
            let best = v1::ScoreAtCapacity { rows: 50, precision, recall: 0.375, score: 0.0 };
            let line = line("2026-01-01", &measures(rows, best), 50);
            line.split_whitespace().skip(8).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words(200, precision), "50 60.0 % 37.5 % fair");
        assert_eq!(words(50, precision), "50 - - fair");
        assert_eq!(words(200, None), "50 - - fair", "too few outcomes");
    }
}
