//! Benchmarks of the service on this machine: `cargo run --release -p abm-bench`.
//!
//! Every figure is compared with a floor in the same run, in turns, because a machine is never
//! equally fast twice: ratios carry over to other machines, figures do not. What is measured and
//! how to read it stands in `docs/benchmarks.md`.

mod cpu;
mod database;
mod echo;
mod floor;
mod group_by;
mod ingest;
mod load;
mod log_bytes;
mod options;
mod refold;
mod service;
mod stats;
mod table;
mod views;
mod wire;
mod world;

use anyhow::Result;
use clap::Parser;

use crate::database::Engine;
use crate::options::{Options, Part};
use crate::service::Service;
use crate::world::World;

/// Scoring makes and drops many small values; the system's allocator is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let world = World::new(options.seed, options.accounts, options.activities_per_account);
    println!("{}", world.summary());
    if options.wants(Part::GroupBy) {
        println!("{}", group_by::run(&options, &world).await?);
    }
    let of_service = [Part::Ingest, Part::Views, Part::Refold];
    if !of_service.into_iter().any(|part| options.wants(part)) {
        return Ok(());
    }
    for &engine in &options.engines {
        run(&options, engine, &world).await?;
    }
    Ok(())
}

/// Runs the wanted parts on one engine, each after the other on what the one before it stored.
async fn run(options: &Options, engine: Engine, world: &World) -> Result<()> {
    let service = Service::start(options, engine, world.now).await?;
    if options.wants(Part::Ingest) {
        service.add_profiles(world).await?;
        for table in ingest::run(options, engine, world, &service).await? {
            println!("{table}");
        }
    } else {
        service.load(world).await?;
    }
    if options.wants(Part::Views) {
        println!("{}", views::run(options, engine, world, &service).await?);
    }
    if options.wants(Part::Refold) {
        println!("{}", refold::run(options, engine, world, &service).await?);
    }
    service.stop().await
}
