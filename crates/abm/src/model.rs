//! `abm model`.

mod backtest;
pub(crate) mod file;
mod history;
mod simulate;
mod suggest;
mod suggest_points;

use std::path::{Path, PathBuf};

use abm_client::{Client, v1};
use abm_core::model;
use clap::Subcommand;

use self::file::{FileCommand, first_of, in_canonical_form, read};
use crate::moment;
use crate::operation::wait_for;

/// The version in force, as a caller names it.
const IN_FORCE: &str = "0";

/// What to do with scoring models.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    #[command(flatten)]
    File(FileCommand),
    #[command(flatten)]
    Service(ServiceCommand),
}

/// What to do with the models of a service.
#[derive(Debug, Subcommand)]
pub(crate) enum ServiceCommand {
    /// Shows the file of a version.
    Show {
        /// The version; the one in force when left out.
        #[arg(long, default_value_t = 0)]
        version: u64,

        /// In canonical form: fields in one order, without comments and without what is as it would
        /// be if it were left out.
        #[arg(long)]
        canonical: bool,
    },
    /// Lists the versions.
    List,
    /// Tells in rules what one model changes against another.
    Diff {
        /// The model, as a file or as the number of a version; with a second one, the model before.
        model: String,

        /// The model after. Left out, the first one is held against the version in force.
        after: Option<String>,
    },
    /// Stores a model file as a draft: the next version, which can be tried and published.
    Create {
        /// The file.
        file: PathBuf,

        /// What it is for.
        #[arg(long, default_value = "")]
        comment: String,
    },
    /// Tries a model on the whole base: who would stand elsewhere, and why.
    Simulate(simulate::SimulateArgs),
    /// Puts a model file or a draft in force, and waits until every account is assessed under it.
    Publish {
        /// A file, or the number of a draft.
        what: String,

        /// Why.
        #[arg(long, default_value = "")]
        comment: String,
    },
    /// Learns a draft of fit rules from what became of people, and writes it to a file.
    Suggest(suggest::SuggestArgs),
    /// Learns a draft of points of signals from what became of accounts after past dates, and writes
    /// it to a file.
    SuggestPoints(suggest_points::SuggestPointsArgs),
    /// Holds the scores of past dates against what became of accounts after each.
    Backtest(backtest::BacktestArgs),
    /// Puts the rules of an earlier version in force again, as a new version.
    Rollback {
        /// The version.
        version: u64,

        /// Why.
        #[arg(long, default_value = "")]
        comment: String,
    },
}

/// Runs a command; `false` when a version has not come into force.
pub(crate) async fn run(client: &Client, command: &ServiceCommand) -> anyhow::Result<bool> {
    match command {
        ServiceCommand::Show { version, canonical } => {
            let request = v1::GetModelRequest { version: *version, ..Default::default() };
            let reply = client.get_model(request).await?;
            let model = reply.model.unwrap_or_default();
            let when = moment::show(model.created_at.as_ref());
            let state = match model.state() {
                v1::ModelState::Published => "in force",
                v1::ModelState::Draft => "draft",
                _ => "retired",
            };
            println!("# version {}, {state}, of {when} by {}", model.version, model.created_by);
            match canonical {
                true => print!("{}", in_canonical_form(&model.model_file)?),
                false => println!("{}", model.model_file),
            }
            Ok(true)
        }
        ServiceCommand::List => list(client).await,
        ServiceCommand::Suggest(args) => suggest::run(client, args).await,
        ServiceCommand::SuggestPoints(args) => suggest_points::run(client, args).await,
        ServiceCommand::Backtest(args) => backtest::run(client, args).await,
        ServiceCommand::Diff { model, after: Some(after) } => diff(client, model, after).await,
        ServiceCommand::Diff { model, after: None } => diff(client, IN_FORCE, model).await,
        ServiceCommand::Rollback { version, comment } => {
            let request = v1::RollBackModelRequest {
                version: *version,
                comment: comment.clone(),
                ..Default::default()
            };
            let begun = client.roll_back_model(request).await?.operation;
            wait_for(client, begun.unwrap_or_default()).await
        }
        ServiceCommand::Simulate(args) => simulate::run(client, args).await,
        ServiceCommand::Create { file, comment } => create(client, file, comment).await,
        ServiceCommand::Publish { what, comment } => publish(client, what, comment).await,
    }
}

async fn list(client: &Client) -> anyhow::Result<bool> {
    let mut pages = client.pages(v1::ListModelsRequest::default());
    while let Some(page) = pages.next_page().await? {
        for model in &page.models {
            let state = match model.state() {
                v1::ModelState::Published => "in force",
                v1::ModelState::Draft => "draft",
                _ => "",
            };
            println!(
                "{:>4}  {:<8}  {}  {}  {}  {}",
                model.version,
                state,
                moment::show(model.created_at.as_ref()),
                model.created_by,
                model.name,
                model.comment
            );
        }
    }
    Ok(true)
}

async fn diff(client: &Client, before: &str, after: &str) -> anyhow::Result<bool> {
    let (before, after) = (file_of(client, before).await?, file_of(client, after).await?);
    let changes = model::diff::diff(&before, &after);
    let changes = changes.map_err(|problems| first_of(&problems))?;
    for change in &changes {
        println!("{change}");
    }
    if changes.is_empty() {
        println!("the models do not differ");
    }
    Ok(true)
}

/// The model file that a number or a path stands for.
async fn file_of(client: &Client, name: &str) -> anyhow::Result<String> {
    match name.parse() {
        Ok(version) => {
            let request = v1::GetModelRequest { version, ..Default::default() };
            let reply = client.get_model(request).await?;
            Ok(reply.model.unwrap_or_default().model_file)
        }
        Err(_) => read(&PathBuf::from(name)),
    }
}

async fn create(client: &Client, file: &Path, comment: &str) -> anyhow::Result<bool> {
    let request = v1::CreateModelVersionRequest {
        model_file: read(file)?,
        comment: comment.to_owned(),
        ..Default::default()
    };
    let model = client.create_model_version(request).await?.model.unwrap_or_default();
    println!("version {} is a draft", model.version);
    Ok(true)
}

async fn publish(client: &Client, what: &str, comment: &str) -> anyhow::Result<bool> {
    let mut request = v1::PublishModelRequest { comment: comment.to_owned(), ..Default::default() };
    match what.parse() {
        Ok(version) => request.version = version,
        Err(_) => request.model_file = read(&PathBuf::from(what))?,
    }
    let begun = client.publish_model(request).await?.operation;
    wait_for(client, begun.unwrap_or_default()).await
}
