//! What to talk about when marketing and sales look back on a period: the handoffs that say most
//! about what is passed on.
//!
//! Good ones are those that were sold or accepted; bad ones were turned down, and say the more the
//! better they looked; missed ones ended without anybody's decision, and cost the more the better
//! they looked.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::rules::Decision;

/// What a handoff showed, and what became of it.
#[derive(Clone, Debug)]
pub struct Reviewed {
    /// Its id.
    pub id: String,
    /// What became of it.
    pub outcome: Decision,
    /// Its account has bought.
    pub won: bool,
    /// Somebody asked to be contacted.
    pub hand_raiser: bool,
    /// Engagement when it was handed over, 0 to 100.
    pub engagement: u8,
    /// Fit when it was handed over, 0 to 100.
    pub fit: u8,
    /// When it was handed over, in microseconds since 1970.
    pub handed_over_micros: i64,
}

/// The ids of the handoffs of each kind to talk about, those that say most first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pack {
    /// Sold, then accepted ones: of each those first that looked best.
    pub good: Vec<String>,
    /// Turned down for good, then for now: of each those first that looked best.
    pub bad: Vec<String>,
    /// Given up without a decision: raised hands first, then those that looked best.
    pub missed: Vec<String>,
}

/// What of a list comes first: its own order, then the sum of engagement and fit, then the later
/// one, then the id.
type Rank = (u8, Reverse<u16>, Reverse<i64>, String);

/// Picks handoffs to talk about. Memory grows with how many are asked for alone.
#[derive(Clone, Debug)]
pub struct Tally {
    most: usize,
    good: BTreeSet<Rank>,
    bad: BTreeSet<Rank>,
    missed: BTreeSet<Rank>,
}

impl Tally {
    /// Picks so many of each kind at most.
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self { most, good: BTreeSet::new(), bad: BTreeSet::new(), missed: BTreeSet::new() }
    }

    /// Looks at a handoff.
    pub fn add(&mut self, handoff: &Reviewed) {
        let (list, first) = match handoff.outcome {
            Decision::Open => return,
            Decision::Accepted => (&mut self.good, handoff.won),
            Decision::Rejected { permanent, .. } => (&mut self.bad, permanent),
            Decision::Expired | Decision::Recycled => (&mut self.missed, handoff.hand_raiser),
        };
        let looked = u16::from(handoff.engagement) + u16::from(handoff.fit);
        list.insert((
            u8::from(!first),
            Reverse(looked),
            Reverse(handoff.handed_over_micros),
            handoff.id.clone(),
        ));
        if list.len() > self.most {
            list.pop_last();
        }
    }

    /// What was picked.
    #[must_use]
    pub fn finish(self) -> Pack {
        let ids = |list: BTreeSet<Rank>| list.into_iter().map(|(.., id)| id).collect();
        Pack { good: ids(self.good), bad: ids(self.bad), missed: ids(self.missed) }
    }
}

#[cfg(test)]
mod tests;
