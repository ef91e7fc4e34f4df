//! Whether sales kept to the time allowed, and how fast it was.

use abm_client::{Client, v1};
use clap::Args;
use serde_json::{Value, json};

use super::{GroupArgs, PeriodArgs, share};
use crate::listing::{Format, Listing};

/// Which handoffs.
#[derive(Debug, Args)]
pub(crate) struct ServiceArgs {
    #[command(flatten)]
    groups: GroupArgs,

    #[command(flatten)]
    period: PeriodArgs,

    /// How the list is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

const COLUMNS: &[&str] = &[
    "group",
    "handoffs",
    "within",
    "late",
    "never",
    "not_due",
    "kept",
    "kept_low",
    "kept_high",
    "median_minutes_to_claim",
    "median_minutes_to_try",
    "p90_minutes_to_try",
];

pub(super) async fn run(client: &Client, args: &ServiceArgs) -> anyhow::Result<()> {
    let request = v1::GetServiceLevelsRequest {
        group_by: args.groups.by.to_proto().into(),
        start_time: args.period.start(),
        end_time: args.period.end(),
        origin_attribute: args.groups.origin.clone(),
        ..Default::default()
    };
    let groups = client.get_service_levels(request).await?.groups;
    let columns = COLUMNS.iter().map(|&name| name.to_owned()).collect();
    let mut listing = Listing::new(std::io::stdout().lock(), args.format, columns);
    listing.write(&groups.iter().map(row).collect::<Vec<_>>())
}

fn row(found: &v1::ServiceLevel) -> Vec<Value> {
    let kept = |get: fn(&v1::Estimate) -> f64| found.kept.as_ref().map(get).map(share);
    vec![
        json!(found.group),
        json!(found.handoffs),
        json!(found.within),
        json!(found.late),
        json!(found.never),
        json!(found.not_due),
        json!(kept(|kept| kept.value)),
        json!(kept(|kept| kept.low)),
        json!(kept(|kept| kept.high)),
        json!(found.to_claim.map(|time| minutes(time.median_secs))),
        json!(found.to_try.map(|time| minutes(time.median_secs))),
        json!(found.to_try.map(|time| minutes(time.p90_secs))),
    ]
}

/// Working minutes to one decimal.
fn minutes(secs: f64) -> String {
    format!("{:.1}", secs / 60.0)
}
