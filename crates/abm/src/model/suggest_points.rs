//! `abm model suggest-points`.

use std::path::PathBuf;

use abm_client::{Client, v1};
use clap::Args;

use super::backtest;
use super::history::HistoryArgs;
use super::suggest::{print_unused, write_draft};

/// What to learn from.
#[derive(Debug, Args)]
pub(crate) struct SuggestPointsArgs {
    #[command(flatten)]
    history: HistoryArgs,

    /// How many dates, 2 to 24. The last third is held out; learned from are those whose window is
    /// over when it begins.
    #[arg(long, value_name = "N", default_value_t = 12)]
    count: u16,

    /// A signal or pattern that keeps its points; can be given several times.
    #[arg(long, value_name = "SIGNAL")]
    leave_out: Vec<String>,

    /// A signal or pattern to learn although it nearly is the outcome; can be given several times.
    #[arg(long, value_name = "SIGNAL")]
    allow: Vec<String>,

    /// The version whose other parts the draft takes over; the one in force when left out.
    #[arg(long, default_value_t = 0)]
    base: u64,

    /// How many accounts can be worked after a date; as the model says when left out.
    #[arg(long, value_name = "K", default_value_t = 0)]
    capacity: u32,

    /// Where to write the draft; a file that is there is replaced.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Learns a draft, writes it and tells how good it is.
pub(super) async fn run(client: &Client, args: &SuggestPointsArgs) -> anyhow::Result<bool> {
    let (outcome, activity_rule) = args.history.outcome();
    let history = v1::SuggestHistory {
        series: Some(args.history.series(args.count)?),
        window_days: args.history.window.into(),
        outcome: outcome.into(),
        activity_rule,
        ..Default::default()
    };
    let request = v1::SuggestModelRequest {
        history: Some(history),
        leave_out_fields: args.leave_out.clone(),
        allow_fields: args.allow.clone(),
        base_version: args.base,
        capacity: args.capacity.into(),
        ..Default::default()
    };
    let reply = client.suggest_model(request).await?;
    write_draft(&args.out, &reply)?;
    let (rows, positives) = (reply.learned_rows, reply.learned_positives);
    println!("learned from accounts at dates: {rows}, of which {positives} have the outcome");
    for signal in &reply.signals {
        let v1::SuggestedSignal { name, points, base_points, rows, lift, .. } = signal;
        println!(
            "{points:>5}  {name}  (was {base_points}; {rows} accounts at dates, lift {lift:.2})"
        );
    }
    print_unused(&reply);
    println!("the file is the draft, at the dates held out");
    backtest::print(&reply.backtest.unwrap_or_default());
    println!("{} holds the draft; look at it, then publish it", args.out.display());
    Ok(true)
}
