//! `abm import`: the rows of a file become accounts, leads, activities or
//! opportunities.
//!
//! A *map* says which column is what; `maps/README.md` documents it, and the files beside it are
//! maps for real exports. The file is read once, as a stream, whatever its size. Each batch of
//! rows is one call; several are under way at a time, and a batch waits for those before it that
//! hold another version of one of its rows, so that the outcome is that of one row after the other.
//!
//! Nothing is guessed. A time without an offset needs its zone stated, a date such as `01-02-2018`
//! its order; a column that the map names and the file lacks stops the import before it begins.
//! A bad row stops nothing: it goes to the rejects file with its line, field and reason.
//!
//! Importing a file again is safe: what is stored already counts once.

mod args;
mod batch;
mod condition;
mod destination;
mod fault;
mod header;
mod in_flight;
mod map;
mod pipeline;
mod plan;
mod progress;
mod reader;
mod record;
mod rejects;
mod row;
mod settle;
mod summary;
mod time;
mod value;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::time::Duration;

use abm_client::{Client, v1};
use anyhow::Context;

pub(crate) use self::args::{ImportArgs, Kind};
use self::destination::Destination;
use self::map::MapFile;
use self::plan::Plan;
use self::progress::Progress;
use self::reader::BatchReader;
use self::record::Record;
use self::rejects::Rejects;
pub(crate) use self::summary::ImportSummary;

/// How long one try of a batch may take: what the server allows at most. A large batch on a busy
/// server is slow, and giving up on it early would only send it again.
const DEADLINE: Duration = Duration::from_secs(30);

/// Imports a file and tells what became of its rows.
///
/// # Errors
/// When the map or the file cannot be used, when a time or date is ambiguous, or when a batch
/// fails as a whole after the client's retries. What was stored until then stays, and the message
/// says how far the import came.
pub(crate) async fn run(client: &Client, args: ImportArgs) -> anyhow::Result<ImportSummary> {
    import(client.with_deadline(DEADLINE), &args).await
}

/// [`run`], to any destination.
async fn import(to: impl Destination, args: &ImportArgs) -> anyhow::Result<ImportSummary> {
    match args.kind {
        Kind::Accounts => import_records::<v1::Account>(to, args).await,
        Kind::Leads => import_records::<v1::Lead>(to, args).await,
        Kind::Activities => import_records::<v1::Activity>(to, args).await,
        Kind::Opportunities => import_records::<v1::Opportunity>(to, args).await,
    }
}

async fn import_records<R: Record>(
    to: impl Destination,
    args: &ImportArgs,
) -> anyhow::Result<ImportSummary> {
    let mut map = MapFile::load(&args.map)?;
    map.state(args)?;
    let file =
        File::open(&args.file).with_context(|| format!("cannot open {}", args.file.display()))?;
    let bytes = file.metadata().map_or(0, |data| data.len());

    let mut rows = row::Rows::open(file, &map.format)
        .with_context(|| format!("cannot read {}", args.file.display()))?;
    let header = rows.header(&map.format)?;
    let merge = map.merge;
    let plan = Plan::new::<R>(map, &header).with_context(|| {
        format!("the map {} does not fit {}", args.map.display(), args.file.display())
    })?;
    let rejects = Rejects::prepare(args, &header, rows.syntax())?;
    let progress = Progress::new(bytes, args.quiet);

    let reader = BatchReader::<R, File>::new(rows, header, plan, usize::from(args.batch));
    pipeline::run(reader, to, merge, rejects, progress).await
}
