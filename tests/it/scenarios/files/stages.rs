//! `stages.yaml`: the moves of leads.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::lifecycle::{Actor, Move, Outcome};
use serde::Deserialize;

use super::ways::{Missing, Way, check};
use super::{is_sentence, read, words};

words!(
    /// Where a lead stands, as far as it makes a difference to some move.
    Place {
        Subscriber = "subscriber",
        Lead = "lead",
        Resting = "recycled before its date",
        Rested = "recycled after its date",
        Disqualified = "disqualified",
        Mql = "mql",
        Sql = "sql",
        Opportunity = "opportunity",
        EarlyOpportunity = "opportunity before the decision",
        Customer = "customer",
        EarlyCustomer = "customer before the decision",
        Evangelist = "evangelist",
        Other = "other",
    }
);

words!(
    /// A move; that of opportunities by what they say.
    Step {
        Identify = "identify",
        Qualify = "qualify",
        Accept = "accept",
        Recycle = "recycle",
        Disqualify = "disqualify",
        Reinstate = "reinstate",
        Advocate = "advocate",
        SetAside = "set aside",
        UnderWay = "opportunity under way",
        Won = "opportunity won",
        Gone = "opportunity gone",
    }
);

words!(
    /// What a move can need.
    Need {
        Reason = "a reason",
        ClaimedHandoff = "a claimed handoff",
        Known = "the need known",
        RaisedHand = "a raised hand",
    }
);

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::scenarios) struct Stages {
    places: BTreeMap<Place, Shown>,
    needs: BTreeMap<Need, Missing>,
    refused: Refused,
    moves: Vec<Ways>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    shown: String,
    means: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    #[serde(rename = "not theirs to make")]
    by: String,
    #[serde(rename = "leads not from there")]
    from: String,
    #[serde(rename = "not by hand")]
    by_hand: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ways {
    #[serde(rename = "move")]
    step: Step,
    means: String,
    cannot: String,
    ways: Vec<Way<Place, Need>>,
}

impl Step {
    /// The move of the core, and what opportunities say with it.
    pub(in crate::scenarios) const fn of_core(self) -> (Move, Option<Outcome>) {
        match self {
            Self::Identify => (Move::Identify, None),
            Self::Qualify => (Move::Qualify, None),
            Self::Accept => (Move::Accept, None),
            Self::Recycle => (Move::Recycle, None),
            Self::Disqualify => (Move::Disqualify, None),
            Self::Reinstate => (Move::Reinstate, None),
            Self::Advocate => (Move::Advocate, None),
            Self::SetAside => (Move::SetAside, None),
            Self::UnderWay => (Move::Outcome, Some(Outcome::Open)),
            Self::Won => (Move::Outcome, Some(Outcome::Won)),
            Self::Gone => (Move::Outcome, None),
        }
    }
}

impl Stages {
    /// Reads the file, and expects that it says something of everything once.
    pub(in crate::scenarios) fn read() -> Self {
        let found: Self = read("stages.yaml");
        assert!(found.places.keys().eq(Place::ALL), "{:?}", found.places.keys());
        assert!(found.needs.keys().eq(Need::ALL), "{:?}", found.needs.keys());
        let steps: BTreeSet<Step> = found.moves.iter().map(|ways| ways.step).collect();
        assert!(steps.iter().eq(Step::ALL) && steps.len() == found.moves.len(), "{steps:?}");
        found.places.values().for_each(|place| is_sentence(&place.means));
        found.needs.values().for_each(Missing::check);
        for ways in &found.moves {
            is_sentence(&ways.means);
            check(&ways.ways, Place::ALL, &ways.step.to_string());
        }
        found
    }

    fn ways(&self, step: Step) -> &Ways {
        let ways = self.moves.iter().find(|ways| ways.step == step);
        ways.unwrap_or_else(|| panic!("{step} is told"))
    }

    /// How a place is shown.
    pub(in crate::scenarios) fn shown(&self, place: Place) -> &str {
        &self.places[&place].shown
    }

    /// What is said to a person who names a stage that no move of theirs leads to.
    pub(in crate::scenarios) fn not_by_hand(&self, stage: &str) -> String {
        self.refused.by_hand.replace("{stage}", stage)
    }

    /// What is said of a move that does not lead from a place.
    fn leads_not_from(&self, step: Step, place: Place) -> String {
        let from = self.refused.from.replace("{where}", self.shown(place));
        from.replace("{cannot}", &self.ways(step).cannot)
    }

    /// What is said of a move for want of something.
    pub(in crate::scenarios) fn lacks(&self, step: Step, need: Need) -> String {
        self.needs[&need].refused.replace("{cannot}", &self.ways(step).cannot)
    }

    /// The way that a move is for somebody who has some of what it can need, or what is said to
    /// them.
    pub(in crate::scenarios) fn way(
        &self,
        step: Step,
        actor: Actor,
        place: Place,
        has: &[Need],
    ) -> Result<&Way<Place, Need>, String> {
        let Ways { cannot, ways, .. } = self.ways(step);
        if !ways.iter().any(|way| way.is_for(actor)) {
            let by = self.refused.by.replace("{who}", actor.name());
            return Err(by.replace("{cannot}", cannot));
        }
        let way = ways.iter().find(|way| way.is_of(actor, place));
        let way = way.ok_or_else(|| self.leads_not_from(step, place))?;
        way.unless_lacking(has).map_err(|need| self.lacks(step, need))
    }
}
