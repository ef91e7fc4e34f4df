//! Single activities, many in flight.

use abm_core::Activity;
use anyhow::Result;

use super::{Stands, through_app, through_grpc};
use crate::database::Engine;
use crate::log_bytes::LogBytes;
use crate::options::Options;
use crate::stats::{Series, median};
use crate::table::{Table, none, two, whole};

/// Calls in flight, and rows of a transaction of the floor.
const IN_FLIGHT: usize = 64;

#[derive(Default)]
struct Figures {
    grpc: Series,
    grpc_p50: Vec<f64>,
    grpc_p99: Vec<f64>,
    app: Series,
    floor: Series,
    rows: usize,
    transactions: usize,
}

/// Measures in turns, each on the next part of the stream.
pub(super) async fn run(
    options: &Options,
    engine: Engine,
    stands: &mut Stands<'_>,
    stream: &[Activity],
) -> Result<Table> {
    let size = stream.len() / (options.rounds as usize + 1);
    let (timed, counted) = stream.split_at(stream.len() - size);
    let mut figures = Figures::default();
    for (turn, rows) in timed.chunks(size.max(1)).enumerate() {
        for stand in 0..3 {
            measure(stands, rows, (turn + stand) % 3, &mut figures).await?;
        }
    }
    let a_row = |bytes: f64| bytes / counted.len() as f64;
    let log = LogBytes::start(&stands.grpc.database).await?;
    through_grpc(&stands.client, &singles(counted), IN_FLIGHT).await?;
    let grpc = a_row(log.end().await?);
    let log = LogBytes::start(&stands.floor.database).await?;
    stands.floor.store(counted, IN_FLIGHT).await?;
    let floor = a_row(log.end().await?);
    Ok(table(engine, &figures, grpc, floor))
}

async fn measure(
    stands: &mut Stands<'_>,
    rows: &[Activity],
    stand: usize,
    figures: &mut Figures,
) -> Result<()> {
    match stand {
        0 => {
            let tally = through_grpc(&stands.client, &singles(rows), IN_FLIGHT).await?;
            figures.grpc.add(&tally.load.cost, rows.len());
            figures.grpc_p50.push(tally.load.latencies.millis(50));
            figures.grpc_p99.push(tally.load.latencies.millis(99));
            figures.rows += rows.len();
            figures.transactions += tally.transactions;
        }
        1 => {
            let tally = through_app(&stands.app, singles(rows), IN_FLIGHT).await?;
            figures.app.add(&tally.load.cost, rows.len());
        }
        _ => {
            let cost = stands.floor.store(rows, IN_FLIGHT).await?;
            figures.floor.add(&cost, rows.len());
        }
    }
    Ok(())
}

fn singles(rows: &[Activity]) -> Vec<Vec<Activity>> {
    rows.iter().map(|row| vec![row.clone()]).collect()
}

fn table(engine: Engine, figures: &Figures, grpc: f64, floor: f64) -> Table {
    let head = [
        "one activity a call",
        "rows/s",
        "to the floor",
        "CPU us a row",
        "p50 ms",
        "p99 ms",
        "log bytes a row",
        "rows a transaction",
    ];
    let mut table = Table::new(format!("Ingest one by one, {engine}"), &head);
    let mut add = |what: String, series: &Series, rest: [String; 4]| {
        let [p50, p99, bytes, rows] = rest;
        let to_floor = two(series.to(&figures.floor));
        let cpu = two(series.cpu_micros());
        table.row([what, whole(series.rate()), to_floor, cpu, p50, p99, bytes, rows]);
    };
    let what = format!("floor: storing only, {IN_FLIGHT} rows a transaction");
    let rows = whole(IN_FLIGHT as f64);
    add(what, &figures.floor, [none(), none(), whole(floor), rows]);
    let what = format!("storing and scoring, in process, {IN_FLIGHT} in flight");
    add(what, &figures.app, [none(), none(), none(), none()]);
    let what = format!("storing and scoring, over gRPC, {IN_FLIGHT} in flight");
    let (p50, p99) = (two(median(&figures.grpc_p50)), two(median(&figures.grpc_p99)));
    let rows = whole(figures.rows as f64 / figures.transactions.max(1) as f64);
    add(what, &figures.grpc, [p50, p99, whole(grpc), rows]);
    table
}
