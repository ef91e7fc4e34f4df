//! Putting the server together, starting and stopping it.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use abm_app::{App, AppError};
use abm_core::WorkspaceId;
use abm_proto::v1::account_service_server::AccountServiceServer;
use abm_proto::v1::account_view_service_server::AccountViewServiceServer;
use abm_proto::v1::activity_service_server::ActivityServiceServer;
use abm_proto::v1::admin_service_server::AdminServiceServer;
use abm_proto::v1::handoff_service_server::HandoffServiceServer;
use abm_proto::v1::lead_service_server::LeadServiceServer;
use abm_proto::v1::model_service_server::ModelServiceServer;
use abm_proto::v1::operation_service_server::OperationServiceServer;
use abm_proto::v1::outcome_service_server::OutcomeServiceServer;
use abm_proto::v1::report_service_server::ReportServiceServer;
use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use ring::rand::{SecureRandom, SystemRandom};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::codec::CompressionEncoding;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::gate::GateLayer;
use crate::listen::accept;
use crate::services::Services;
use crate::tokens::Tokens;
use crate::{PACKAGE, ServerConfig};

/// The setting under which the secret of tokens is kept.
const SECRET: &str = "token_secret";

/// Age at which connections are asked to begin anew, so that replicas share the load; give or
/// take a tenth, so that not all do at once.
const CONNECTION_AGE_SECS: u64 = 1_800;

/// How often what has been kept long enough is removed.
const SWEEP: Duration = Duration::from_secs(3_600);

/// Why a server does not start, or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened at.
    #[error("cannot listen at {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The address would carry credentials in the clear.
    #[error(
        "{0} is not a loopback address: put TLS in front of the service and say so by --plaintext"
    )]
    Plaintext(SocketAddr),
    /// Open calls are for loopback only.
    #[error("calls without a credential are only accepted on a loopback address, not at {0}")]
    OpenToOthers(SocketAddr),
    /// The database.
    #[error(transparent)]
    App(#[from] AppError),
    /// The library.
    #[error("the transport failed")]
    Transport(#[from] tonic::transport::Error),
    /// A defect.
    #[error("the server cannot be put together: {0}")]
    Broken(&'static str),
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    app: App,
    drain: Duration,
    serving: JoinHandle<Result<(), tonic::transport::Error>>,
    timer: JoinHandle<()>,
    background: JoinHandle<()>,
}

impl Server {
    /// Starts to serve `app`; calls without a credential, where allowed, are of
    /// `default_workspace`.
    ///
    /// # Errors
    /// When the address cannot be listened at or is not safe, or the database does not answer.
    pub async fn start(
        app: App,
        default_workspace: WorkspaceId,
        config: ServerConfig,
    ) -> Result<Self, ServeError> {
        let loopback = config.listen.ip().is_loopback();
        if config.dev_no_auth && !loopback {
            return Err(ServeError::OpenToOthers(config.listen));
        }
        if !loopback && !config.plaintext {
            return Err(ServeError::Plaintext(config.listen));
        }
        let cannot_listen = |source| ServeError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;
        let stop = CancellationToken::new();
        let tokens = Arc::new(tokens(&app).await?);
        let services = Services { app: app.clone(), tokens };
        let (health, health_service) = tonic_health::server::health_reporter();
        let mut routes = routes(services, &config);
        routes = routes.add_service(health_service);
        if config.reflection {
            routes = with_reflection(routes)?;
        }
        let gate = GateLayer::new(app.clone(), default_workspace, config.clone(), stop.clone());
        let router = routes
            .into_axum_router()
            .route_layer(gate)
            .route_layer(tonic_web::GrpcWebLayer::new())
            .fallback(unknown);
        let peers = accept(listener, config.connections, stop.clone());
        let serving = builder()
            .add_routes(Routes::from(router))
            .serve_with_incoming_shutdown(peers, stop.clone().cancelled_owned());
        let serving = tokio::spawn(serving);
        let timer = tokio::spawn(tick(app.clone(), health, config.tick, stop.clone()));
        let background = tokio::spawn(work(app.clone(), config.tick, stop.clone()));
        tracing::info!(%address, "serving");
        Ok(Self { address, stop, app, drain: config.drain, serving, timer, background })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `until` is done, then stops: no new calls, those in work are finished
    /// within the drain time, everything accepted is stored.
    ///
    /// # Errors
    /// When serving failed.
    pub async fn run_until(self, until: impl Future<Output = ()>) -> Result<(), ServeError> {
        let Self { stop, app, drain, mut serving, timer, background, .. } = self;
        let ended = tokio::select! {
            ended = &mut serving => Some(ended),
            () = until => None,
        };
        stop.cancel();
        // A peer that stopped reading could keep the library waiting for ever.
        let ended = match ended {
            Some(ended) => Ok(ended),
            None => tokio::time::timeout(drain, &mut serving).await,
        };
        let drained = match ended {
            Ok(Ok(served)) => served.map_err(ServeError::from),
            Ok(Err(_)) => Err(ServeError::Broken("the listener ended unexpectedly")),
            Err(_) => {
                tracing::warn!("some connections did not end in time");
                serving.abort();
                Ok(())
            }
        };
        if timer.await.is_err() {
            tracing::error!("the timer ended unexpectedly");
        }
        if background.await.is_err() {
            tracing::error!("the work in the background ended unexpectedly");
        }
        app.stop().await;
        tracing::info!("stopped");
        drained
    }
}

async fn tokens(app: &App) -> Result<Tokens, ServeError> {
    let mut fresh = vec![0; Tokens::SECRET_BYTES];
    let filled = SystemRandom::new().fill(&mut fresh);
    filled.map_err(|_| ServeError::Broken("the system gives no random bytes"))?;
    let secret = app.store().setting_or(SECRET, fresh).await.map_err(AppError::from)?;
    Tokens::new(&secret).ok_or(ServeError::Broken("the stored secret cannot be used"))
}

fn routes(services: Services, config: &ServerConfig) -> Routes {
    macro_rules! limited {
        ($server:ident) => {
            $server::new(services.clone())
                .max_decoding_message_size(config.message_bytes)
                .max_encoding_message_size(config.message_bytes)
                .accept_compressed(CompressionEncoding::Gzip)
                .send_compressed(CompressionEncoding::Gzip)
        };
    }
    Routes::new(limited!(AccountServiceServer))
        .add_service(limited!(LeadServiceServer))
        .add_service(limited!(ActivityServiceServer))
        .add_service(limited!(AccountViewServiceServer))
        .add_service(limited!(OutcomeServiceServer))
        .add_service(limited!(ModelServiceServer))
        .add_service(limited!(OperationServiceServer))
        .add_service(limited!(HandoffServiceServer))
        .add_service(limited!(ReportServiceServer))
        .add_service(limited!(AdminServiceServer))
}

fn with_reflection(routes: Routes) -> Result<Routes, ServeError> {
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(abm_proto::FILE_DESCRIPTOR_SET)
        .build_v1();
    let broken = |_| ServeError::Broken("the contract cannot be reflected");
    Ok(routes.add_service(reflection.map_err(broken)?))
}

fn builder() -> tonic::transport::Server {
    let random = u64::from(uuid::Uuid::new_v4().as_bytes().first().copied().unwrap_or(128));
    let tenth = CONNECTION_AGE_SECS / 10;
    let age = CONNECTION_AGE_SECS - tenth + 2 * tenth * random / 255;
    tonic::transport::Server::builder()
        .accept_http1(true)
        .max_concurrent_streams(Some(100))
        .http2_keepalive_interval(Some(Duration::from_secs(60)))
        .http2_keepalive_timeout(Some(Duration::from_secs(20)))
        .http2_max_header_list_size(Some(16 << 10))
        .http2_max_pending_accept_reset_streams(Some(64))
        .max_connection_age(Duration::from_secs(age))
}

/// Applies what is due, tells whether the database answers, and sweeps now and then.
async fn tick(app: App, health: HealthReporter, every: Duration, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut swept: Option<tokio::time::Instant> = None;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => {
                set_health(&health, ServingStatus::NotServing).await;
                return;
            }
        }
        let serving = match app.tick().await {
            Ok(()) => ServingStatus::Serving,
            Err(error) => {
                tracing::warn!(%error, "the database does not answer");
                ServingStatus::NotServing
            }
        };
        set_health(&health, serving).await;
        if swept.is_none_or(|last| last.elapsed() >= SWEEP) {
            swept = Some(tokio::time::Instant::now());
            if let Err(error) = app.sweep().await {
                tracing::warn!(%error, "what was kept long enough could not be removed");
            }
        }
    }
}

/// Does long work: when this process was asked for it, and now and then what another has left.
async fn work(app: App, every: Duration, stop: CancellationToken) {
    loop {
        if let Err(error) = until_idle(&app, &stop).await {
            tracing::warn!(%error, "the work in the background cannot go on now");
        }
        tokio::select! {
            () = app.wait_for_work() => {}
            () = tokio::time::sleep(every) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn until_idle(app: &App, stop: &CancellationToken) -> Result<(), AppError> {
    for workspace in app.store().workspaces().await.map_err(AppError::from)? {
        let workspace = workspace.id;
        while !stop.is_cancelled() {
            match app.work_on(workspace).await {
                Ok(true) => {}
                Ok(false) => break,
                // What fails for one does not hold up the others.
                Err(error) => {
                    tracing::warn!(%error, %workspace, "work in the background cannot go on now");
                    break;
                }
            }
        }
    }
    Ok(())
}

/// What nobody serves: told in gRPC to those who speak it.
async fn unknown(request: Request) -> Response {
    let kind = request.headers().get(CONTENT_TYPE);
    let speaks_grpc = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
    if speaks_grpc {
        return Status::unimplemented("unknown method").into_http();
    }
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// The health of the whole, and of the contract by its name.
async fn set_health(health: &HealthReporter, status: ServingStatus) {
    health.set_service_status("", status).await;
    health.set_service_status(PACKAGE, status).await;
}
