//! Signals, patterns and visits.

use std::collections::HashSet;

use super::super::file::{ModelFile, PatternFile};
use super::super::signals::days;
use super::super::{Group, Signal, Worth};
use super::{Checker, DAYS, RULES};
use crate::pattern::{Occurs, Part, Pattern, VisitRules};
use crate::phase::{Phase, Shows};
use crate::rule::Scope;
use crate::{DAY, limits};

/// Most parts of one pattern.
const PARTS: usize = 16;
/// Most activities that one part of a pattern asks for.
const ACTIVITIES: usize = 1_000;
/// Longest gap within a visit, in minutes: a day.
const GAP_MINUTES: f64 = 1_440.0;

/// What a signal or a pattern is worth, as a file has it.
struct Written<'a> {
    points: f64,
    half_life_days: Option<f64>,
    daily_cap: Option<usize>,
    group: Option<&'a String>,
    hand_raiser: bool,
    shows: Shows,
    phase: Option<Phase>,
}

impl Checker {
    pub(super) fn signals<'f>(
        &mut self,
        file: &'f ModelFile,
        groups: &[Group],
        names: &mut HashSet<&'f str>,
    ) -> Vec<Signal> {
        let mut signals = Vec::new();
        for (position, signal) in file.signals.iter().enumerate() {
            let path = format!("signals[{position}]");
            self.name(&format!("{path}.name"), &signal.name, names);
            let written = Written {
                points: signal.points,
                half_life_days: signal.half_life_days,
                daily_cap: signal.daily_cap,
                group: signal.group.as_ref(),
                hand_raiser: signal.hand_raiser,
                shows: signal.shows,
                phase: signal.phase,
            };
            let worth = self.worth(&path, &written, groups, file);
            let counts = worth.points != 0.0 || worth.hand_raiser || worth.phase.is_some();
            if signal.ignore && counts {
                let message = "an ignored signal has no points, raises no hand and is in no phase";
                self.problem(format!("{path}.ignore"), message);
            }
            let path = format!("{path}.when");
            let when = self.found.rule_or_unusable(&path, &signal.when, Scope::Activity);
            signals.push(Signal { name: signal.name.clone(), when, worth, ignore: signal.ignore });
        }
        signals
    }

    fn worth(
        &mut self,
        path: &str,
        written: &Written<'_>,
        groups: &[Group],
        file: &ModelFile,
    ) -> Worth {
        let limit = limits::POINTS;
        if !(-limit..=limit).contains(&written.points) {
            self.problem(format!("{path}.points"), format!("must be from -{limit} to {limit}"));
        }
        let half_life = match written.half_life_days {
            Some(days) => self.positive(&format!("{path}.half_life_days"), days, DAYS),
            None => file.engagement.half_life_days,
        };
        let daily_cap = match written.daily_cap {
            Some(cap) => self.daily_cap(&format!("{path}.daily_cap"), cap),
            None => file.engagement.daily_cap,
        };
        let group = written.group.and_then(|name| {
            let position = groups.iter().position(|group| group.name == *name);
            if position.is_none() {
                self.problem(format!("{path}.group"), format!("there is no group `{name}`"));
            }
            position
        });
        Worth {
            points: written.points,
            half_life_secs: days(half_life),
            daily_cap,
            group,
            hand_raiser: written.hand_raiser,
            shows: written.shows,
            phase: written.phase,
        }
    }

    pub(super) fn patterns<'f>(
        &mut self,
        file: &'f ModelFile,
        groups: &[Group],
        names: &mut HashSet<&'f str>,
    ) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        for (position, pattern) in file.patterns.iter().enumerate() {
            let path = format!("patterns[{position}]");
            self.name(&format!("{path}.name"), &pattern.name, names);
            let written = Written {
                points: pattern.points,
                half_life_days: pattern.half_life_days,
                daily_cap: pattern.daily_cap,
                group: pattern.group.as_ref(),
                hand_raiser: pattern.hand_raiser,
                shows: pattern.shows,
                phase: pattern.phase,
            };
            let worth = self.worth(&path, &written, groups, file);
            if let Some(when) = self.occurs(&path, pattern, file) {
                patterns.push(Pattern { name: pattern.name.clone(), when, worth });
            }
        }
        patterns
    }

    fn occurs(&mut self, path: &str, pattern: &PatternFile, file: &ModelFile) -> Option<Occurs> {
        if pattern.all.is_empty() == pattern.visits.is_none() {
            self.problem(path, "must have either `all` or `visits`");
            return None;
        }
        let Some(visits) = &pattern.visits else { return self.all_of(path, pattern, file) };
        if pattern.within_days.is_some() {
            self.problem(format!("{path}.within_days"), "goes with `all` alone");
        }
        if file.visits.of.is_empty() {
            let message = "the model says of no signal that it makes visits: `visits.of` is empty";
            self.problem(format!("{path}.visits"), message);
        }
        if visits.from == 0 {
            self.problem(format!("{path}.visits.from"), "must be at least 1");
        }
        if visits.to.is_some_and(|to| to < visits.from) {
            self.problem(format!("{path}.visits.to"), "must not be before `from`");
        }
        Some(Occurs::Visit { from: visits.from, to: visits.to })
    }

    fn all_of(&mut self, path: &str, pattern: &PatternFile, file: &ModelFile) -> Option<Occurs> {
        let Some(within) = pattern.within_days else {
            self.problem(path, "`within_days` is missing, which goes with `all`");
            return None;
        };
        let within = self.positive(&format!("{path}.within_days"), within, DAYS);
        if pattern.all.len() > PARTS {
            let count = pattern.all.len();
            let message = format!("has {count} parts, at most {PARTS} are allowed");
            self.problem(format!("{path}.all"), message);
        }
        let mut parts = Vec::new();
        for (number, part) in pattern.all.iter().enumerate() {
            let path = format!("{path}.all[{number}]");
            if !(1..=ACTIVITIES).contains(&part.at_least) {
                let message = format!("must be from 1 to {ACTIVITIES}");
                self.problem(format!("{path}.at_least"), message);
            }
            let of = self.signals_named(&format!("{path}.of"), &part.of, file);
            if part.of.is_empty() {
                self.problem(format!("{path}.of"), "names no signal");
            }
            parts.push(Part { of, at_least: part.at_least });
        }
        Some(Occurs::All { parts, within_secs: days(within) as i64 })
    }

    /// The positions of signals, ascending.
    fn signals_named(&mut self, path: &str, names: &[String], file: &ModelFile) -> Vec<u16> {
        let mut positions = Vec::new();
        if names.len() > RULES {
            let count = names.len();
            self.problem(path, format!("has {count} entries, at most {RULES} are allowed"));
            return positions;
        }
        for (number, name) in names.iter().enumerate() {
            let mut signals = (0..).zip(&file.signals);
            match signals.find(|(_, signal)| signal.name == *name) {
                Some((position, _)) => positions.push(position),
                None => self
                    .problem(format!("{path}[{number}]"), format!("there is no signal `{name}`")),
            }
        }
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    pub(super) fn visits(&mut self, file: &ModelFile) -> VisitRules {
        let gap = self.positive("visits.gap_minutes", file.visits.gap_minutes, GAP_MINUTES);
        VisitRules {
            of: self.signals_named("visits.of", &file.visits.of, file),
            gap_secs: (gap * 60.0).min(DAY as f64) as i64,
        }
    }
}
