//! `abm lead`.

mod adjust;
mod stage;

use abm_client::{Client, v1};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::listing::{Format, Listing};
use crate::moment;

pub(crate) use stage::shown as stage_shown;

/// What to do with leads.
#[derive(Debug, Subcommand)]
pub(crate) enum LeadCommand {
    /// Lists leads with their scores, in the order of their ids.
    List(ListArgs),
    /// Moves a lead into an account, with everything that it did.
    Move(adjust::MoveArgs),
    /// Merges leads that are the same person into one of them.
    Merge(adjust::MergeArgs),
    /// Splits a lead off the one it is merged into.
    Split(adjust::SplitArgs),
    /// Sets the part that a lead plays in a purchase.
    SetRole(adjust::SetRoleArgs),
    /// Moves a lead to a stage, on the path that leads there.
    SetStage(stage::SetStageArgs),
    /// Records what sales found out about a lead.
    Qualify(stage::QualifyArgs),
    /// Lists how a lead moved, the latest first.
    History(stage::HistoryArgs),
}

/// Which leads, and how.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only the leads of this account.
    #[arg(long, default_value = "")]
    account: String,

    /// Attributes to show as further columns.
    #[arg(long = "attribute", value_name = "NAME")]
    attributes: Vec<String>,

    /// How the list is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

const COLUMNS: &[&str] = &[
    "lead_id",
    "account_id",
    "label",
    "engagement",
    "fit",
    "fit_coverage",
    "last_activity_at",
    "model_version",
    "stage",
];

/// Runs a command.
pub(crate) async fn run(client: &Client, command: &LeadCommand) -> anyhow::Result<()> {
    match command {
        LeadCommand::List(args) => list(client, args).await,
        LeadCommand::Move(args) => adjust::move_to(client, args).await,
        LeadCommand::Merge(args) => adjust::merge(client, args).await,
        LeadCommand::Split(args) => adjust::split(client, args).await,
        LeadCommand::SetRole(args) => adjust::set_role(client, args).await,
        LeadCommand::SetStage(args) => stage::set_stage(client, args).await,
        LeadCommand::Qualify(args) => stage::qualify(client, args).await,
        LeadCommand::History(args) => stage::history(client, args).await,
    }
}

async fn list(client: &Client, args: &ListArgs) -> anyhow::Result<()> {
    let columns = COLUMNS.iter().map(|&name| name.to_owned());
    let columns = columns.chain(args.attributes.iter().cloned()).collect();
    let mut listing = Listing::new(std::io::stdout().lock(), args.format, columns);
    let request = v1::ListLeadsRequest {
        account_id: args.account.clone(),
        page_size: 1_000,
        ..Default::default()
    };
    let mut pages = client.pages(request);
    while let Some(page) = pages.next_page().await? {
        let rows: Vec<_> = page.leads.iter().map(|lead| row(lead, &args.attributes)).collect();
        listing.write(&rows)?;
    }
    Ok(())
}

fn row(lead: &v1::Lead, attributes: &[String]) -> Vec<Value> {
    let score = lead.score.clone().unwrap_or_default();
    let stands = lead.lifecycle.unwrap_or_default();
    let last = score.last_activity_at.as_ref().map(|at| moment::show(Some(at)));
    let mut row = vec![
        json!(lead.lead_id),
        json!(lead.matched_account_id),
        json!(score.label),
        json!(score.engagement),
        json!(score.fit),
        json!(score.fit_coverage),
        json!(last),
        json!(score.model_version),
        json!(stage::shown(stands.stage(), stands.mark())),
    ];
    row.extend(attributes.iter().map(|name| json!(lead.attributes.get(name))));
    row
}
