//! Patterns: what several activities together mean.
//!
//! A pattern occurs at entries of a ledger. Its occurrences are found when the ledger is read
//! and are stored nowhere, so that patterns can change without an activity being read again.
//! Whether it occurs at an entry depends on that entry and on those before it alone.

use std::collections::VecDeque;

use crate::Ledger;
use crate::ledger::Entry;
use crate::model::Worth;

/// What several activities of a person together mean.
#[derive(Debug)]
pub struct Pattern {
    /// Its name, for people; unique among signals and patterns.
    pub name: String,
    /// When it occurs.
    pub when: Occurs,
    /// What one occurrence gives.
    pub worth: Worth,
}

/// When a pattern occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occurs {
    /// At the activity that completes all parts.
    All {
        /// The parts.
        parts: Vec<Part>,
        /// Seconds within which all their activities lie.
        within_secs: i64,
    },
    /// At the first activity of a visit.
    Visit {
        /// The first visit of a person at which it occurs, from 1.
        from: u64,
        /// The last one; `None` for all that follow.
        to: Option<u64>,
    },
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The positions of the signals that count for it.
    pub of: Vec<u16>,
    /// How many activities of them it takes, at least 1.
    pub at_least: usize,
}

/// What a visit is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisitRules {
    /// The positions of the signals that make visits.
    pub of: Vec<u16>,
    /// Seconds: a longer gap to the activity before begins another visit.
    pub gap_secs: i64,
}

/// The patterns of a model, with an index of what each signal takes part in.
#[derive(Debug, Default)]
pub struct PatternRules {
    patterns: Vec<Pattern>,
    visits: VisitRules,
    /// By the position of a signal: the patterns and their parts that it counts for.
    by_signal: Vec<Vec<(usize, Vec<usize>)>>,
    /// The patterns that occur at visits.
    at_visits: Vec<usize>,
}

impl PatternRules {
    pub(crate) fn new(patterns: Vec<Pattern>, visits: VisitRules, signals: usize) -> Self {
        let mut by_signal: Vec<Vec<(usize, Vec<usize>)>> = vec![Vec::new(); signals];
        let mut at_visits = Vec::new();
        for (position, pattern) in patterns.iter().enumerate() {
            let Occurs::All { parts, .. } = &pattern.when else {
                at_visits.push(position);
                continue;
            };
            for (signal, taking_part) in (0..).zip(&mut by_signal) {
                let counts = |(_, part): &(usize, &Part)| part.of.contains(&signal);
                let of: Vec<usize> =
                    parts.iter().enumerate().filter(counts).map(|(part, _)| part).collect();
                if !of.is_empty() {
                    taking_part.push((position, of));
                }
            }
        }
        Self { patterns, visits, by_signal, at_visits }
    }

    /// Every pattern, in the model's order.
    #[must_use]
    pub fn all(&self) -> &[Pattern] {
        &self.patterns
    }

    /// What a visit is.
    #[must_use]
    pub fn visits(&self) -> &VisitRules {
        &self.visits
    }

    /// Whether there are no patterns, so that no ledger need be walked for them.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }
}

/// A walk along the entries of one ledger, in their order.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    rules: &'a PatternRules,
    visits: Visits<'a>,
    /// Of each pattern and part the latest entries since the pattern last occurred, as many as
    /// the part asks for.
    seen: Vec<Vec<VecDeque<i64>>>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(rules: &'a PatternRules) -> Self {
        let parts = |pattern: &Pattern| match &pattern.when {
            Occurs::All { parts, .. } => vec![VecDeque::new(); parts.len()],
            Occurs::Visit { .. } => Vec::new(),
        };
        let seen = rules.patterns.iter().map(parts).collect();
        Self { rules, visits: Visits::new(&rules.visits), seen }
    }

    /// Goes on to the next entry, and calls `occurs` with the position of each pattern that
    /// occurs at it.
    pub(crate) fn step(&mut self, entry: &Entry, mut occurs: impl FnMut(usize)) {
        if let Some(ordinal) = self.visits.begins(entry) {
            for &position in &self.rules.at_visits {
                let pattern = self.rules.patterns.get(position);
                if let Some(Pattern { when: Occurs::Visit { from, to }, .. }) = pattern
                    && (*from..=to.unwrap_or(u64::MAX)).contains(&ordinal)
                {
                    occurs(position);
                }
            }
        }
        let taking_part = self.rules.by_signal.get(usize::from(entry.signal));
        for (position, counting) in taking_part.into_iter().flatten() {
            let (Some(pattern), Some(seen)) =
                (self.rules.patterns.get(*position), self.seen.get_mut(*position))
            else {
                continue;
            };
            let Occurs::All { parts, within_secs } = &pattern.when else { continue };
            for &part in counting {
                if let (Some(times), Some(asked)) = (seen.get_mut(part), parts.get(part)) {
                    if times.len() == asked.at_least {
                        times.pop_front();
                    }
                    times.push_back(entry.time);
                }
            }
            let since = entry.time.saturating_sub(*within_secs);
            let complete = seen.iter().zip(parts).all(|(times, asked)| {
                times.len() == asked.at_least && times.front().is_some_and(|&first| first >= since)
            });
            if complete {
                seen.iter_mut().for_each(VecDeque::clear);
                occurs(*position);
            }
        }
    }
}

/// The visits of one person, entry by entry.
#[derive(Debug)]
struct Visits<'a> {
    rules: &'a VisitRules,
    last: Option<i64>,
    count: u64,
}

impl<'a> Visits<'a> {
    const fn new(rules: &'a VisitRules) -> Self {
        Self { rules, last: None, count: 0 }
    }

    /// The ordinal of the visit that begins with an entry, from 1; `None` when none does.
    fn begins(&mut self, entry: &Entry) -> Option<u64> {
        if !self.rules.of.contains(&entry.signal) {
            return None;
        }
        let gap = self.last.map(|last| entry.time.saturating_sub(last));
        self.last = Some(entry.time);
        if gap.is_some_and(|gap| gap <= self.rules.gap_secs) {
            return None;
        }
        self.count += 1;
        Some(self.count)
    }
}

/// How many visits a person made up to the second `at`.
#[must_use]
pub fn visits_until(rules: &VisitRules, ledger: &Ledger, at: i64) -> u64 {
    let mut visits = Visits::new(rules);
    for entry in ledger.entries().iter().take_while(|entry| entry.time <= at) {
        visits.begins(entry);
    }
    visits.count
}

#[cfg(test)]
mod tests;
