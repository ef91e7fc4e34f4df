//! `abm model`.

mod backtest;
mod simulate;
mod suggest;

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use abm_client::{Client, v1};
use abm_core::model::{self, DEFAULT_FILE};
use anyhow::Context;
use clap::Subcommand;

use crate::moment;

/// How often the progress of a publication is asked for.
const POLL: Duration = Duration::from_millis(200);

/// What to do with scoring models.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
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
    /// Prints a model file in canonical form, in which files that say the same are the same.
    Format {
        /// The file.
        file: PathBuf,
    },
    /// Lists the versions.
    List,
    /// Writes the default model to a file, to begin with.
    Init {
        /// The file, which must not be there yet.
        file: PathBuf,
    },
    /// Tells in rules how one model differs from another.
    Diff {
        /// A file, or the number of a version.
        before: String,

        /// A file, or the number of a version; the one in force when left out.
        after: Option<String>,
    },
    /// Checks a model file.
    Validate {
        /// The file.
        file: PathBuf,
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

/// Runs a command; `false` when a file is not valid.
pub(crate) async fn run(client: &Client, command: &ModelCommand) -> anyhow::Result<bool> {
    match command {
        ModelCommand::Show { version, canonical } => {
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
        ModelCommand::Format { file } => {
            print!("{}", in_canonical_form(&read(file)?)?);
            Ok(true)
        }
        ModelCommand::List => list(client).await,
        ModelCommand::Init { file } => init(file),
        ModelCommand::Suggest(args) => suggest::run(client, args).await,
        ModelCommand::Backtest(args) => backtest::run(client, args).await,
        ModelCommand::Diff { before, after } => diff(client, before, after.as_deref()).await,
        ModelCommand::Rollback { version, comment } => {
            let request = v1::RollBackModelRequest {
                version: *version,
                comment: comment.clone(),
                ..Default::default()
            };
            wait_for(client, client.roll_back_model(request).await?.operation).await
        }
        ModelCommand::Validate { file } => validate(client, file).await,
        ModelCommand::Simulate(args) => simulate::run(client, args).await,
        ModelCommand::Create { file, comment } => create(client, file, comment).await,
        ModelCommand::Publish { what, comment } => publish(client, what, comment).await,
    }
}

fn read(file: &PathBuf) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn in_canonical_form(file: &str) -> anyhow::Result<String> {
    let file = model::read_file(file).map_err(|problems| first_of(&problems))?;
    Ok(model::write(&file))
}

fn first_of(problems: &[model::Problem]) -> anyhow::Error {
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    anyhow::anyhow!("{} problems in a file, the first: {first}", problems.len())
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

fn init(file: &PathBuf) -> anyhow::Result<bool> {
    let mut made = std::fs::File::create_new(file)
        .with_context(|| format!("{} cannot be made", file.display()))?;
    made.write_all(DEFAULT_FILE.as_bytes())?;
    println!("{} holds the default model, with the reason of every figure", file.display());
    Ok(true)
}

async fn diff(client: &Client, before: &str, after: Option<&str>) -> anyhow::Result<bool> {
    let (before_file, after_file) =
        (file_of(client, before).await?, file_of(client, after.unwrap_or("0")).await?);
    let changes = model::diff::diff(&before_file, &after_file);
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

async fn validate(client: &Client, file: &PathBuf) -> anyhow::Result<bool> {
    let request = v1::ValidateModelRequest { model_file: read(file)?, ..Default::default() };
    let reply = client.validate_model(request).await?;
    for problem in &reply.problems {
        let place = match (problem.line, problem.column) {
            (0, _) => String::new(),
            (line, column) => format!(":{line}:{column}"),
        };
        let path =
            if problem.path.is_empty() { String::new() } else { format!("{}: ", problem.path) };
        let warning = match problem.severity() {
            v1::ModelProblemSeverity::Warning => "warning: ",
            _ => "",
        };
        println!("{}{place}: {warning}{path}{}", file.display(), problem.message);
    }
    match (reply.problems.len(), reply.valid) {
        (0, _) => println!("{} is valid", file.display()),
        (count, true) => println!("{} is valid, with {count} warnings", file.display()),
        (count, false) => println!("{count} problems"),
    }
    Ok(reply.valid)
}

async fn create(client: &Client, file: &PathBuf, comment: &str) -> anyhow::Result<bool> {
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
    wait_for(client, client.publish_model(request).await?.operation).await
}

/// Waits until a version has come into force.
async fn wait_for(client: &Client, operation: Option<v1::Operation>) -> anyhow::Result<bool> {
    let mut operation = operation.unwrap_or_default();
    while operation.state() == v1::OperationState::Running {
        tokio::time::sleep(POLL).await;
        let request = v1::GetOperationRequest {
            operation_id: operation.operation_id.clone(),
            ..Default::default()
        };
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
