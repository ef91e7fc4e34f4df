//! Routes and SLAs.

use std::collections::HashSet;

use super::super::file::{RouteFile, SlaFile, TargetFile};
use super::super::{Owner, Route, Sla, Target};
use super::{Calendars, Checker};
use crate::rule::{Rule, Scope};

impl Checker {
    pub(super) fn routes(&mut self, files: &[RouteFile], owners: &[Owner]) -> Vec<Route> {
        let (mut routes, mut names) = (Vec::new(), HashSet::new());
        for (position, file) in files.iter().enumerate() {
            let path = |field: &str| format!("routes[{position}].{field}");
            self.found.name(&path("name"), &file.name, &mut names);
            let to = self.target(&path("to"), &file.to, owners);
            let when = file.when.as_deref();
            let when = when.map(|when| self.found.rule(&path("when"), when, Scope::Handoff));
            if let Some(when) = when.map_or(Some(None), |compiled| compiled.map(Some)) {
                routes.push(Route { name: file.name.clone(), when, to });
            }
        }
        routes
    }

    fn target(&mut self, path: &str, file: &TargetFile, owners: &[Owner]) -> Target {
        match file {
            TargetFile::AccountOwner => Target::AccountOwner,
            TargetFile::Team(name) => {
                if !owners.iter().any(|owner| owner.team.as_ref() == Some(name)) {
                    self.found.add(format!("{path}.team"), format!("nobody is in team `{name}`"));
                }
                Target::Team(name.clone())
            }
            TargetFile::Owner(id) => {
                if !owners.iter().any(|owner| owner.id == *id) {
                    self.found.add(format!("{path}.owner"), format!("there is no owner `{id}`"));
                }
                Target::Owner(id.clone())
            }
            TargetFile::Queue(name) => {
                self.found.name(&format!("{path}.queue"), name, &mut HashSet::new());
                Target::Queue(name.clone())
            }
        }
    }

    pub(super) fn escalation(
        &mut self,
        file: Option<&TargetFile>,
        owners: &[Owner],
    ) -> Option<Target> {
        let target = self.target("escalate_to", file?, owners);
        if target == Target::AccountOwner {
            self.found.add("escalate_to", "must be a queue, a team or an owner");
        }
        Some(target)
    }

    /// The SLAs of some handoffs and that of all others, which is the first that holds for all;
    /// those after it are checked and never apply.
    pub(super) fn slas(
        &mut self,
        files: &[SlaFile],
        calendars: &Calendars,
    ) -> Option<(Vec<(Rule, Sla)>, Sla)> {
        let (mut some, mut otherwise, mut names) = (Vec::new(), None, HashSet::new());
        for (position, file) in files.iter().enumerate() {
            let path = |field: &str| format!("sla[{position}].{field}");
            self.found.name(&path("name"), &file.name, &mut names);
            let minutes = self.within(&path("minutes"), file.minutes, 1_u32, 525_600);
            let named = (file.calendar != SlaFile::OWNER).then_some(&file.calendar);
            let calendar = named.map(|name| self.calendar(&path("calendar"), name, calendars));
            let sla = Sla { name: file.name.clone(), minutes, calendar };
            let when = file.when.as_deref();
            let rule = when.map(|when| self.found.rule(&path("when"), when, Scope::Handoff));
            match rule {
                _ if otherwise.is_some() => {}
                _ if file.is_of_all() => otherwise = Some(sla),
                Some(Some(rule)) => some.push((rule, sla)),
                Some(None) | None => {}
            }
        }
        if otherwise.is_none() {
            let message = "the last must hold for all, without `when`: every handoff has a clock";
            self.found.add("sla", message);
        }
        Some((some, otherwise?))
    }
}
