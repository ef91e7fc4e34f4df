//! No bar is called impossible that somebody meets, nor one that is met once errors are mended.

use proptest::prelude::*;
use proptest::sample::select;

use crate::assess::{AccountRules, LeadRules};
use crate::rule::AccountFacts;
use crate::{
    AccountProfile, Assessment, BuyingRole, DAY, Entry, LeadId, LeadProfile, Ledger, Model, Person,
    Seniority, assess, model,
};

const NOW: i64 = 1_000 * DAY;

const OPERATORS: [&str; 6] = ["saturating_sum", "max", "mean", "median", "top_k_mean", "champion"];

/// Ways to break a file.
const BREAKS: [(&str, &str); 11] = [
    ("points:", "pionts:"),
    ("daily_cap: 1", "daily_cap: -1"),
    ("half_life_days:", "half_life:"),
    ("groups:", "grups:"),
    ("cap: 20", "cap: 0"),
    ("signals:", "signal:"),
    ("activity.type == \"a\"", "activity.typ"),
    ("patterns:", "pattern:"),
    ("vp:", "boss:"),
    ("rollup:", "roll_up:"),
    ("half_points:", "half:"),
];

fn signal(name: &'static str) -> impl Strategy<Value = String> {
    let worth = (
        select(&[-20.0, 0.0, 0.5, 3.0, 10.0, 200.0][..]),
        select(&[0.01, 1.0, 30.0, 30_000.0][..]),
        select(&[1, 3, 100][..]),
        select(&["", ", group: g", ", group: h"][..]),
    );
    worth.prop_map(move |(points, half_life, daily_cap, group)| {
        format!(
            "{{name: {name}, points: {points:?}, half_life_days: {half_life:?}, \
             daily_cap: {daily_cap}{group}"
        )
    })
}

/// A model file without bars and without the end of its `engagement`.
fn file() -> impl Strategy<Value = String> {
    let signals = (signal("a"), signal("b"), signal("p"), select(&[5.0, 30.0, 500.0][..]));
    let figures = (select(&[1.0, 40.0, 5_000.0][..]), select(&[0.5, 3.0, 400.0][..]));
    let percent = || select(&[0, 50, 100, 300][..]);
    let rollup = (select(&OPERATORS[..]), [percent(), percent(), percent(), percent()]);
    (signals, figures, rollup).prop_map(|((a, b, p, cap), (half, look_back), rollup)| {
        let (operator, [vp, other, champion, visitor]) = rollup;
        format!(
            "name: x
groups: {{g: {{cap: {cap:?}}}, h: {{cap: 20}}}}
signals:
  - {a}, when: 'activity.type == \"a\"'}}
  - {b}, when: 'activity.type == \"b\"'}}
patterns: [{p}, visits: {{from: 1}}}}]
visits: {{of: [a]}}
rollup: {{operator: {operator}, half_points: 50, top: 2, unknown_visitor_percent: {visitor},
  seniority_percent: {{vp: {vp}, other: {other}}}, buying_role_percent: {{champion: {champion}}}}}
engagement: {{half_points: {half:?}, look_back_days: {look_back:?}"
        )
    })
}

/// Up to a hundred of a kind on each of some days, from a second of the day on.
fn some() -> impl Strategy<Value = Ledger> {
    let burst = (0..6_i64, 0..DAY, 0..2_u16, select(&[1_i64, 5, 100][..]));
    prop::collection::vec(burst, 0..8).prop_map(|bursts| {
        let entries = bursts.into_iter().flat_map(|(days, second, signal, count)| {
            (0..count).map(move |next| Entry { time: NOW - days * DAY - second + next, signal })
        });
        entries.collect()
    })
}

/// All that counts of some days, each at the last second of its day; the moment is the first of
/// a day.
fn all() -> impl Strategy<Value = Ledger> {
    (0..6_i64).prop_map(|days| {
        let ends = (0..days).map(|day| NOW - 1 - day * DAY).chain([NOW]);
        let entries = ends.flat_map(|time| (0..200).map(move |n| Entry { time, signal: n % 2 }));
        entries.collect()
    })
}

fn ledger() -> impl Strategy<Value = Ledger> {
    prop_oneof![some(), all()]
}

type Crowd = (Vec<(bool, bool, Ledger)>, Ledger);

fn crowd() -> impl Strategy<Value = Crowd> {
    let person = (any::<bool>(), any::<bool>(), ledger());
    (prop::collection::vec(person, 0..5), ledger())
}

fn people(model: &Model, crowd: &Crowd) -> Vec<Person> {
    let facts = AccountFacts::new(&AccountProfile::default());
    let people = crowd.0.iter().enumerate().map(|(number, (vp, champion, ledger))| {
        let profile = LeadProfile {
            seniority: vp.then_some(Seniority::Vp),
            buying_role: champion.then_some(BuyingRole::Champion),
            ..LeadProfile::default()
        };
        Person {
            lead: LeadId::new(format!("p{number}")).expect("an id"),
            rules: LeadRules::new(model, &profile, &facts),
            ledger: ledger.clone(),
            known: None,
        }
    });
    people.collect()
}

fn shown(file: &str, crowd: &Crowd) -> Assessment {
    let model = model::parse(file).unwrap_or_else(|found| panic!("{found:?}\n{file}"));
    assess(&model, &AccountRules::default(), &people(&model, crowd), &crowd.1, NOW)
}

proptest! {
    #![proptest_config(crate::cases::cases(300))]

    #[test]
    fn what_somebody_meets_is_not_called_impossible(file in file(), crowd in crowd()) {
        let best = |found: &Assessment| found.people.iter().map(|one| one.score).max();
        let floor = best(&shown(&format!("{file}}}\n"), &crowd)).unwrap_or(0);
        let file = format!("{file}, engaged_floor: {floor}}}\n");
        let found = shown(&file, &crowd);
        let bars = format!(
            "{file}mqa: {{engagement: {}, engaged_people: {}}}\nmql: {{engagement: {floor}}}\n",
            found.engagement, found.engaged_people
        );
        for problem in model::validate(&bars) {
            let floor_of_nobody = floor == 0 && problem.path == "engagement.engaged_floor";
            prop_assert!(floor_of_nobody, "{}\n{}", problem, bars);
        }
    }

    #[test]
    fn an_error_makes_nothing_impossible(
        file in file(), bars in prop::array::uniform3(0..100_u8), way in 0..BREAKS.len(),
    ) {
        let [floor, mqa, mql] = bars;
        let (from, to) = BREAKS[way];
        let file = format!(
            "{file}, engaged_floor: {floor}}}\n\
             mqa: {{engagement: {mqa}, engaged_people: 1}}\nmql: {{engagement: {mql}}}\n"
        );
        let warnings = |file: &str| -> Vec<String> {
            let found = model::validate(file).into_iter();
            let warnings = found.filter(|problem| problem.severity == model::Severity::Warning);
            warnings.map(|problem| problem.path).collect()
        };
        let broken = file.replace(from, to);
        let before = warnings(&file);
        for path in warnings(&broken) {
            prop_assert!(before.contains(&path), "{}\n{}", path, broken);
        }
    }
}
