//! Handoffs to talk about.

use abm_client::{Client, v1};
use clap::Args;
use serde_json::{Value, json};

use super::PeriodArgs;
use crate::handoff::state_of;
use crate::listing::{Format, Listing};

/// Which handoffs.
#[derive(Debug, Args)]
pub(crate) struct ReviewArgs {
    #[command(flatten)]
    period: PeriodArgs,

    /// Most handoffs of each kind.
    #[arg(long, default_value_t = 5)]
    limit: i32,

    /// How the list is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

const COLUMNS: &[&str] = &[
    "kind",
    "handoff_id",
    "account_id",
    "lead_id",
    "owner",
    "engagement",
    "fit",
    "attempts",
    "ended",
    "won",
    "spoke_for_it",
];

pub(super) async fn run(client: &Client, args: &ReviewArgs) -> anyhow::Result<()> {
    let request = v1::GetReviewPackRequest {
        start_time: args.period.start(),
        end_time: args.period.end(),
        limit: args.limit,
        ..Default::default()
    };
    let found = client.get_review_pack(request).await?;
    let columns = COLUMNS.iter().map(|&name| name.to_owned()).collect();
    let mut listing = Listing::new(std::io::stdout().lock(), args.format, columns);
    let kinds = [("good", found.good), ("bad", found.bad), ("missed", found.missed)];
    let rows = kinds.iter().flat_map(|(kind, list)| list.iter().map(|found| row(kind, found)));
    listing.write(&rows.collect::<Vec<_>>())
}

fn row(kind: &str, found: &v1::ReviewedHandoff) -> Vec<Value> {
    let handoff = found.handoff.clone().unwrap_or_default();
    let state = state_of(&handoff);
    let ended = match handoff.rejection_reason.as_str() {
        "" => state,
        reason => format!("{state}: {reason}"),
    };
    vec![
        json!(kind),
        json!(handoff.handoff_id),
        json!(handoff.account_id),
        json!(handoff.lead_id),
        json!(handoff.owner),
        json!(handoff.engagement),
        json!(handoff.fit),
        json!(handoff.attempts),
        json!(ended),
        json!(found.won),
        json!(found.reasons.join("; ")),
    ]
}
