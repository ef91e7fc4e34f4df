//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::database::Engine;

/// Measures ingest, reads and refold against floors in the same run, and prints tables.
#[derive(Clone, Debug, Parser)]
#[command(version)]
pub(crate) struct Options {
    /// Accounts of the world.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) accounts: usize,
    /// Activities for each account, on average.
    #[arg(long, default_value_t = 40)]
    pub(crate) activities_per_account: usize,
    /// Seed of the world: the same seed makes the same world.
    #[arg(long, default_value_t = 20_260_101)]
    pub(crate) seed: u64,
    /// Turns that each comparison takes; medians are printed.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) rounds: u32,
    /// Which databases.
    #[arg(long, value_delimiter = ',', default_values_t = [Engine::Sqlite, Engine::Postgres])]
    pub(crate) engines: Vec<Engine>,
    /// A PostgreSQL server on which databases may be made.
    #[arg(
        long,
        env = "ABM_BENCH_POSTGRES",
        default_value = "postgres://postgres@127.0.0.1:5432/postgres"
    )]
    pub(crate) postgres_url: String,
    /// A Python with the package `duckdb`; without it DuckDB is left out of the GROUP BY.
    #[arg(long)]
    pub(crate) duckdb_python: Option<PathBuf>,
    /// Only these parts.
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<Part>,
    /// Callers in flight with a batch of 1,000 each.
    #[arg(long, default_value_t = 8)]
    pub(crate) batch_callers: usize,
    /// Single activities of each turn.
    #[arg(long, default_value_t = 6_400)]
    pub(crate) unary_calls: usize,
    /// Connections that reads are spread over.
    #[arg(long, default_value_t = 4)]
    pub(crate) connections: usize,
    /// Milliseconds of each turn of reads.
    #[arg(long, default_value_t = 2_000)]
    pub(crate) read_millis: u64,
    /// Sizes of further worlds whose top 100 is compared, for example `1000,100000`.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000])]
    pub(crate) list_sizes: Vec<usize>,
}

/// A part of the benchmarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Storing and scoring activities.
    Ingest,
    /// Account views and ranked lists.
    Views,
    /// Scoring everything anew under a changed model.
    Refold,
    /// The same by GROUP BY over the activities, elsewhere.
    GroupBy,
}

impl Options {
    /// Whether a part is to be run.
    pub(crate) fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}
