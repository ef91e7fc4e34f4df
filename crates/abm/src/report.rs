//! `abm report`.

use abm_client::{Client, v1};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::listing::{Format, Listing};
use crate::moment;

/// What became of what marketing passed on.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Tells how many leads that were marketing qualified were accepted and won, and how long it
    /// took.
    Funnel(FunnelArgs),
    /// Tells how rules and signals did, those that bring what sales turns down first.
    Rules(RulesArgs),
}

/// By what leads are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    All,
    Month,
    Week,
    Origin,
    Owner,
    Tier,
    Engagement,
    ModelVersion,
}

/// A period.
#[derive(Debug, Args)]
struct PeriodArgs {
    /// From this moment on, such as 2018-01-01T00:00Z.
    #[arg(long, value_parser = moment::parse)]
    from: Option<jiff::Timestamp>,

    /// Before this moment.
    #[arg(long, value_parser = moment::parse)]
    until: Option<jiff::Timestamp>,
}

/// Which funnel.
#[derive(Debug, Args)]
pub(crate) struct FunnelArgs {
    /// How leads are grouped.
    #[arg(long, value_enum, default_value_t = By::Month)]
    by: By,

    #[command(flatten)]
    period: PeriodArgs,

    /// The attribute of leads that tells where they come from.
    #[arg(long, default_value = "origin")]
    origin: String,

    /// How the list is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Which handoffs.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
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

const RULES: &[&str] = &[
    "rule", "standing", "handoffs", "accepted", "rejected", "expired", "recycled", "open", "won",
    "excess", "reasons",
];

/// Runs a command.
pub(crate) async fn run(client: &Client, command: &ReportCommand) -> anyhow::Result<()> {
    match command {
        ReportCommand::Funnel(args) => funnel(client, args).await,
        ReportCommand::Rules(args) => rules(client, args).await,
    }
}

async fn funnel(client: &Client, args: &FunnelArgs) -> anyhow::Result<()> {
    let group = match args.by {
        By::All => v1::FunnelGroup::Unspecified,
        By::Month => v1::FunnelGroup::Month,
        By::Week => v1::FunnelGroup::Week,
        By::Origin => v1::FunnelGroup::Origin,
        By::Owner => v1::FunnelGroup::Owner,
        By::Tier => v1::FunnelGroup::Tier,
        By::Engagement => v1::FunnelGroup::Engagement,
        By::ModelVersion => v1::FunnelGroup::ModelVersion,
    };
    let request = v1::GetFunnelRequest {
        group_by: group.into(),
        start_time: args.period.from.map(moment::to_proto),
        end_time: args.period.until.map(moment::to_proto),
        origin_attribute: args.origin.clone(),
        ..Default::default()
    };
    let cohorts = client.get_funnel(request).await?.cohorts;
    let columns = FUNNEL.iter().map(|&name| name.to_owned()).collect();
    let mut listing = Listing::new(std::io::stdout().lock(), args.format, columns);
    listing.write(&cohorts.iter().map(cohort).collect::<Vec<_>>())
}

/// A share to five decimals.
fn share(value: f64) -> Value {
    json!(format!("{value:.5}"))
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

async fn rules(client: &Client, args: &RulesArgs) -> anyhow::Result<()> {
    let request = v1::GetRuleReportRequest {
        start_time: args.period.from.map(moment::to_proto),
        end_time: args.period.until.map(moment::to_proto),
        ..Default::default()
    };
    let found = client.get_rule_report(request).await?;
    let columns = RULES.iter().map(|&name| name.to_owned()).collect();
    let mut listing = Listing::new(std::io::stdout().lock(), args.format, columns);
    let all = found.all.unwrap_or_default();
    let mut rows: Vec<Vec<Value>> = found.rules.iter().map(rule).collect();
    rows.push(row("(all)", String::new(), &all, None));
    listing.write(&rows)
}

fn rule(found: &v1::RuleOutcomes) -> Vec<Value> {
    let standing = match found.standing() {
        v1::RuleStanding::Bad => "bad".to_owned(),
        v1::RuleStanding::Explained => format!("explained by {}", found.explained_by),
        _ => String::new(),
    };
    let outcomes = found.outcomes.clone().unwrap_or_default();
    row(&found.rule, standing, &outcomes, found.excess)
}

fn row(
    rule: &str,
    standing: String,
    outcomes: &v1::HandoffOutcomes,
    excess: Option<v1::Estimate>,
) -> Vec<Value> {
    let reasons: Vec<String> =
        outcomes.reasons.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let excess = excess.map(|found| format!("{:+.2}", found.value));
    vec![
        json!(rule),
        json!(standing),
        json!(outcomes.handoffs),
        json!(outcomes.accepted),
        json!(outcomes.rejected_temporarily + outcomes.rejected_permanently),
        json!(outcomes.expired),
        json!(outcomes.recycled),
        json!(outcomes.open),
        json!(outcomes.won),
        json!(excess),
        json!(reasons.join(", ")),
    ]
}
