//! `abm operation`.

use std::time::Duration;

use abm_client::{Client, v1};
use clap::Subcommand;
use serde_json::json;

use crate::listing::{Format, Listing};
use crate::moment;

/// How often the progress of an operation is asked for.
const POLL: Duration = Duration::from_millis(200);

/// What to do with operations: work that a service does in the background.
#[derive(Debug, Subcommand)]
pub(crate) enum OperationCommand {
    /// Lists operations, the latest first.
    List {
        /// How many.
        #[arg(long, default_value_t = 20)]
        number: usize,

        /// How the list is written.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Waits until an operation has ended.
    Wait {
        /// Its id.
        id: String,
    },
    /// Stops an operation: what is shown stays as it is.
    Cancel {
        /// Its id.
        id: String,
    },
}

const COLUMNS: &[&str] = &[
    "operation_id",
    "kind",
    "state",
    "model_version",
    "accounts_done",
    "accounts_total",
    "created_at",
    "created_by",
    "ended_at",
    "message",
];

/// Runs a command; `false` when an operation that is waited for was stopped.
pub(crate) async fn run(client: &Client, command: &OperationCommand) -> anyhow::Result<bool> {
    match command {
        OperationCommand::List { number, format } => list(client, *number, *format).await?,
        OperationCommand::Wait { id } => {
            let request =
                v1::GetOperationRequest { operation_id: id.clone(), ..Default::default() };
            let operation = client.get_operation(request).await?.operation;
            return wait_for(client, operation.unwrap_or_default()).await;
        }
        OperationCommand::Cancel { id } => {
            let request =
                v1::CancelOperationRequest { operation_id: id.clone(), ..Default::default() };
            client.cancel_operation(request).await?;
            println!("operation {id} is stopped");
        }
    }
    Ok(true)
}

/// Waits until a version has come into force; `false` when somebody stopped that.
pub(crate) async fn wait_for(
    client: &Client,
    mut operation: v1::Operation,
) -> anyhow::Result<bool> {
    while operation.state() == v1::OperationState::Running {
        tokio::time::sleep(POLL).await;
        let operation_id = operation.operation_id.clone();
        let request = v1::GetOperationRequest { operation_id, ..Default::default() };
        operation = client.get_operation(request).await?.operation.unwrap_or_default();
    }
    let version = operation.model_version;
    match operation.state() {
        v1::OperationState::Succeeded => {
            let accounts = operation.accounts_total;
            println!("version {version} is in force, {accounts} accounts are assessed under it");
            Ok(true)
        }
        v1::OperationState::Cancelled => {
            println!("somebody stopped it: version {version} is not in force");
            Ok(false)
        }
        _ => anyhow::bail!("version {version} is not in force: {}", operation.message),
    }
}

async fn list(client: &Client, number: usize, format: Format) -> anyhow::Result<()> {
    let columns = COLUMNS.iter().map(|&name| name.to_owned()).collect();
    let mut listing = Listing::new(std::io::stdout().lock(), format, columns);
    let page_size = i32::try_from(number).unwrap_or(i32::MAX).clamp(1, 1_000);
    let mut pages = client.pages(v1::ListOperationsRequest { page_size, ..Default::default() });
    let mut left = number;
    while left > 0
        && let Some(page) = pages.next_page().await?
    {
        let rows: Vec<_> = page.operations.iter().take(left).map(row).collect();
        left -= rows.len();
        listing.write(&rows)?;
    }
    Ok(())
}

fn row(operation: &v1::Operation) -> Vec<serde_json::Value> {
    let name = |name: &str, start: &str| name.trim_start_matches(start).to_ascii_lowercase();
    vec![
        json!(operation.operation_id),
        json!(name(operation.kind().as_str_name(), "OPERATION_KIND_")),
        json!(name(operation.state().as_str_name(), "OPERATION_STATE_")),
        json!(operation.model_version),
        json!(operation.accounts_done),
        json!(operation.accounts_total),
        json!(moment::show(operation.created_at.as_ref())),
        json!(operation.created_by),
        json!(moment::show(operation.ended_at.as_ref())),
        json!(operation.message),
    ]
}
