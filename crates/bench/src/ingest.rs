//! Ingest: storing and scoring activities, against storing them only.

mod batches;
mod single;

use std::collections::BTreeSet;

use abm_app::RowOutcome;
use abm_client::{Client, ConnectOptions};
use abm_core::Activity;
use anyhow::{Result, ensure};

use crate::database::Engine;
use crate::floor::Floor;
use crate::load::{Load, work_off};
use crate::options::Options;
use crate::service::Service;
use crate::table::Table;
use crate::wire;
use crate::world::World;

/// What became of some rows.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    /// How long it took.
    pub(crate) load: Load,
    /// New rows.
    pub(crate) created: usize,
    /// Rows that were there.
    pub(crate) duplicates: usize,
    /// Transactions: rows of one transaction are answered with one revision.
    pub(crate) transactions: usize,
}

/// What a caller was told of a call.
struct Answer {
    created: usize,
    duplicates: usize,
    revision: String,
}

/// Where rows are stored in turns.
struct Stands<'a> {
    grpc: &'a Service,
    client: Vec<Client>,
    app: Service,
    floor: Floor,
    wide_floor: Floor,
}

/// Measures batches, then single activities, on what the batches left.
pub(crate) async fn run(
    options: &Options,
    engine: Engine,
    world: &World,
    service: &Service,
) -> Result<Vec<Table>> {
    let app = Service::start_for(options, engine, world.now, "app").await?;
    app.add_profiles(world).await?;
    let mut stands = Stands {
        grpc: service,
        client: clients(service, 1).await?,
        app,
        floor: Floor::new(options, engine, world.now, "floor").await?,
        wide_floor: Floor::new(options, engine, world.now, "wide").await?,
    };
    let singles = (options.unary_calls * (options.rounds as usize + 1)).min(world.stream.len() / 4);
    let (first, last) = world.stream.split_at(world.stream.len() - singles);
    let tables = vec![
        batches::run(options, engine, &mut stands, first).await?,
        single::run(options, engine, &mut stands, last).await?,
    ];
    stands.app.stop().await?;
    stands.floor.stop().await?;
    stands.wide_floor.stop().await?;
    Ok(tables)
}

async fn clients(service: &Service, count: usize) -> Result<Vec<Client>> {
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        let address = format!("http://{}", service.address);
        clients.push(Client::connect(ConnectOptions::new(address)).await?);
    }
    Ok(clients)
}

/// Sends batches over gRPC. The messages are made before the time is taken; they are encoded
/// within it.
async fn through_grpc(
    clients: &[Client],
    batches: &[Vec<Activity>],
    callers: usize,
) -> Result<Tally> {
    let requests = batches.iter().map(|batch| wire::record(batch)).collect();
    let clients = clients.to_vec();
    let call = move |caller: usize, request| {
        let client = clients.get(caller % clients.len()).cloned();
        async move {
            let Some(client) = client else { anyhow::bail!("no client") };
            let reply = client.record_activities(request).await?;
            let counts = reply.counts.unwrap_or_default();
            Ok(Answer {
                created: usize::try_from(counts.created)?,
                duplicates: usize::try_from(counts.duplicate)?,
                revision: reply.revision,
            })
        }
    };
    tally(batches, work_off(requests, callers, call).await?)
}

/// Hands batches to the use case.
pub(crate) async fn through_app(
    service: &Service,
    batches: Vec<Vec<Activity>>,
    callers: usize,
) -> Result<Tally> {
    let rows = batches.iter().map(|batch| batch.iter().cloned().map(Ok).collect()).collect();
    let (app, workspace) = (service.app.clone(), service.workspace);
    let call = move |_, rows| {
        let app = app.clone();
        async move {
            let recorded = app.record_activities(workspace, "", rows, false).await?;
            let count = |outcome| recorded.rows.iter().filter(|found| **found == outcome).count();
            Ok(Answer {
                created: count(RowOutcome::Created),
                duplicates: count(RowOutcome::Duplicate),
                revision: recorded.revision.to_string(),
            })
        }
    };
    tally(&batches, work_off(rows, callers, call).await?)
}

fn tally(batches: &[Vec<Activity>], (load, answers): (Load, Vec<Answer>)) -> Result<Tally> {
    let created = answers.iter().map(|answer| answer.created).sum();
    let duplicates = answers.iter().map(|answer| answer.duplicates).sum();
    let sent: usize = batches.iter().map(Vec::len).sum();
    ensure!(created + duplicates == sent, "{created} created, {duplicates} known, {sent} sent");
    let revisions: BTreeSet<&str> = answers.iter().map(|answer| answer.revision.as_str()).collect();
    Ok(Tally { load, created, duplicates, transactions: revisions.len() })
}
