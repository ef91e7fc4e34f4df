//! The calls that are under way.

use std::collections::{HashMap, VecDeque};

use abm_client::Error;
use abm_client::v1::RowVerdict;
use tokio::task::{AbortHandle, JoinHandle};

use super::batch::Batch;

/// Most calls under way at a time: enough to keep the service busy while one of them waits for the
/// disk, few enough to leave room for others.
pub(crate) const MOST: usize = 8;

/// A batch and its call.
pub(crate) struct Flight<R> {
    pub(crate) batch: Batch<R>,
    pub(crate) call: JoinHandle<Result<Vec<RowVerdict>, Error>>,
    versions: HashMap<String, u64>,
}

/// The calls that are under way, in the order of the file.
pub(crate) struct InFlight<R> {
    flights: VecDeque<Flight<R>>,
}

impl<R> InFlight<R> {
    pub(crate) const fn new() -> Self {
        Self { flights: VecDeque::new() }
    }

    /// Whether a batch with these versions has to wait: because there are calls enough, or because
    /// one of them holds another version of a record in it, and the later one shall win.
    pub(crate) fn must_wait(&self, versions: &HashMap<String, u64>) -> bool {
        let differs = |flight: &Flight<R>| {
            versions.iter().any(|(key, version)| {
                flight.versions.get(key).is_some_and(|under_way| under_way != version)
            })
        };
        self.flights.len() >= MOST || self.flights.iter().any(differs)
    }

    pub(crate) fn push(
        &mut self,
        batch: Batch<R>,
        versions: HashMap<String, u64>,
        call: JoinHandle<Result<Vec<RowVerdict>, Error>>,
    ) {
        self.flights.push_back(Flight { batch, call, versions });
    }

    /// The call that began first.
    pub(crate) fn pop(&mut self) -> Option<Flight<R>> {
        self.flights.pop_front()
    }
}

/// Nobody will ask for the outcome any more.
impl<R> Drop for InFlight<R> {
    fn drop(&mut self) {
        let handles = self.flights.iter().map(|flight| flight.call.abort_handle());
        handles.for_each(|handle: AbortHandle| handle.abort());
    }
}
