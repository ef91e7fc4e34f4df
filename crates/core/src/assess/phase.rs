//! The phase of a purchase that an account is in.

use super::Crowd;
use crate::phase::Phase;

/// What the time of late says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reached {
    pub(super) phase: Option<Phase>,
    /// The first second in which it is another one if nothing happens.
    pub(super) lapses_at: Option<i64>,
}

impl Reached {
    /// The same at a later second, if that needs no look at the ledgers: while nothing happens a
    /// phase can only lapse.
    pub(super) fn still(self, crowd: &Crowd<'_>, since: i64, as_of: i64) -> Option<Self> {
        let lapsed = self.lapses_at.is_some_and(|lapse| lapse <= as_of);
        let quiet = |crowd: &Crowd<'_>| {
            crowd.counting().all(|member| member.entries_between(since + 1, as_of).is_empty())
        };
        (!lapsed && since <= as_of && quiet(crowd)).then_some(self)
    }
}

/// The furthest phase of which enough happened. Ledgers are looked at, not read: only where
/// patterns stand for phases must they be.
pub(super) fn reached(crowd: &Crowd<'_>, as_of: i64) -> Reached {
    let model = crowd.model;
    let signals = model.signals.all();
    let by_signals = signals.iter().any(|signal| signal.worth.phase.is_some());
    let by_patterns = model.patterns.all().iter().any(|pattern| pattern.worth.phase.is_some());
    if !by_signals && !by_patterns {
        return Reached { phase: None, lapses_at: None };
    }
    let start = as_of.saturating_sub(model.phases.window_secs);
    // Of the furthest phase first: the seconds of what happened in it.
    let mut seconds: Vec<(Phase, Vec<i64>)> =
        Phase::ALL.iter().rev().map(|&phase| (phase, Vec::new())).collect();
    let mut add = |phase: Option<Phase>, at: i64| {
        seconds.iter_mut().filter(|(of, _)| Some(*of) == phase).for_each(|(_, all)| all.push(at));
    };
    for member in crowd.counting() {
        let recent = member.entries_between(start, as_of);
        for entry in recent {
            let signal = model.signals.get(entry.signal);
            add(signal.and_then(|signal| signal.worth.phase), entry.time);
        }
        // A pattern occurs at an entry.
        if by_patterns && !recent.is_empty() {
            let occurrences = &member.reading().occurrences;
            let first = occurrences.partition_point(|(at, _)| *at < start);
            let after = occurrences.partition_point(|(at, _)| *at <= as_of);
            for &(at, position) in occurrences.get(first..after).unwrap_or_default() {
                add(model.worth(position).and_then(|(_, worth)| worth.phase), at);
            }
        }
    }
    let least = model.phases.activities.max(1);
    for (phase, mut at) in seconds {
        if at.len() >= least {
            // With the last but so many it is not enough any more.
            let (_, oldest, _) = at.select_nth_unstable_by(least - 1, |one, other| other.cmp(one));
            let lapses_at = Some(oldest.saturating_add(model.phases.window_secs + 1));
            return Reached { phase: Some(phase), lapses_at };
        }
    }
    Reached { phase: None, lapses_at: None }
}
