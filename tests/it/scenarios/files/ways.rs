//! What the tables of moves and of acts say of each: from where it leads where, for whom, and with
//! what.

use std::fmt::Debug;

use abm_core::lifecycle::Actor;
use serde::Deserialize;

use super::is_sentence;

/// From where a move or an act leads where, and for whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::scenarios) struct Way<Place, Need> {
    by: Vec<Actor>,
    from: Vec<Place>,
    /// Where the lead, or the handoff, stands afterwards.
    pub(in crate::scenarios) to: Place,
    /// What it needs.
    #[serde(default = "Vec::new")]
    pub(in crate::scenarios) needs: Vec<Need>,
    /// Why the service never asks for it.
    #[serde(default, rename = "never asked")]
    pub(in crate::scenarios) never_asked: Option<String>,
}

impl<Place: PartialEq, Need: Copy + PartialEq> Way<Place, Need> {
    /// Whether it is for somebody, from a place.
    pub(super) fn is_of(&self, actor: Actor, place: Place) -> bool {
        self.is_for(actor) && self.from.contains(&place)
    }

    /// Whether it is for somebody, from wherever.
    pub(super) fn is_for(&self, actor: Actor) -> bool {
        self.by.contains(&actor)
    }

    /// The way for who has some of what there is to need, or what they lack.
    pub(super) fn unless_lacking(&self, has: &[Need]) -> Result<&Self, Need> {
        match self.needs.iter().find(|need| !has.contains(need)) {
            Some(need) => Err(*need),
            None => Ok(self),
        }
    }
}

/// Something that can be needed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Missing {
    means: String,
    /// What is said for want of it.
    pub(super) refused: String,
}

impl Missing {
    pub(super) fn check(&self) {
        is_sentence(&self.means);
    }
}

/// Expects that of a move or an act one way at most is for each actor from each place.
pub(super) fn check<Place, Need>(ways: &[Way<Place, Need>], places: &[Place], of: &str)
where
    Place: Copy + Debug + PartialEq,
    Need: Copy + PartialEq,
{
    ways.iter().filter_map(|way| way.never_asked.as_deref()).for_each(is_sentence);
    for (&actor, &place) in pairs(Actor::ALL, places) {
        let told = ways.iter().filter(|way| way.is_of(actor, place)).count();
        assert!(told <= 1, "{of} by {} from {place:?} is told twice", actor.name());
    }
}

/// Each of some with each of others.
pub(in crate::scenarios) fn pairs<'a, A, B>(
    some: &'a [A],
    others: &'a [B],
) -> impl Iterator<Item = (&'a A, &'a B)> {
    some.iter().flat_map(move |one| others.iter().map(move |other| (one, other)))
}
