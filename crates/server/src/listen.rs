//! The accept loop: how many peers, and how long one may stay silent before its first bytes.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::Sleep;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::{Connected, TcpConnectInfo};

/// How long a peer may take for its first bytes.
const FIRST_BYTES: Duration = Duration::from_secs(5);

/// Pause after a failed accept: out of file handles, for one, does not pass at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Accepts peers until `stop`. One over `most` open connections is closed at once.
pub(crate) fn accept(
    listener: TcpListener,
    most: usize,
    stop: CancellationToken,
) -> ReceiverStream<io::Result<Peer>> {
    let (sender, receiver) = mpsc::channel(16);
    let room = Arc::new(Semaphore::new(most));
    tokio::spawn(async move {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = stop.cancelled() => return,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let Ok(permit) = Arc::clone(&room).try_acquire_owned() else { continue };
            // Small answers must not wait for more to come.
            if stream.set_nodelay(true).is_err() {
                continue;
            }
            if sender.send(Ok(Peer::new(stream, permit))).await.is_err() {
                return;
            }
        }
    });
    ReceiverStream::new(receiver)
}

/// A connection that ends if its first bytes do not come in time.
pub(crate) struct Peer {
    stream: TcpStream,
    _permit: OwnedSemaphorePermit,
    first_bytes: Option<Pin<Box<Sleep>>>,
}

impl Peer {
    fn new(stream: TcpStream, permit: OwnedSemaphorePermit) -> Self {
        let first_bytes = Some(Box::pin(tokio::time::sleep(FIRST_BYTES)));
        Self { stream, _permit: permit, first_bytes }
    }
}

impl Connected for Peer {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.stream.connect_info()
    }
}

impl AsyncRead for Peer {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            self.first_bytes = None;
        } else if let Some(late) = &mut self.first_bytes
            && late.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Peer {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
