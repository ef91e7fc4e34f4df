//! Enumerations that the contract and the core spell alike.

use abm_core::handoff::{
    AttemptKind, AttemptOutcome, HandoffCause, HandoffState, RejectionKind, Urgency,
};
use abm_core::lifecycle::{Actor, Mark, Move};
use abm_core::qualification::Criterion;
use abm_proto::v1;

/// Makes the way from an enumeration of the core to that of the contract with the same variants.
macro_rules! told {
    ($($to:ident: $core:ident -> $proto:ident [$($variant:ident),+];)+) => {
        $(pub(crate) const fn $to(value: $core) -> v1::$proto {
            match value { $($core::$variant => v1::$proto::$variant),+ }
        })+
    };
}

/// Makes the way from an enumeration of the contract to that of the core with the same variants.
macro_rules! sent {
    ($($of:ident: $proto:ident -> $core:ident [$($variant:ident),+];)+) => {
        $(pub(crate) const fn $of(value: v1::$proto) -> Option<$core> {
            match value {
                v1::$proto::Unspecified => None,
                $(v1::$proto::$variant => Some($core::$variant)),+
            }
        })+
    };
}

told! {
    handoff_state_to_proto: HandoffState -> HandoffState
        [Pending, Claimed, Working, Accepted, Rejected, Expired, Recycled];
    handoff_cause_to_proto: HandoffCause -> HandoffCause [HandRaiser, Scores, Account, Person];
    rejection_kind_to_proto: RejectionKind -> RejectionKind [Temporary, Permanent];
    urgency_to_proto: Urgency -> Urgency
        [HandRaiser, Overdue, AccountNotReached, DueSoon, Reengaged, Waiting];
    mark_to_proto: Mark -> StageMark [Recycled, Disqualified];
    step_to_proto: Move -> StageMove
        [Identify, Qualify, Accept, Recycle, Disqualify, Reinstate, Advocate, SetAside, Outcome, Merge];
    actor_to_proto: Actor -> StageActor
        [Rule, Time, Opportunity, Import, Marketing, Sales, Admin];
    criterion_to_proto: Criterion -> QualificationCriterion [Budget, Authority, Need, Timing];
}

sent! {
    handoff_state: HandoffState -> HandoffState
        [Pending, Claimed, Working, Accepted, Rejected, Expired, Recycled];
    handoff_cause: HandoffCause -> HandoffCause [HandRaiser, Scores, Account, Person];
    attempt_kind: AttemptKind -> AttemptKind [Call, Mail, Meeting];
    attempt_outcome: AttemptOutcome -> AttemptOutcome [NoAnswer, Answered, Unreachable];
    criterion: QualificationCriterion -> Criterion [Budget, Authority, Need, Timing];
}
