//! `abm model`.

use std::path::PathBuf;
use std::time::Duration;

use abm_client::{Client, v1};
use anyhow::Context;
use clap::Subcommand;

use crate::moment;

/// How often the progress of a publication is asked for.
const POLL: Duration = Duration::from_millis(200);

/// What to do with scoring models.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Shows a published model file.
    Show {
        /// The version; the one in force when left out.
        #[arg(long, default_value_t = 0)]
        version: u64,
    },
    /// Checks a model file.
    Validate {
        /// The file.
        file: PathBuf,
    },
    /// Publishes a model file and waits until every account is assessed under it.
    Publish {
        /// The file.
        file: PathBuf,

        /// Why.
        #[arg(long, default_value = "")]
        comment: String,
    },
}

/// Runs a command; `false` when a file is not valid.
pub(crate) async fn run(client: &Client, command: &ModelCommand) -> anyhow::Result<bool> {
    match command {
        ModelCommand::Show { version } => {
            let request = v1::GetModelRequest { version: *version, ..Default::default() };
            let reply = client.get_model(request).await?;
            let model = reply.model.unwrap_or_default();
            let when = moment::show(model.published_at.as_ref());
            let force = if model.version == reply.active_version { ", in force" } else { "" };
            println!(
                "# version {}{force}, published {when} by {}",
                model.version, model.published_by
            );
            println!("{}", model.model_file);
            Ok(true)
        }
        ModelCommand::Validate { file } => validate(client, file).await,
        ModelCommand::Publish { file, comment } => publish(client, file, comment).await,
    }
}

fn read(file: &PathBuf) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

async fn validate(client: &Client, file: &PathBuf) -> anyhow::Result<bool> {
    let request = v1::ValidateModelRequest { model_file: read(file)? };
    let reply = client.validate_model(request).await?;
    for problem in &reply.problems {
        let place = match (problem.line, problem.column) {
            (0, _) => String::new(),
            (line, column) => format!(":{line}:{column}"),
        };
        let path =
            if problem.path.is_empty() { String::new() } else { format!("{}: ", problem.path) };
        println!("{}{place}: {path}{}", file.display(), problem.message);
    }
    match reply.problems.len() {
        0 => println!("{} is valid", file.display()),
        count => println!("{count} problems"),
    }
    Ok(reply.valid)
}

async fn publish(client: &Client, file: &PathBuf, comment: &str) -> anyhow::Result<bool> {
    let request = v1::PublishModelRequest {
        model_file: read(file)?,
        comment: comment.to_owned(),
        ..Default::default()
    };
    let model = client.publish_model(request).await?.model.unwrap_or_default();
    loop {
        let reply = client.get_model(v1::GetModelRequest::default()).await?;
        let progress = reply.rescore.unwrap_or_default();
        if progress.accounts_done >= progress.accounts_total
            || reply.active_version != model.version
        {
            let (version, accounts) = (model.version, progress.accounts_total);
            println!("version {version} is in force, {accounts} accounts are assessed under it");
            return Ok(true);
        }
        tokio::time::sleep(POLL).await;
    }
}
