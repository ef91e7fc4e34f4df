//! What a command works on: a service that runs, or a database for which one is started.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use abm_app::{App, Limits, SystemClock};
use abm_client::{Client, ConnectOptions};
use abm_server::{Server, ServerConfig};
use abm_store::{OpenOptions, Store};
use anyhow::Context;
use clap::Args;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The workspace of an installation that has only one.
pub(crate) const WORKSPACE: &str = "default";

/// Where `abm serve` listens unless told otherwise.
pub(crate) const DEFAULT_ADDRESS: &str = "127.0.0.1:50055";

/// Longest call to a service of this command's own: nobody else waits for it.
const OWN_DEADLINE: Duration = Duration::from_secs(3_600);

/// What a command works on.
#[derive(Debug, Args)]
#[command(next_help_heading = "What to work on")]
pub(crate) struct TargetArgs {
    /// A running service. Without this and without a database, http://127.0.0.1:50055.
    #[arg(long, global = true, env = "ABM_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,

    /// The credential for a running service.
    #[arg(long, global = true, env = "ABM_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,

    /// A database to work on directly: `postgres://...` or `sqlite://PATH`.
    #[arg(
        long,
        global = true,
        env = "ABM_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) database_url: Option<String>,

    /// A data folder to work on directly: the embedded SQLite database is in it.
    #[arg(long, global = true, env = "ABM_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// Accept a database whose settings can lose acknowledged writes.
    #[arg(long, global = true)]
    pub(crate) unsafe_durability: bool,
}

impl TargetArgs {
    /// A client of the service that was named, or of one started on the database that was.
    pub(crate) async fn connect(&self) -> anyhow::Result<Session> {
        let own = self.database_url.is_some() || self.data.is_some();
        if self.server.is_some() || !own {
            let address = format!("http://{DEFAULT_ADDRESS}");
            let endpoint = self.server.clone().unwrap_or(address);
            let mut options = ConnectOptions::new(&endpoint);
            options.token.clone_from(&self.token);
            let client = Client::connect(options).await;
            let client = client.with_context(|| {
                format!("no service at {endpoint}; name a database by --data or --database-url to work without one")
            })?;
            return Ok(Session { client, own: None });
        }
        Session::own(self.app().await?).await
    }

    /// The use cases on the database, migrated.
    pub(crate) async fn app(&self) -> anyhow::Result<App> {
        let store = self.store().await?;
        store.migrate().await?;
        store.check_schema().await?;
        Ok(App::start(store, Arc::new(SystemClock), Limits::default()))
    }

    /// The database.
    pub(crate) async fn store(&self) -> anyhow::Result<Store> {
        let url = match (&self.database_url, &self.data) {
            (Some(url), _) => url.clone(),
            (None, data) => {
                let folder = data.clone().unwrap_or_else(|| PathBuf::from("abm-data"));
                std::fs::create_dir_all(&folder)
                    .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
                sqlite_url(&folder)
            }
        };
        let mut options = OpenOptions::new(url);
        options.unsafe_durability = self.unsafe_durability;
        Store::open(&options).await.context("the database cannot be opened")
    }
}

/// The embedded database of a data folder.
pub(crate) fn sqlite_url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("abm.db").display())
}

/// A client, and the service behind it if it was started for this command.
pub(crate) struct Session {
    client: Client,
    own: Option<Own>,
}

struct Own {
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), abm_server::ServeError>>,
}

impl Session {
    /// Starts a service on loopback, for this command alone, and connects to it.
    pub(crate) async fn own(app: App) -> anyhow::Result<Self> {
        let workspace = app.workspace_or_new(WORKSPACE).await?;
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let mut config = ServerConfig::new(address);
        config.dev_no_auth = true;
        config.deadline_most = OWN_DEADLINE;
        let server = Server::start(app, workspace.id, config).await?;
        let mut options = ConnectOptions::new(format!("http://{}", server.address()));
        options.deadline = OWN_DEADLINE;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(server.run_until(async move {
            // Dropping the sender stops as well.
            let _ = stopped.await;
        }));
        let client = Client::connect(options).await?;
        Ok(Self { client, own: Some(Own { stop, serving }) })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Stops the service if it was started for this command: everything accepted is stored.
    pub(crate) async fn end(self) -> anyhow::Result<()> {
        let Self { client, own } = self;
        drop(client);
        if let Some(Own { stop, serving }) = own {
            drop(stop);
            serving.await??;
        }
        Ok(())
    }
}
