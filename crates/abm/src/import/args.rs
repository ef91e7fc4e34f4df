//! The command line of `abm import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Deserialize;

use super::time::DateOrder;

/// Imports a CSV file. Importing it again is safe: what is stored already counts once.
#[derive(Clone, Debug, Args)]
pub(crate) struct ImportArgs {
    /// What the rows of the file are.
    #[arg(value_enum)]
    pub(crate) kind: Kind,

    /// The file to import.
    #[arg(value_name = "FILE.csv")]
    pub(crate) file: PathBuf,

    /// The map: a YAML file that says which column is what.
    #[arg(long, value_name = "MAP.yaml")]
    pub(crate) map: PathBuf,

    /// Where rows that were not accepted go, each with its line, field and reason. It holds the
    /// rows as they are, so treat it like the file itself. [default: NAME.rejects.csv in the
    /// current folder, after the name of the file; made only when there are any]
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,

    /// The zone of times that carry no offset from UTC, for example Europe/Berlin, UTC or +02:00.
    /// Wins over the map.
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,

    /// What comes first in dates such as 01-02-2018. Wins over the map.
    #[arg(long, value_enum, value_name = "ORDER")]
    pub(crate) date_order: Option<DateOrder>,

    /// Rows in one call.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) batch: u16,

    /// Shows no progress.
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Companies.
    Accounts,
    /// People.
    Leads,
    /// What happened.
    Activities,
    /// Sales.
    Opportunities,
}

impl Kind {
    /// The kind in messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Leads => "leads",
            Self::Activities => "activities",
            Self::Opportunities => "opportunities",
        }
    }
}
