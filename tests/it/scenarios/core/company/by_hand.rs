//! What people make of leads by hand, and what opportunities say of them.

use abm_core::lifecycle::{Actor, Move, Outcome};
use abm_core::{OpportunityState, Stage};

use super::{Company, said};
use crate::scenarios::files::stories::Step;
use crate::scenarios::story::Refusal;

impl Company {
    /// A person of marketing or sales moves somebody by hand, to a stage or by a move.
    pub(super) fn set(&mut self, step: &Step, to: Result<Move, Stage>) -> Result<(), Refusal> {
        let mut asked = self.asked(step.actor());
        asked.grounds.reason = !step.because().is_empty();
        let usual = self.policy.nurture_days;
        asked.grounds.nurture_until = self.in_days(step.days().unwrap_or(usual.into()));
        let person = self.person(step.lead());
        let made = to.or_else(|stage| person.life.towards(stage));
        let made = made.and_then(|made| person.go(made, &asked).and(Ok(made)));
        if made.map_err(|refused| said("the lead", refused))? == Move::Qualify {
            self.hand_over(step.lead());
        }
        Ok(())
    }

    pub(super) fn hand_over_by_hand(&mut self, step: &Step) -> Result<(), Refusal> {
        let asked = self.asked(step.actor());
        let person = self.person(step.lead());
        if !person.life.is_mql() {
            let made = person.go(Move::Qualify, &asked);
            made.map_err(|refused| said("the lead", refused))?;
        }
        self.hand_over(step.lead());
        Ok(())
    }

    /// The opportunity of somebody is told anew.
    pub(super) fn tell(&mut self, name: &str, deal: Option<OpportunityState>) {
        let mut asked = self.asked(Actor::Opportunity);
        asked.grounds.outcome = Outcome::of(deal);
        asked.grounds.nurture_until = self.in_days(self.policy.nurture_days);
        let person = self.person(name);
        let before = person.life.outcome;
        person.go(Move::Outcome, &asked).unwrap();
        if before == Some(Outcome::Open) && deal == Some(OpportunityState::Lost) {
            // Who was never qualified stays where they are.
            let _ = person.go(Move::Recycle, &asked);
        }
    }
}
