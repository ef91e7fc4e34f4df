//! What another model would change: every account under both at one moment, what differs, and
//! why.
//!
//! A [`Simulation`] takes accounts one by one, in any order; two of them can be put together, so
//! that several threads can share the work.

mod proposal;
mod reasons;
mod spread;

use std::collections::BTreeMap;

use crate::assess::{AccountRules, Assessment, Course, LeadRules, Person, assess_lead};
use crate::tier::Tier;
use crate::time::DAY;
use crate::{AccountProfile, LeadId, LeadProfile, Ledger, Model};
use reasons::Seen;

pub use proposal::{Proposal, Proposals};
pub use reasons::{Reason, ReasonKind};
pub use spread::Spread;

/// The days of which newly qualified people and accounts are counted.
pub const WEEK_DAYS: i64 = 7;

/// An account as one of the models sees it.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The model.
    pub model: &'a Model,
    /// The account's profile.
    pub profile: &'a AccountProfile,
    /// What the model's rules say of it.
    pub rules: &'a AccountRules,
    /// Its people, the same on both sides and in the same order.
    pub people: &'a [Person],
    /// What its unknown visitor did.
    pub visitor: &'a Ledger,
}

/// A person without an account as one of the models sees them.
#[derive(Clone, Copy, Debug)]
pub struct LoneSide<'a> {
    /// The model.
    pub model: &'a Model,
    /// Their profile.
    pub profile: &'a LeadProfile,
    /// What the model's rules say of them.
    pub rules: &'a LeadRules,
    /// What they did.
    pub ledger: &'a Ledger,
}

/// What an account shows under one of the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    /// 0 to 100.
    pub fit: u8,
    /// 0 to 100.
    pub engagement: u8,
    /// The tier it is in.
    pub tier: Option<Tier>,
    /// Whether it is a marketing qualified account.
    pub mqa: bool,
    /// Whether it is in a priority tier and not excluded.
    pub priority: bool,
}

/// An account that would stand elsewhere: in another tier, qualified or not any more, or with
/// other qualified people.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// As it stands.
    pub before: Stand,
    /// As it would stand.
    pub after: Stand,
    /// People who would become marketing qualified leads.
    pub mqls_entering: Vec<LeadId>,
    /// People who would not be marketing qualified leads any more.
    pub mqls_leaving: Vec<LeadId>,
    /// The rules that moved it, the weightiest of each kind first.
    pub reasons: Vec<Reason>,
}

/// A person without an account who would become a marketing qualified lead, or would not be one
/// any more.
#[derive(Clone, Debug, PartialEq)]
pub struct LoneMove {
    /// Whether they would be one.
    pub mql: bool,
    /// The rules that moved them, the weightiest of each kind first.
    pub reasons: Vec<Reason>,
}

/// A whole base under two models.
#[derive(Clone, Debug)]
pub struct Simulation {
    as_of: i64,
    /// Under the first model.
    pub before: Spread,
    /// Under the second.
    pub after: Spread,
    /// Accounts by their tier before and after; 0 to 2 for tiers 1 to 3, 3 for none.
    pub tier_moves: [[u64; 4]; 4],
    /// Accounts that would stand elsewhere.
    pub moved: u64,
    /// What bars of the second model would let through.
    pub proposals: Proposals,
}

impl Simulation {
    /// Nothing yet, at a second.
    #[must_use]
    pub fn new(as_of: i64) -> Self {
        Self {
            as_of,
            before: Spread::default(),
            after: Spread::default(),
            tier_moves: [[0; 4]; 4],
            moved: 0,
            proposals: Proposals::default(),
        }
    }

    /// Adds an account, and tells whether it would stand elsewhere. `leads` are the profiles of
    /// its people.
    pub fn account(
        &mut self,
        before: &Side<'_>,
        after: &Side<'_>,
        leads: &BTreeMap<LeadId, LeadProfile>,
    ) -> Option<Move> {
        let (then, a_week_before) = before.now_and_a_week_ago(self.as_of);
        let (now, week_ago) = after.now_and_a_week_ago(self.as_of);
        self.before.account(before, &then, &a_week_before);
        self.after.account(after, &now, &week_ago);
        self.proposals.account(after, &now, &week_ago);
        let (old, new) = (stand(&then), stand(&now));
        let place = |stand: &Stand| stand.tier.map_or(3, |tier| usize::from(tier.number()) - 1);
        let moves = self.tier_moves.get_mut(place(&old)).and_then(|row| row.get_mut(place(&new)));
        moves.into_iter().for_each(|count| *count += 1);
        let (mut entering, mut leaving) = (Vec::new(), Vec::new());
        for ((person, was), is) in after.people.iter().zip(&then.mqls).zip(&now.mqls) {
            match (was, is) {
                (false, true) => entering.push(person.lead.clone()),
                (true, false) => leaving.push(person.lead.clone()),
                _ => {}
            }
        }
        let marks = |stand: &Stand| (stand.tier, stand.mqa, stand.priority);
        if marks(&old) == marks(&new) && entering.is_empty() && leaving.is_empty() {
            return None;
        }
        self.moved += 1;
        let sides = (Seen::account(before, leads), Seen::account(after, leads));
        let reasons = reasons::find(&sides.0, &sides.1, Some((&old, &new)), self.as_of);
        Some(Move {
            before: old,
            after: new,
            mqls_entering: entering,
            mqls_leaving: leaving,
            reasons,
        })
    }

    /// Adds a person without an account, and tells whether they would be a marketing qualified
    /// lead where they were none, or none where they were one.
    pub fn lone_lead(&mut self, before: &LoneSide<'_>, after: &LoneSide<'_>) -> Option<LoneMove> {
        let at = self.as_of;
        let was = before.mql(at);
        self.before.lone_lead(was, before.mql(at - WEEK_DAYS * DAY));
        let (is, week_ago) = (after.assess(at), after.assess(at - WEEK_DAYS * DAY));
        self.after.lone_lead(is.mql, week_ago.mql);
        self.proposals.lone_lead(after, is, week_ago);
        (was != is.mql).then(|| LoneMove {
            mql: is.mql,
            reasons: reasons::find(&Seen::lone(before), &Seen::lone(after), None, at),
        })
    }

    /// Adds what another part of the base gave.
    pub fn append(&mut self, other: &Self) {
        self.before.append(&other.before);
        self.after.append(&other.after);
        for (row, more) in self.tier_moves.iter_mut().zip(&other.tier_moves) {
            row.iter_mut().zip(more).for_each(|(count, more)| *count += more);
        }
        self.moved += other.moved;
        self.proposals.append(&other.proposals);
    }
}

fn stand(found: &Assessment) -> Stand {
    Stand {
        fit: found.fit.score,
        engagement: found.engagement,
        tier: found.tier,
        mqa: found.mqa,
        priority: found.priority,
    }
}

impl Side<'_> {
    fn now_and_a_week_ago(&self, as_of: i64) -> (Assessment, Assessment) {
        let course = Course::new(self.model, self.rules, self.people, self.visitor);
        let mut course = course.without_changes();
        let week_ago = course.at(as_of - WEEK_DAYS * DAY);
        (course.at(as_of), week_ago)
    }
}

impl LoneSide<'_> {
    fn assess(&self, as_of: i64) -> crate::assess::AssessedLead {
        assess_lead(self.model, self.rules, &AccountRules::default(), self.ledger, as_of)
    }

    fn mql(&self, as_of: i64) -> bool {
        self.assess(as_of).mql
    }
}

#[cfg(test)]
mod tests;
