//! The one writer of a process.
//!
//! Callers hand it work over a bounded queue and wait. Activities that have queued up meanwhile
//! are stored together, in one transaction with one sync (group commit); everything else runs
//! alone. The writer is a task of its own: a caller that goes away does not tear a transaction.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use abm_store::StoreError;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::ingest::{self, IngestJob};
use crate::{AppError, Inner};

/// How much a process takes on.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls that may wait to be looked at, and as many that were; more are refused at once.
    pub queue: usize,
    /// Most activities of one transaction.
    pub transaction_rows: usize,
    /// How long a try of rules waits for a reader who does not read. It holds a snapshot
    /// meanwhile, which PostgreSQL ends after ten seconds of silence.
    pub unread: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { queue: 2_048, transaction_rows: 10_000, unread: Duration::from_secs(5) }
    }
}

/// Tries at a transaction that another writer was in the way of.
pub(crate) const TRIES: u32 = 3;

type Work = Box<dyn FnOnce(Arc<Inner>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

enum Job {
    Ingest(IngestJob),
    Alone(Work),
}

#[derive(Clone)]
pub(crate) struct Writer {
    queue: Arc<Mutex<Option<mpsc::Sender<Job>>>>,
    task: Arc<tokio::sync::Mutex<Option<JoinHandle<()>>>>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writer")
    }
}

impl Writer {
    pub(crate) fn start(inner: Arc<Inner>, limits: Limits) -> Self {
        let (sender, receiver) = mpsc::channel(limits.queue);
        let task = tokio::spawn(serve(inner, receiver, limits));
        Self {
            queue: Arc::new(Mutex::new(Some(sender))),
            task: Arc::new(tokio::sync::Mutex::new(Some(task))),
        }
    }

    /// Takes no more work, and waits until what was taken is done.
    pub(crate) async fn stop(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = self.task.lock().await.take()
            && task.await.is_err()
        {
            tracing::error!("the writer ended unexpectedly");
        }
    }

    /// Stores activities together with those of other callers.
    pub(crate) async fn ingest(
        &self,
        job: impl FnOnce(oneshot::Sender<ingest::Reply>) -> IngestJob,
    ) -> ingest::Reply {
        let (sender, reply) = oneshot::channel();
        self.submit(Job::Ingest(job(sender)))?;
        reply.await.map_err(|_| AppError::Broken)?
    }

    /// Runs a write alone; again, when another writer was in the way of it.
    pub(crate) async fn run<T, F, W>(&self, work: W) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, AppError>> + Send + 'static,
        W: FnOnce(Arc<Inner>) -> F + Clone + Send + 'static,
    {
        let (sender, reply) = oneshot::channel();
        let work: Work = Box::new(move |inner| {
            Box::pin(async move {
                // Nobody may wait for the answer any more; the work is done all the same.
                let _ = sender.send(insist(work, inner).await);
            })
        });
        self.submit(Job::Alone(work))?;
        reply.await.map_err(|_| AppError::Broken)?
    }

    fn submit(&self, job: Job) -> Result<(), AppError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or(AppError::Stopping)?;
        queue.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => AppError::Broken,
        })
    }
}

/// Does a write, and does it anew when another writer was in the way: its transaction was undone.
async fn insist<T, F, W>(work: W, inner: Arc<Inner>) -> Result<T, AppError>
where
    F: Future<Output = Result<T, AppError>>,
    W: FnOnce(Arc<Inner>) -> F + Clone,
{
    for _ in 1..TRIES {
        let again = work.clone();
        let outcome = again(Arc::clone(&inner)).await;
        if !was_in_the_way(&outcome) {
            return outcome;
        }
    }
    work(inner).await
}

/// Whether a write was undone because another writer was in the way.
pub(crate) fn was_in_the_way<T>(outcome: &Result<T, AppError>) -> bool {
    matches!(outcome, Err(AppError::Store(StoreError::Conflict)))
}

async fn serve(inner: Arc<Inner>, mut queue: mpsc::Receiver<Job>, limits: Limits) {
    let mut waiting = VecDeque::new();
    loop {
        let job = match waiting.pop_front() {
            Some(job) => job,
            None => match queue.recv().await {
                Some(job) => job,
                None => return,
            },
        };
        while waiting.len() < limits.queue
            && let Ok(job) = queue.try_recv()
        {
            waiting.push_back(job);
        }
        match job {
            Job::Alone(work) => guard(work(Arc::clone(&inner))).await,
            Job::Ingest(first) => {
                let jobs = take_together(first, &mut waiting, limits.transaction_rows);
                guard(ingest::commit(Arc::clone(&inner), jobs)).await;
            }
        }
    }
}

/// Runs work in a task of its own, so that a defect in it ends that work and not the writer.
async fn guard(work: impl Future<Output = ()> + Send + 'static) {
    if tokio::spawn(work).await.is_err() {
        tracing::error!("a write ended unexpectedly");
    }
}

/// Takes from the front of the queue what can be stored in one transaction with `first`: more
/// activities of the same workspace, as long as no other work stands between.
fn take_together(first: IngestJob, waiting: &mut VecDeque<Job>, most: usize) -> Vec<IngestJob> {
    let mut rows = first.rows.len();
    let mut jobs = vec![first];
    while let Some(Job::Ingest(next)) = waiting.front() {
        let fits = jobs.iter().all(|job| job.can_join(next)) && rows + next.rows.len() <= most;
        if !fits {
            break;
        }
        rows += next.rows.len();
        if let Some(Job::Ingest(next)) = waiting.pop_front() {
            jobs.push(next);
        }
    }
    jobs
}
