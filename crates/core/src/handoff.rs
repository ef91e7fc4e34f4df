//! The handoff of an account or a lead from marketing to sales, as a state machine.
//!
//! It is a contract: somebody has it, a clock runs, and it ends with what sales says of it or
//! by the clock. Which lead moves with it is [`Act::moves_lead`]; how leads move is
//! [`crate::lifecycle`]'s.

mod packet;
mod urgency;

use crate::lifecycle::{Actor, Move};
use crate::named::named;

pub use packet::{Gave, Packet, PacketAccount, PacketPerson, Touch};
pub use urgency::{Urgency, WorkFacts, urgency};

named!(
    /// Where a handoff stands.
    HandoffState {
        /// Waits to be claimed.
        Pending = "pending",
        /// Somebody of sales has it, and has not tried yet.
        Claimed = "claimed",
        /// Somebody of sales has tried to reach them.
        Working = "working",
        /// Sales took it: its leads are sales qualified.
        Accepted = "accepted",
        /// Sales turned it down, with a reason.
        Rejected = "rejected",
        /// Nobody claimed it until it was given up.
        Expired = "expired",
        /// Somebody had it and no decision came until it was given up.
        Recycled = "recycled",
    }
);

impl HandoffState {
    /// Whether it has not ended.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Claimed | Self::Working)
    }
}

named!(
    /// Why something was handed over.
    HandoffCause {
        /// A person asked to be contacted.
        HandRaiser = "hand_raiser",
        /// A lead reached the bar of marketing qualified leads.
        Scores = "scores",
        /// An account became a marketing qualified account.
        Account = "account",
        /// A person of marketing decided so.
        Person = "person",
    }
);

named!(
    /// How somebody of sales tried to reach a lead.
    AttemptKind {
        /// By telephone.
        Call = "call",
        /// By e-mail, or another written message.
        Mail = "mail",
        /// In a meeting, in person or not.
        Meeting = "meeting",
    }
);

named!(
    /// What came of an attempt.
    AttemptOutcome {
        /// Nobody answered, or nobody came.
        NoAnswer = "no_answer",
        /// They spoke or wrote to each other; the period after which a handoff is given up
        /// begins anew.
        Answered = "answered",
        /// The number or address is wrong.
        Unreachable = "unreachable",
    }
);

named!(
    /// Whether what was turned down can come again.
    RejectionKind {
        /// Not now: its leads are recycled, to be nurtured until a date.
        Temporary = "temporary",
        /// Never: its leads are disqualified.
        Permanent = "permanent",
    }
);

/// What can be done with a handoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Somebody of sales takes it.
    Claim {
        /// Who: an owner of the policy, or anybody by their own id.
        owner: String,
    },
    /// Whoever has it tried to reach them.
    Attempt,
    /// Sales says that it is qualified.
    Accept,
    /// Sales turns it down.
    Reject(RejectionKind),
    /// It goes to somebody else, or into a queue, where it waits to be claimed.
    Reassign,
    /// Its time is over.
    GiveUp,
}

/// Why a handoff stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandoffRefused {
    /// It has ended.
    #[error("has ended: it is {}", .0.name())]
    Ended(HandoffState),
    /// Somebody has it.
    #[error("is claimed by {0}")]
    Claimed(String),
    /// It is somebody else's to claim; reassigning it comes first.
    #[error("is assigned to {0}")]
    Assigned(String),
    /// Nobody has it; claiming it comes first.
    #[error("is not claimed")]
    Unclaimed,
    /// Only sales, or an administrator, decides on it.
    #[error("is not for {} to decide", .0.name())]
    By(Actor),
}

impl Act {
    /// The state after it. `owner` is who has it, or whose it is to claim; `None` of one that
    /// waits in a queue.
    ///
    /// # Errors
    /// Why it cannot be done.
    pub fn leads_to(
        &self,
        state: HandoffState,
        owner: Option<&str>,
        actor: Actor,
    ) -> Result<HandoffState, HandoffRefused> {
        if !state.is_open() {
            return Err(HandoffRefused::Ended(state));
        }
        if !self.may_be_done_by(actor) {
            return Err(HandoffRefused::By(actor));
        }
        let pending = state == HandoffState::Pending;
        match self {
            Self::Claim { owner: claims } => match owner {
                Some(has) if !pending => Err(HandoffRefused::Claimed(has.to_owned())),
                Some(has) if has != claims => Err(HandoffRefused::Assigned(has.to_owned())),
                _ => Ok(HandoffState::Claimed),
            },
            Self::Attempt | Self::Accept | Self::Reject(_) if pending => {
                Err(HandoffRefused::Unclaimed)
            }
            Self::Attempt => Ok(HandoffState::Working),
            Self::Accept => Ok(HandoffState::Accepted),
            Self::Reject(_) => Ok(HandoffState::Rejected),
            Self::Reassign => Ok(HandoffState::Pending),
            Self::GiveUp if pending => Ok(HandoffState::Expired),
            Self::GiveUp => Ok(HandoffState::Recycled),
        }
    }

    const fn may_be_done_by(&self, actor: Actor) -> bool {
        match self {
            Self::GiveUp => matches!(actor, Actor::Time),
            // An overdue one goes to somebody else by the clock.
            Self::Reassign => matches!(actor, Actor::Sales | Actor::Admin | Actor::Time),
            Self::Claim { .. } | Self::Attempt | Self::Accept | Self::Reject(_) => {
                matches!(actor, Actor::Sales | Actor::Admin)
            }
        }
    }

    /// How its leads move with it.
    #[must_use]
    pub const fn moves_lead(&self) -> Option<Move> {
        match self {
            Self::Accept => Some(Move::Accept),
            Self::Reject(RejectionKind::Permanent) => Some(Move::Disqualify),
            Self::Reject(RejectionKind::Temporary) | Self::GiveUp => Some(Move::Recycle),
            Self::Claim { .. } | Self::Attempt | Self::Reassign => None,
        }
    }
}

#[cfg(test)]
mod tests;
