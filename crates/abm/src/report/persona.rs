//! What leads have in common that sales turned down for good.

use std::path::PathBuf;

use abm_client::{Client, v1};
use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};

use super::PeriodArgs;
use crate::listing::{Format, Listing};

/// Which handoffs, and where to put the draft.
#[derive(Debug, Args)]
pub(crate) struct PersonaArgs {
    #[command(flatten)]
    period: PeriodArgs,

    /// A field to leave out, as rules write it; can be given several times. Those that sales fills in
    /// when it decides are to be left out.
    #[arg(long = "leave-out", value_name = "FIELD")]
    leave_out: Vec<String>,

    /// Writes the model in force with the drafted rules to this file.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// How the list is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

const COLUMNS: &[&str] = &[
    "field",
    "value",
    "rejected_with",
    "rejected",
    "others_with",
    "others",
    "odds_ratio",
    "odds_low",
    "odds_high",
    "q_value",
    "points",
];

pub(super) async fn run(client: &Client, args: &PersonaArgs) -> anyhow::Result<()> {
    let request = v1::GetNegativePersonaRequest {
        start_time: args.period.start(),
        end_time: args.period.end(),
        leave_out_fields: args.leave_out.clone(),
        ..Default::default()
    };
    let found = client.get_negative_persona(request).await?;
    if !found.too_few.is_empty() {
        println!("nothing can be said: {}", found.too_few);
        return Ok(());
    }
    let columns = COLUMNS.iter().map(|&name| name.to_owned()).collect();
    let mut listing = Listing::new(std::io::stdout().lock(), args.format, columns);
    listing.write(&found.traits.iter().map(row).collect::<Vec<_>>())?;
    match &args.output {
        Some(_) if found.draft.is_empty() => eprintln!("there is no new rule to draft"),
        Some(path) => std::fs::write(path, &found.draft)
            .with_context(|| format!("{} cannot be written", path.display()))?,
        None => {}
    }
    Ok(())
}

fn row(found: &v1::NegativeTrait) -> Vec<Value> {
    let odds = found.odds_ratio.unwrap_or_default();
    let figure = |value: f64| json!(format!("{value:.2}"));
    vec![
        json!(found.field),
        json!(found.value),
        json!(found.rejected_with),
        json!(found.rejected),
        json!(found.others_with),
        json!(found.others),
        figure(odds.value),
        figure(odds.low),
        figure(odds.high),
        json!(format!("{:.4}", found.q_value)),
        json!(found.rule_points),
    ]
}
