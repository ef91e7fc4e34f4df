//! Who gets a handoff.

use super::{Load, Owner, Policy, Target};
use crate::Timestamp;
use crate::rule::{Answer, HandoffFacts};

/// Who has a handoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assignee {
    /// An owner, by their id.
    Owner(String),
    /// Nobody yet: a queue, by its name.
    Queue(String),
}

/// Where a handoff goes, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routed {
    /// Who gets it.
    pub to: Assignee,
    /// The route that decided; `None` when none did.
    pub route: Option<String>,
    /// The team whose turn it was; `None` when it was no team's.
    pub team: Option<String>,
    /// Who would have got it, and did not.
    pub passed_over: Vec<PassedOver>,
}

/// Somebody whom a route that holds did not give a handoff to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// The route; `None` for escalation.
    pub route: Option<String>,
    /// The owner; `None` when the account has none.
    pub owner: Option<String>,
    /// Why they did not get it.
    pub why: Why,
}

/// Why somebody did not get a handoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// They are away.
    Absent,
    /// They have as many as they take.
    Full,
    /// The account has no owner.
    NoOwner,
    /// The account's owner is nobody of this policy.
    NotInPolicy,
}

/// Who can be given something at a moment.
struct Search<'a> {
    policy: &'a Policy,
    load: &'a Load,
    at: Timestamp,
    account_owner: Option<&'a str>,
    /// Who has it already, and does not get it again.
    holder: Option<&'a str>,
    passed_over: Vec<PassedOver>,
}

impl Policy {
    /// Who gets a handoff at a moment: what the first route says that holds and has somebody who is
    /// neither away nor full; in the end the default queue. A route whose rule asks for
    /// something unknown does not hold. In a team those after the one who was given one last come
    /// first, in the order of the policy.
    #[must_use]
    pub fn route(
        &self,
        facts: &HandoffFacts<'_>,
        account_owner: Option<&str>,
        load: &Load,
        at: Timestamp,
    ) -> Routed {
        let (holder, passed_over) = (None, Vec::new());
        let mut search = Search { policy: self, load, at, account_owner, holder, passed_over };
        for route in &self.routes {
            let holds = |rule: &crate::rule::Rule| rule.answer(facts) == Answer::Yes;
            if !route.when.as_ref().is_none_or(holds) {
                continue;
            }
            if let Some((to, team)) = search.assignee(Some(&route.name), &route.to) {
                let (route, passed_over) = (Some(route.name.clone()), search.passed_over);
                return Routed { to, route, team, passed_over };
            }
        }
        search.nobody()
    }

    /// Who gets an overdue handoff of `holder` with which nobody has tried; `None` where it stays:
    /// the policy says nothing, or that the holder gets it. In a team the others come. Where
    /// nobody can be given it, it goes to the default queue.
    #[must_use]
    pub fn escalate(&self, holder: Option<&str>, load: &Load, at: Timestamp) -> Option<Routed> {
        let target = self.escalate_to.as_ref()?;
        if matches!(target, Target::Owner(id) if Some(id.as_str()) == holder) {
            return None;
        }
        let (account_owner, passed_over) = (None, Vec::new());
        let mut search = Search { policy: self, load, at, account_owner, holder, passed_over };
        Some(match search.assignee(None, target) {
            Some((to, team)) => Routed { to, route: None, team, passed_over: search.passed_over },
            None => search.nobody(),
        })
    }
}

impl Routed {
    /// The owner who gets it; `None` when it waits in a queue.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        match &self.to {
            Assignee::Owner(owner) => Some(owner),
            Assignee::Queue(_) => None,
        }
    }

    /// The queue it waits in; `None` when it has an owner.
    #[must_use]
    pub fn queue(&self) -> Option<&str> {
        match &self.to {
            Assignee::Owner(_) => None,
            Assignee::Queue(queue) => Some(queue),
        }
    }
}

impl Search<'_> {
    /// Who gets it of a target, and the team whose turn it is.
    fn assignee(
        &mut self,
        route: Option<&str>,
        target: &Target,
    ) -> Option<(Assignee, Option<String>)> {
        match target {
            Target::Queue(name) => Some((Assignee::Queue(name.clone()), None)),
            Target::Owner(id) => Some((self.one(route, id)?, None)),
            Target::AccountOwner => match self.account_owner {
                Some(id) => Some((self.one(route, id)?, None)),
                None => {
                    self.pass(route, None, Why::NoOwner);
                    None
                }
            },
            Target::Team(team) => Some((self.turn(route, team)?, Some(team.clone()))),
        }
    }

    fn one(&mut self, route: Option<&str>, id: &str) -> Option<Assignee> {
        let policy = self.policy;
        match policy.owner(id) {
            Some(owner) => self.free(route, owner),
            None => {
                self.pass(route, Some(id), Why::NotInPolicy);
                None
            }
        }
    }

    /// Whose turn it is in a team.
    fn turn(&mut self, route: Option<&str>, team: &str) -> Option<Assignee> {
        let owners = &self.policy.owners;
        // Whoever had the last turn may have changed teams; their place among all still tells.
        let last = self.load.last.get(team);
        let last = owners.iter().position(|owner| last.is_some_and(|last| *last == owner.id));
        let first = last.map_or(0, |last| last + 1);
        let in_turn = owners.iter().skip(first).chain(owners.iter().take(first));
        let mut members = in_turn.filter(|owner| owner.team.as_deref() == Some(team));
        members.find_map(|owner| self.free(route, owner))
    }

    /// An owner, if they can be given something.
    fn free(&mut self, route: Option<&str>, owner: &Owner) -> Option<Assignee> {
        if self.holder == Some(owner.id.as_str()) {
            return None;
        }
        let full = owner.capacity.is_some_and(|most| self.load.open_of(&owner.id) >= most);
        let why = match (owner.is_absent(self.at), full) {
            (true, _) => Why::Absent,
            (false, true) => Why::Full,
            (false, false) => return Some(Assignee::Owner(owner.id.clone())),
        };
        self.pass(route, Some(&owner.id), why);
        None
    }

    fn pass(&mut self, route: Option<&str>, owner: Option<&str>, why: Why) {
        let (route, owner) = (route.map(str::to_owned), owner.map(str::to_owned));
        self.passed_over.push(PassedOver { route, owner, why });
    }

    fn nobody(self) -> Routed {
        let to = Assignee::Queue(self.policy.default_queue.clone());
        Routed { to, route: None, team: None, passed_over: self.passed_over }
    }
}

impl Owner {
    /// Whether they are away at a moment, by the dates of their calendar's zone.
    #[must_use]
    pub fn is_absent(&self, at: Timestamp) -> bool {
        let Some(date) = self.calendar.date(at) else { return false };
        self.absent.iter().any(|(from, until)| (*from..=*until).contains(&date))
    }
}
