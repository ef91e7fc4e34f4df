//! Batches of 1,000.

use std::fmt::Write as _;

use abm_core::Activity;
use anyhow::Result;

use super::{Stands, through_app, through_grpc};
use crate::database::Engine;
use crate::log_bytes::LogBytes;
use crate::options::Options;
use crate::service::BATCH;
use crate::stats::Series;
use crate::table::{Table, none, two, whole};

/// Batches of the last turn, in which bytes are counted instead of time.
const COUNTED: usize = 16;

/// Rows of a transaction of the second floor: what the callers in flight have.
fn wide(options: &Options) -> usize {
    options.batch_callers * BATCH
}

/// What each stand took.
#[derive(Default)]
struct Figures {
    grpc: Series,
    app: Series,
    floor: Series,
    wide: Series,
    transactions: usize,
    rows: usize,
    known: usize,
}

/// Measures in turns, each on the next part of the stream.
pub(super) async fn run(
    options: &Options,
    engine: Engine,
    stands: &mut Stands<'_>,
    stream: &[Activity],
) -> Result<Table> {
    let counted = (COUNTED * BATCH).min(stream.len() / 4);
    let (timed, counted) = stream.split_at(stream.len() - counted);
    let rounds = options.rounds as usize;
    let size = timed.len().div_ceil(rounds).next_multiple_of(BATCH);
    let mut figures = Figures::default();
    for (turn, rows) in timed.chunks(size).enumerate() {
        for stand in 0..4 {
            measure(options, stands, rows, (turn + stand) % 4, &mut figures).await?;
        }
    }
    let bytes = count_bytes(options, stands, counted).await?;
    Ok(table(options, engine, &figures, bytes))
}

async fn measure(
    options: &Options,
    stands: &mut Stands<'_>,
    rows: &[Activity],
    stand: usize,
    figures: &mut Figures,
) -> Result<()> {
    match stand {
        0 => {
            let tally = through_grpc(&stands.client, &batches(rows), options.batch_callers).await?;
            figures.grpc.add(&tally.load.cost, rows.len());
            figures.transactions += tally.transactions;
            figures.rows += tally.created + tally.duplicates;
            figures.known += tally.duplicates;
        }
        1 => {
            let tally = through_app(&stands.app, batches(rows), options.batch_callers).await?;
            figures.app.add(&tally.load.cost, rows.len());
        }
        2 => figures.floor.add(&stands.floor.store(rows, BATCH).await?, rows.len()),
        _ => {
            let cost = stands.wide_floor.store(rows, wide(options)).await?;
            figures.wide.add(&cost, rows.len());
        }
    }
    Ok(())
}

fn batches(rows: &[Activity]) -> Vec<Vec<Activity>> {
    rows.chunks(BATCH).map(<[Activity]>::to_vec).collect()
}

/// Bytes of the log for each row: over gRPC, in transactions of one batch, and of the floors.
async fn count_bytes(
    options: &Options,
    stands: &mut Stands<'_>,
    rows: &[Activity],
) -> Result<[f64; 4]> {
    let a_row = |bytes: f64| bytes / rows.len() as f64;
    let log = LogBytes::start(&stands.grpc.database).await?;
    through_grpc(&stands.client, &batches(rows), options.batch_callers).await?;
    let grpc = a_row(log.end().await?);
    let log = LogBytes::start(&stands.app.database).await?;
    through_app(&stands.app, batches(rows), 1).await?;
    let app = a_row(log.end().await?);
    let log = LogBytes::start(&stands.floor.database).await?;
    stands.floor.store(rows, BATCH).await?;
    let floor = a_row(log.end().await?);
    let log = LogBytes::start(&stands.wide_floor.database).await?;
    stands.wide_floor.store(rows, wide(options)).await?;
    Ok([grpc, app, floor, a_row(log.end().await?)])
}

fn table(options: &Options, engine: Engine, figures: &Figures, bytes: [f64; 4]) -> Table {
    let head = [
        "batches of 1,000",
        "rows/s",
        "to the floor",
        "CPU us a row",
        "log bytes a row",
        "rows a transaction",
    ];
    let mut table = Table::new(format!("Ingest in batches, {engine}"), &head);
    let callers = options.batch_callers;
    let per_transaction = figures.rows as f64 / figures.transactions.max(1) as f64;
    let [grpc, app, floor, wide_floor] = bytes;
    let mut add = |what: String, series: &Series, bytes: String, rows: f64| {
        let to_floor = two(series.to(&figures.floor));
        let cpu = two(series.cpu_micros());
        table.row([what, whole(series.rate()), to_floor, cpu, bytes, whole(rows)]);
    };
    let what = "floor: storing only, one batch a transaction";
    add(what.into(), &figures.floor, whole(floor), BATCH as f64);
    let what = format!("floor: storing only, {callers} batches a transaction");
    add(what, &figures.wide, whole(wide_floor), wide(options) as f64);
    let what = format!("storing and scoring, in process, {callers} callers");
    add(what, &figures.app, none(), per_transaction);
    let what = format!("storing and scoring, over gRPC, {callers} callers");
    add(what, &figures.grpc, whole(grpc), per_transaction);
    let mut turns = String::new();
    for (grpc, floor) in figures.grpc.rates().iter().zip(figures.floor.rates()) {
        let _ = write!(turns, " {}/{}", whole(*grpc), whole(*floor));
    }
    table.remark(format!(
        "{} rows over gRPC, of them {} known already. Each turn, gRPC/floor:{turns}. With one \
         caller, so that each batch is a transaction, scoring takes {} log bytes a row.",
        whole(figures.rows as f64),
        whole(figures.known as f64),
        whole(app),
    ));
    table
}
