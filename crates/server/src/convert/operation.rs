//! Long work.

use abm_app::{OperationKind, OperationRecord, OperationState};
use abm_proto::v1;

use super::time;

pub(crate) fn to_proto(operation: OperationRecord) -> v1::Operation {
    v1::Operation {
        operation_id: operation.id,
        kind: match operation.kind {
            OperationKind::Publish => v1::OperationKind::Publish.into(),
        },
        state: match operation.state {
            OperationState::Running => v1::OperationState::Running,
            OperationState::Succeeded => v1::OperationState::Succeeded,
            OperationState::Failed => v1::OperationState::Failed,
            OperationState::Cancelled => v1::OperationState::Cancelled,
        }
        .into(),
        model_version: operation.model_version,
        created_at: Some(time::to_proto(operation.created_at)),
        created_by: operation.created_by,
        ended_at: operation.ended_at.map(time::to_proto),
        accounts_done: count(operation.done),
        accounts_total: count(operation.total),
        message: operation.message,
    }
}

pub(crate) fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
