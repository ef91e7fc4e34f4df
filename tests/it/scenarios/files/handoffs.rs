//! `handoffs.yaml`: what can be done with handoffs.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::handoff::HandoffState;
use abm_core::lifecycle::Actor;
use serde::Deserialize;

use super::stages::Step;
use super::ways::{Missing, Way, check};
use super::{is_sentence, read, words};

words!(
    /// What can be done with a handoff.
    Deed {
        Claim = "claim",
        Attempt = "attempt",
        Accept = "accept",
        RejectForNow = "reject for now",
        RejectForGood = "reject for good",
        Reassign = "reassign",
        GiveUp = "give up",
    }
);

words!(
    /// What an act can need.
    Need {
        FreeForThem = "free for them",
    }
);

/// What the leads of a handoff do with an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::scenarios) enum Leads {
    Stay,
    Accept,
    Recycle,
    Disqualify,
}

impl Leads {
    /// The move that they make.
    pub(in crate::scenarios) const fn step(self) -> Option<Step> {
        match self {
            Self::Stay => None,
            Self::Accept => Some(Step::Accept),
            Self::Recycle => Some(Step::Recycle),
            Self::Disqualify => Some(Step::Disqualify),
        }
    }
}

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::scenarios) struct Handoffs {
    states: BTreeMap<HandoffState, State>,
    needs: BTreeMap<Need, Missing>,
    refused: Refused,
    acts: Vec<Act>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    means: String,
    ended: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    ended: String,
    #[serde(rename = "not theirs to do")]
    by: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    #[serde(rename = "act")]
    deed: Deed,
    means: String,
    leads: Leads,
    ways: Vec<Way<HandoffState, Need>>,
    /// What is said where no way leads from the state.
    #[serde(default)]
    otherwise: Option<String>,
}

impl Handoffs {
    /// Reads the file, and expects that it says something of everything once.
    pub(in crate::scenarios) fn read() -> Self {
        let found: Self = read("handoffs.yaml");
        assert!(found.states.keys().eq(HandoffState::ALL), "{:?}", found.states.keys());
        assert!(found.needs.keys().eq(Need::ALL), "{:?}", found.needs.keys());
        let deeds: BTreeSet<Deed> = found.acts.iter().map(|act| act.deed).collect();
        assert!(deeds.iter().eq(Deed::ALL) && deeds.len() == found.acts.len(), "{deeds:?}");
        found.states.values().for_each(|state| is_sentence(&state.means));
        found.needs.values().for_each(Missing::check);
        for act in &found.acts {
            is_sentence(&act.means);
            check(&act.ways, HandoffState::ALL, &act.deed.to_string());
        }
        found
    }

    fn act(&self, deed: Deed) -> &Act {
        let act = self.acts.iter().find(|act| act.deed == deed);
        act.unwrap_or_else(|| panic!("{deed} is told"))
    }

    /// Whether a handoff that stands so has ended.
    pub(in crate::scenarios) fn has_ended(&self, state: HandoffState) -> bool {
        self.states[&state].ended
    }

    /// What the leads do with an act.
    pub(in crate::scenarios) fn leads(&self, deed: Deed) -> Leads {
        self.act(deed).leads
    }

    /// What is said for want of something to whoever wants to act on what is `owner`'s.
    pub(in crate::scenarios) fn lacks(&self, need: Need, owner: &str) -> String {
        self.needs[&need].refused.replace("{owner}", owner)
    }

    /// The way that an act is on what `owner` has or is to claim, or what is said to whoever
    /// wants it.
    pub(in crate::scenarios) fn way(
        &self,
        deed: Deed,
        actor: Actor,
        state: HandoffState,
        owner: &str,
        has: &[Need],
    ) -> Result<&Way<HandoffState, Need>, String> {
        if self.has_ended(state) {
            return Err(self.refused.ended.replace("{state}", state.name()));
        }
        let Act { ways, otherwise, .. } = self.act(deed);
        if !ways.iter().any(|way| way.is_for(actor)) {
            return Err(self.refused.by.replace("{who}", actor.name()));
        }
        let Some(way) = ways.iter().find(|way| way.is_of(actor, state)) else {
            let otherwise = otherwise.as_ref();
            let told = otherwise.unwrap_or_else(|| panic!("{deed} on {} is told", state.name()));
            return Err(told.replace("{owner}", owner));
        };
        way.unless_lacking(has).map_err(|need| self.lacks(need, owner))
    }
}
