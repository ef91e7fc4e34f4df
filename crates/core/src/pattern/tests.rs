use proptest::prelude::*;

use crate::engagement::Reading;
use crate::{DAY, Entry, Ledger, Model, model};

const FILE: &str = "
name: patterns
signals:
  - {name: post, when: 'activity.type == \"post\"'}
  - {name: mail, when: 'activity.type == \"mail\"'}
  - {name: page, when: 'activity.type == \"page\"'}
patterns:
  - {name: both, all: [{of: [post], at_least: 2}, {of: [mail, page]}], within_days: 10, points: 8, daily_cap: 2}
  - {name: again, visits: {from: 2, to: 3}, points: 4}
  - {name: later, visits: {from: 4}, points: 2, hand_raiser: true}
visits: {of: [page], gap_minutes: 30}
";

fn test_model() -> Model {
    model::parse(FILE).unwrap_or_else(|found| panic!("{found:?}"))
}

fn occurrences(entries: &[(i64, u16)]) -> Vec<(i64, u16)> {
    let ledger: Ledger = entries.iter().map(|&(time, signal)| Entry { time, signal }).collect();
    Reading::new(&test_model(), &ledger).occurrences
}

#[test]
fn a_pattern_occurs_when_its_last_part_is_there_and_must_be_earned_anew() {
    let day = 10 * DAY;
    assert_eq!(occurrences(&[(0, 0), (5, 0)]), [], "a part is missing");
    assert_eq!(occurrences(&[(0, 0), (5, 0), (day, 1)]), [(day, 3)], "as old as may be");
    assert_eq!(occurrences(&[(0, 0), (5, 0), (day + 1, 1)]), [], "a second too late");
    assert_eq!(occurrences(&[(0, 1), (4, 0), (5, 0)]), [(5, 3)], "in any order");
    let twice = [(0, 1), (1, 0), (2, 0), (3, 0), (4, 0), (5, 1)];
    assert_eq!(occurrences(&twice), [(2, 3), (5, 3)], "what was used is used up");
}

#[test]
fn visits_are_parted_by_more_than_the_gap() {
    let minute = 60;
    assert_eq!(occurrences(&[(0, 2), (30 * minute, 2)]), [], "one visit");
    let at = 30 * minute + 1;
    assert_eq!(occurrences(&[(0, 2), (at, 2)]), [(at, 4)], "another one");
    let hours: Vec<_> = (0..6).map(|hour| (hour * 3_600, 2)).collect();
    assert_eq!(
        occurrences(&hours),
        [(3_600, 4), (7_200, 4), (10_800, 5), (14_400, 5), (18_000, 5)]
    );
}

#[test]
fn occurrences_count_like_activities_up_to_their_daily_cap() {
    let model = test_model();
    let entries = (0..12).map(|n| Entry { time: n, signal: u16::from(n % 3 == 0) });
    let reading = Reading::new(&model, &entries.collect());
    assert_eq!(reading.occurrences.len(), 4);
    assert_eq!(libm::round(reading.raw(11)), 16.0, "two of a day");
    let visits = (0..5).map(|n| Entry { time: n * DAY, signal: 2 });
    let reading = Reading::new(&model, &visits.collect());
    assert_eq!(reading.raised_hands, [3 * DAY, 4 * DAY]);
}

#[test]
fn what_is_no_pattern_is_refused_where_it_is_wrong() {
    let broken = "
name: x
signals: [{name: a, when: 'true'}]
patterns:
  - {name: a, visits: {from: 1}}
  - {name: b}
  - {name: c, all: [{of: [a]}], visits: {}, within_days: 1}
  - {name: d, all: [{of: [z], at_least: 0}, {of: []}], within_days: 1}
  - {name: e, all: [{of: [a]}]}
  - {name: f, visits: {from: 3, to: 2}}
titles: {rules: [{name: t, matches: '(', confidence: 0}]}
segments: [{name: s, when: 'account.employees', priority_tiers: [1]}]
";
    let found = model::parse(broken).expect_err("wrong");
    let paths: Vec<_> = found.iter().map(|problem| problem.path.as_str()).collect();
    for path in [
        "patterns[0].name",
        "patterns[0].visits",
        "patterns[1]",
        "patterns[2]",
        "patterns[3].all[0].of[0]",
        "patterns[3].all[0].at_least",
        "patterns[3].all[1].of",
        "patterns[4]",
        "patterns[5].visits.to",
        "titles.rules[0]",
        "titles.rules[0].matches",
        "titles.rules[0].confidence",
        "segments[0].when",
        "segments[0].priority_tiers",
    ] {
        assert!(paths.contains(&path), "{path} is missing in {paths:?}");
    }
}

proptest! {
    #[test]
    fn what_comes_later_changes_no_earlier_occurrence(
        entries in prop::collection::vec((0..40 * DAY, 0..3u16), 0..60),
        as_of in 0..40 * DAY,
    ) {
        let before: Vec<_> = entries.iter().copied().filter(|(time, _)| *time <= as_of).collect();
        let mut whole = occurrences(&entries);
        whole.retain(|(time, _)| *time <= as_of);
        prop_assert_eq!(whole, occurrences(&before));
        let mut turned = entries.clone();
        turned.reverse();
        prop_assert_eq!(occurrences(&entries), occurrences(&turned));
    }
}
