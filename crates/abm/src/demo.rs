//! `abm demo`: a made-up world, scored, with its priority accounts.

use std::path::PathBuf;
use std::time::Instant;

use abm_client::{Client, v1};
use abm_demo::{World, WorldSize};
use anyhow::{Context, ensure};
use clap::Args;
use tokio::task::JoinSet;

use crate::target::{Session, TargetArgs};
use crate::{moment, top};

/// Rows in one call.
const BATCH: usize = 1_000;
/// Calls at a time.
const AT_A_TIME: usize = 8;
/// Where the demo lives unless told otherwise; made anew by each run.
const FOLDER: &str = "abm-demo";

/// How large a world.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Companies.
    #[arg(long, default_value_t = WorldSize::default().companies)]
    companies: usize,

    /// People.
    #[arg(long, default_value_t = WorldSize::default().people)]
    people: usize,

    /// Activities.
    #[arg(long, default_value_t = WorldSize::default().activities)]
    activities: usize,

    /// Which world.
    #[arg(long, default_value_t = WorldSize::default().seed)]
    seed: u64,
}

/// Makes, scores and shows the world.
pub(crate) async fn run(target: &TargetArgs, args: DemoArgs) -> anyhow::Result<()> {
    ensure!(target.server.is_none(), "the demo has a service of its own; leave --server out");
    let mut target = TargetArgs {
        server: None,
        token: None,
        database_url: target.database_url.clone(),
        data: target.data.clone(),
        unsafe_durability: target.unsafe_durability,
    };
    if target.database_url.is_none() && target.data.is_none() {
        let folder = PathBuf::from(FOLDER);
        clear(&folder)?;
        target.data = Some(folder);
    }
    let session = Session::own(target.app().await?).await?;
    let shown = fill_and_show(session.client(), &args).await;
    session.end().await?;
    shown?;
    let place = match (&target.database_url, &target.data) {
        (Some(_), _) => "--database-url URL".to_owned(),
        (None, Some(folder)) => format!("--data {}", folder.display()),
        (None, None) => String::new(),
    };
    println!("\nTry next:");
    println!("  abm {place} account show ACCOUNT      everything about one of them");
    println!("  abm {place} explain ACCOUNT           its engagement, down to single activities");
    println!("  abm {place} model show                the rules behind the numbers");
    println!("  abm {place} verify                    every score computed again and compared");
    println!("  abm {place} serve --dev-no-auth       gRPC with reflection, for your own client");
    Ok(())
}

/// Removes the database of an earlier demo.
fn clear(folder: &std::path::Path) -> anyhow::Result<()> {
    for file in ["abm.db", "abm.db-wal", "abm.db-shm"] {
        match std::fs::remove_file(folder.join(file)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).context("the last demo cannot be removed");
            }
            _ => {}
        }
    }
    Ok(())
}

async fn fill_and_show(client: &Client, args: &DemoArgs) -> anyhow::Result<()> {
    let size = WorldSize {
        companies: args.companies,
        people: args.people,
        activities: args.activities,
        seed: args.seed,
    };
    let known =
        client.list_accounts(v1::ListAccountsRequest { page_size: 1, ..Default::default() });
    ensure!(known.await?.accounts.is_empty(), "the demo wants an empty database");
    let world = World::new(size, moment::now_secs());
    let (accounts, leads, activities) =
        (world.accounts.len(), world.leads.len(), world.activities.len());
    let started = Instant::now();
    put_accounts(client, world.accounts).await?;
    put_leads(client, world.leads).await?;
    let before = started.elapsed();
    put_activities(client, world.activities).await?;
    let took = started.elapsed();
    let rate = activities as f64 / (took - before).as_secs_f64().max(0.001);
    println!(
        "{accounts} accounts, {leads} people and {activities} activities stored and scored in {:.1} s",
        took.as_secs_f64()
    );
    println!("({rate:.0} activities a second, each durable and visible when acknowledged)\n");
    top::run(client, &top::TopArgs::for_demo()).await
}

async fn put_accounts(client: &Client, accounts: Vec<v1::Account>) -> anyhow::Result<()> {
    for accounts in accounts.chunks(BATCH) {
        let accounts = accounts.to_vec();
        let request = v1::BatchUpsertAccountsRequest { accounts, ..Default::default() };
        let reply = client.batch_upsert_accounts(request).await?;
        all_accepted(&reply.verdicts)?;
    }
    Ok(())
}

async fn put_leads(client: &Client, leads: Vec<v1::Lead>) -> anyhow::Result<()> {
    for leads in leads.chunks(BATCH) {
        let leads = leads.to_vec();
        let request = v1::BatchUpsertLeadsRequest { leads, ..Default::default() };
        let reply = client.batch_upsert_leads(request).await?;
        all_accepted(&reply.verdicts)?;
    }
    Ok(())
}

async fn put_activities(client: &Client, activities: Vec<v1::Activity>) -> anyhow::Result<()> {
    let mut calls = JoinSet::new();
    for activities in activities.chunks(BATCH) {
        if calls.len() >= AT_A_TIME
            && let Some(done) = calls.join_next().await
        {
            done??;
        }
        let (client, activities) = (client.clone(), activities.to_vec());
        calls.spawn(async move {
            let request = v1::RecordActivitiesRequest { activities, ..Default::default() };
            all_accepted(&client.record_activities(request).await?.verdicts)
        });
    }
    while let Some(done) = calls.join_next().await {
        done??;
    }
    Ok(())
}

fn all_accepted(verdicts: &[v1::RowVerdict]) -> anyhow::Result<()> {
    match verdicts.iter().find(|row| row.code != 0) {
        None => Ok(()),
        Some(row) => anyhow::bail!("row {} was refused: {} {}", row.index, row.field, row.message),
    }
}
