//! The gate in front of every call: who calls, may they, is there room, by when.
//!
//! Behind it a call runs in a task of its own. A caller that goes away or runs out of time
//! therefore never drops a database future half-way, and a panic ends the call, not the
//! connection. Long readings are told that nobody waits for them any more.

mod admission;
mod authentication;
mod deadline;
mod reply;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use abm_app::{App, Caller, Waiting};
use abm_core::WorkspaceId;
use axum::body::Body;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use tower::{Layer, Service, ServiceExt};
use tracing::Instrument;

use crate::error::{draining, internal, refusal};
use crate::permissions::{Permission, permission_of};
use crate::{ServerConfig, error};

/// What goes with a call through the service: who calls.
pub(crate) type CallerExtension = Arc<Caller>;

/// Puts the gate in front of services.
#[derive(Clone, Debug)]
pub(crate) struct GateLayer(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    authentication: authentication::Authentication,
    admission: admission::Admission,
    config: ServerConfig,
    stop: CancellationToken,
}

impl GateLayer {
    pub(crate) fn new(
        app: App,
        default_workspace: WorkspaceId,
        config: ServerConfig,
        stop: CancellationToken,
    ) -> Self {
        Self(Arc::new(Shared {
            authentication: authentication::Authentication::new(
                app,
                config.dev_no_auth.then_some(default_workspace),
            ),
            admission: admission::Admission::new(&config),
            config,
            stop,
        }))
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        Gate { inner, shared: Arc::clone(&self.0) }
    }
}

/// A service behind the gate.
#[derive(Clone, Debug)]
pub(crate) struct Gate<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S> Service<Request<Body>> for Gate<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The inner service is made ready in the call's own task.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Some(permission) = permission_of(request.uri().path()) else {
            // Health, reflection, and what nobody knows.
            return Box::pin(self.inner.clone().oneshot(request));
        };
        let (inner, shared) = (self.inner.clone(), Arc::clone(&self.shared));
        let request_id = reply::request_id(request.headers());
        let path = request.uri().path().to_owned();
        let span = tracing::info_span!("call", method = %path, request.id = %request_id);
        let answer = async move {
            let started = tokio::time::Instant::now();
            let answered = pass(&shared, inner, request, permission).await;
            let response = reply::finish(answered, &request_id);
            let code = reply::code(&response);
            let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            match code {
                Code::Ok => tracing::debug!(elapsed_ms = millis, "answered"),
                code => tracing::info!(elapsed_ms = millis, ?code, "refused"),
            }
            Ok(response)
        };
        Box::pin(answer.instrument(span))
    }
}

/// Takes a call through the gate, or gives the reason why not.
async fn pass<S>(
    shared: &Arc<Shared>,
    inner: S,
    request: Request<Body>,
    permission: Permission,
) -> Result<Response<Body>, Status>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    if shared.stop.is_cancelled() {
        return Err(draining());
    }
    let config = &shared.config;
    let deadline = deadline::of(request.headers(), config);
    let ends = tokio::time::Instant::now() + deadline;
    let caller = shared.authentication.caller(request.headers()).await?;
    if !permission.is_of(caller.role) {
        let name = permission.name();
        let message = format!("the role lacks the permission {name}");
        let metadata = [("permission", name.to_owned())];
        return Err(refusal(
            Code::PermissionDenied,
            "PERMISSION_MISSING",
            message,
            metadata,
            |_| {},
        ));
    }
    let permit = shared.admission.admit(&caller)?;
    // The message is taken in before the call has a task: a peer that sends slowly is bounded
    // by the deadline and holds nothing but its own place.
    let (mut parts, body) = request.into_parts();
    let taken = Limited::new(body, config.message_bytes + 5).collect();
    let taken =
        tokio::time::timeout_at(ends, taken).await.map_err(|_| deadline::passed(deadline))?;
    let bytes = taken.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
        Some(_) => error::message_too_large(config.message_bytes),
        None => Status::cancelled("the request ended early"),
    })?;
    parts.extensions.insert::<CallerExtension>(caller);
    // Dropped with this future: when the call is answered, late, or its caller goes away.
    let waiting = Waiting::default();
    parts.extensions.insert(waiting.awaited());
    let request = Request::from_parts(parts, Body::new(Full::new(bytes.to_bytes())));
    let work = async move {
        let answered = inner.oneshot(request).await;
        drop(permit);
        answered
    };
    let task = tokio::spawn(work.in_current_span());
    match tokio::time::timeout_at(ends, task).await {
        Ok(Ok(Ok(response))) => Ok(response),
        Ok(Ok(Err(never))) => match never {},
        Ok(Err(_)) => Err(internal()),
        Err(_) => Err(deadline::passed(deadline)),
    }
}
