//! `abm lead move`, `merge`, `split` and `set-role`.

use abm_client::{Client, v1};
use clap::{Args, ValueEnum};

/// Which lead, and where to.
#[derive(Debug, Args)]
pub(crate) struct MoveArgs {
    /// The lead's id.
    lead: String,

    /// The account's id; left out, the e-mail address and activities tell the account.
    account: Option<String>,

    /// Why.
    #[arg(long, default_value = "")]
    reason: String,
}

/// Which leads.
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The id of the lead that remains.
    survivor: String,

    /// The ids of those to merge into it.
    #[arg(required = true)]
    leads: Vec<String>,

    /// Why.
    #[arg(long)]
    reason: String,
}

/// Which lead.
#[derive(Debug, Args)]
pub(crate) struct SplitArgs {
    /// The id of the merged lead.
    lead: String,

    /// Why.
    #[arg(long)]
    reason: String,
}

/// Which lead, and which part it plays.
#[derive(Debug, Args)]
pub(crate) struct SetRoleArgs {
    /// The lead's id.
    lead: String,

    /// The part it plays.
    #[arg(value_enum)]
    role: Role,

    /// Why.
    #[arg(long, default_value = "")]
    reason: String,
}

/// The part that somebody plays in a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Role {
    Unknown,
    Champion,
    DecisionMaker,
    EconomicBuyer,
    Influencer,
    EndUser,
    TechnicalBuyer,
    Blocker,
}

impl Role {
    const fn to_proto(self) -> v1::BuyingRole {
        match self {
            Self::Unknown => v1::BuyingRole::Unspecified,
            Self::Champion => v1::BuyingRole::Champion,
            Self::DecisionMaker => v1::BuyingRole::DecisionMaker,
            Self::EconomicBuyer => v1::BuyingRole::EconomicBuyer,
            Self::Influencer => v1::BuyingRole::Influencer,
            Self::EndUser => v1::BuyingRole::EndUser,
            Self::TechnicalBuyer => v1::BuyingRole::TechnicalBuyer,
            Self::Blocker => v1::BuyingRole::Blocker,
        }
    }
}

pub(super) async fn move_to(client: &Client, args: &MoveArgs) -> anyhow::Result<()> {
    let request = v1::MoveLeadRequest {
        lead_id: args.lead.clone(),
        account_id: args.account.clone().unwrap_or_default(),
        reason: args.reason.clone(),
        ..Default::default()
    };
    show(client.move_lead(request).await?.lead);
    Ok(())
}

pub(super) async fn merge(client: &Client, args: &MergeArgs) -> anyhow::Result<()> {
    let request = v1::MergeLeadsRequest {
        survivor_lead_id: args.survivor.clone(),
        lead_ids: args.leads.clone(),
        reason: args.reason.clone(),
        ..Default::default()
    };
    show(client.merge_leads(request).await?.lead);
    Ok(())
}

pub(super) async fn split(client: &Client, args: &SplitArgs) -> anyhow::Result<()> {
    let request = v1::SplitLeadRequest {
        lead_id: args.lead.clone(),
        reason: args.reason.clone(),
        ..Default::default()
    };
    show(client.split_lead(request).await?.lead);
    Ok(())
}

pub(super) async fn set_role(client: &Client, args: &SetRoleArgs) -> anyhow::Result<()> {
    let request = v1::SetBuyingRoleRequest {
        lead_id: args.lead.clone(),
        buying_role: args.role.to_proto().into(),
        reason: args.reason.clone(),
        ..Default::default()
    };
    show(client.set_buying_role(request).await?.lead);
    Ok(())
}

/// A lead as it is now.
fn show(lead: Option<v1::Lead>) {
    let Some(lead) = lead else {
        println!("nothing is left of the lead");
        return;
    };
    let score = lead.score.unwrap_or_default();
    let account = match lead.matched_account_id.as_str() {
        "" => "without an account",
        account => account,
    };
    println!("{} ({account}) {}", lead.lead_id, score.label);
}
