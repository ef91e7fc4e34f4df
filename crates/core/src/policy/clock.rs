//! By when a handoff is to be taken up.

use super::{Policy, Sla};
use crate::business_time::{Calendar, HORIZON_SECS};
use crate::rule::{Answer, HandoffFacts};
use crate::{DAY, Timestamp};

/// The clock of a handoff. `warn_at <= due <= escalate_at`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The SLA that holds.
    pub sla: String,
    /// By when it is to be taken up.
    pub due: Timestamp,
    /// When the owner is warned.
    pub warn_at: Timestamp,
    /// When it goes elsewhere if nobody has tried by then; `None` where it stays.
    pub escalate_at: Option<Timestamp>,
    /// When it ends by itself if nothing was decided.
    pub gives_up_at: Timestamp,
}

impl Policy {
    /// The clock of a handoff that begins at a moment, with an owner or in a queue. Time is working
    /// time of the calendar that the SLA names: where that is the owner's, of theirs, and
    /// without an owner, or with one who is nobody of this policy, of the default calendar.
    ///
    /// What the calendar has no working time for within [`HORIZON_SECS`] is at the end of that span:
    /// a handoff ends long before.
    #[must_use]
    pub fn clock(&self, facts: &HandoffFacts<'_>, owner: Option<&str>, start: Timestamp) -> Clock {
        let holds = self.slas.iter().find(|(rule, _)| rule.answer(facts) == Answer::Yes);
        let sla = holds.map_or(&self.otherwise, |(_, sla)| sla);
        let calendar = self.calendar(Some(sla), owner);
        let after = |percent: u16| {
            let work = i64::from(sla.minutes) * 60 * i64::from(percent) / 100;
            calendar.due(start, work).unwrap_or(start + HORIZON_SECS)
        };
        Clock {
            sla: sla.name.clone(),
            due: after(100),
            warn_at: after(self.warn_percent),
            escalate_at: self.escalate_to.is_some().then(|| after(self.escalate_percent)),
            gives_up_at: start + i64::from(self.give_up_days) * DAY,
        }
    }

    /// The calendar whose working time counts for an owner, or for a queue, under a service level: that
    /// of the service level, else of the owner, else the default one.
    #[must_use]
    pub fn calendar<'a>(&'a self, sla: Option<&'a Sla>, owner: Option<&str>) -> &'a Calendar {
        let of_sla = sla.and_then(|sla| sla.calendar.as_ref());
        let of_owner = owner.and_then(|id| self.owner(id)).map(|owner| &owner.calendar);
        of_sla.or(of_owner).unwrap_or(&self.default_calendar)
    }

    /// The service level of a name.
    #[must_use]
    pub fn sla(&self, name: &str) -> Option<&Sla> {
        let named = self.slas.iter().map(|(_, sla)| sla).chain([&self.otherwise]);
        named.into_iter().find(|sla| sla.name == name)
    }
}
