//! `abm policy`.

use std::path::PathBuf;

use abm_client::{Client, v1};
use abm_core::policy;
use abm_core::problem::Severity;
use anyhow::Context;
use clap::{Args, Subcommand};

/// What to do with the handoff policy.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Writes a commented policy file to begin with.
    Init {
        /// The file; it must not be there.
        file: PathBuf,
    },
    /// Checks a policy file, and tells every problem with its place.
    Validate {
        /// The file.
        file: PathBuf,
    },
    /// Shows the policy in force.
    Show {
        /// Another version.
        #[arg(long = "policy-version", default_value_t = 0)]
        version: u64,
    },
    /// Stores a policy file, which holds from now on.
    Put(PutArgs),
}

/// What to store.
#[derive(Debug, Args)]
pub(crate) struct PutArgs {
    /// The file.
    file: PathBuf,

    /// Why.
    #[arg(long, default_value = "")]
    comment: String,
}

/// Runs a command that needs no service; `None` for the others, and `false` for a file that
/// cannot be stored.
pub(crate) fn run_on_file(command: &PolicyCommand) -> anyhow::Result<Option<bool>> {
    match command {
        PolicyCommand::Init { file } => {
            let mut options = std::fs::OpenOptions::new();
            let made = options.write(true).create_new(true).open(file);
            let made = made.and_then(|mut made| {
                std::io::Write::write_all(&mut made, policy::DEFAULT_FILE.as_bytes())
            });
            made.with_context(|| format!("{} cannot be made", file.display()))?;
            println!("{} is the policy that is shipped, to begin with", file.display());
            Ok(Some(true))
        }
        PolicyCommand::Validate { file } => {
            let problems = policy::validate(&read(file)?);
            for problem in &problems {
                println!("{problem}");
            }
            let valid = problems.iter().all(|problem| problem.severity == Severity::Warning);
            let word = if valid { "can be stored" } else { "cannot be stored" };
            println!("{} {word}", file.display());
            Ok(Some(valid))
        }
        PolicyCommand::Show { .. } | PolicyCommand::Put(_) => Ok(None),
    }
}

/// Runs a command against a service.
pub(crate) async fn run(client: &Client, command: &PolicyCommand) -> anyhow::Result<()> {
    match command {
        PolicyCommand::Show { version } => {
            let request = v1::GetHandoffPolicyRequest { version: *version, ..Default::default() };
            print!("{}", client.get_handoff_policy(request).await?.policy_file);
        }
        PolicyCommand::Put(args) => {
            let policy_file = read(&args.file)?;
            let request = v1::GetHandoffPolicyRequest::default();
            let base_version = client.get_handoff_policy(request).await?.version;
            let request = v1::PutHandoffPolicyRequest {
                policy_file,
                base_version,
                comment: args.comment.clone(),
                ..Default::default()
            };
            let version = client.put_handoff_policy(request).await?.version;
            println!("version {version} of the policy holds for what is handed over from now on");
        }
        PolicyCommand::Init { .. } | PolicyCommand::Validate { .. } => {}
    }
    Ok(())
}

fn read(file: &PathBuf) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}
