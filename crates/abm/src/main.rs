//! `abm`: the account-scoring service and everything to work with it, in one binary.

mod account;
mod activity;
mod demo;
mod explain;
mod handoff;
mod import;
mod lead;
mod listing;
mod log;
mod model;
mod moment;
mod operation;
mod opportunity;
mod policy;
mod report;
mod serve;
mod target;
mod token;
mod top;
mod verify;

use clap::{Parser, Subcommand};

use crate::import::ImportArgs;
use crate::model::ModelCommand;
use crate::target::TargetArgs;

/// Scoring makes and drops many small values; the system's allocator is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Scores accounts and leads, designates priority accounts and says why.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    target: TargetArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves gRPC.
    Serve(serve::ServeArgs),
    /// Makes a demo world, scores it, and shows the priority accounts with their reasons.
    Demo(demo::DemoArgs),
    /// Brings the schema of the database up to this program's.
    Migrate,
    /// Imports a CSV file.
    Import(ImportArgs),
    /// Lists the accounts with priority, the best first.
    Top(top::TopArgs),
    /// Shows accounts, merges and splits them.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Shows leads, merges, splits and moves them.
    #[command(subcommand)]
    Lead(lead::LeadCommand),
    /// Takes activities back.
    #[command(subcommand)]
    Activity(activity::ActivityCommand),
    /// Shows opportunities.
    #[command(subcommand)]
    Opportunity(opportunity::OpportunityCommand),
    /// Works with handoffs from marketing to sales.
    #[command(subcommand)]
    Handoff(handoff::HandoffCommand),
    /// Works with the policy by which leads are handed over.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Tells what became of what marketing passed on.
    #[command(subcommand)]
    Report(report::ReportCommand),
    /// Opens a score down to single activities.
    Explain(explain::ExplainArgs),
    /// Works with scoring models.
    #[command(subcommand)]
    Model(ModelCommand),
    /// Shows and stops work in the background.
    #[command(subcommand)]
    Operation(operation::OperationCommand),
    /// Computes every score again from the stored activities and compares.
    Verify(verify::VerifyArgs),
    /// Makes and ends credentials.
    #[command(subcommand)]
    Token(token::TokenCommand),
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    log::start(matches!(cli.command, Command::Serve(_)));
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

async fn run(cli: Cli) -> anyhow::Result<std::process::ExitCode> {
    use std::process::ExitCode;
    let Cli { target, command } = cli;
    match command {
        Command::Serve(args) => serve::run(&target, args).await?,
        Command::Demo(args) => demo::run(&target, args).await?,
        Command::Migrate => {
            target.store().await?.migrate().await?;
            println!("the schema is up to date");
        }
        Command::Import(args) => {
            let session = target.connect().await?;
            let summary = import::run(session.client(), args).await;
            session.end().await?;
            println!("{}", summary?);
        }
        Command::Top(args) => with(&target, async |client| top::run(client, &args).await).await?,
        Command::Account(command) => {
            with(&target, async |client| account::run(client, &command).await).await?;
        }
        Command::Lead(command) => {
            with(&target, async |client| lead::run(client, &command).await).await?;
        }
        Command::Activity(command) => {
            with(&target, async |client| activity::run(client, &command).await).await?;
        }
        Command::Opportunity(command) => {
            with(&target, async |client| opportunity::run(client, &command).await).await?;
        }
        Command::Handoff(command) => {
            with(&target, async |client| handoff::run(client, &command).await).await?;
        }
        Command::Policy(command) => match policy::run_on_file(&command)? {
            Some(true) => {}
            Some(false) => return Ok(ExitCode::FAILURE),
            None => with(&target, async |client| policy::run(client, &command).await).await?,
        },
        Command::Report(command) => {
            with(&target, async |client| report::run(client, &command).await).await?;
        }
        Command::Explain(args) => {
            with(&target, async |client| explain::run(client, &args).await).await?;
        }
        Command::Model(command) => {
            let done = match command {
                ModelCommand::File(command) => model::file::run(&command)?,
                ModelCommand::Service(command) => {
                    with(&target, async |client| model::run(client, &command).await).await?
                }
            };
            if !done {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Operation(command) => {
            let ended =
                with(&target, async |client| operation::run(client, &command).await).await?;
            if !ended {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Verify(args) => {
            let same = with(&target, async |client| verify::run(client, &args).await).await?;
            if !same {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Token(command) => token::run(&target, &command).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a command against a service, started for it if need be.
async fn with<T>(
    target: &TargetArgs,
    work: impl AsyncFnOnce(&abm_client::Client) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let session = target.connect().await?;
    let done = work(session.client()).await;
    session.end().await?;
    done
}

/// Tells what went wrong, with its causes.
fn fail(error: &anyhow::Error) -> std::process::ExitCode {
    match error.downcast_ref::<abm_client::Error>() {
        Some(refused) => eprintln!("abm: {}", refused.report()),
        None => eprintln!("abm: {error:#}"),
    }
    std::process::ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_of_every_command_are_sound() {
        Cli::command().debug_assert();
    }
}
