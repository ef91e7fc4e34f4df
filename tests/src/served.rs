//! A world behind a real gRPC server.

use std::net::SocketAddr;
use std::time::Duration;

use abm_app::Role;
use abm_client::{Client, ConnectOptions, RetryPolicy};
use abm_server::{ServeError, Server, ServerConfig};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::World;

/// A server on a port of its own, serving a world.
#[derive(Debug)]
pub struct Served {
    /// What it serves.
    pub world: World,
    /// Where it listens.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), ServeError>>,
}

impl Served {
    /// Serves a world that lets everybody in, as an admin.
    pub async fn open(world: World) -> Self {
        Self::with(world, |config| config.dev_no_auth = true).await
    }

    /// Serves a world. Its timer rests: tests say when what is due is applied.
    pub async fn with(world: World, configure: impl FnOnce(&mut ServerConfig)) -> Self {
        let mut config = ServerConfig::new("127.0.0.1:0".parse().expect("an address"));
        config.tick = Duration::from_secs(86_400);
        config.deadline_default = Duration::from_secs(30);
        configure(&mut config);
        let server = Server::start(world.app.clone(), world.workspace, config).await;
        let server = server.expect("a server");
        let address = server.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(server.run_until(async move {
            let _ = stopped.await;
        }));
        Self { world, address, stop, serving }
    }

    /// A client without a credential, which tries each call once.
    pub async fn client(&self) -> Client {
        self.connect(None).await
    }

    /// A client in a role, for a year of the world's clock.
    pub async fn client_as(&self, role: Role) -> Client {
        let token = self.world.app.create_token(self.world.workspace, role, "test", 365).await;
        self.connect(Some(token.expect("a token").text)).await
    }

    async fn connect(&self, token: Option<String>) -> Client {
        let mut options = ConnectOptions::new(format!("http://{}", self.address));
        options.token = token;
        options.deadline = Duration::from_secs(30);
        options.retry = RetryPolicy::none();
        Client::connect(options).await.expect("a connection")
    }

    /// Stops the server and waits until it has ended.
    pub async fn stop(self) -> World {
        drop(self.stop);
        self.serving.await.expect("the server's task").expect("an orderly end");
        self.world
    }
}
