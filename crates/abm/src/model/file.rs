//! What to do with model files alone.

use std::io::Write;
use std::path::{Path, PathBuf};

use abm_core::model::{self, DEFAULT_FILE, Problem, Severity};
use anyhow::Context;
use clap::Subcommand;

/// What to do with model files: no service is needed.
#[derive(Debug, Subcommand)]
pub(crate) enum FileCommand {
    /// Writes the default model to a file, to begin with.
    Init {
        /// The file, which must not be there yet.
        file: PathBuf,
    },
    /// Checks a model file.
    Validate {
        /// The file.
        file: PathBuf,
    },
    /// Prints a model file in canonical form, in which files that say the same are the same.
    Format {
        /// The file.
        file: PathBuf,
    },
}

/// Runs a command; `false` when a file is not valid.
pub(crate) fn run(command: &FileCommand) -> anyhow::Result<bool> {
    match command {
        FileCommand::Init { file } => init(file),
        FileCommand::Validate { file } => validate(file),
        FileCommand::Format { file } => format(file),
    }
}

pub(super) fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

pub(super) fn in_canonical_form(file: &str) -> anyhow::Result<String> {
    let file = model::read_file(file).map_err(|problems| first_of(&problems))?;
    Ok(model::write(&file))
}

pub(super) fn first_of(problems: &[model::Problem]) -> anyhow::Error {
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    match problems.len() {
        1 => anyhow::anyhow!("a file is not valid: {first}"),
        count => anyhow::anyhow!("a file has {count} problems, the first: {first}"),
    }
}

fn init(file: &Path) -> anyhow::Result<bool> {
    let mut made = std::fs::File::create_new(file)
        .with_context(|| format!("{} cannot be made", file.display()))?;
    made.write_all(DEFAULT_FILE.as_bytes())?;
    println!("{} holds the default model, with the reason of every figure", file.display());
    Ok(true)
}

fn format(file: &Path) -> anyhow::Result<bool> {
    print!("{}", in_canonical_form(&read(file)?)?);
    Ok(true)
}

fn validate(file: &Path) -> anyhow::Result<bool> {
    let problems = model::validate(&read(file)?);
    for Problem { path, message, line, column, severity } in &problems {
        let place = match (line, column) {
            (Some(line), Some(column)) => format!(":{line}:{column}"),
            _ => String::new(),
        };
        let path = if path.is_empty() { String::new() } else { format!("{path}: ") };
        let warning = if *severity == Severity::Warning { "warning: " } else { "" };
        println!("{}{place}: {warning}{path}{message}", file.display());
    }
    let valid = problems.iter().all(|problem| problem.severity == Severity::Warning);
    let count = match problems.len() {
        1 => "1 problem".to_owned(),
        count => format!("{count} problems"),
    };
    match valid {
        true if problems.is_empty() => println!("{} is valid", file.display()),
        true => println!("{} is valid, with {count}", file.display()),
        false => println!("{count}"),
    }
    Ok(valid)
}
