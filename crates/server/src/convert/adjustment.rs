//! What people corrected by hand.

use abm_app::{Adjusted, Adjustment};
use abm_proto::v1;

use super::time;

/// A correction as callers see it.
pub(crate) fn to_proto(adjustment: Adjustment) -> v1::Adjustment {
    let Adjustment { id, what, value, at, by, reason } = adjustment;
    let kind = match what {
        Adjusted::Merge => v1::AdjustmentKind::Merged,
        Adjusted::Split => v1::AdjustmentKind::Split,
        Adjusted::Account => v1::AdjustmentKind::Account,
        Adjusted::Parent => v1::AdjustmentKind::Parent,
        Adjusted::BuyingRole => v1::AdjustmentKind::BuyingRole,
    };
    let made_at = Some(time::to_proto(at));
    v1::Adjustment { id, kind: kind.into(), value, made_at, made_by: by, reason }
}
