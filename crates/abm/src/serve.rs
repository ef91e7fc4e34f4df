//! `abm serve`.

use std::net::SocketAddr;

use abm_server::{Server, ServerConfig};
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::target::{DEFAULT_ADDRESS, TargetArgs, WORKSPACE};

/// How to serve.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen.
    #[arg(long, env = "ABM_LISTEN", default_value = DEFAULT_ADDRESS)]
    listen: SocketAddr,

    /// Accept calls without a credential. Only on loopback, for development.
    #[arg(long)]
    dev_no_auth: bool,

    /// Listen beyond loopback without TLS, because something in front of the service ends it.
    #[arg(long)]
    plaintext: bool,

    /// Serve reflection also beyond loopback.
    #[arg(long)]
    reflection: bool,
}

/// Serves until SIGINT or SIGTERM.
pub(crate) async fn run(target: &TargetArgs, args: ServeArgs) -> anyhow::Result<()> {
    let app = target.app().await?;
    let workspace = app.workspace_or_new(WORKSPACE).await?;
    let mut config = ServerConfig::new(args.listen);
    config.dev_no_auth = args.dev_no_auth;
    config.plaintext = args.plaintext;
    config.reflection |= args.reflection;
    let server = Server::start(app.clone(), workspace.id, config).await?;
    println!("serving gRPC at {}", server.address());
    if !args.dev_no_auth
        && let Some(token) = app.first_token(workspace.id).await?
    {
        println!("\nThe first admin token. It is shown this once only:\n\n  {}\n", token.text);
        println!("Use it with: export ABM_TOKEN=...");
    }
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    server
        .run_until(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
        .await?;
    Ok(())
}
