//! From a file that was read to a compiled policy, with all that is wrong with its figures, names
//! and rules.

mod people;
mod rules;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::file::{PolicyFile, ReasonFile};
use super::{NURTURE_DAYS, Policy, Reason};
use crate::business_time::Calendar;
use crate::handoff::RejectionKind;
use crate::problem::Problems;
use crate::qualification::Criterion;

/// Most routes and SLAs of one policy together.
pub const RULES: usize = 500;
/// Most calendars and most reasons of one policy.
const ENTRIES: usize = 500;
/// Most owners of one policy.
const OWNERS: usize = 5_000;

/// Compiles a policy and notes what is wrong with it.
#[derive(Default)]
pub(super) struct Checker {
    pub(super) found: Problems,
}

/// The calendars of a policy by name.
type Calendars = BTreeMap<String, Arc<Calendar>>;

impl Checker {
    /// A whole number in a range; anything else is a problem and counts as the least.
    fn within<T: TryFrom<i64> + Copy + Into<i64>>(
        &mut self,
        path: &str,
        value: i64,
        least: T,
        most: T,
    ) -> T {
        let (from, to) = (least.into(), most.into());
        T::try_from(value).ok().filter(|_| (from..=to).contains(&value)).unwrap_or_else(|| {
            self.found.add(path, format!("is {value}, must be from {from} to {to}"));
            least
        })
    }

    pub(super) fn sizes(&mut self, file: &PolicyFile) {
        for (path, count, most) in [
            ("", file.routes.len() + file.sla.len(), RULES),
            ("calendars", file.calendars.len(), ENTRIES),
            ("reasons", file.reasons.len(), ENTRIES),
            ("owners", file.owners.len(), OWNERS),
        ] {
            if count > most {
                let what = if path.is_empty() { "routes and SLAs" } else { "entries" };
                self.found.add(path, format!("has {count} {what}, at most {most} are allowed"));
            }
        }
    }

    /// The policy; `None` only where something was found.
    pub(super) fn policy(&mut self, file: &PolicyFile) -> Option<Policy> {
        self.found.name("name", &file.name, &mut HashSet::new());
        self.found.name("default_queue", &file.default_queue, &mut HashSet::new());
        let nurture_days = self.within("nurture_days", file.nurture_days, 1_u16, NURTURE_DAYS);
        let calendars = self.calendars(&file.calendars);
        let default_calendar =
            self.calendar("default_calendar", &file.default_calendar, &calendars);
        let owners = self.owners(&file.owners, &calendars, &default_calendar);
        let routes = self.routes(&file.routes, &owners);
        let slas = self.slas(&file.sla, &calendars);
        let escalate_to = self.escalation(file.escalate_to.as_ref(), &owners);
        let warn_percent = self.within("warn_percent", file.warn_percent, 1_u16, 99);
        let escalate_percent = self.within("escalate_percent", file.escalate_percent, 100, 1_000);
        let give_up_days = self.within("give_up_days", file.give_up_days, 1_u16, 365);
        let reasons = self.reasons(&file.reasons, nurture_days);
        let required = self.required(&file.qualification.required);
        let (slas, otherwise) = slas?;
        Some(Policy {
            name: file.name.clone(),
            default_queue: file.default_queue.clone(),
            give_up_days,
            nurture_days,
            reenter_on_hand_raise: file.reenter_on_hand_raise,
            existing_customers: file.existing_customers,
            default_calendar,
            owners,
            routes,
            slas,
            otherwise,
            warn_percent,
            escalate_to,
            escalate_percent,
            reasons,
            required,
        })
    }

    fn reasons(&mut self, files: &[ReasonFile], nurture_days: u16) -> Vec<Reason> {
        let (mut reasons, mut names) = (Vec::new(), HashSet::new());
        for (position, file) in files.iter().enumerate() {
            let path = |field: &str| format!("reasons[{position}].{field}");
            self.found.name(&path("name"), &file.name, &mut names);
            let own = file
                .nurture_days
                .map(|days| self.within(&path("nurture_days"), days, 1_u16, NURTURE_DAYS));
            let nurture_days = match file.kind {
                RejectionKind::Temporary => Some(own.unwrap_or(nurture_days)),
                RejectionKind::Permanent => None,
            };
            if own.is_some() && nurture_days.is_none() {
                let message = "is only of a temporary reason: a permanent one does not end";
                self.found.add(path("nurture_days"), message);
            }
            reasons.push(Reason { name: file.name.clone(), kind: file.kind, nurture_days });
        }
        reasons
    }

    fn required(&mut self, criteria: &[Criterion]) -> Vec<Criterion> {
        let mut seen = HashSet::new();
        for (position, criterion) in criteria.iter().enumerate() {
            if !seen.insert(criterion) {
                let path = format!("qualification.required[{position}]");
                self.found.add(path, format!("`{}` is there twice", criterion.name()));
            }
        }
        criteria.to_vec()
    }
}
