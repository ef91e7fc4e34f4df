//! `abm report`.

mod funnel;
mod persona;
mod review;
mod rules;
mod service;

use abm_client::{Client, v1};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::moment;

/// What became of what marketing passed on.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Tells how many leads that were marketing qualified were accepted and won, and how long it
    /// took.
    Funnel(funnel::FunnelArgs),
    /// Tells how rules and signals did, those that bring what sales turns down first.
    Rules(rules::RulesArgs),
    /// Tells how the time allowed for handoffs was kept, and how fast sales was.
    Service(service::ServiceArgs),
    /// Tells what leads have in common that sales turned down for good, and drafts rules against
    /// it.
    Persona(persona::PersonaArgs),
    /// Lists handoffs to talk about: what was sold, turned down, and missed.
    Review(review::ReviewArgs),
}

/// By what leads, or handoffs, are grouped.
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
    Campaign,
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

/// Groups of a report.
#[derive(Debug, Args)]
struct GroupArgs {
    /// How leads or handoffs are grouped.
    #[arg(long, value_enum, default_value_t = By::Month)]
    by: By,

    /// The attribute of leads that tells where they come from.
    #[arg(long, default_value = "origin")]
    origin: String,
}

impl By {
    const fn to_proto(self) -> v1::FunnelGroup {
        match self {
            Self::All => v1::FunnelGroup::Unspecified,
            Self::Month => v1::FunnelGroup::Month,
            Self::Week => v1::FunnelGroup::Week,
            Self::Origin => v1::FunnelGroup::Origin,
            Self::Owner => v1::FunnelGroup::Owner,
            Self::Tier => v1::FunnelGroup::Tier,
            Self::Engagement => v1::FunnelGroup::Engagement,
            Self::ModelVersion => v1::FunnelGroup::ModelVersion,
            Self::Campaign => v1::FunnelGroup::Campaign,
        }
    }
}

impl PeriodArgs {
    fn start(&self) -> Option<prost_types::Timestamp> {
        self.from.map(moment::to_proto)
    }

    fn end(&self) -> Option<prost_types::Timestamp> {
        self.until.map(moment::to_proto)
    }
}

/// Runs a command.
pub(crate) async fn run(client: &Client, command: &ReportCommand) -> anyhow::Result<()> {
    match command {
        ReportCommand::Funnel(args) => funnel::run(client, args).await,
        ReportCommand::Rules(args) => rules::run(client, args).await,
        ReportCommand::Service(args) => service::run(client, args).await,
        ReportCommand::Persona(args) => persona::run(client, args).await,
        ReportCommand::Review(args) => review::run(client, args).await,
    }
}

/// A share to five decimals.
fn share(value: f64) -> Value {
    json!(format!("{value:.5}"))
}
