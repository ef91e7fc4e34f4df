//! What the verdicts of one call mean for the rows of its batch.

use abm_client::v1::{RowReason, RowVerdict, Verdict};
use anyhow::ensure;

use super::batch::{Batch, Entry, Part};
use super::destination::Destination;
use super::fault::Fault;
use super::record::Record;
use super::row::RawRow;
use super::summary::ImportSummary;

/// Rows that were not accepted.
type Rejected = Vec<(RawRow, Fault)>;

/// Counts the rows of a batch by their verdicts. Returns those that were not accepted, in the
/// order of the file.
///
/// A record that several rows are folded into and that is refused as a whole is sent again row by
/// row, because one of them may be at fault and the others not.
///
/// # Errors
/// When that fails, or the verdicts are not one for each record.
pub(crate) async fn settle<R: Record>(
    batch: Batch<R>,
    verdicts: Vec<RowVerdict>,
    to: &impl Destination,
    merge: bool,
    summary: &mut ImportSummary,
) -> anyhow::Result<Rejected> {
    let Batch { entries, mut rejects, read, skipped, .. } = batch;
    ensure!(
        verdicts.len() == entries.len(),
        "the service gave {} verdicts for {} records",
        verdicts.len(),
        entries.len()
    );
    let mut counts = ImportSummary { read, skipped, ..ImportSummary::default() };
    let mut one_by_one = Vec::new();
    for (entry, verdict) in entries.into_iter().zip(verdicts) {
        if is_refused(&verdict) && !entry.later.is_empty() {
            one_by_one.push(entry.into_parts());
            continue;
        }
        let Entry { rows, later, .. } = entry;
        // Rows with other content than those before them have changed what is there, if the
        // record as a whole was new or changed.
        let changes = later.len() as u64;
        count(&verdict, rows, changes, &mut counts, &mut rejects);
        let repeats = later.iter().map(|part| part.rows.len() as u64 - 1).sum::<u64>();
        counts.unchanged += repeats;
    }
    // One content of each record at a time, so that no call has an id twice.
    loop {
        let parts: Vec<Part<R>> = one_by_one.iter_mut().filter_map(Iterator::next).collect();
        if parts.is_empty() {
            break;
        }
        let (records, rows): (Vec<R>, Vec<_>) =
            parts.into_iter().map(|part| (part.record, part.rows)).unzip();
        let verdicts = R::send(to.clone(), records, merge).await?;
        ensure!(verdicts.len() == rows.len(), "the service gave too few verdicts");
        for (rows, verdict) in rows.into_iter().zip(verdicts) {
            count(&verdict, rows, 0, &mut counts, &mut rejects);
        }
    }
    rejects.sort_by_key(|(row, _)| row.line);
    counts.rejected = rejects.len() as u64;
    summary.add(&counts);
    Ok(rejects)
}

/// Counts rows of one content by their verdict, and `changes` further ones that follow it.
fn count(
    verdict: &RowVerdict,
    rows: Vec<RawRow>,
    changes: u64,
    counts: &mut ImportSummary,
    rejects: &mut Rejected,
) {
    if is_refused(verdict) {
        let fault = fault(verdict);
        rejects.extend(rows.into_iter().map(|row| (row, fault.clone())));
        return;
    }
    let repeats = rows.len() as u64 - 1;
    match verdict.verdict() {
        Verdict::Created => {
            counts.created += 1;
            counts.updated += changes;
            counts.unchanged += repeats;
        }
        Verdict::Updated => {
            counts.updated += 1 + changes;
            counts.unchanged += repeats;
        }
        _ => counts.unchanged += 1 + changes + repeats,
    }
}

/// Whether a record was not accepted.
fn is_refused(verdict: &RowVerdict) -> bool {
    matches!(verdict.verdict(), Verdict::Rejected | Verdict::Conflict | Verdict::Unspecified)
}

fn fault(verdict: &RowVerdict) -> Fault {
    let reason = match verdict.reason() {
        RowReason::Unspecified => verdict.verdict().as_str_name().trim_start_matches("VERDICT_"),
        reason => reason.as_str_name().trim_start_matches("ROW_REASON_"),
    };
    Fault {
        field: verdict.field.clone(),
        reason: reason.to_owned(),
        message: verdict.message.clone(),
    }
}
