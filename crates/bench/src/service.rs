//! The service as it runs in production, in this process: database, use cases, gRPC server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use abm_app::{
    App, Limits, ManualClock, OperationState, RequestKey, Rules, UpsertOptions, UpsertOutcome,
    Upserted,
};
use abm_core::model::DEFAULT_FILE;
use abm_core::{Timestamp, WorkspaceId};
use abm_server::{ServeError, Server, ServerConfig};
use abm_store::{OpenOptions, Store};
use anyhow::{Result, ensure};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};

use crate::database::{Database, Engine};
use crate::ingest;
use crate::options::Options;
use crate::world::World;

/// Rows of a batch.
pub(crate) const BATCH: usize = 1_000;

/// Callers that load a world.
const CALLERS: usize = 8;

/// How often is asked whether a model is in force.
const POLL: Duration = Duration::from_millis(20);

/// A model that came into force.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Published {
    /// From the call to the moment in which it was in force.
    pub(crate) took: Duration,
    /// Those that were scored under it.
    pub(crate) accounts: u64,
}

/// A service of our own, on a database of our own.
#[derive(Debug)]
pub(crate) struct Service {
    /// The use cases, to be called without gRPC.
    pub(crate) app: App,
    /// The only workspace.
    pub(crate) workspace: WorkspaceId,
    /// Where everything is stored.
    pub(crate) database: Database,
    /// Where the server listens.
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<Result<(), ServeError>>,
}

impl Service {
    /// Starts a service with an empty database, with every limit as documented. Its clock
    /// stands at `now`, and its timer waits, so that nothing but what is measured is at work.
    pub(crate) async fn start(options: &Options, engine: Engine, now: Timestamp) -> Result<Self> {
        Self::start_for(options, engine, now, "grpc").await
    }

    /// The same with a name for the database.
    pub(crate) async fn start_for(
        options: &Options,
        engine: Engine,
        now: Timestamp,
        purpose: &str,
    ) -> Result<Self> {
        let database = Database::new(options, engine, purpose).await?;
        let store = Store::open(&OpenOptions::new(database.url())).await?;
        store.migrate().await?;
        let app = App::start(store, Arc::new(ManualClock::new(now)), Limits::default());
        let workspace = app.workspace_or_new("default").await?.id;
        let mut config = ServerConfig::new(SocketAddr::from(([127, 0, 0, 1], 0)));
        config.dev_no_auth = true;
        config.tick = Duration::from_secs(3_600);
        let server = Server::start(app.clone(), workspace, config).await?;
        let (address, stop) = (server.address(), CancellationToken::new());
        let serving = tokio::spawn(server.run_until(stop.clone().cancelled_owned()));
        Ok(Self { app, workspace, database, address, stop, serving })
    }

    /// Stores all accounts, then all leads.
    pub(crate) async fn add_profiles(&self, world: &World) -> Result<()> {
        for (number, rows) in world.accounts.chunks(BATCH).enumerate() {
            let key = RequestKey::new(&format!("accounts-{number}"), b"");
            let rows: Vec<_> = rows.iter().cloned().map(Ok).collect();
            all_created(
                self.app
                    .upsert_accounts(self.workspace, key, rows, UpsertOptions::default())
                    .await?,
            )?;
        }
        for (number, rows) in world.leads.chunks(BATCH).enumerate() {
            let key = RequestKey::new(&format!("leads-{number}"), b"");
            let rows: Vec<_> = rows.iter().cloned().map(Ok).collect();
            all_created(
                self.app.upsert_leads(self.workspace, key, rows, UpsertOptions::default()).await?,
            )?;
        }
        Ok(())
    }

    /// Stores a world without gRPC, unmeasured. It is stored under a model without rules and
    /// scored by publishing the default one, in far less time than activity by activity.
    pub(crate) async fn load(&self, world: &World) -> Result<()> {
        self.publish("bare", "name: bare\n".to_owned()).await?;
        self.add_profiles(world).await?;
        let batches = world.stream.chunks(BATCH).map(<[_]>::to_vec).collect();
        ingest::through_app(self, batches, CALLERS).await?;
        self.publish("default", DEFAULT_FILE.to_owned()).await?;
        Ok(())
    }

    /// Publishes a model and waits until it is in force, and until what was shown before is
    /// removed, which is not counted.
    pub(crate) async fn publish(&self, id: &str, file: String) -> Result<Published> {
        let key = RequestKey::new(id, id.as_bytes());
        let started = Instant::now();
        let rules = Rules::File(file);
        let begun =
            self.app.publish_model(self.workspace, key, rules, String::new(), None, "bench".into());
        let (_, operation, _) = begun.await?;
        loop {
            // The server does the work, in the background.
            tokio::time::sleep(POLL).await;
            let (now, _) = self.app.operation(self.workspace, &operation.id).await?;
            if now.state != OperationState::Running {
                let took = started.elapsed();
                ensure!(now.state == OperationState::Succeeded, "{now:?}");
                while self.app.work_on(self.workspace).await? {}
                return Ok(Published { took, accounts: now.total });
            }
        }
    }

    /// Connections to the server.
    pub(crate) async fn connect(&self, count: usize) -> Result<Vec<Channel>> {
        connect(self.address, count).await
    }

    /// Stops, and removes the database.
    pub(crate) async fn stop(self) -> Result<()> {
        self.stop.cancel();
        self.serving.await??;
        let store = self.app.store().clone();
        drop(self.app);
        store.close().await?;
        self.database.remove().await
    }
}

/// Connections to an address, set up as the client of the service does.
pub(crate) async fn connect(address: SocketAddr, count: usize) -> Result<Vec<Channel>> {
    let mut channels = Vec::with_capacity(count);
    for _ in 0..count {
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?.tcp_nodelay(true);
        channels.push(endpoint.connect().await?);
    }
    Ok(channels)
}

fn all_created(upserted: Upserted) -> Result<()> {
    let strange = upserted.rows.iter().find(|outcome| **outcome != UpsertOutcome::Created);
    ensure!(strange.is_none(), "a profile was not taken: {strange:?}");
    Ok(())
}
