//! The handoff policy: who gets what marketing hands over, how soon they are to take it up, and why
//! they may turn it down.
//!
//! A policy is written as a YAML file ([`mod@file`]), checked and compiled into a [`Policy`].
//! `docs/handoff-policy.md` states what each field means.

mod clock;
mod compile;
pub mod file;
mod grounds;
mod load;
mod parse;
mod route;
mod sense;
mod write;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::business_time::{Calendar, Date};
use crate::handoff::RejectionKind;
use crate::qualification::Criterion;
use crate::rule::Rule;

pub use clock::Clock;
pub use compile::RULES;
pub use grounds::Grounds;
pub use load::Load;
pub use parse::{parse, read_file, validate};
pub use route::{Assignee, PassedOver, Routed, Why};
pub use write::write;

/// The policy that a new workspace starts with, as its commented file.
pub const DEFAULT_FILE: &str = include_str!("policy/default.yaml");

/// Most days that a lead is nurtured before it may qualify again.
pub const NURTURE_DAYS: u16 = 1_095;

/// A checked, compiled policy.
#[derive(Debug)]
pub struct Policy {
    /// Its name, for people.
    pub name: String,
    /// The queue of what no route takes.
    pub default_queue: String,
    /// Days of 86,400 seconds after which a handoff without a decision ends by itself, 1 to 365.
    pub give_up_days: u16,
    /// Days of 86,400 seconds that leads are nurtured of whom no reason says how long, 1 to 1,095.
    pub nurture_days: u16,
    /// Whether a raised hand ends nurturing early.
    pub reenter_on_hand_raise: bool,
    /// Whether customers are handed over as new leads.
    pub existing_customers: bool,
    /// The calendar of whoever has none of their own.
    pub default_calendar: Arc<Calendar>,
    /// Who takes handoffs, in the order of the file.
    pub owners: Vec<Owner>,
    /// Who gets what; the first that holds and has somebody decides.
    pub routes: Vec<Route>,
    /// How soon some are to be taken up; the first that holds decides.
    pub slas: Vec<(Rule, Sla)>,
    /// How soon all others are.
    pub otherwise: Sla,
    /// Percent of the time allowed after which the owner is warned, 1 to 99.
    pub warn_percent: u16,
    /// Where an overdue handoff goes with which nobody has tried.
    pub escalate_to: Option<Target>,
    /// Percent of the time allowed after which it goes there, 100 to 1,000.
    pub escalate_percent: u16,
    /// Why sales may turn down.
    pub reasons: Vec<Reason>,
    /// What a sales qualified lead needs.
    pub required: Vec<Criterion>,
}

/// Somebody who takes handoffs.
#[derive(Debug)]
pub struct Owner {
    /// Their id.
    pub id: String,
    /// The team they belong to.
    pub team: Option<String>,
    /// When they work.
    pub calendar: Arc<Calendar>,
    /// Open handoffs that they take at a time; `None` for no limit.
    pub capacity: Option<u32>,
    /// First and last days of when they are away, in their calendar's zone.
    pub absent: Vec<(Date, Date)>,
}

/// Who gets something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The owner of the account.
    AccountOwner,
    /// Somebody of a team, in turn.
    Team(String),
    /// One owner.
    Owner(String),
    /// A queue, from which people claim.
    Queue(String),
}

/// Who gets some of the handoffs.
#[derive(Debug)]
pub struct Route {
    /// Its name; unique.
    pub name: String,
    /// Which handoffs; `None` for all.
    pub when: Option<Rule>,
    /// Who gets them.
    pub to: Target,
}

/// How soon a handoff is to be taken up.
#[derive(Debug)]
pub struct Sla {
    /// Its name; unique.
    pub name: String,
    /// Working time allowed, in minutes, 1 to 525,600.
    pub minutes: u32,
    /// The calendar that counts; `None` for that of the owner.
    pub calendar: Option<Arc<Calendar>>,
}

/// Why sales may turn down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its name; unique.
    pub name: String,
    /// Whether it lasts.
    pub kind: RejectionKind,
    /// Days of 86,400 seconds until the lead may come again, 1 to 1,095; `None` for a permanent
    /// reason.
    pub nurture_days: Option<u16>,
}

impl Policy {
    /// The owner of an id.
    #[must_use]
    pub fn owner(&self, id: &str) -> Option<&Owner> {
        self.owners.iter().find(|owner| owner.id == id)
    }

    /// Whether who gets a handoff depends on who got others: somebody takes so many at most, or
    /// there are teams.
    #[must_use]
    pub fn takes_turns(&self) -> bool {
        self.owners.iter().any(|owner| owner.capacity.is_some() || owner.team.is_some())
    }

    /// The reason of a name.
    #[must_use]
    pub fn reason(&self, name: &str) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.name == name)
    }
}
