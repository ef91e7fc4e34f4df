//! Stories, as they happen to a company.

use std::collections::BTreeMap;

use abm_core::handoff::Act;
use abm_core::lifecycle::{Actor, Grounds, Lifecycle, Move};
use abm_core::{OpportunityState, Stage};
use abm_tests::days;

use super::{Company, Person};
use crate::scenarios::files::stories::{Deed, Scene, Step};
use crate::scenarios::story::{Player, Refusal};

impl Player for Company {
    async fn begin(&mut self, people: &BTreeMap<String, Stage>) {
        let person = |stage| Person { life: Lifecycle::declared(Some(stage)), ..Person::default() };
        self.people = people.iter().map(|(name, stage)| (name.clone(), person(*stage))).collect();
    }

    async fn play(&mut self, step: &Step) -> Result<(), Refusal> {
        let nothing = Grounds::default();
        match step.does {
            Deed::AsksForADemo => self.does(&step.who, "demo"),
            Deed::MeetsUs => self.does(&step.who, "meeting"),
            Deed::ReadsAPage => self.does(&step.who, "view"),
            Deed::Identifies | Deed::Reinstates => self.set(step, Err(Stage::Lead))?,
            Deed::Qualifies => self.set(step, Err(Stage::Mql))?,
            Deed::NamesAnEvangelist => self.set(step, Err(Stage::Evangelist))?,
            Deed::SetsAside => self.set(step, Err(Stage::Other))?,
            Deed::Recycles => self.set(step, Ok(Move::Recycle))?,
            Deed::Disqualifies => self.set(step, Ok(Move::Disqualify))?,
            Deed::HandsOver => self.hand_over_by_hand(step)?,
            Deed::FindsOutTheNeed => self.person(step.lead()).need_is_known = true,
            Deed::Claims => {
                let owner = step.owner().to_owned();
                self.act(step.actor(), &Act::Claim { owner: owner.clone() }, &nothing)?;
                self.handoffs.last_mut().unwrap().owner = Some(owner);
            }
            Deed::TriesInVain => self.act(step.actor(), &Act::Attempt, &nothing)?,
            Deed::IsAnswered => {
                self.act(step.actor(), &Act::Attempt, &nothing)?;
                let gives_up_at = self.now + days(self.policy.give_up_days.into());
                self.handoffs.last_mut().unwrap().gives_up_at = gives_up_at;
            }
            Deed::Accepts => self.accept(step.actor())?,
            Deed::TurnsDown => self.turn_down(step)?,
            Deed::PassesItOn => {
                self.act(step.actor(), &Act::Reassign, &nothing)?;
                self.handoffs.last_mut().unwrap().owner = Some(step.owner().to_owned());
            }
            Deed::Begins => self.tell(step.lead(), Some(OpportunityState::Open)),
            Deed::IsWon => self.tell(step.lead(), Some(OpportunityState::Won)),
            Deed::IsLost => self.tell(step.lead(), Some(OpportunityState::Lost)),
            Deed::Goes => self.tell(step.lead(), None),
            Deed::Passes => self.pass(step.days().unwrap()),
            // No move is another system's: what it says of who is known moves nobody.
            Deed::Says => {
                let asked = self.asked(Actor::Import);
                let person = self.person(step.lead());
                let made = person.life.towards(step.stage());
                let refused = made.and_then(|made| person.life.after(made, &asked));
                assert!(refused.is_err(), "{refused:?}");
            }
        }
        Ok(())
    }

    async fn scene(&mut self) -> Scene {
        let shown = |life: &Lifecycle| {
            let mark = life.shown_mark().map(|mark| format!(", {}", mark.name()));
            format!("{}{}", life.stage().name(), mark.unwrap_or_default())
        };
        let people = self.people.iter().map(|(name, person)| (name.clone(), shown(&person.life)));
        let latest = self.handoffs.last();
        let handoff = latest.map(|found| ("handoff".to_owned(), found.state.name().to_owned()));
        people.chain(handoff).collect()
    }
}
