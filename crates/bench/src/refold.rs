//! Refold: every account is scored anew under a changed model, as a try and for good.

use abm_app::{ModelChoice, SimulateQuestion, SimulationPart};
use abm_core::model::DEFAULT_FILE;
use anyhow::{Result, ensure};
use tokio::time::Instant;

use crate::database::Engine;
use crate::options::Options;
use crate::service::Service;
use crate::stats::median;
use crate::table::{Table, two, whole};
use crate::world::World;

/// Publishes changed models and waits until every account is assessed under them.
pub(crate) async fn run(
    options: &Options,
    engine: Engine,
    world: &World,
    service: &Service,
) -> Result<Table> {
    service.database.settle().await?;
    let mut points = Vec::new();
    for round in 0..options.rounds {
        let file = with_points(41 + round);
        points.push(refold(service, &format!("points-{round}"), file, world.accounts.len()).await?);
    }
    let mut tries = Vec::new();
    for round in 0..options.rounds {
        tries.push(simulate(service, with_points(10 + round), world.accounts.len()).await?);
    }
    // Another rule makes every ledger anew, from the stored activities.
    let file = || DEFAULT_FILE.replace("contains(\"/product\")", "contains(\"/product/\")");
    let tried_rules = simulate(service, file(), world.accounts.len()).await?;
    let rules = refold(service, "rules", file(), world.accounts.len()).await?;
    let head = ["changed", "seconds", "accounts/s", "leads/s", "activities/s"];
    let mut table = Table::new(format!("Refold, {engine}"), &head);
    let mut add = |what: &str, seconds: f64| {
        let each = |count: usize| whole(count as f64 / seconds);
        let leads = each(world.leads.len());
        table.row([
            what.into(),
            two(seconds),
            each(world.accounts.len()),
            leads,
            each(world.stream.len()),
        ]);
    };
    add(
        "a try of other points (SimulateModel): ledgers are read, activities are not",
        median(&tries),
    );
    add("a try of other matching rules: ledgers are made anew from activities", tried_rules);
    add("publishing other points", median(&points));
    add("publishing other matching rules", rules);
    Ok(table)
}

/// The model with other points of its one signal of 40, and of nothing else: rules of fit would have
/// to be asked again.
fn with_points(points: u32) -> String {
    DEFAULT_FILE.replace("\n    points: 40", &format!("\n    points: {points}"))
}

/// The seconds until a changed model is in force for every account.
async fn refold(service: &Service, id: &str, file: String, accounts: usize) -> Result<f64> {
    ensure!(file != DEFAULT_FILE, "the model is not changed");
    let published = service.publish(id, file).await?;
    ensure!(published.accounts >= accounts as u64, "{published:?} of {accounts} accounts");
    Ok(published.took.as_secs_f64())
}

/// The seconds of a try on the whole base, from the call to its last part.
async fn simulate(service: &Service, file: String, accounts: usize) -> Result<f64> {
    let rules = ModelChoice::File(file);
    let question = SimulateQuestion { rules, base: None, as_of: None };
    let started = Instant::now();
    let mut parts = service.app.simulate_model(service.workspace, question).await?;
    while let Some(part) = parts.recv().await {
        if let SimulationPart::Whole(whole) = part? {
            let elapsed = started.elapsed();
            let before = whole.simulation.before.accounts;
            ensure!(before >= accounts as u64, "{before} of {accounts} accounts");
            ensure!(whole.simulation.moved > 0, "nothing moved");
            return Ok(elapsed.as_secs_f64());
        }
    }
    anyhow::bail!("the try broke off")
}
