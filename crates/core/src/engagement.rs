//! Engagement of one person: what they did, faded by time.
//!
//! `raw(t) = max(0, sum over groups of min(cap, sum of p * 2^(-(t - time) / h)))`, and
//! `engagement(t) = 100 * (1 - 2^(-raw(t) / s))`, rounded once to an integer.

mod change;

use std::collections::BTreeMap;

use crate::ledger::DAY_ENTRIES;
use crate::model::Worth;
use crate::pattern::Walk;
use crate::time::day_of;
use crate::{Ledger, Model};

/// Turns raw points into 0..100: `half` raw points make 50. Below 0 counts as 0.
#[must_use]
pub fn curve(raw: f64, half: f64) -> f64 {
    100.0 * (1.0 - libm::exp2(-raw.max(0.0) / half))
}

/// The inverse of [`curve`]: the raw points that make `score`, which must be below 100.
#[must_use]
pub fn raw_for(score: f64, half: f64) -> f64 {
    -half * libm::log2(1.0 - score / 100.0)
}

/// The one place where a score is rounded: to the nearest integer, halves up.
#[must_use]
pub fn round(score: f64) -> u8 {
    libm::floor(score + 0.5).clamp(0.0, 100.0) as u8
}

/// An activity or an occurrence of a pattern that counts, with what it gives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term {
    pub(crate) time: i64,
    /// The position of the signal or, after all signals, of the pattern.
    pub(crate) signal: u16,
    points: f64,
    half_life_secs: f64,
}

impl Term {
    /// What is left of the points at `at`; nothing before it happened or after the look-back.
    pub(crate) fn at(&self, at: i64, look_back_secs: i64) -> f64 {
        self.left_at(at, look_back_secs).map_or(0.0, |left| self.points * left)
    }

    /// The share of the points that is left at `at`.
    fn left_at(&self, at: i64, look_back_secs: i64) -> Option<f64> {
        let age = at.saturating_sub(self.time);
        let counts = (0..=look_back_secs).contains(&age);
        counts.then(|| libm::exp2(-(age as f64) / self.half_life_secs))
    }
}

/// What counts of a group, and the group's cap.
#[derive(Clone, Debug)]
pub(crate) struct GroupTerms {
    /// The group's position in the model; `None` for signals without a group.
    pub(crate) group: Option<usize>,
    pub(crate) cap: f64,
    /// In canonical order: by signal, then by time.
    pub(crate) terms: Vec<Term>,
}

/// A ledger as a model reads it: which entries count and what each gives, in the canonical
/// order of summation (group, signal, time).
#[derive(Clone, Debug)]
pub struct Reading {
    pub(crate) groups: Vec<GroupTerms>,
    /// Times of hand-raising activities and patterns, ascending.
    pub(crate) raised_hands: Vec<i64>,
    /// Every second in which something that counts happened, ascending.
    pub(crate) moments: Vec<i64>,
    /// Every occurrence of a pattern, daily caps aside: its second and position, in order.
    pub(crate) occurrences: Vec<(i64, u16)>,
    look_back_secs: i64,
    half_points: f64,
    has_negative: bool,
}

/// The daily caps, while a ledger is read in its order.
struct Days(Vec<(i64, usize)>);

impl Days {
    /// Whether one more at a position and second counts.
    fn counts(&mut self, position: usize, worth: &Worth, time: i64) -> bool {
        let Some(day) = self.0.get_mut(position) else { return false };
        let today = day_of(time);
        *day = if day.0 == today { (today, day.1 + 1) } else { (today, 1) };
        day.1 <= worth.daily_cap.min(DAY_ENTRIES)
    }
}

impl Reading {
    /// Reads a ledger. Of each signal or pattern and UTC day the first `daily_cap` count; an
    /// entry of a signal that the model no longer has counts nothing.
    #[must_use]
    pub fn new(model: &Model, ledger: &Ledger) -> Self {
        let mut reading = Self {
            groups: Vec::new(),
            raised_hands: Vec::new(),
            moments: Vec::new(),
            occurrences: Vec::new(),
            look_back_secs: model.look_back_secs,
            half_points: model.half_points,
            has_negative: false,
        };
        let mut counting = Vec::with_capacity(ledger.entries().len());
        let (signals, patterns) = (model.signals.all(), model.patterns.all());
        let mut walk = (!patterns.is_empty()).then(|| Walk::new(&model.patterns));
        // Entries come by time, so the day of each position is over before its next one begins.
        let mut days = Days(vec![(i64::MIN, 0); signals.len() + patterns.len()]);
        for entry in ledger.entries() {
            let position = usize::from(entry.signal);
            let Some(signal) = signals.get(position) else { continue };
            if days.counts(position, &signal.worth, entry.time) {
                reading.take(position, &signal.worth, entry.time, &mut counting);
            }
            let Some(walk) = &mut walk else { continue };
            walk.step(entry, |number| {
                let position = signals.len() + number;
                let Some(pattern) = patterns.get(number) else { return };
                reading.occurrences.push((entry.time, position as u16));
                if days.counts(position, &pattern.worth, entry.time) {
                    reading.take(position, &pattern.worth, entry.time, &mut counting);
                }
            });
        }
        reading.moments.dedup();
        counting.sort_by_key(|(group, term)| (*group, term.signal, term.time));
        for chunk in counting.chunk_by(|(one, _), (other, _)| one == other) {
            let group = chunk.first().map(|(group, _)| *group).filter(|&group| group != usize::MAX);
            let cap = group.and_then(|group| model.signals.groups().get(group));
            reading.groups.push(GroupTerms {
                group,
                cap: cap.map_or(f64::INFINITY, |group| group.cap),
                terms: chunk.iter().map(|(_, term)| *term).collect(),
            });
        }
        reading
    }

    /// Takes up something that counts.
    fn take(
        &mut self,
        position: usize,
        worth: &Worth,
        time: i64,
        counting: &mut Vec<(usize, Term)>,
    ) {
        self.moments.push(time);
        if worth.hand_raiser {
            self.raised_hands.push(time);
        }
        self.has_negative |= worth.points < 0.0;
        let term = Term {
            time,
            signal: position as u16,
            points: worth.points,
            half_life_secs: worth.half_life_secs,
        };
        counting.push((worth.group.unwrap_or(usize::MAX), term));
    }

    /// Raw points at a second: not negative.
    #[must_use]
    pub fn raw(&self, at: i64) -> f64 {
        self.sum(at).max(0.0)
    }

    /// The sum behind the raw points, which points that are taken off can bring below 0.
    pub(crate) fn sum(&self, at: i64) -> f64 {
        let sum = |group: &GroupTerms| -> f64 {
            group.terms.iter().map(|term| term.at(at, self.look_back_secs)).sum()
        };
        self.groups.iter().map(|group| sum(group).min(group.cap)).sum()
    }

    /// What each signal or pattern gives at a second, by its position, and what the cap of each
    /// group takes off.
    pub(crate) fn parts(&self, at: i64) -> (BTreeMap<u16, f64>, Vec<(usize, f64)>) {
        let (mut given, mut cuts) = (BTreeMap::new(), Vec::new());
        for group in &self.groups {
            let mut sum = 0.0;
            for term in &group.terms {
                let points = term.at(at, self.look_back_secs);
                sum += points;
                *given.entry(term.signal).or_insert(0.0) += points;
            }
            cuts.extend(group.group.filter(|_| sum > group.cap).map(|id| (id, group.cap - sum)));
        }
        (given, cuts)
    }

    /// How much there is of each signal or pattern at a second, by its position (patterns stand
    /// after all signals): how many count, each faded as its points are.
    #[must_use]
    pub fn amounts(&self, at: i64) -> BTreeMap<u16, f64> {
        let mut amounts = BTreeMap::new();
        for term in self.groups.iter().flat_map(|group| &group.terms) {
            if let Some(left) = term.left_at(at, self.look_back_secs) {
                *amounts.entry(term.signal).or_insert(0.0) += left;
            }
        }
        amounts
    }

    /// Engagement at a second, 0 to 100.
    #[must_use]
    pub fn engagement(&self, at: i64) -> u8 {
        round(curve(self.raw(at), self.half_points))
    }

    /// The first second after `at` in which the engagement is another one than at `at`, if
    /// nothing more happens; `None` when it never is. A search that would cost too much is given
    /// up early: the second is then one before which nothing changes for certain.
    #[must_use]
    pub fn next_change(&self, at: i64) -> Option<i64> {
        change::next_change(self, at)
    }

    /// The second from which nothing counts any more: the look-back of the last activity is over.
    pub(crate) fn ends_at(&self) -> i64 {
        let last = self.moments.last().copied().unwrap_or(i64::MIN);
        last.saturating_add(self.look_back_secs).saturating_add(1)
    }

    /// The seconds from after `start` to before `end` in which the engagement rises although
    /// nothing happens, as it does when what was taken off fades faster than what was given.
    #[must_use]
    pub(crate) fn rises_between(&self, start: i64, end: i64) -> Vec<i64> {
        change::rises_between(self, start, end)
    }

    /// An upper bound of the engagement anywhere from `start` to `end`: the positive points of
    /// the start, and those given since without any fading.
    #[must_use]
    pub(crate) fn best_between(&self, start: i64, end: i64) -> u8 {
        let best = |term: &Term| match term.time {
            time if time <= start => term.at(start, self.look_back_secs).max(0.0),
            time if time <= end => term.points.max(0.0),
            _ => 0.0,
        };
        let sum = |group: &GroupTerms| group.terms.iter().map(best).sum::<f64>().min(group.cap);
        let raw: f64 = self.groups.iter().map(sum).sum();
        // Above any error of the sums: a bound must not be too low.
        round(curve(raw * (1.0 + 1e-6) + 1e-6, self.half_points))
    }

    pub(crate) fn look_back_secs(&self) -> i64 {
        self.look_back_secs
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{DAY, Entry, model};

    fn model(signals: &str) -> Model {
        let file = format!("name: test\nengagement: {{half_points: 40}}\n{signals}");
        model::parse(&file).unwrap_or_else(|found| panic!("{found:?}"))
    }

    fn reading(model: &Model, entries: &[(i64, u16)]) -> Reading {
        let entries = entries.iter().map(|&(time, signal)| Entry { time, signal });
        Reading::new(model, &entries.collect())
    }

    const ONE: &str = "signals: [{name: a, when: 'activity.type == \"a\"', points: 40}]";

    #[test]
    fn half_points_make_fifty_and_a_half_life_halves() {
        let reading = reading(&model(ONE), &[(0, 0)]);
        assert_eq!(reading.engagement(-1), 0, "nothing counts before it happened");
        assert_eq!(reading.engagement(0), 50);
        assert_eq!(reading.raw(30 * DAY), 20.0);
        assert_eq!(reading.raw(1_095 * DAY + 1), 0.0, "the look-back ends it");
    }

    #[test]
    fn of_a_day_only_the_first_count_and_a_group_is_capped() {
        let capped = "
groups: {g: {cap: 25}}
signals:
  - {name: a, when: 'activity.type == \"a\"', points: 10, daily_cap: 2}
  - {name: b, when: 'activity.type == \"b\"', points: 10, group: g, daily_cap: 100}";
        let model = model(capped);
        assert_eq!(reading(&model, &[(0, 0), (0, 0), (0, 0)]).raw(0), 20.0);
        assert_eq!(reading(&model, &[(DAY - 1, 0), (DAY - 1, 0), (DAY, 0)]).raw(DAY).round(), 30.0);
        assert_eq!(reading(&model, &[(0, 1), (0, 1), (0, 1)]).raw(0), 25.0);
    }

    #[test]
    fn amounts_are_what_points_are_without_points() {
        let capped = "
groups: {g: {cap: 5}}
signals:
  - {name: a, when: 'activity.type == \"a\"', points: 0, daily_cap: 2}
  - {name: b, when: 'activity.type == \"b\"', points: 10, group: g}
patterns: [{name: twice, all: [{of: [b], at_least: 2}], within_days: 3, points: 1}]";
        let entries = [(0, 0), (0, 0), (0, 0), (0, 1), (30 * DAY, 1), (30 * DAY, 1)];
        let reading = reading(&model(capped), &entries);
        let amounts = |at| reading.amounts(at).into_iter().collect::<Vec<_>>();
        assert_eq!(amounts(-1), []);
        assert_eq!(amounts(0), [(0, 2.0), (1, 1.0)]);
        assert_eq!(amounts(30 * DAY), [(0, 1.0), (1, 2.5), (2, 1.0)]);
    }

    fn any_model() -> Model {
        model(
            "
groups: {g: {cap: 30}}
signals:
  - {name: a, when: 'activity.type == \"a\"', points: 12, half_life_days: 3}
  - {name: b, when: 'activity.type == \"b\"', points: 9, group: g}
  - {name: c, when: 'activity.type == \"c\"', points: -25, half_life_days: 10}
  - {name: d, when: 'activity.type == \"d\"', points: 3, half_life_days: 200, group: g}",
        )
    }

    #[test]
    fn a_score_that_stays_where_its_integer_changes_is_searched_in_bounded_time() {
        // The cap holds the group at 120 points, which make 87.5 exactly, for years; what was
        // taken off fades until it makes no difference.
        let file = "
groups: {g: {cap: 120}}
signals:
  - {name: a, when: 'activity.type == \"a\"', points: 100, half_life_days: 300, group: g}
  - {name: b, when: 'activity.type == \"b\"', points: -1, half_life_days: 1}
  - {name: c, when: 'activity.type == \"c\"', points: -1, half_life_days: 30000}";
        let model = model(file);
        let mut entries = vec![(0, 0); 20];
        entries.push((0, 1));
        let capped = reading(&model, &entries);
        assert_eq!((capped.engagement(0), capped.engagement(100 * DAY)), (87, 88));
        let change = capped.next_change(0).expect("it rises");
        assert_eq!((capped.engagement(change - 1), capped.engagement(change)), (87, 88));
        let end = capped.next_change(change).expect("it falls");
        assert_eq!(end, 1_095 * DAY + 1, "not before the look-back ends");
        // As much given as taken, and hardly fading: nothing is certain before it is looked at.
        let mut entries = vec![(0, 0); 12];
        entries.extend([(0, 2); 20]);
        let change = reading(&model, &entries).next_change(0);
        assert!(change.is_some_and(|change| change > 0));
    }

    #[test]
    fn the_extremes_of_what_a_model_may_say_are_followed() {
        for (points, half_life, look_back) in [
            (10_000.0, 1e-9, 36_500.0),
            (10_000.0, 36_500.0, 36_500.0),
            (1e-9, 36_500.0, 1e-9),
            (0.0, 30.0, 36_500.0),
            (-10_000.0, 36_500.0, 36_500.0),
        ] {
            let file = format!(
                "signals: [{{name: a, when: 'true', points: {points:?}, half_life_days: \
                 {half_life:?}}}]"
            );
            let mut model = model(&file);
            model.look_back_secs = (look_back * DAY as f64) as i64;
            let twenty_years = 20 * 365 * DAY;
            let reading = reading(&model, &[(0, 0), (1, 0), (twenty_years, 0)]);
            for at in [-1, 0, 1, twenty_years - 1, twenty_years, 2 * twenty_years] {
                let now = reading.engagement(at);
                if let Some(change) = reading.next_change(at) {
                    assert!(change > at);
                    assert_eq!(reading.engagement(change - 1), now, "{file} at {at}");
                    assert_ne!(reading.engagement(change), now, "{file} at {at}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn the_next_change_is_the_first_second_with_another_integer(
            entries in prop::collection::vec((0..60 * DAY, 0..4u16), 0..12),
            at in 0..90 * DAY,
        ) {
            let reading = reading(&any_model(), &entries);
            let now = reading.engagement(at);
            let change = reading.next_change(at);
            let end = change.unwrap_or(at + 3_650 * DAY);
            if let Some(change) = change {
                prop_assert!(change > at);
                prop_assert_ne!(reading.engagement(change), now);
            }
            // Not one change before: at every activity, at the last second, and on a grid.
            let grid = (0..400).map(|step| at + (end - at) * step / 400);
            let activities = entries.iter().flat_map(|&(time, _)| [time - 1, time, time + 1]);
            for second in grid.chain(activities).chain([end - 1]) {
                if (at..end).contains(&second) {
                    prop_assert_eq!(reading.engagement(second), now, "at {}", second);
                }
            }
        }

        #[test]
        fn every_rise_between_activities_is_found(
            entries in prop::collection::vec((0..2_000i64, 0..4u16), 1..8),
        ) {
            // The figures of `any_model` in seconds instead of days, so that every second can
            // be looked at.
            let file = "
groups: {g: {cap: 30}}
signals:
  - {name: a, when: 'activity.type == \"a\"', points: 12, half_life_days: 0.003}
  - {name: b, when: 'activity.type == \"b\"', points: 9, group: g, half_life_days: 0.02}
  - {name: c, when: 'activity.type == \"c\"', points: -25, half_life_days: 0.001}
  - {name: d, when: 'activity.type == \"d\"', points: 30, half_life_days: 2, group: g}";
            let reading = reading(&model(file), &entries);
            let rises: Vec<i64> = (1..3_000)
                .filter(|&second| reading.engagement(second) > reading.engagement(second - 1))
                .filter(|&second| entries.iter().all(|&(time, _)| time != second))
                .collect();
            prop_assert_eq!(reading.rises_between(0, 3_000), rises);
        }

        #[test]
        fn more_interest_never_lowers_engagement(
            mut entries in prop::collection::vec((0..60 * DAY, 0..2u16), 1..30),
        ) {
            let all = reading(&any_model(), &entries).engagement(60 * DAY);
            entries.pop();
            prop_assert!(reading(&any_model(), &entries).engagement(60 * DAY) <= all);
        }
    }
}
