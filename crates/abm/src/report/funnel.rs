//! From marketing qualified to sold.

use abm_client::{Client, v1};
use clap::Args;
use serde_json::{Value, json};

use super::{GroupArgs, PeriodArgs, share};
use crate::listing::{Format, Listing};

/// Which funnel.
#[derive(Debug, Args)]
pub(crate) struct FunnelArgs {
    #[command(flatten)]
    groups: GroupArgs,

    #[command(flatten)]
    period: PeriodArgs,

    /// How the list is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

const FUNNEL: &[&str] = &[
    "group",
    "mqls",
    "sqls",
    "opportunities",
    "won",
    "won_rate",
    "won_low",
    "won_high",
    "median_days_to_won",
    "won_within_30_days",
    "won_within_90_days",
    "problems",
];

pub(super) async fn run(client: &Client, args: &FunnelArgs) -> anyhow::Result<()> {
    let request = v1::GetFunnelRequest {
        group_by: args.groups.by.to_proto().into(),
        start_time: args.period.start(),
        end_time: args.period.end(),
        origin_attribute: args.groups.origin.clone(),
        ..Default::default()
    };
    let cohorts = client.get_funnel(request).await?.cohorts;
    let columns = FUNNEL.iter().map(|&name| name.to_owned()).collect();
    let mut listing = Listing::new(std::io::stdout().lock(), args.format, columns);
    listing.write(&cohorts.iter().map(cohort).collect::<Vec<_>>())
}

fn cohort(cohort: &v1::FunnelCohort) -> Vec<Value> {
    let rate = cohort.mql_to_won.unwrap_or_default();
    let lag = cohort.to_won.unwrap_or_default();
    let problems: Vec<String> =
        cohort.problems.iter().map(|(name, count)| format!("{name} {count}")).collect();
    vec![
        json!(cohort.group),
        json!(cohort.mqls),
        json!(cohort.sqls),
        json!(cohort.opportunities),
        json!(cohort.won),
        share(rate.value),
        share(rate.low),
        share(rate.high),
        json!(cohort.to_won.map(|lag| lag.median_days)),
        json!(lag.within_30_days),
        json!(lag.within_90_days),
        json!(problems.join(", ")),
    ]
}
