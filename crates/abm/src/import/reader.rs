//! Reads a file batch by batch.

use std::io::Read;
use std::marker::PhantomData;

use anyhow::Context;

use super::batch::Batch;
use super::fault::{Fault, RowError};
use super::header::Header;
use super::plan::Plan;
use super::record::Record;
use super::row::{RawRow, Rows};

/// Longest record that is sent. One of the greatest size that the service accepts is a third of it.
const RECORD_BYTES: usize = 256 * 1024;

/// Reads a file batch by batch.
pub(crate) struct BatchReader<R, Input> {
    rows: Rows<Input>,
    header: Header,
    plan: Plan,
    records: usize,
    kind: PhantomData<R>,
}

impl<R: Record, Input: Read> BatchReader<R, Input> {
    /// Batches of at most `records` records, from the row after the header on.
    pub(crate) fn new(rows: Rows<Input>, header: Header, plan: Plan, records: usize) -> Self {
        Self { rows, header, plan, records, kind: PhantomData }
    }

    /// The next batch; `None` at the end of the file.
    ///
    /// # Errors
    /// When the file cannot be read, or holds what nobody stated how to read. Rows of the batch
    /// that was begun are not in any batch then.
    pub(crate) fn next_batch(&mut self) -> anyhow::Result<Option<Batch<R>>> {
        let mut batch = Batch::new();
        while !batch.is_full(self.records) {
            let Some(row) = self.rows.next_row().context("cannot read on")? else {
                break;
            };
            batch.count(&row);
            match self.record(&row) {
                Ok(Some(record)) => batch.add(record, row, self.plan.merge),
                Ok(None) => batch.skipped += 1,
                Err(RowError::Reject(fault)) => batch.reject(row, fault),
                Err(RowError::Ambiguous(fault)) => {
                    anyhow::bail!("line {}, field `{}`, {}", row.line, fault.field, fault.message)
                }
            }
        }
        batch.consumed = self.rows.consumed();
        Ok((batch.read > 0).then_some(batch))
    }

    /// The record of a row; `None` when the map leaves it out.
    fn record(&self, row: &RawRow) -> Result<Option<R>, RowError> {
        let cells = self.rows.syntax().cells(row)?;
        if !self.header.fits(&cells) {
            let (cells, columns) = (cells.len(), self.header.names().len());
            let lines = row.bytes.iter().filter(|&&byte| byte == b'\n').count();
            let hint = match lines {
                0 => String::new(),
                lines => format!("; it goes on for {lines} more lines, so a quote may be astray"),
            };
            let message = format!("has {cells} cells, the header has {columns}{hint}");
            return Err(Fault::malformed(message).into());
        }
        let record = self.plan.record::<R>(&cells)?;
        match record.as_ref().map_or(0, R::encoded_len) {
            size if size > RECORD_BYTES => {
                let message =
                    format!("makes a record of {size} bytes, at most {RECORD_BYTES} are sent");
                Err(Fault::invalid("", message).into())
            }
            _ => Ok(record),
        }
    }
}
