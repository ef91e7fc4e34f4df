use proptest::prelude::*;

use super::*;
use crate::cases::cases;
use crate::missing::{Goal, Lack, missing, missing_for_lead};
use crate::{DAY, Entry, model};

const FILE: &str = "
name: test
engagement: {half_points: 40, engaged_floor: 20}
signals:
  - {name: visit, when: 'activity.type == \"visit\"', points: 10, half_life_days: 5}
  - {name: demo, when: 'activity.type == \"demo\"', points: 1, hand_raiser: true}
  - {name: leave, when: 'activity.type == \"leave\"', points: -15, half_life_days: 9}
rollup: {half_points: 50, unknown_visitor_percent: 50}
account_fit: {people_percent: 0}
tiers:
  - {tier: 1, engagement: 60, engaged_people: 2}
  - {tier: 2, engagement: 40, engaged_people: 1}
  - {tier: 3, engagement: 20}
priority_tiers: [1, 2]
hold_days: 14
mqa: {engagement: 60, engaged_people: 2}
";

fn test_model() -> Model {
    model::parse(FILE).unwrap_or_else(|found| panic!("{found:?}"))
}

fn person(name: &str, fit: u8, entries: &[(i64, u16)]) -> Person {
    Person {
        lead: LeadId::new(name).expect("a valid id"),
        rules: LeadRules {
            fit: Fit { score: fit, coverage: 100 },
            percent: 100,
            ..LeadRules::default()
        },
        ledger: entries.iter().map(|&(time, signal)| Entry { time, signal }).collect(),
        known: None,
    }
}

fn at(model: &Model, people: &[Person], as_of: i64) -> Assessment {
    assess(model, &AccountRules::default(), people, &Ledger::default(), as_of)
}

#[test]
fn a_tier_is_kept_for_the_hold_and_lapses_at_its_second() {
    let model = test_model();
    let busy = [(0, 0); 8];
    let people = [person("a", 0, &busy), person("b", 0, &busy)];
    let start = at(&model, &people, 0);
    assert_eq!((start.tier, start.tier_met), (Some(Tier::One), Some(Tier::One)));

    // The last second in which the bar itself is met, found the slow way.
    let met = |second| at(&model, &people, second).tier_met == Some(Tier::One);
    let last_met = (0..40 * DAY).step_by(60).take_while(|&second| met(second)).last();
    let last_met = (0..60).map(|more| last_met.unwrap_or(0) + more).take_while(|&s| met(s)).last();
    let last_met = last_met.expect("it was met at the start");

    let lapse = last_met + 14 * DAY + 1;
    assert_eq!(at(&model, &people, lapse - 1).tier, Some(Tier::One), "held");
    assert_ne!(at(&model, &people, lapse).tier, Some(Tier::One), "lapsed");
    let found = forecast(&model, &AccountRules::default(), &people, &Ledger::default(), &start, 0);
    assert_eq!(found.map(|forecast| forecast.at), Some(lapse));
    assert_eq!(start.held_until, None, "its bar is met");
    assert_eq!(at(&model, &people, last_met + 1).held_until, Some(lapse));
    assert_eq!(at(&model, &people, lapse - 1).held_until, Some(lapse));
}

#[test]
fn a_raised_hand_of_a_fitting_person_qualifies_at_once_and_for_the_hold() {
    let model = test_model();
    let hand = [(100, 1)];
    assert!(!at(&model, &[person("a", 49, &hand)], 100).mqa, "fit C is not enough");
    let fitting = [person("a", 50, &hand)];
    assert!(!at(&model, &fitting, 99).mqa);
    assert!(at(&model, &fitting, 100).mqa);
    assert!(at(&model, &fitting, 100 + 14 * DAY).mqa);
    assert!(!at(&model, &fitting, 100 + 14 * DAY + 1).mqa);
    let excluded = AccountRules { exclusion: Some("competitor".into()), ..Default::default() };
    let assessment = assess(&model, &excluded, &fitting, &Ledger::default(), 100);
    assert!(!assessment.mqa && !assessment.priority);
}

#[test]
fn the_unknown_visitor_counts_with_its_weight_but_is_nobody() {
    let model = test_model();
    let visitor: Ledger = (0..6).map(|_| Entry { time: 0, signal: 0 }).collect();
    let alone = assess(&model, &AccountRules::default(), &[], &visitor, 0);
    assert!(alone.engagement > 0);
    assert_eq!(alone.engaged_people, 0);
    assert_eq!(alone.last_activity, Some(0));
    let known = at(&model, &[person("a", 0, &[(0, 0); 6])], 0);
    assert!(known.engagement > alone.engagement, "half the weight is less");
}

#[test]
fn an_account_with_nobody_never_changes() {
    let empty = at(&test_model(), &[], 0);
    assert_eq!((empty.engagement, empty.tier, empty.changes_at), (0, None, None));
}

#[test]
fn a_visitor_that_comes_later_does_not_change_an_earlier_moment() {
    let file = FILE.replace("rollup: {", "rollup: {operator: mean, ");
    let model = model::parse(&file).expect("valid");
    let people = [person("a", 0, &[(0, 0); 8])];
    let visitor: Ledger = [Entry { time: 5 * DAY, signal: 0 }].into_iter().collect();
    let rules = AccountRules::default();
    let seen = |as_of| assess(&model, &rules, &people, &visitor, as_of);
    assert_eq!(seen(0).engagement, at(&model, &people, 0).engagement);
    // Its first trace lowers the mean at once, and the tier for which it was too much when the
    // hold is over: no engagement changes at that moment.
    let quiet = FILE.replace("points: 10", "points: 0").replace("points: 1,", "points: 40,");
    let file = quiet.replace("rollup: {", "rollup: {operator: mean, ");
    let model = model::parse(&file).expect("valid");
    let people = [person("a", 0, &[(0, 1); 2])];
    let visitor: Ledger = [Entry { time: 10, signal: 0 }].into_iter().collect();
    let seen = |as_of| assess(&model, &rules, &people, &visitor, as_of);
    let held = seen(10);
    assert_eq!((held.tier_met, held.tier), (Some(Tier::Two), Some(Tier::Two)));
    let mut now = seen(0);
    for as_of in (0..20 * DAY).step_by(600) {
        while let Some(change) = now.changes_at.filter(|&change| change <= as_of) {
            now = seen(change);
        }
        assert_eq!((now.tier, now.mqa), (seen(as_of).tier, seen(as_of).mqa), "at {as_of}");
    }
}

/// 40 points, and 50 taken off that are forgotten sooner: the account falls at once, comes back
/// by itself, and fades.
#[test]
fn a_bar_that_is_met_between_activities_counts_for_the_hold() {
    let file = FILE
        .replace("points: 10,", "points: 40,")
        .replace("points: -15, half_life_days: 9", "points: -50, half_life_days: 1")
        .replace("hold_days: 14", "hold_days: 5");
    let model = model::parse(&file).expect("valid");
    let people = [person("a", 0, &[(0, 0), (0, 2)])];
    let hours = 40 * 24;
    let met: Vec<bool> =
        (0..hours).map(|n| at(&model, &people, n * 3_600).tier_met.is_some()).collect();
    let first = met.iter().position(|&met| met).expect("it comes back");
    let last = met.iter().rposition(|&met| met).expect("it comes back");
    let hold = 5 * 24;
    assert!(0 < first && first < last && last + hold < met.len(), "{first} {last}");
    for n in 0..met.len() {
        let held = at(&model, &people, n as i64 * 3_600).tier.is_some();
        // The hold begins within an hour of the last moment on this grid.
        if n.abs_diff(last + hold) > 1 {
            assert_eq!(held, (first..last + hold).contains(&n), "at {n}");
        }
    }
    let start = at(&model, &people, 0);
    let found = forecast(&model, &AccountRules::default(), &people, &Ledger::default(), &start, 0);
    let found = found.expect("it comes back").at;
    assert!(at(&model, &people, found - 1).tier.is_none());
    assert!(at(&model, &people, found).tier.is_some());
}

fn entries() -> impl Strategy<Value = Vec<(i64, u16)>> {
    prop::collection::vec((0..30 * DAY, 0..3u16), 0..12)
}

proptest! {
    #![proptest_config(cases(96))]

    /// `changes_at` never misses a change of anything that is shown: following it from change
    /// to change gives at every second of a grid what a fresh assessment gives.
    #[test]
    fn following_changes_misses_nothing(one in entries(), two in entries(), from in 0..40 * DAY) {
        let model = test_model();
        let people = [person("a", 60, &one), person("b", 10, &two)];
        let shown = |assessment: &Assessment| {
            (assessment.engagement, assessment.tier, assessment.mqa, assessment.engaged_people)
        };
        let mut current = at(&model, &people, from);
        let mut steps = 0;
        for second in (from..from + 90 * DAY).step_by(7_919) {
            while let Some(change) = current.changes_at.filter(|&change| change <= second) {
                current = at(&model, &people, change);
                steps += 1;
            }
            let fresh = at(&model, &people, second);
            prop_assert_eq!(shown(&fresh), shown(&current), "at {}", second);
        }
        prop_assert!(steps < 1_500, "{} steps", steps);
    }

    /// A person's known engagement, given again, changes nothing.
    #[test]
    fn what_is_known_need_not_be_found_again(one in entries(), two in entries(), as_of in 0..60 * DAY) {
        let model = test_model();
        let people = [person("a", 60, &one), person("b", 10, &two)];
        let fresh = at(&model, &people, as_of);
        let mut known = people.clone();
        for (person, engagement) in known.iter_mut().zip(&fresh.people) {
            person.known = Some(*engagement);
        }
        prop_assert_eq!(at(&model, &known, as_of), fresh);
    }

    /// Nobody was above their peak while the hold looks back, nor is before the next change.
    #[test]
    fn a_peak_is_above_all_that_the_hold_looks_at(one in entries(), as_of in 0..60 * DAY) {
        let model = test_model();
        let people = [person("a", 60, &one)];
        let shown = |second| at(&model, &people, second).people.first().map(|found| found.score);
        let found = at(&model, &people, as_of).people.first().copied().expect("one person");
        let end = found.changes_at.unwrap_or(as_of + 90 * DAY);
        let grid = (0..200).map(|step| as_of - 14 * DAY + (end - as_of + 14 * DAY) * step / 200);
        for second in grid.chain(one.iter().map(|&(time, _)| time)) {
            if (as_of - 14 * DAY..end).contains(&second) {
                prop_assert!(shown(second) <= Some(found.peak), "at {second}");
            }
        }
    }

    /// A lead becomes qualified, or stops to be, in the second that the forecast names and in none
    /// before, whatever comes later; and the step that is missing makes one qualified.
    #[test]
    fn a_lead_is_forecast_as_if_nothing_came_and_lacks_what_qualifies(
        entries in entries(), fit in 0..100u8, as_of in 0..40 * DAY,
    ) {
        let model = rich();
        let account = AccountRules::default();
        let whole = person("a", fit, &entries);
        let silent = Person { ledger: whole.ledger.until(as_of), ..whole.clone() };
        let mql = |person: &Person, at: i64| {
            assess_lead(&model, &person.rules, &account, &person.ledger, at).mql
        };
        let now = mql(&silent, as_of);
        let forecast = forecast_mql(&model, &whole.rules, &account, &whole.ledger, as_of);
        let end = forecast.unwrap_or(as_of + 300 * DAY);
        for step in 0..200 {
            prop_assert_eq!(mql(&silent, as_of + (end - 1 - as_of) * step / 200), now);
        }
        prop_assert_eq!(mql(&silent, end - 1), now);
        prop_assert!(forecast.is_none_or(|change| mql(&silent, change) != now));

        let Some(missing) = missing_for_lead(&model, &account, &silent, as_of) else {
            prop_assert!(now);
            return Ok(());
        };
        prop_assert!(!now && missing.bar == Goal::Mql && !missing.lacks.is_empty());
        let mut mended = silent;
        for lack in missing.lacks {
            match lack {
                Lack::Fit { points } => mended.rules.fit.score += points,
                Lack::Engagement { step: Some(step), .. } => {
                    // More than count in a day take more than a day.
                    prop_assume!(step.count <= 20);
                    let position = model.signals.all().iter().position(|signal| signal.name == step.signal);
                    let signal = position.and_then(|at| u16::try_from(at).ok()).expect("a signal");
                    mended.ledger.record((0..step.count).map(|_| Entry { time: as_of, signal }));
                }
                other => prop_assert!(false, "{other:?}"),
            }
        }
        prop_assert!(mql(&mended, as_of));
    }

    /// The past is what it was: what happens later does not change it.
    #[test]
    fn later_activities_do_not_change_an_earlier_moment(one in entries(), as_of in 0..30 * DAY) {
        let model = test_model();
        let before: Vec<_> = one.iter().copied().filter(|&(time, _)| time <= as_of).collect();
        let whole = at(&model, &[person("a", 60, &one)], as_of);
        let then = at(&model, &[person("a", 60, &before)], as_of);
        prop_assert_eq!((whole.engagement, whole.tier, whole.mqa), (then.engagement, then.tier, then.mqa));
    }
}

const RICH: &str = "
name: rich
engagement: {half_points: 40, engaged_floor: 20}
signals:
  - {name: visit, when: 'activity.type == \"visit\"', points: 10, half_life_days: 5, phase: awareness}
  - {name: demo, when: 'activity.type == \"demo\"', points: 1, hand_raiser: true, phase: decision}
  - {name: leave, when: 'activity.type == \"leave\"', points: -15, half_life_days: 9}
patterns:
  - {name: back, visits: {from: 2}, points: 6, half_life_days: 4, phase: consideration}
  - {name: keen, all: [{of: [visit], at_least: 2}, {of: [demo]}], within_days: 9, points: 20, hand_raiser: true}
visits: {of: [visit], gap_minutes: 60}
rollup: {half_points: 50, unknown_visitor_percent: 50}
account_fit: {people_percent: 50}
tiers: [{tier: 1, engagement: 60, engaged_people: 2}, {tier: 3, engagement: 20}]
priority_tiers: [1]
hold_days: 6
mqa: {engagement: 60, engaged_people: 2}
mql: {fit: 20, engagement: 45}
phases: {days: 4, activities: 2}
segments:
  - {name: big, when: 'account.employees > 9', tiers: [{tier: 1, engagement: 30}], mql: {engagement: 30}}
";

fn rich() -> Model {
    model::parse(RICH).unwrap_or_else(|found| panic!("{found:?}"))
}

fn excluded(mut person: Person) -> Person {
    person.rules.exclusion = Some("student".into());
    person.rules.percent = 0;
    person
}

#[test]
fn a_lead_qualifies_by_its_scores_now_or_by_a_hand_for_the_hold() {
    let model = rich();
    let qualified = |person: &Person, as_of: i64| {
        let found = at(&model, std::slice::from_ref(person), as_of);
        let none = AccountRules::default();
        let alone = assess_lead(&model, &person.rules, &none, &person.ledger, as_of);
        assert_eq!(found.mqls, [alone.mql]);
        assert_eq!(found.people.first().map(|known| known.score), Some(alone.engagement));
        alone.mql
    };
    let hand = [(100, 1)];
    assert!(!qualified(&person("a", 49, &hand), 100), "fit C is not enough");
    let fitting = person("a", 50, &hand);
    assert!(!qualified(&fitting, 99) && qualified(&fitting, 100));
    assert!(qualified(&fitting, 100 + 6 * DAY) && !qualified(&fitting, 100 + 6 * DAY + 1));
    assert!(!qualified(&excluded(fitting), 100));
    // 40 points make an engagement of 50.
    assert!(qualified(&person("a", 20, &[(0, 0); 4]), 0));
    assert!(!qualified(&person("a", 19, &[(0, 0); 4]), 0));
    let rules = AccountRules { exclusion: Some("rival".into()), ..AccountRules::default() };
    let people = [person("a", 20, &[(0, 0); 4])];
    assert_eq!(assess(&model, &rules, &people, &Ledger::default(), 0).mqls, [false]);
}

#[test]
fn the_phase_is_the_furthest_of_which_enough_happened_and_lapses_at_its_second() {
    let model = rich();
    let hour = 3_600;
    let people =
        [person("a", 0, &[(0, 0), (2 * hour, 0), (4 * hour, 0)]), person("b", 0, &[(9, 1)])];
    let phase = |as_of: i64| at(&model, &people, as_of).phase;
    assert_eq!(phase(2 * hour - 1), None, "one of each");
    assert_eq!(phase(2 * hour), Some(Phase::Awareness));
    assert_eq!(phase(4 * hour), Some(Phase::Consideration), "came back twice");
    let lapse = 2 * hour + 4 * DAY + 1;
    assert_eq!(phase(lapse - 1), Some(Phase::Consideration));
    assert_eq!(phase(lapse), None);
    let both = [person("a", 0, &[(0, 1)]), person("b", 0, &[(1, 1)])];
    assert_eq!(at(&model, &both, 1).phase, Some(Phase::Decision));
}

#[test]
fn the_first_segment_that_holds_has_its_bars_and_the_others_of_all() {
    let model = rich();
    let of = |employees| {
        let profile = AccountProfile { employees, ..AccountProfile::default() };
        AccountRules::new(&model, &profile)
    };
    assert_eq!((of(None).segment, of(Some(9)).segment), (None, None), "unknown is not yes");
    let big = of(Some(10));
    assert_eq!(big.segment.as_deref(), Some("big"));
    let people = [person("a", 0, &[(0, 0); 4])];
    let seen = |rules: &AccountRules| assess(&model, rules, &people, &Ledger::default(), 0);
    let (general, own) = (seen(&AccountRules::default()), seen(&big));
    assert_eq!((general.tier, own.tier), (Some(Tier::Three), Some(Tier::One)));
    assert_eq!((general.mqls, own.mqls.clone()), (vec![false], vec![true]));
    assert!(!general.priority && own.priority, "priority tiers are those of all");
    let lacks = missing(&model, &big, &people, &Ledger::default(), &own, 0);
    assert!(lacks.iter().all(|missing| missing.bar == Goal::Mqa), "only the MQA is missing");
}

#[test]
fn momentum_and_visits_look_back() {
    let model = rich();
    let people = [
        person("a", 0, &[(0, 0), (30 * DAY, 0), (30 * DAY + 60, 0), (36 * DAY, 0)]),
        excluded(person("b", 0, &[(30 * DAY, 0); 9])),
    ];
    let visitor: Ledger = [Entry { time: 35 * DAY, signal: 0 }].into_iter().collect();
    let engagement = |as_of| {
        let found = assess(&model, &AccountRules::default(), &people, &visitor, as_of);
        i16::from(found.engagement)
    };
    let now = 36 * DAY;
    let moved = momentum(&model, &people, &visitor, now);
    assert_eq!(moved.week, engagement(now) - engagement(29 * DAY));
    assert_eq!(moved.four_weeks, engagement(now) - engagement(8 * DAY));
    assert!(moved.week > 0);
    let came = |as_of| visits(&model, &people, &visitor, as_of);
    assert_eq!(came(now), Visits { first: 2, returning: 2 });
    assert_eq!(came(now - 1), Visits { first: 2, returning: 1 });
    assert_eq!(came(-1), Visits::default());
}

proptest! {
    #![proptest_config(cases(64))]

    /// The same as above of everything that an assessment shows, under a model that has it all.
    #[test]
    fn following_changes_misses_nothing_that_is_shown(
        one in entries(), two in entries(), visitor in entries(), from in 0..40 * DAY,
    ) {
        let model = rich();
        let people = [person("a", 60, &one), person("b", 10, &two), excluded(person("c", 70, &two))];
        let visitor: Ledger =
            visitor.iter().map(|&(time, signal)| Entry { time, signal }).collect();
        let seen = |as_of| assess(&model, &AccountRules::default(), &people, &visitor, as_of);
        let shown = |found: &Assessment| {
            let people: Vec<u8> = found.people.iter().map(|known| known.score).collect();
            let account = (found.engagement, found.fit, found.tier, found.tier_met, found.mqa);
            let more = (found.phase, found.mqls.clone(), found.engaged_people, found.last_activity);
            (account, more, people, found.visitor.score)
        };
        let mut current = seen(from);
        for second in (from..from + 60 * DAY).step_by(9_973) {
            while let Some(change) = current.changes_at.filter(|&change| change <= second) {
                prop_assert_eq!(shown(&seen(change - 1)), shown(&current), "before {}", change);
                current = seen(change);
            }
            prop_assert_eq!(shown(&seen(second)), shown(&current), "at {}", second);
        }
    }

    /// Without the changes it is the same account.
    #[test]
    fn what_is_shown_does_not_depend_on_whether_changes_are_told(
        one in entries(), two in entries(), visitor in entries(),
        mut moments in prop::collection::vec(0..60 * DAY, 1..5),
    ) {
        let model = rich();
        let people = [person("a", 60, &one), person("b", 10, &two), excluded(person("c", 70, &two))];
        let visitor: Ledger =
            visitor.iter().map(|&(time, signal)| Entry { time, signal }).collect();
        let rules = AccountRules::default();
        let mut course = Course::new(&model, &rules, &people, &visitor).without_changes();
        moments.sort_unstable();
        for at in moments {
            let mut whole = assess(&model, &rules, &people, &visitor, at);
            whole.changes_at = None;
            whole.people.iter_mut().for_each(|engagement| engagement.changes_at = None);
            whole.visitor.changes_at = None;
            prop_assert_eq!(course.at(at), whole);
        }
    }

    /// An account whose students are excluded stands as it would without them.
    #[test]
    fn the_excluded_are_as_if_they_were_not_there(
        one in entries(), two in entries(), as_of in 0..50 * DAY,
    ) {
        let model = rich();
        let without = [person("a", 60, &one)];
        let with = [excluded(person("s", 90, &two)), person("a", 60, &one)];
        let (without, with) = (at(&model, &without, as_of), at(&model, &with, as_of));
        prop_assert_eq!(
            (with.engagement, with.fit, with.tier, with.mqa, with.phase, with.engaged_people),
            (without.engagement, without.fit, without.tier, without.mqa, without.phase, without.engaged_people)
        );
        prop_assert_eq!(with.last_activity, without.last_activity);
        prop_assert_eq!(with.mqls.first(), Some(&false));
    }

    /// What happens later, and the order of people, change nothing that is shown.
    #[test]
    fn neither_the_future_nor_the_order_of_people_is_seen(
        one in entries(), two in entries(), as_of in 0..30 * DAY,
    ) {
        let model = rich();
        let until = |all: &[(i64, u16)]| -> Vec<_> {
            all.iter().copied().filter(|&(time, _)| time <= as_of).collect()
        };
        let whole = at(&model, &[person("a", 60, &one), person("b", 10, &two)], as_of);
        let turned = [person("b", 10, &until(&two)), person("a", 60, &until(&one))];
        let then = at(&model, &turned, as_of);
        let shown = |found: &Assessment| {
            (found.engagement, found.fit, found.tier, found.mqa, found.phase, found.engaged_people)
        };
        prop_assert_eq!(shown(&whole), shown(&then));
        prop_assert_eq!(whole.mqls, then.mqls.into_iter().rev().collect::<Vec<_>>());
    }
}
