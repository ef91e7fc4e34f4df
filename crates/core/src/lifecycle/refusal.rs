//! Why a lead does not move.

use super::{Actor, Mark, Move};
use crate::qualification::Criterion;
use crate::{Stage, Timestamp};

/// Why a lead does not move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The move does not lead from there.
    #[error("{} from {}", step.words(), stands(*stage, *mark))]
    From {
        /// The move.
        step: Move,
        /// The stage shown.
        stage: Stage,
        /// The mark beside it.
        mark: Option<Mark>,
    },
    /// Somebody else has to make the move.
    #[error("{} by {}", step.words(), actor.name())]
    By {
        /// The move.
        step: Move,
        /// Who asked.
        actor: Actor,
    },
    /// No person moves a lead to this stage.
    #[error("cannot be moved to {} by hand", .0.name())]
    ByNoHand(Stage),
    /// The lead is being nurtured.
    #[error("is being nurtured and not to be qualified again before {}", .0.secs())]
    Nurtured(Timestamp),
    /// The move needs a reason.
    #[error("{} without a reason", .0.words())]
    NoReason(Move),
    /// The move is made by an open handoff that the caller has.
    #[error("{} without a handoff that is claimed", .0.words())]
    NoHandoff(Move),
    /// The workspace asks for more to be known of the lead.
    #[error("is not qualified: {} not known", names(.0))]
    Unqualified(Vec<Criterion>),
}

fn stands(stage: Stage, mark: Option<Mark>) -> String {
    match mark {
        None => stage.name().to_owned(),
        Some(mark) => format!("{}, {}", stage.name(), mark.name()),
    }
}

fn names(criteria: &[Criterion]) -> String {
    let names: Vec<&str> = criteria.iter().map(|criterion| criterion.name()).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names.join(", "))
}
