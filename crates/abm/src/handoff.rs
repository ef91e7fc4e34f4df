//! `abm handoff`.

mod act;
mod show;

use abm_client::{Client, v1};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::listing::{Format, Listing};
use crate::moment;

/// What to do with handoffs from marketing to sales.
#[derive(Debug, Subcommand)]
pub(crate) enum HandoffCommand {
    /// Lists what sales should do now, the most urgent first.
    Work(WorkArgs),
    /// Lists handoffs, the latest first.
    List(ListArgs),
    /// Shows a handoff: its packet, its leads and what happened to it.
    Show {
        /// Its id.
        id: String,
    },
    /// Hands a lead or an account over to sales.
    Make(act::MakeArgs),
    /// Takes a handoff for an owner.
    Claim(act::ClaimArgs),
    /// Records an attempt to reach them.
    Attempt(act::AttemptArgs),
    /// Takes its leads as sales qualified.
    Accept(act::AcceptArgs),
    /// Turns it down.
    Reject(act::RejectArgs),
    /// Gives it to somebody else or into a queue.
    Reassign(act::ReassignArgs),
    /// Tells where a lead or an account would go, and changes nothing.
    Try(act::TryArgs),
}

/// What sales should do.
#[derive(Debug, Args)]
pub(crate) struct WorkArgs {
    /// Only what this owner has, and what waits in queues.
    #[arg(long, default_value = "")]
    owner: String,

    /// How many.
    #[arg(long, default_value_t = 20)]
    number: i32,

    /// How the list is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Which handoffs.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only those of this owner.
    #[arg(long, default_value = "")]
    owner: String,

    /// Only those that wait in this queue.
    #[arg(long, default_value = "")]
    queue: String,

    /// Only those of this account.
    #[arg(long, default_value = "")]
    account: String,

    /// Only those in this state, such as pending.
    #[arg(long, value_parser = act::state)]
    state: Option<v1::HandoffState>,

    /// Only open ones that nobody has tried to reach though they were due.
    #[arg(long)]
    overdue: bool,

    /// How many.
    #[arg(long, default_value_t = 50)]
    number: usize,

    /// How the list is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

const COLUMNS: &[&str] = &[
    "handoff_id",
    "state",
    "cause",
    "account_id",
    "lead_id",
    "owner",
    "queue",
    "due_time",
    "attempts",
    "rejection_reason",
];

const WORK_COLUMNS: &[&str] = &[
    "urgency",
    "due_time",
    "account_id",
    "next_contact",
    "why",
    "owner",
    "queue",
    "state",
    "handoff_id",
];

/// Runs a command.
pub(crate) async fn run(client: &Client, command: &HandoffCommand) -> anyhow::Result<()> {
    match command {
        HandoffCommand::Work(args) => work(client, args).await,
        HandoffCommand::List(args) => list(client, args).await,
        HandoffCommand::Show { id } => show::show(client, id).await,
        HandoffCommand::Make(args) => act::make(client, args).await,
        HandoffCommand::Claim(args) => act::claim(client, args).await,
        HandoffCommand::Attempt(args) => act::attempt(client, args).await,
        HandoffCommand::Accept(args) => act::accept(client, args).await,
        HandoffCommand::Reject(args) => act::reject(client, args).await,
        HandoffCommand::Reassign(args) => act::reassign(client, args).await,
        HandoffCommand::Try(args) => act::try_route(client, args).await,
    }
}

/// The name of a value of an enum without what all of its names begin with.
fn word(name: &str, start: &str) -> String {
    name.trim_start_matches(start).to_ascii_lowercase()
}

/// Where a handoff stands, in a word.
pub(crate) fn state_of(handoff: &v1::Handoff) -> String {
    word(handoff.state().as_str_name(), "HANDOFF_STATE_")
}

async fn work(client: &Client, args: &WorkArgs) -> anyhow::Result<()> {
    let columns = WORK_COLUMNS.iter().map(|&name| name.to_owned()).collect();
    let mut listing = Listing::new(std::io::stdout().lock(), args.format, columns);
    let request =
        v1::ListWorkRequest { owner: args.owner.clone(), limit: args.number, ..Default::default() };
    let items = client.list_work(request).await?.items;
    let row = |item: &v1::WorkItem| -> Vec<Value> {
        let handoff = item.handoff.clone().unwrap_or_default();
        vec![
            json!(word(item.urgency().as_str_name(), "URGENCY_")),
            json!(moment::show(handoff.due_time.as_ref())),
            json!(handoff.account_id),
            json!(item.next_contact_lead_id),
            json!(item.next_contact_reason),
            json!(handoff.owner),
            json!(handoff.queue),
            json!(state_of(&handoff)),
            json!(handoff.handoff_id),
        ]
    };
    listing.write(&items.iter().map(row).collect::<Vec<_>>())
}

async fn list(client: &Client, args: &ListArgs) -> anyhow::Result<()> {
    let columns = COLUMNS.iter().map(|&name| name.to_owned()).collect();
    let mut listing = Listing::new(std::io::stdout().lock(), args.format, columns);
    let mut pages = client.pages(v1::ListHandoffsRequest {
        owner: args.owner.clone(),
        queue: args.queue.clone(),
        account_id: args.account.clone(),
        state: args.state.unwrap_or_default().into(),
        overdue_only: args.overdue,
        page_size: i32::try_from(args.number).unwrap_or(i32::MAX).clamp(1, 1_000),
        ..Default::default()
    });
    let mut left = args.number;
    while left > 0
        && let Some(page) = pages.next_page().await?
    {
        let rows: Vec<_> = page.handoffs.iter().take(left).map(row).collect();
        left -= rows.len();
        listing.write(&rows)?;
    }
    Ok(())
}

fn row(handoff: &v1::Handoff) -> Vec<Value> {
    vec![
        json!(handoff.handoff_id),
        json!(state_of(handoff)),
        json!(word(handoff.cause().as_str_name(), "HANDOFF_CAUSE_")),
        json!(handoff.account_id),
        json!(handoff.lead_id),
        json!(handoff.owner),
        json!(handoff.queue),
        json!(moment::show(handoff.due_time.as_ref())),
        json!(handoff.attempts),
        json!(handoff.rejection_reason),
    ]
}
