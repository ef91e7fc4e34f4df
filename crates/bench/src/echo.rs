//! The floor of calls: a bare tonic service that answers bytes with bytes.
//!
//! It knows no contract, no database and no gate; a request and an answer are one field of
//! bytes each, as long as those of the call it is compared with.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use anyhow::Result;
use http::uri::PathAndQuery;
use prost::bytes::Bytes;
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Channel;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::service::connect;

/// A message of one field of bytes.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Blob {
    /// The bytes.
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) data: Bytes,
}

impl Blob {
    /// A message whose encoded form is `size` bytes long.
    fn of_size(size: usize) -> Self {
        let mut blob = Self { data: Bytes::from(vec![7; size]) };
        let over = prost::Message::encoded_len(&blob).saturating_sub(size);
        blob.data.truncate(size.saturating_sub(over));
        blob
    }
}

/// A running echo, and connections to it.
#[derive(Debug)]
pub(crate) struct Echo {
    channels: Vec<Channel>,
    request: Blob,
    serving: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Echo {
    /// Serves answers of a size; requests will be of the other.
    pub(crate) async fn start(request: usize, answer: usize, connections: usize) -> Result<Self> {
        let incoming = TcpIncoming::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = incoming.local_addr()?;
        let incoming = incoming.with_nodelay(Some(true));
        let service = Answering(Blob::of_size(answer));
        let serving =
            tonic::transport::Server::builder().add_service(service).serve_with_incoming(incoming);
        let serving = tokio::spawn(serving);
        let channels = connect(address, connections).await?;
        Ok(Self { channels, request: Blob::of_size(request), serving })
    }

    /// What makes a call, for a caller's number.
    pub(crate) fn caller(
        &self,
    ) -> impl Fn(usize, usize) -> Pin<Box<dyn Future<Output = Result<()>> + Send>> + Clone + 'static
    {
        let (channels, request) = (self.channels.clone(), self.request.clone());
        move |caller, _| {
            let channel = channels.get(caller % channels.len()).cloned();
            let request = request.clone();
            Box::pin(async move {
                let Some(channel) = channel else { anyhow::bail!("no connection") };
                let mut client = tonic::client::Grpc::new(channel);
                client.ready().await?;
                let codec: ProstCodec<Blob, Blob> = ProstCodec::default();
                let path = PathAndQuery::from_static("/bench.Echo/Answer");
                client.unary(Request::new(request), path, codec).await?;
                Ok(())
            })
        }
    }

    /// Ends it.
    pub(crate) fn stop(self) {
        self.serving.abort();
    }
}

/// Gives the same answer to every request.
#[derive(Clone)]
struct Answering(Blob);

impl NamedService for Answering {
    const NAME: &'static str = "bench.Echo";
}

impl UnaryService<Blob> for Answering {
    type Response = Blob;
    type Future = Ready<Result<Response<Blob>, Status>>;

    fn call(&mut self, _: Request<Blob>) -> Self::Future {
        ready(Ok(Response::new(self.0.clone())))
    }
}

impl tower::Service<http::Request<Body>> for Answering {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let service = self.clone();
        let codec: ProstCodec<Blob, Blob> = ProstCodec::default();
        Box::pin(async move { Ok(Grpc::new(codec).unary(service, request).await) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_as_long_as_asked_for() {
        // An empty field is left out, so that nothing is 1 or 2 bytes long.
        for size in [0, 3, 12, 100, 129, 200, 20_000] {
            let length = prost::Message::encoded_len(&Blob::of_size(size));
            assert!(length <= size && length + 1 >= size, "{length} for {size}");
        }
    }
}
