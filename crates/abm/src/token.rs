//! `abm token`: credentials, made and ended on the database itself.

use abm_app::{DEFAULT_DAYS, Role};
use anyhow::Context;
use clap::Subcommand;

use crate::target::{TargetArgs, WORKSPACE};

/// What to do with credentials.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Makes a token; it is shown this once only.
    Create {
        /// ingest, marketing, sales, planner or admin.
        #[arg(long)]
        role: String,

        /// Who it is for.
        #[arg(long)]
        caller: String,

        /// Days that it is valid, up to 365.
        #[arg(long, default_value_t = DEFAULT_DAYS)]
        days: i64,
    },
    /// Ends a token.
    Revoke {
        /// The key id: the part of the token after `abm_live_`.
        key_id: String,
    },
}

/// Runs a command.
pub(crate) async fn run(target: &TargetArgs, command: &TokenCommand) -> anyhow::Result<()> {
    let app = target.app().await?;
    let workspace = app.workspace_or_new(WORKSPACE).await?;
    match command {
        TokenCommand::Create { role, caller, days } => {
            let role = Role::from_name(role).with_context(|| {
                format!("`{role}` is not a role: ingest, marketing, sales, planner, admin")
            })?;
            let token = app.create_token(workspace.id, role, caller, *days).await?;
            println!("{}", token.text);
        }
        TokenCommand::Revoke { key_id } => {
            let ended = app.revoke_token(key_id).await?;
            println!("{}", if ended { "revoked" } else { "there is no such token in force" });
        }
    }
    app.stop().await;
    Ok(())
}
