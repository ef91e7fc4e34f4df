//! What became of rows.

use abm_app::{RowOutcome, UpsertOutcome};
use abm_core::Violation;
use abm_core::violation::Refusal;
use abm_proto::v1;
use tonic::Code;

/// The verdict of each recorded activity, and their counts.
pub(crate) fn of_activities(rows: Vec<RowOutcome>) -> (Vec<v1::RowVerdict>, v1::RowCounts) {
    collect(rows.into_iter().map(|row| match row {
        RowOutcome::Created => (v1::Verdict::Created, None),
        RowOutcome::Duplicate => (v1::Verdict::Duplicate, None),
        RowOutcome::Conflict => {
            let message = "was received before with other content".to_owned();
            let field = "activity_id".to_owned();
            let violation = Violation { field, reason: Refusal::IdReused, message };
            (v1::Verdict::Conflict, Some(violation))
        }
        RowOutcome::Rejected(violation) => (v1::Verdict::Rejected, Some(violation)),
    }))
}

/// The verdict of each stored profile, and their counts.
pub(crate) fn of_upserts(rows: Vec<UpsertOutcome>) -> (Vec<v1::RowVerdict>, v1::RowCounts) {
    collect(rows.into_iter().map(|row| match row {
        UpsertOutcome::Created => (v1::Verdict::Created, None),
        UpsertOutcome::Updated => (v1::Verdict::Updated, None),
        UpsertOutcome::Unchanged => (v1::Verdict::Unchanged, None),
        UpsertOutcome::Rejected(violation) => (v1::Verdict::Rejected, Some(violation)),
    }))
}

fn collect(
    rows: impl Iterator<Item = (v1::Verdict, Option<Violation>)>,
) -> (Vec<v1::RowVerdict>, v1::RowCounts) {
    let mut counts = v1::RowCounts::default();
    let mut verdicts = Vec::new();
    for (index, (verdict, violation)) in (0..).zip(rows) {
        match verdict {
            v1::Verdict::Created => counts.created += 1,
            v1::Verdict::Updated => counts.updated += 1,
            v1::Verdict::Unchanged => counts.unchanged += 1,
            v1::Verdict::Duplicate => counts.duplicate += 1,
            v1::Verdict::Conflict => counts.conflict += 1,
            v1::Verdict::Rejected => counts.rejected += 1,
            v1::Verdict::Unspecified => {}
        }
        let mut row = v1::RowVerdict { index, verdict: verdict.into(), ..Default::default() };
        if let Some(violation) = violation {
            let code = match violation.reason {
                Refusal::IdReused => Code::AlreadyExists,
                Refusal::InvalidField | Refusal::FutureTime | Refusal::TooOld => {
                    Code::InvalidArgument
                }
            };
            row.code = code as i32;
            row.reason = reason_of_name(violation.reason.name()).into();
            row.field = violation.field;
            row.message = violation.message;
        }
        verdicts.push(row);
    }
    (verdicts, counts)
}

/// The reason of a stable name.
pub(crate) fn reason_of_name(name: &str) -> v1::RowReason {
    v1::RowReason::from_str_name(&format!("ROW_REASON_{name}")).unwrap_or_default()
}
