//! How the rules and signals did that stood behind handoffs.

use abm_client::{Client, v1};
use clap::Args;
use serde_json::{Value, json};

use super::PeriodArgs;
use crate::listing::{Format, Listing};

/// Which handoffs.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(flatten)]
    period: PeriodArgs,

    /// How the list is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

const RULES: &[&str] = &[
    "rule", "standing", "handoffs", "accepted", "rejected", "expired", "recycled", "open", "won",
    "excess", "reasons",
];

pub(super) async fn run(client: &Client, args: &RulesArgs) -> anyhow::Result<()> {
    let request = v1::GetRuleReportRequest {
        start_time: args.period.start(),
        end_time: args.period.end(),
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
