//! What is done with the latest handoff, and how its leads move with it.

use abm_core::handoff::{Act, RejectionKind};
use abm_core::lifecycle::{Actor, Asked, Grounds};
use abm_core::qualification::Criterion;

use super::{Company, said};
use crate::scenarios::files::stories::Step;
use crate::scenarios::story::Refusal;

impl Company {
    /// Something is done with the latest handoff, and its leads move with it.
    pub(super) fn act(
        &mut self,
        actor: Actor,
        act: &Act,
        grounds: &Grounds,
    ) -> Result<(), Refusal> {
        let at = self.now;
        let handoff = self.handoffs.last_mut().unwrap();
        let state = act.leads_to(handoff.state, handoff.owner.as_deref(), actor);
        let state = state.map_err(|refused| said("the handoff", refused))?;
        if let Some(step) = act.moves_lead() {
            let asked = Asked { actor, at, grounds: grounds.clone() };
            let (mut moved, mut why) = (false, None);
            for name in &handoff.leads {
                let person = self.people.get_mut(name).unwrap();
                // Who has moved on stays there.
                let made = match person.life.is_mql() {
                    true => person.go(step, &asked),
                    false => person.life.after(step, &asked).and(Ok(())),
                };
                match made {
                    Ok(()) => moved = true,
                    Err(refused) => why = why.or(Some(refused)),
                }
            }
            // What is left of it can be turned down, not accepted.
            if let Some(refused) = why.filter(|_| !moved && *act == Act::Accept) {
                return Err(said("the handoff cannot end so: a lead", refused));
            }
        }
        handoff.state = state;
        Ok(())
    }

    pub(super) fn accept(&mut self, actor: Actor) -> Result<(), Refusal> {
        let leads = &self.handoffs.last().unwrap().leads;
        let known = leads.iter().any(|name| self.people[name].need_is_known);
        let is_unknown = |criterion: &&Criterion| **criterion != Criterion::Need || !known;
        let unknown = self.policy.required.iter().filter(is_unknown).copied().collect();
        let grounds = Grounds { handoff: true, unknown, ..Grounds::default() };
        self.act(actor, &Act::Accept, &grounds)
    }

    pub(super) fn turn_down(&mut self, step: &Step) -> Result<(), Refusal> {
        let reasons = &self.policy.reasons;
        let reason = reasons.iter().find(|reason| reason.name == step.because()).unwrap();
        let (kind, usual) = (reason.kind, reason.nurture_days.unwrap_or(self.policy.nurture_days));
        let nurture_until = match kind {
            RejectionKind::Permanent => None,
            RejectionKind::Temporary => self.in_days(step.days().unwrap_or(usual.into())),
        };
        let grounds = Grounds { reason: true, handoff: true, nurture_until, ..Grounds::default() };
        self.act(step.actor(), &Act::Reject(kind), &grounds)
    }
}
