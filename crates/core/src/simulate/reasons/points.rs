//! What people did: points, what caps take off them, and raised hands.

use std::collections::BTreeSet;

use super::seen::Weights;
use super::{Named, Seen};
use crate::engagement::Reading;

/// Weighted raw points by signal or pattern, and what caps take off by group.
pub(super) fn given(seen: &Seen<'_>, weights: &Weights, as_of: i64) -> (Named, Named) {
    let (mut given, mut cuts) = (Named::new(), Named::new());
    let mut add = |percent: u32, reading: &Reading| {
        let share = f64::from(percent) / 100.0;
        let (parts, caps) = reading.parts(as_of);
        for (position, points) in parts {
            if let Some((name, _)) = seen.model.worth(position) {
                *given.entry(name.to_owned()).or_default() += share * points;
            }
        }
        for (group, cut) in caps {
            if let Some(group) = seen.model.signals.groups().get(group) {
                *cuts.entry(group.name.clone()).or_default() += share * cut;
            }
        }
    };
    for (person, percent) in weights.of(seen) {
        add(percent, &person.reading);
    }
    if let Some(account) = &seen.account {
        add(weights.visitor, &account.visitor);
    }
    (given, cuts)
}

/// What caps take off under both models where caps differ: in the latest second of the hold in
/// which it is not the same. A bar that was met within the hold may have been met by that.
pub(super) fn cuts_within_hold(
    before: &Seen<'_>,
    after: &Seen<'_>,
    weights: &Weights,
    as_of: i64,
) -> Option<(Named, Named)> {
    if before.model.signals.groups() == after.model.signals.groups() {
        return None;
    }
    let hold = before.tiers.hold_secs.max(after.tiers.hold_secs);
    let start = as_of - hold;
    // Cuts grow when something is done, and fade from there on.
    let mut seconds = BTreeSet::from([start]);
    for (person, _) in weights.of(before).chain(weights.of(after)) {
        seconds.extend(times(&person.reading));
    }
    for account in [before, after].into_iter().filter_map(|seen| seen.account.as_ref()) {
        seconds.extend(times(&account.visitor));
    }
    let cuts = |at| (given(before, weights, at).1, given(after, weights, at).1);
    seconds.range(start..as_of).rev().map(|at| cuts(*at)).find(|(one, other)| one != other)
}

fn times(reading: &Reading) -> impl Iterator<Item = i64> {
    reading.groups.iter().flat_map(|group| &group.terms).map(|term| term.time)
}

/// How often hands were raised within the hold, by signal or pattern.
pub(super) fn raised_hands(seen: &Seen<'_>, weights: &Weights, as_of: i64) -> Named {
    let mut raised = Named::new();
    let window = as_of - seen.tiers.hold_secs..=as_of;
    for (person, _) in weights.of(seen) {
        for term in person.reading.groups.iter().flat_map(|group| &group.terms) {
            if let Some((name, worth)) = seen.model.worth(term.signal)
                && worth.hand_raiser
                && window.contains(&term.time)
            {
                *raised.entry(name.to_owned()).or_default() += 1.0;
            }
        }
    }
    raised
}
