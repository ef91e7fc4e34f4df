//! The transaction that stores the activities of several calls and the scores they change.

use std::collections::BTreeSet;
use std::sync::Arc;

use abm_core::violation::Refusal;
use abm_core::{Activity, Timestamp, Violation};
use abm_store::{Cause, Lock, NewActivity, RejectedActivity};

use super::count::counted;
use super::dedupe::{Accepted, dedupe};
use super::place::place;
use super::{IngestJob, Recorded, Row, RowOutcome, listed};
use crate::gather::{entry_of, fold_accounts};
use crate::writer::{TRIES, was_in_the_way};
use crate::{AppError, Inner};

/// Stores the rows of calls and answers each. All calls are of one workspace. What is wrong with
/// the account of one fails no other.
pub(crate) async fn commit(inner: Arc<Inner>, jobs: Vec<IngestJob>) {
    let outcome = insist(&inner, &jobs).await;
    if jobs.len() > 1 && outcome.as_ref().is_err_and(AppError::may_be_of_one) {
        for job in jobs {
            let alone = [job];
            let outcome = insist(&inner, &alone).await;
            answer(alone, outcome);
        }
    } else {
        answer(jobs, outcome);
    }
}

/// Stores the rows, and does it anew when another writer was in the way.
async fn insist(inner: &Inner, jobs: &[IngestJob]) -> Result<Stored, AppError> {
    for _ in 1..TRIES {
        let outcome = store(inner, jobs).await;
        if !was_in_the_way(&outcome) {
            return outcome;
        }
    }
    store(inner, jobs).await
}

/// A caller that went away gets no answer; its rows are stored all the same.
fn answer(jobs: impl IntoIterator<Item = IngestJob>, outcome: Result<Stored, AppError>) {
    match outcome {
        Ok(Stored { rows, revision }) => {
            for (job, rows) in jobs.into_iter().zip(rows) {
                let _ = job.reply.send(Ok(Recorded { rows, revision }));
            }
        }
        Err(error) => {
            tracing::warn!(%error, "activities could not be stored");
            for job in jobs {
                let _ = job.reply.send(Err(error.clone()));
            }
        }
    }
}

/// What became of the rows of each call, and the revision with which they are there.
#[derive(Default)]
struct Stored {
    rows: Vec<Vec<RowOutcome>>,
    revision: u64,
}

async fn store(inner: &Inner, jobs: &[IngestJob]) -> Result<Stored, AppError> {
    let Some(workspace) = jobs.first().map(|job| job.workspace) else {
        return Ok(Stored::default());
    };
    let now = inner.clock.now();
    let (tx, workspace) = inner.begin(workspace, Lock::Shared).await?;
    let compiled = inner.models.get(&tx, workspace.model_version).await?;
    let accepted = dedupe(&tx, jobs.iter().flat_map(good_rows), now).await?;
    let (rows, rejected) = outcomes(jobs, &accepted, now);
    if jobs.iter().any(|job| job.all_or_nothing) {
        refuse_conflicts(jobs, &rows)?;
    }
    let sent = accepted.new.values();
    let counted = counted(&tx, &workspace, sent.clone().map(|(activity, _)| *activity)).await?;
    let new = sent.zip(&counted).map(|(&(sent, content_hash), counted)| NewActivity {
        counted,
        sent,
        content_hash,
    });
    tx.add_activities(new, now).await?;
    let sorted: Vec<_> =
        counted.iter().map(|activity| (activity.as_ref(), entry_of(&compiled, activity))).collect();
    let (states, news) = place(&tx, &compiled, &workspace, &sorted, now).await?;
    fold_accounts(&tx, &compiled, states, news, Cause::Activity, now).await?;
    tx.add_rejected(&rejected).await?;
    let revision = tx.commit().await?;
    Ok(Stored { rows, revision })
}

fn good_rows(job: &IngestJob) -> impl Iterator<Item = (&Activity, i64)> {
    job.rows.iter().filter_map(|row| match row {
        Row::Good { activity, content_hash } => Some((activity.as_ref(), *content_hash)),
        Row::Bad(_) => None,
    })
}

/// What becomes of each row, and what is listed of those refused.
fn outcomes(
    jobs: &[IngestJob],
    accepted: &Accepted<'_>,
    now: Timestamp,
) -> (Vec<Vec<RowOutcome>>, Vec<RejectedActivity>) {
    let mut created = BTreeSet::new();
    let mut rejected = Vec::new();
    let mut all = Vec::with_capacity(jobs.len());
    for job in jobs {
        let mut rows = Vec::with_capacity(job.rows.len());
        for (index, row) in job.rows.iter().enumerate() {
            let (outcome, source, id) = match row {
                Row::Bad(refused) => {
                    let unnamed = || Violation::invalid("activity", "cannot be read");
                    let first = refused.violations.first().cloned().unwrap_or_else(unnamed);
                    (RowOutcome::Rejected(first), &refused.source, &refused.activity_id)
                }
                Row::Good { activity, content_hash } => {
                    let key = &activity.key;
                    let same = accepted.content.get(key) == Some(content_hash);
                    let outcome = if !same {
                        RowOutcome::Conflict
                    } else if accepted.new.contains_key(key) && created.insert(key) {
                        RowOutcome::Created
                    } else {
                        RowOutcome::Duplicate
                    };
                    (outcome, &key.source, &key.activity_id)
                }
            };
            let violation = match &outcome {
                RowOutcome::Rejected(violation) => Some(violation.clone()),
                RowOutcome::Conflict => Some(reused()),
                RowOutcome::Created | RowOutcome::Duplicate => None,
            };
            if let Some(violation) = violation {
                rejected.push(listed(index, source, id, &violation, &job.request_id, now));
            }
            rows.push(outcome);
        }
        all.push(rows);
    }
    (all, rejected)
}

fn reused() -> Violation {
    Violation {
        field: "activity_id".into(),
        reason: Refusal::IdReused,
        message: "was received before with other content".into(),
    }
}

/// A call that is all or nothing fails as a whole when an id of it was used before.
fn refuse_conflicts(jobs: &[IngestJob], rows: &[Vec<RowOutcome>]) -> Result<(), AppError> {
    for (job, rows) in jobs.iter().zip(rows) {
        let conflict = rows.iter().position(|row| *row == RowOutcome::Conflict);
        if let Some(Row::Good { activity, .. }) = conflict.and_then(|index| job.rows.get(index)) {
            let id = format!("{}/{}", activity.key.source, activity.key.activity_id);
            return Err(AppError::IdReused { kind: "activity", id });
        }
    }
    Ok(())
}
