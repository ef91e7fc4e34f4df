//! What sales should do first.

use crate::Timestamp;
use crate::named::named;

use super::HandoffCause;

named!(
    /// Why a handoff stands where it does in the work list, the most urgent first.
    Urgency {
        /// Somebody asked to be contacted, and nobody has tried.
        HandRaiser = "hand_raiser",
        /// Its time is over, and nobody has tried.
        Overdue = "overdue",
        /// It is an account that nobody has reached yet.
        AccountNotReached = "account_not_reached",
        /// Its time is nearly over.
        DueSoon = "due_soon",
        /// They did something since somebody last spoke to them or tried to.
        Reengaged = "reengaged",
        /// There is time.
        Waiting = "waiting",
    }
);

/// What the urgency of an open handoff depends on.
#[derive(Clone, Copy, Debug)]
pub struct WorkFacts {
    /// Why it was handed over.
    pub cause: HandoffCause,
    /// When.
    pub created_at: Timestamp,
    /// When it is late.
    pub due_at: Timestamp,
    /// When whoever has it is warned.
    pub warn_at: Option<Timestamp>,
    /// When somebody first tried to reach them.
    pub attempted_at: Option<Timestamp>,
    /// When somebody last answered.
    pub answered_at: Option<Timestamp>,
    /// The second of the account's latest activity.
    pub last_activity_secs: Option<i64>,
}

/// How urgent an open handoff is at a moment. The store picks the most urgent ones by the same in
/// SQL (`most_urgent_handoffs`); what changes here changes there.
#[must_use]
pub fn urgency(facts: &WorkFacts, now: Timestamp) -> Urgency {
    let WorkFacts { cause, due_at, warn_at, attempted_at, answered_at, .. } = *facts;
    let Some(attempted_at) = attempted_at else {
        return if cause == HandoffCause::HandRaiser {
            Urgency::HandRaiser
        } else if now > due_at {
            Urgency::Overdue
        } else if cause == HandoffCause::Account {
            Urgency::AccountNotReached
        } else if warn_at.is_some_and(|warn_at| now >= warn_at) {
            Urgency::DueSoon
        } else {
            Urgency::Waiting
        };
    };
    let spoke = answered_at.unwrap_or(attempted_at).max(attempted_at);
    match facts.last_activity_secs {
        Some(last) if last > spoke.secs() => Urgency::Reengaged,
        _ if cause == HandoffCause::Account && answered_at.is_none() => Urgency::AccountNotReached,
        _ => Urgency::Waiting,
    }
}
