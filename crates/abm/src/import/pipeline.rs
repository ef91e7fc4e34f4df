//! From the file to the service: one thread reads, several calls are under way, and their outcomes
//! are taken in the order of the file.

use std::io::Read;

use anyhow::{Context, anyhow, bail};
use tokio::sync::mpsc;

use super::batch::Batch;
use super::destination::Destination;
use super::in_flight::{Flight, InFlight};
use super::progress::Progress;
use super::reader::BatchReader;
use super::record::Record;
use super::rejects::Rejects;
use super::settle;
use super::summary::ImportSummary;

/// Batches that are read before a call for them is free.
const AHEAD: usize = 2;

/// What an import has under way, and what came of it so far.
struct Import<R, D> {
    to: D,
    merge: bool,
    in_flight: InFlight<R>,
    rejects: Rejects,
    summary: ImportSummary,
    progress: Progress,
}

/// Sends all batches of a file.
///
/// # Errors
/// When the file cannot be read on, a batch fails as a whole, or the rejects cannot be written.
/// The message says how far the import came.
pub(crate) async fn run<R: Record, Input: Read + Send + 'static>(
    mut reader: BatchReader<R, Input>,
    to: impl Destination,
    merge: bool,
    rejects: Rejects,
    progress: Progress,
) -> anyhow::Result<ImportSummary> {
    let began = tokio::time::Instant::now();
    let (sender, mut receiver) = mpsc::channel(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        loop {
            let batch = reader.next_batch().transpose();
            let Some(batch) = batch else { return };
            let failed = batch.is_err();
            // Nobody listens any more when the import has failed.
            if sender.blocking_send(batch).is_err() || failed {
                return;
            }
        }
    });
    let in_flight = InFlight::new();
    let summary = ImportSummary::default();
    let mut import = Import { to, merge, in_flight, rejects, summary, progress };
    let outcome = import.drive(&mut receiver).await;
    drop(receiver);
    let outcome = outcome.and(reading.await.context("reading the file failed"));

    let Import { mut summary, rejects, progress, .. } = import;
    progress.finish();
    summary.elapsed = began.elapsed();
    let written = rejects.finish().context("cannot write the rejects");
    let written = written.map(|file| summary.rejects_file = file);
    match outcome.and(written) {
        Ok(()) => Ok(summary),
        Err(error) => bail!(
            "{error:#}\nthe import stopped; importing the file again is safe. Until then: {summary}"
        ),
    }
}

impl<R: Record, D: Destination> Import<R, D> {
    async fn drive(
        &mut self,
        batches: &mut mpsc::Receiver<anyhow::Result<Batch<R>>>,
    ) -> anyhow::Result<()> {
        let mut outcome = Ok(());
        while let Some(batch) = batches.recv().await {
            match batch {
                Ok(batch) => self.begin(batch).await?,
                Err(error) => outcome = Err(error),
            }
        }
        while let Some(flight) = self.in_flight.pop() {
            self.end(flight).await?;
        }
        outcome
    }

    /// Begins the call for a batch, once it may.
    async fn begin(&mut self, mut batch: Batch<R>) -> anyhow::Result<()> {
        let versions = batch.versions();
        while self.in_flight.must_wait(&versions)
            && let Some(flight) = self.in_flight.pop()
        {
            self.end(flight).await?;
        }
        let records = batch.take_records();
        let (to, merge) = (self.to.clone(), self.merge);
        let call = tokio::spawn(async move {
            if records.is_empty() { Ok(Vec::new()) } else { R::send(to, records, merge).await }
        });
        self.in_flight.push(batch, versions, call);
        Ok(())
    }

    /// Waits for a call and takes its outcome.
    async fn end(&mut self, flight: Flight<R>) -> anyhow::Result<()> {
        let Flight { batch, call, .. } = flight;
        let (first, last) = (batch.first_line, batch.last_line);
        let consumed = batch.consumed;
        let settled = async {
            let verdicts = call.await.context("the call was cut off")??;
            settle::settle(batch, verdicts, &self.to, self.merge, &mut self.summary).await
        };
        // As text: which rows it is about matters as much as what the service said of them.
        let lines =
            |error| anyhow!("the rows of lines {first} to {last} were not stored: {error:#}");
        let rejected = settled.await.map_err(lines)?;
        for (row, fault) in rejected {
            self.summary.note_rejected(row.line, &fault);
            self.rejects.write(&row, &fault).context("cannot write the rejects")?;
        }
        self.progress.at(consumed, &self.summary);
        Ok(())
    }
}
