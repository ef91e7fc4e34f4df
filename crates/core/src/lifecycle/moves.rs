//! The moves: from where each leads where, who may make it, and what it needs.

use super::{Actor, Lifecycle, Mark, Outcome, Refused};
use crate::named::named;
use crate::qualification::Criterion;
use crate::{Stage, Timestamp};

named!(
    /// The named paths on which a lead moves. There are no others.
    Move {
        /// A subscriber turns out to be somebody: to lead.
        Identify = "identify",
        /// Marketing qualified: to MQL, by the model's rule or by a person of marketing.
        Qualify = "qualify",
        /// Sales takes it: to SQL, by accepting a handoff.
        Accept = "accept",
        /// Back to marketing for now: to lead, recycled. From MQL by the end of its handoff, from
        /// SQL by sales for a reason, or because its opportunity was lost.
        Recycle = "recycle",
        /// Given up for good: disqualified.
        Disqualify = "disqualify",
        /// Was given up, or set aside, by mistake: to lead.
        Reinstate = "reinstate",
        /// A customer who recommends us: to evangelist.
        Advocate = "advocate",
        /// None of marketing's or sales' business, such as a supplier: to other.
        SetAside = "set_aside",
        /// An opportunity says otherwise than before: to opportunity, to customer, or back to what
        /// was decided.
        Outcome = "outcome",
        /// A duplicate is merged into it: it stands where the one of both stands that got further.
        Merge = "merge",
    }
);

/// Who wants a move, and what they have for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// On whose behalf.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// What they have.
    pub grounds: Grounds,
}

/// What is brought for a move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grounds {
    /// A reason is given.
    pub reason: bool,
    /// An open handoff of the lead is claimed, and this is its end.
    pub handoff: bool,
    /// What the workspace requires of an SQL and is not known.
    pub unknown: Vec<Criterion>,
    /// The lead raised a hand after it was recycled, and the workspace lets that end nurturing.
    pub raised_hand: bool,
    /// The moment up to which it is to be nurtured.
    pub nurture_until: Option<Timestamp>,
    /// What its opportunities say now.
    pub outcome: Option<Outcome>,
    /// Where the duplicate stands that is merged into it.
    pub duplicate: Option<Lifecycle>,
}

impl Asked {
    /// A move with nothing brought for it.
    #[must_use]
    pub fn new(actor: Actor, at: Timestamp) -> Self {
        Self { actor, at, grounds: Grounds::default() }
    }
}

impl Move {
    /// The words of a refusal: what cannot be done.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Identify => "cannot become a lead",
            Self::Qualify => "cannot be marketing qualified",
            Self::Accept => "cannot become an SQL",
            Self::Recycle => "cannot be recycled",
            Self::Disqualify => "cannot be disqualified",
            Self::Reinstate => "cannot be reinstated",
            Self::Advocate => "cannot become an evangelist",
            Self::SetAside => "cannot be set aside",
            Self::Outcome => "cannot be moved by an opportunity",
            Self::Merge => "cannot be merged",
        }
    }

    /// Who may make the move. An administrator may make what marketing or sales may.
    #[must_use]
    pub const fn actors(self) -> &'static [Actor] {
        match self {
            Self::Identify | Self::Reinstate | Self::SetAside => &[Actor::Marketing],
            Self::Qualify => &[Actor::Rule, Actor::Marketing],
            Self::Accept => &[Actor::Sales],
            // Sales turns it down or comes to nothing with it, a period ran out, or its opportunity
            // was lost.
            Self::Recycle => &[Actor::Sales, Actor::Time, Actor::Opportunity],
            Self::Disqualify | Self::Advocate | Self::Merge => &[Actor::Marketing, Actor::Sales],
            Self::Outcome => &[Actor::Opportunity],
        }
    }

    fn may_be_made_by(self, actor: Actor) -> bool {
        let people = [Actor::Marketing, Actor::Sales];
        let as_admin = || people.iter().any(|person| self.actors().contains(person));
        self.actors().contains(&actor) || (actor == Actor::Admin && as_admin())
    }

    /// Whether the move leads from there, when it is that actor's.
    const fn leads_from(self, stage: Stage, mark: Option<Mark>, actor: Actor) -> bool {
        match (self, stage, mark) {
            (Self::Outcome | Self::Merge, _, _) => true,
            (Self::Reinstate, Stage::Other, _) => true,
            (Self::Reinstate, _, mark) => matches!(mark, Some(Mark::Disqualified)),
            (_, _, Some(Mark::Disqualified)) => false,
            (Self::Identify, Stage::Subscriber, _) => true,
            (Self::Qualify | Self::SetAside, Stage::Subscriber | Stage::Lead, _) => true,
            (Self::Accept, Stage::Mql, _) => true,
            (Self::Recycle, Stage::Mql, _) => true,
            // What runs out is the handoff of an MQL.
            (Self::Recycle, Stage::Sql, _) => !matches!(actor, Actor::Time),
            (Self::Disqualify, Stage::Subscriber | Stage::Lead | Stage::Mql | Stage::Sql, _) => {
                true
            }
            (Self::Advocate, Stage::Customer, _) => true,
            _ => false,
        }
    }

    /// Whether the end of a handoff can be this move.
    const fn ends_handoff(self) -> bool {
        matches!(self, Self::Accept | Self::Recycle)
    }

    /// Sales accepts and turns down what was handed over to it, and nothing else. The handoff of
    /// an SQL has ended.
    const fn needs_handoff(self, actor: Actor, from: Stage) -> bool {
        let sales = matches!(actor, Actor::Sales | Actor::Admin);
        sales && self.ends_handoff() && matches!(from, Stage::Mql)
    }

    const fn needs_reason(self, actor: Actor, from: Stage) -> bool {
        let sales = matches!(actor, Actor::Sales | Actor::Admin);
        match self {
            Self::Disqualify | Self::Reinstate | Self::SetAside => true,
            Self::Recycle => sales && matches!(from, Stage::Sql),
            _ => false,
        }
    }
}

impl Lifecycle {
    /// The lead after a move.
    ///
    /// # Errors
    /// Why it does not move: from where it stands, by whom, or for want of what the move needs,
    /// told in this order.
    pub fn after(&self, step: Move, asked: &Asked) -> Result<Self, Refused> {
        let (stage, mark) = (self.stage(), self.shown_mark());
        if !step.may_be_made_by(asked.actor) {
            return Err(Refused::By { step, actor: asked.actor });
        }
        // Handoffs go on beside opportunities, which may be known before sales says what it did.
        let from = if step.ends_handoff() && self.is_mql() { self.decided } else { stage };
        if !step.leads_from(from, mark, asked.actor) {
            return Err(Refused::From { step, stage, mark });
        }
        let Grounds { reason, handoff, unknown, raised_hand, nurture_until, outcome, duplicate } =
            &asked.grounds;
        if step.needs_reason(asked.actor, from) && !reason {
            return Err(Refused::NoReason(step));
        }
        if step.needs_handoff(asked.actor, from) && !handoff {
            return Err(Refused::NoHandoff(step));
        }
        if step == Move::Accept && !unknown.is_empty() {
            return Err(Refused::Unqualified(unknown.clone()));
        }
        if step == Move::Qualify
            && asked.actor == Actor::Rule
            && !raised_hand
            && let Some(until) = self.nurture_until.filter(|until| asked.at < *until)
        {
            return Err(Refused::Nurtured(until));
        }
        let decided = |decided| Self { decided, mark: None, nurture_until: None, ..*self };
        Ok(match step {
            Move::Identify | Move::Reinstate => decided(Stage::Lead),
            Move::Qualify => decided(Stage::Mql),
            Move::Accept => decided(Stage::Sql),
            Move::Advocate => decided(Stage::Evangelist),
            Move::SetAside => decided(Stage::Other),
            Move::Recycle => Self {
                mark: Some(Mark::Recycled),
                nurture_until: *nurture_until,
                ..decided(Stage::Lead)
            },
            Move::Disqualify => Self { mark: Some(Mark::Disqualified), ..decided(Stage::Lead) },
            Move::Outcome => Self { outcome: *outcome, ..*self },
            Move::Merge => duplicate.map_or(*self, |duplicate| self.or_further(duplicate)),
        })
    }

    /// What was decided of the one of two that got further, or of both; the opportunities are its own.
    fn or_further(self, other: Self) -> Self {
        let further = if other.reached() > self.reached() { other } else { self };
        Self { outcome: self.outcome, ..further }
    }

    /// How far it got, in an order: what was decided against somebody counts for more than that
    /// nothing was, and for less than that sales has them.
    fn reached(&self) -> (u8, Option<Timestamp>) {
        let rank = match (self.decided, self.mark) {
            (Stage::Subscriber, None) => 0,
            (Stage::Lead, None) => 1,
            (Stage::Subscriber | Stage::Lead, Some(Mark::Recycled)) => 2,
            (Stage::Other, _) => 3,
            (Stage::Subscriber | Stage::Lead, Some(Mark::Disqualified)) => 4,
            (Stage::Mql, _) => 5,
            (Stage::Sql, _) => 6,
            (Stage::Opportunity, _) => 7,
            (Stage::Customer, _) => 8,
            (Stage::Evangelist, _) => 9,
        };
        (rank, self.nurture_until)
    }

    /// The move that would bring the lead to a stage that a person asks for.
    ///
    /// # Errors
    /// [`Refused::NoHandoff`] of an SQL, which is made by accepting a handoff; [`Refused::ByNoHand`]
    /// where no move of a person leads there.
    pub fn towards(&self, stage: Stage) -> Result<Move, Refused> {
        let step = match stage {
            Stage::Lead if self.stage() == Stage::Subscriber => Move::Identify,
            Stage::Lead => Move::Reinstate,
            Stage::Mql => Move::Qualify,
            Stage::Sql => return Err(Refused::NoHandoff(Move::Accept)),
            Stage::Evangelist => Move::Advocate,
            Stage::Other => Move::SetAside,
            Stage::Opportunity | Stage::Customer | Stage::Subscriber => {
                return Err(Refused::ByNoHand(stage));
            }
        };
        Ok(step)
    }
}
