//! A company whose people are scored, qualified and handed over by the core alone: what the service
//! does beside storing.

mod acts;
mod by_hand;
mod player;

use std::collections::{BTreeMap, BTreeSet};

use abm_core::assess::{AccountRules, LeadRules, assess_lead, raised_hand};
use abm_core::handoff::{Act, HandoffState};
use abm_core::lifecycle::{Actor, Asked, Grounds, Lifecycle, Move, Refused};
use abm_core::policy::Policy;
use abm_core::rule::AccountFacts;
use abm_core::{AccountProfile, Entry, LeadProfile, Ledger, Model, Timestamp, model, policy};
use abm_tests::{LIVELY, START, days};

use crate::scenarios::files;
use crate::scenarios::story::Refusal;

/// A company, and the handoffs that there were of it.
pub(super) struct Company {
    model: Model,
    policy: Policy,
    rules: LeadRules,
    now: Timestamp,
    people: BTreeMap<String, Person>,
    handoffs: Vec<Handoff>,
}

#[derive(Default)]
struct Person {
    life: Lifecycle,
    given_up_at: Option<Timestamp>,
    ledger: Ledger,
    need_is_known: bool,
}

struct Handoff {
    state: HandoffState,
    owner: Option<String>,
    leads: BTreeSet<String>,
    gives_up_at: Timestamp,
}

impl Person {
    fn go(&mut self, step: Move, asked: &Asked) -> Result<(), Refused> {
        self.life = self.life.after(step, asked)?;
        if matches!(step, Move::Recycle | Move::Disqualify) {
            self.given_up_at = Some(asked.at);
        }
        Ok(())
    }
}

fn said(what: &str, refused: impl std::fmt::Display) -> Refusal {
    Refusal::Said(format!("{what} {refused}"))
}

impl Company {
    /// A company that nobody is known of.
    pub(super) fn new() -> Self {
        let model = model::parse(LIVELY).unwrap();
        let policy = policy::parse(&files::policy()).unwrap();
        let officer = LeadProfile { title: "CTO".to_owned(), ..LeadProfile::default() };
        let rules =
            LeadRules::new(&model, &officer, &AccountFacts::new(&AccountProfile::default()));
        let (people, handoffs) = (BTreeMap::new(), Vec::new());
        Self { model, policy, rules, now: START, people, handoffs }
    }

    fn person(&mut self, name: &str) -> &mut Person {
        self.people.get_mut(name).unwrap()
    }

    fn open(&mut self) -> Option<&mut Handoff> {
        self.handoffs.last_mut().filter(|handoff| handoff.state.is_open())
    }

    fn asked(&self, actor: Actor) -> Asked {
        Asked::new(actor, self.now)
    }

    fn in_days(&self, count: impl Into<i64>) -> Option<Timestamp> {
        Some(self.now + days(count.into()))
    }

    /// Somebody does what a signal of the model stands for.
    fn does(&mut self, name: &str, signal: &str) {
        let is = |position: &u16| self.model.worth(*position).is_some_and(|(it, _)| it == signal);
        let signal = (0..100).find(is).unwrap();
        let time = self.now.secs();
        self.person(name).ledger.record([Entry { time, signal }]);
        self.find_out_whether_they_qualify(name);
    }

    /// The model's rule looks at somebody.
    fn find_out_whether_they_qualify(&mut self, name: &str) {
        let person = &self.people[name];
        let (at, nobody) = (self.now.secs(), AccountRules::default());
        if !assess_lead(&self.model, &self.rules, &nobody, &person.ledger, at).mql {
            return;
        }
        let raised = raised_hand(&self.model, &self.rules, &person.ledger, at);
        let since = |raised: i64| person.given_up_at.is_none_or(|at| raised > at.secs());
        let mut asked = self.asked(Actor::Rule);
        asked.grounds.raised_hand = self.policy.reenter_on_hand_raise && raised.is_some_and(since);
        // Who may not is left where they are.
        if self.person(name).go(Move::Qualify, &asked).is_ok() {
            self.hand_over(name);
        }
    }

    /// An MQL joins the handoff that is open, or begins one.
    fn hand_over(&mut self, name: &str) {
        if let Some(handoff) = self.open() {
            handoff.leads.insert(name.to_owned());
            return;
        }
        let gives_up_at = self.now + days(self.policy.give_up_days.into());
        let leads = BTreeSet::from([name.to_owned()]);
        let state = HandoffState::Pending;
        self.handoffs.push(Handoff { state, owner: None, leads, gives_up_at });
    }

    /// Days go by; what is due happens.
    fn pass(&mut self, count: i64) {
        self.now = self.now + days(count);
        let names: Vec<String> = self.people.keys().cloned().collect();
        for name in &names {
            self.find_out_whether_they_qualify(name);
        }
        let now = self.now;
        let due = self.open().map(|handoff| handoff.gives_up_at).filter(|at| *at <= now);
        if let Some(at) = due {
            let nurture_until = Some(at + days(self.policy.nurture_days.into()));
            self.give_up(&Asked {
                actor: Actor::Time,
                at,
                grounds: Grounds { nurture_until, ..Grounds::default() },
            });
        }
        for name in &names {
            let until = &mut self.person(name).life.nurture_until;
            if until.take_if(|until| *until <= now).is_some() {
                self.find_out_whether_they_qualify(name);
            }
        }
    }

    fn give_up(&mut self, asked: &Asked) {
        let handoff = self.handoffs.last_mut().unwrap();
        let owner = handoff.owner.as_deref();
        handoff.state = Act::GiveUp.leads_to(handoff.state, owner, asked.actor).unwrap();
        for name in &handoff.leads {
            // Who has moved on stays there.
            let _ = self.people.get_mut(name).unwrap().go(Move::Recycle, asked);
        }
    }
}
