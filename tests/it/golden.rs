//! The scoring function against a second implementation, in Python, made from its document
//! alone: `tests/golden/score.py`.

use abm_core::assess::{AccountRules, LeadRules, momentum, visits};
use abm_core::rule::AccountFacts;
use abm_core::{
    AccountProfile, BuyingRole, DAY, Entry, LeadId, LeadProfile, Ledger, Model, Person, Seniority,
    assess, model,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

/// The last second of 2023, before a leap year.
const MIDNIGHT: i64 = 1_704_067_199;

/// Cases made at random, besides those made for an edge.
const CASES: u64 = 340;

/// An activity: its second, and the position of its signal.
type Did = (i64, u16);

const OPERATORS: [&str; 6] = ["saturating_sum", "max", "mean", "median", "top_k_mean", "champion"];
const SENIORITIES: [&str; 5] = ["c_level", "vp", "director", "manager", "other"];
const ROLES: [&str; 3] = ["champion", "decision_maker", "influencer"];
const PHASES: [&str; 3] = ["awareness", "consideration", "decision"];
const TITLES: [&str; 6] =
    ["CEO", "vp of things", "VP, Head of Sales", "Head of IT", "Assistant to the CEO", "Gardener"];

#[test]
fn a_second_implementation_gives_the_same_scores() {
    let mut cases: Vec<Value> = (0..CASES).map(random_case).collect();
    cases.extend(edges());
    let file = tempfile::NamedTempFile::new().unwrap();
    serde_json::to_writer(&file, &cases).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/score.py");
    let ran = std::process::Command::new("python3").arg(script).arg(file.path()).output();
    let ran = ran.expect("python3 is there");
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{told}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(told.contains(&format!("{} cases, 0 differences", cases.len())), "{told}");
    // The cases are worth something: every outcome is among them.
    let count = |of: &dyn Fn(&Value) -> bool| cases.iter().filter(|c| of(&c["expected"])).count();
    for tier in 1..=3 {
        assert!(count(&|found| found["tier"] == tier) > 10);
        let held = |found: &Value| found["tier"] == tier && found["tier_met"] != tier;
        assert!(count(&held) > 2, "tier {tier} is held {} times", count(&held));
    }
    assert!(count(&|found| found["mqa"] == true) > 10);
    assert!(count(&|found| found["exclusion"] != Value::Null) > 5);
    assert!(count(&|found| found["engagement"] == 0) > 3);
    for phase in PHASES {
        assert!(count(&|found| found["phase"] == phase) > 10, "{phase}");
    }
    assert!(count(&|found| found["phase"] == Value::Null) > 10);
    assert!(count(&|found| found["segment"] != Value::Null) > 10);
    assert!(count(&|found| found["visits"][1].as_u64() > Some(0)) > 10);
    let people = |of: &dyn Fn(&Value) -> bool| {
        let people = cases.iter().filter_map(|case| case["expected"]["people"].as_array());
        people.flatten().filter(|person| of(person)).count()
    };
    assert!(people(&|person| person[6] != Value::Null) > 20, "excluded");
    assert!(people(&|person| person[7] == true) > 20, "qualified");
}

/// A case: what there is, and what the core says of it.
fn case(
    name: String,
    file: &Value,
    attributes: &Value,
    people: &[Value],
    visitor: &[Did],
    as_of: i64,
) -> Value {
    let model = model::parse(&file.to_string()).unwrap_or_else(|found| panic!("{name}: {found:?}"));
    let profile = AccountProfile {
        attributes: serde_json::from_value(attributes.clone()).unwrap(),
        ..AccountProfile::default()
    };
    let facts = AccountFacts::new(&profile);
    let members: Vec<Person> =
        (0..).zip(people).map(|(n, person)| read_person(&model, &facts, n, person)).collect();
    let rules = AccountRules::new(&model, &profile);
    let found = assess(&model, &rules, &members, &ledger(&model, visitor), as_of);
    let of_people: Vec<Value> = members
        .iter()
        .zip(&found.people)
        .zip(&found.mqls)
        .map(|((person, engagement), mql)| {
            let LeadRules { fit, percent, position, exclusion } = &person.rules;
            let seniority = position.seniority.map(|known| known.value.name());
            let role = position.buying_role.map(|known| known.value.name());
            json!([
                engagement.score,
                fit.score,
                fit.coverage,
                percent,
                seniority,
                role,
                exclusion,
                mql
            ])
        })
        .collect();
    let momentum = momentum(&model, &members, &ledger(&model, visitor), as_of);
    let visits = visits(&model, &members, &ledger(&model, visitor), as_of);
    let expected = json!({
        "engagement": found.engagement,
        "fit": found.fit.score,
        "coverage": found.fit.coverage,
        "label": found.label.to_string(),
        "tier": found.tier.map(|tier| tier.number()),
        "tier_met": found.tier_met.map(|tier| tier.number()),
        "mqa": found.mqa,
        "priority": found.priority,
        "exclusion": rules.exclusion,
        "segment": rules.segment,
        "phase": found.phase.map(|phase| phase.name()),
        "momentum": [momentum.week, momentum.four_weeks],
        "visits": [visits.first, visits.returning],
        "engaged_people": found.engaged_people,
        "last_activity": found.last_activity,
        "people": of_people,
        "visitor": found.visitor.score,
    });
    // A rule is told to the other side as the value that it asks for.
    let mut told = file.clone();
    for list in ["exclusions", "lead_exclusions", "segments"] {
        let rules = told.get_mut(list).and_then(Value::as_array_mut);
        for rule in rules.into_iter().flatten() {
            rule["is"] = rule["name"].clone();
        }
    }
    let rules = told.get_mut("lead_fit").and_then(Value::as_array_mut);
    for rule in rules.into_iter().flatten() {
        let asked = rule["when"].as_str().and_then(|when| when.strip_prefix("lead.seniority == "));
        if let Some(asked) = asked {
            rule["seniority_is"] = asked.trim_matches('"').into();
        }
    }
    json!({
        "name": name,
        "model": told,
        "attributes": attributes,
        "people": people,
        "visitor": visitor,
        "as_of": as_of,
        "expected": expected,
    })
}

fn read_person(model: &Model, facts: &AccountFacts, number: u32, person: &Value) -> Person {
    let profile = LeadProfile {
        seniority: person["seniority"].as_str().and_then(Seniority::from_name),
        buying_role: person["buying_role"].as_str().and_then(BuyingRole::from_name),
        title: person["title"].as_str().unwrap_or_default().to_owned(),
        attributes: serde_json::from_value(person["attributes"].clone()).unwrap(),
        ..LeadProfile::default()
    };
    let did: Vec<Did> = serde_json::from_value(person["activities"].clone()).unwrap();
    Person {
        lead: LeadId::new(format!("p{number}")).unwrap(),
        rules: LeadRules::new(model, &profile, facts),
        ledger: ledger(model, &did),
        known: None,
    }
}

/// A ledger as activities make it: what is ignored is not in it.
fn ledger(model: &Model, did: &[Did]) -> Ledger {
    let counts = |signal: u16| model.signals.get(signal).is_some_and(|signal| !signal.ignore);
    let did = did.iter().filter(|(_, signal)| counts(*signal));
    did.map(|&(time, signal)| Entry { time, signal }).collect()
}

fn random_case(seed: u64) -> Value {
    let random = &mut StdRng::seed_from_u64(seed);
    let negative = random.random_bool(0.4);
    let file = random_model(random, negative);
    let span = if negative { 3_000 } else { 60 * DAY };
    let as_of = MIDNIGHT + random.random_range(-2 * DAY..90 * DAY);
    let signals = file["signals"].as_array().unwrap().len() as u16;
    let did = |random: &mut StdRng, most: usize| -> Vec<Did> {
        let count = random.random_range(0..=most);
        // Some at the moment itself, at the ends of the hold, and after the moment.
        let hold = (file["hold_days"].as_f64().unwrap() * DAY as f64) as i64;
        let at = |random: &mut StdRng| match random.random_range(0..12) {
            0 => as_of,
            1 => as_of + random.random_range(1..1_000),
            2 => as_of - hold + random.random_range(-1..=1),
            _ => as_of - random.random_range(0..span),
        };
        (0..count).map(|_| (at(random), random.random_range(0..signals))).collect()
    };
    let most = if negative { 8 } else { 25 };
    let people: Vec<Value> = (0..random.random_range(0..7))
        .map(|_| {
            let mut attributes = attributes(random, 4);
            if random.random_bool(0.15) {
                attributes["x"] = "student".into();
            }
            json!({
                "seniority": maybe(random, &SENIORITIES),
                "buying_role": maybe(random, &ROLES),
                "title": TITLES[random.random_range(0..TITLES.len())],
                "attributes": attributes,
                "activities": did(random, most),
            })
        })
        .collect();
    let visitor = if random.random_bool(0.5) { did(random, most) } else { Vec::new() };
    let mut of_account = attributes(random, 4);
    if random.random_bool(0.15) {
        of_account["x"] = "rival".into();
    }
    if random.random_bool(0.5) {
        of_account["segment"] = ["big", "new"][random.random_range(0..2)].into();
    }
    case(format!("random {seed}"), &file, &of_account, &people, &visitor, as_of)
}

fn maybe(random: &mut StdRng, names: &[&str]) -> Value {
    match random.random_range(0..=names.len()) {
        n if n < names.len() => names[n].into(),
        _ => Value::Null,
    }
}

fn attributes(random: &mut StdRng, rules: usize) -> Value {
    let mut answers = json!({});
    for rule in 0..rules {
        match random.random_range(0..4) {
            0 => {}
            1 => answers[format!("r{rule}")] = "no".into(),
            _ => answers[format!("r{rule}")] = "yes".into(),
        }
    }
    answers
}

fn random_model(random: &mut StdRng, negative: bool) -> Value {
    // With points taken off the other side looks at each second of the hold.
    let hold = if negative {
        [0.0, 0.001, 0.004][random.random_range(0..3)]
    } else {
        [0.0, 0.5, 7.0, 14.0][random.random_range(0..4)]
    };
    let scale = if negative { 0.01 } else { 1.0 };
    let signals: Vec<Value> = (0..5)
        .map(|n| {
            let mut signal = json!({
                "name": format!("s{n}"),
                "when": format!("activity.type == \"s{n}\""),
                "points": f64::from(random.random_range(0..40)),
            });
            if random.random_bool(0.5) {
                signal["half_life_days"] =
                    (f64::from(random.random_range(1..400)) / 8.0 * scale).into();
            }
            if random.random_bool(0.3) {
                signal["daily_cap"] = random.random_range(1..4).into();
            }
            if random.random_bool(0.4) {
                signal["group"] = if random.random_bool(0.5) { "web" } else { "Mail" }.into();
            }
            signal
        })
        .collect();
    let mut signals = signals;
    if negative {
        signals[1]["points"] = (-f64::from(random.random_range(1..30))).into();
    }
    match random.random_range(0..3) {
        0 => signals[2]["hand_raiser"] = true.into(),
        1 => {
            signals[2]["points"] = 0.0.into();
            signals[2]["ignore"] = true.into();
        }
        _ => {}
    }
    for signal in &mut signals {
        if signal["ignore"] != true && random.random_bool(0.6) {
            signal["phase"] = PHASES[random.random_range(0..3)].into();
        }
    }
    let patterns = random_patterns(random, negative);
    let rules = |random: &mut StdRng, record: &str| -> Vec<Value> {
        (0..random.random_range(0..=4))
            .map(|n| {
                json!({
                    "name": format!("rule {n}"),
                    "when": format!("{record}.attributes.r{n} == \"yes\""),
                    "points": random.random_range(-30..60),
                })
            })
            .collect()
    };
    let mut bar = |least: i32| {
        let mut bar = json!({
            "fit": random.random_range(0..=least),
            "engagement": random.random_range(least / 2..=least),
            "engaged_people": random.random_range(0..=least / 15),
        });
        if random.random_bool(0.2) {
            bar["roles"] = json!([ROLES[random.random_range(0..3)]]);
        }
        bar
    };
    let (mut one, mut two, mut three, mqa) = (bar(60), bar(40), bar(20), bar(50));
    (one["tier"], two["tier"], three["tier"]) = (1.into(), 2.into(), 3.into());
    let mut segments = json!([
        {"name": "big", "when": "account.attributes.segment == \"big\"", "mqa": mqa.clone()},
        {"name": "new", "when": "account.attributes.segment == \"new\"", "tiers": [three.clone()],
         "priority_tiers": [3], "mql": {"engagement": 15}},
    ]);
    if random.random_bool(0.3) {
        segments[0]["mqa"] = json!({"engagement": 20});
        segments[0]["priority_tiers"] = json!([2]);
    }
    let (mut lead_fit, account_rules) = (rules(random, "lead"), rules(random, "account"));
    if random.random_bool(0.5) {
        let when = "lead.seniority == \"vp\"";
        lead_fit.push(json!({"name": "senior", "when": when, "points": 40}));
    }
    let gap = [0.5, 30.0, 600.0][random.random_range(0..3)];
    let mql = json!({
        "fit": random.random_range(0..50),
        "engagement": random.random_range(0..50),
    });
    json!({
        "name": "golden",
        "engagement": {
            "half_life_days": 30.0 * scale,
            "half_points": f64::from(random.random_range(10..80)),
            "look_back_days": if random.random_bool(0.2) { 20.0 * scale } else { 1_095.0 },
            "engaged_floor": random.random_range(0..40),
            "daily_cap": random.random_range(1..30),
        },
        "groups": {"web": {"cap": f64::from(random.random_range(5..60))}, "Mail": {"cap": 12.5}},
        "signals": signals,
        "patterns": patterns,
        "visits": {"of": ["s0", "s3"], "gap_minutes": gap},
        "titles": {
            "least_confidence": random.random_range(40..70),
            "rules": [
                {"name": "help", "matches": "assistant to", "seniority": "other", "confidence": 90},
                {"name": "vp", "matches": "\\bvp\\b", "seniority": "vp", "confidence": 60},
                {"name": "ceo", "matches": "\\bceo$", "seniority": "c_level",
                 "buying_role": "decision_maker", "confidence": 80},
                {"name": "head", "matches": "^head|, head", "seniority": "director",
                 "buying_role": "influencer", "confidence": 50},
            ],
        },
        "lead_fit": lead_fit,
        "account_fit": {
            "rules": account_rules,
            "people_percent": random.random_range(0..=100),
            "top_people": random.random_range(1..5),
            "roles_percent": random.random_range(0..=100),
            "required_roles": if random.random_bool(0.5) { json!(["champion", "influencer"]) } else { json!([]) },
        },
        "exclusions": [{"name": "rival", "when": "account.attributes.x == \"rival\""}],
        "lead_exclusions": [
            {"name": "student", "when": "lead.attributes.x == \"student\""},
        ],
        "rollup": {
            "operator": OPERATORS[random.random_range(0..OPERATORS.len())],
            "half_points": f64::from(random.random_range(20..150)),
            "top": random.random_range(1..5),
            "seniority_percent": {"c_level": 200, "vp": 150, "manager": 75, "other": 50},
            "buying_role_percent": {"champion": 130, "influencer": 33},
            "unknown_visitor_percent": random.random_range(0..150),
        },
        "grades": {"fit": {"a": 70, "b": 45, "c": 20}, "engagement": {"high": 55, "medium": 20}},
        "tiers": [one, two, three],
        "priority_tiers": [1, 2],
        "hold_days": hold,
        "mqa": if random.random_bool(0.8) { mqa } else { Value::Null },
        "mql": if random.random_bool(0.8) { mql } else { Value::Null },
        "segments": segments,
        "phases": {
            "days": if negative { 0.01 } else { 10.0 },
            "activities": random.random_range(1..4),
        },
    })
}

fn random_patterns(random: &mut StdRng, negative: bool) -> Vec<Value> {
    let part = |random: &mut StdRng| {
        let of = [["s0", "s1"], ["s2", "s3"], ["s1", "s4"], ["s3", "s4"]];
        json!({"of": of[random.random_range(0..4)], "at_least": random.random_range(1..4)})
    };
    (0..random.random_range(0..4))
        .map(|n| {
            let least = if negative { -10 } else { 0 };
            let mut pattern = json!({
                "name": format!("p{n}"),
                "points": f64::from(random.random_range(least..20)),
            });
            if random.random_bool(0.4) {
                pattern["visits"] = json!({"from": random.random_range(1..3)});
                if random.random_bool(0.5) {
                    pattern["visits"]["to"] = random.random_range(3..5).into();
                }
            } else {
                let parts = random.random_range(1..3);
                pattern["all"] = (0..parts).map(|_| part(random)).collect();
                let days = f64::from(random.random_range(1..20));
                pattern["within_days"] = (days * if negative { 0.002 } else { 1.0 }).into();
            }
            if random.random_bool(0.4) {
                pattern["daily_cap"] = random.random_range(1..3).into();
            }
            if random.random_bool(0.3) {
                pattern["group"] = "web".into();
            }
            if random.random_bool(0.3) {
                pattern["phase"] = PHASES[random.random_range(0..3)].into();
            }
            pattern["hand_raiser"] = random.random_bool(0.2).into();
            pattern
        })
        .collect()
}

/// A model of one signal, with a bar at 50 and a hold of a day.
fn plain() -> Value {
    json!({
        "name": "plain",
        "signals": [{"name": "s", "when": "true", "points": 40.0, "daily_cap": 100}],
        "rollup": {"operator": "max"},
        "account_fit": {"people_percent": 0},
        "tiers": [{"tier": 1, "engagement": 50}],
        "priority_tiers": [1],
        "hold_days": 1.0,
    })
}

fn person(did: &[Did]) -> Value {
    json!({
        "seniority": null,
        "buying_role": null,
        "title": "",
        "attributes": {},
        "activities": did,
    })
}

/// Cases made for one edge each.
fn edges() -> Vec<Value> {
    let nothing = json!({});
    let mut cases = Vec::new();
    let mut add = |name: &str, file: &Value, people: &[Value], as_of: i64| {
        cases.push(case(name.into(), file, &nothing, people, &[], as_of));
    };
    add("an account with nobody", &plain(), &[], MIDNIGHT);
    // 40 points make 50 exactly: the bar is met in one second only.
    for off in [-1, 0, 1, DAY - 1, DAY, DAY + 1] {
        let name = format!("the hold of a bar met in one second, {off} s after it");
        add(&name, &plain(), &[person(&[(MIDNIGHT, 0)])], MIDNIGHT + off);
    }
    let many: Vec<Did> = (0..150).map(|n| (MIDNIGHT - 200 + n, 0)).collect();
    let mut weak = plain();
    weak["signals"][0]["points"] = 0.7.into();
    add("the 101st of a kind and a day", &weak, &[person(&many)], MIDNIGHT);
    weak["signals"][0]["daily_cap"] = 3.into();
    let around: Vec<Did> = (-5..5).map(|n| (MIDNIGHT + n, 0)).collect();
    add("a cap on both sides of midnight", &weak, &[person(&around)], MIDNIGHT + 10);
    let leap_day = MIDNIGHT + 1 + 59 * DAY;
    let leap: Vec<Did> = (0..8).map(|n| (leap_day + n * DAY / 4, 0)).collect();
    add("a leap day", &weak, &[person(&leap)], leap_day + 2 * DAY);
    add("before 1970", &plain(), &[person(&[(-DAY - 1, 0), (-1, 0)])], 0);
    let mut old = plain();
    old["engagement"] = json!({"look_back_days": 10.0, "half_life_days": 1_000.0});
    for off in [0, 1] {
        let name = format!("an activity as old as the look-back and {off} s");
        add(&name, &old, &[person(&[(MIDNIGHT - 10 * DAY, 0)])], MIDNIGHT + off);
    }
    let mut steps = plain();
    steps["signals"][0]["points"] = 60.0.into();
    steps["signals"][0]["half_life_days"] = 3.0.into();
    steps["hold_days"] = 2.0.into();
    steps["tiers"] = json!([
        {"tier": 1, "engagement": 60},
        {"tier": 2, "engagement": 40},
        {"tier": 3, "engagement": 20},
    ]);
    for half in 0..40 {
        let people = [person(&[(MIDNIGHT - half * DAY / 2, 0)])];
        add(&format!("down the tiers, {half} half days after"), &steps, &people, MIDNIGHT);
    }
    cases.extend(edges_of_patterns());
    cases.extend(edges_of_qualification());
    let mut add = |name: &str, file: &Value, people: &[Value], as_of: i64| {
        cases.push(case(name.into(), file, &nothing, people, &[], as_of));
    };
    let crowd: Vec<Value> = (0..10_000).map(|n| person(&[(MIDNIGHT - n * 311, 0)])).collect();
    for operator in OPERATORS {
        let mut file = plain();
        file["rollup"]["operator"] = operator.into();
        file["hold_days"] = 0.0.into();
        add(&format!("10,000 people, {operator}"), &file, &crowd, MIDNIGHT);
    }
    cases
}

/// Patterns and visits, to the second.
fn edges_of_patterns() -> Vec<Value> {
    let nothing = json!({});
    let mut cases = Vec::new();
    let mut add = |name: String, file: &Value, did: &[Did], visitor: &[Did], as_of: i64| {
        cases.push(case(name, file, &nothing, &[person(did)], visitor, as_of));
    };
    let mut file = plain();
    file["signals"] = json!([
        {"name": "s", "when": "activity.type == \"s\"", "points": 1.0},
        {"name": "t", "when": "activity.type == \"t\"", "points": 1.0},
    ]);
    file["patterns"] = json!([
        {"name": "both", "all": [{"of": ["s"], "at_least": 2}, {"of": ["t", "s"], "at_least": 3}],
         "within_days": 2.0, "points": 20.0, "daily_cap": 1, "hand_raiser": true},
        {"name": "again", "visits": {"from": 2, "to": 3}, "points": 7.0, "phase": "decision"},
        {"name": "first", "visits": {"from": 1, "to": 1}, "points": 3.0},
    ]);
    file["visits"] = json!({"of": ["s"], "gap_minutes": 30.0});
    // Whoever raises a hand is one.
    file["mql"] = json!({"engagement": 100});
    file["grades"]["fit"] = json!({"a": 2, "b": 1, "c": 0});
    file["lead_fit"] = json!([{"name": "all", "when": "lead.seniority == \"vp\"", "points": 1}]);
    for off in [2 * DAY - 1, 2 * DAY, 2 * DAY + 1] {
        let did = [(MIDNIGHT - off, 0), (MIDNIGHT - 9, 0), (MIDNIGHT, 1)];
        add(format!("a pattern within {off} s"), &file, &did, &[], MIDNIGHT);
        add(format!("a pattern within {off} s, a second early"), &file, &did, &[], MIDNIGHT - 1);
    }
    for gap in [1_799, 1_800, 1_801] {
        let did: Vec<Did> = (0..5).map(|n| (MIDNIGHT - n * gap, 0)).collect();
        add(format!("visits {gap} s apart"), &file, &did, &did, MIDNIGHT);
    }
    let many: Vec<Did> = (0..9).map(|n| (MIDNIGHT - 4 + n, (n % 2) as u16)).collect();
    for as_of in MIDNIGHT - 4..MIDNIGHT + 6 {
        let name = format!("a pattern earned anew around midnight, at {}", as_of - MIDNIGHT);
        add(name, &file, &many, &[], as_of);
    }
    let flood: Vec<Did> = (0..130).map(|n| (MIDNIGHT - 200 + n, 0)).collect();
    let mut hundred = file.clone();
    hundred["patterns"][0]["all"] = json!([{"of": ["s"], "at_least": 101}]);
    add("the 101st of a day is no part of a pattern".into(), &hundred, &flood, &[], MIDNIGHT);
    hundred["patterns"][0]["all"] = json!([{"of": ["s"], "at_least": 100}]);
    add("the 100th of a day is part of a pattern".into(), &hundred, &flood, &[], MIDNIGHT);
    cases
}

/// Qualified leads, hands raised by patterns, phases, titles and excluded people, to the second.
fn edges_of_qualification() -> Vec<Value> {
    let mut cases = Vec::new();
    let mut file = plain();
    file["signals"][0]["hand_raiser"] = true.into();
    file["signals"][0]["phase"] = "decision".into();
    file["phases"] = json!({"days": 3.0, "activities": 2});
    file["mql"] = json!({"fit": 60, "engagement": 50});
    file["mqa"] = json!({"engagement": 99});
    file["lead_fit"] =
        json!([{"name": "r0", "when": "lead.attributes.r0 == \"yes\"", "points": 50}]);
    file["lead_exclusions"] = json!([{"name": "out", "when": "lead.attributes.x == \"out\""}]);
    file["exclusions"] = json!([{"name": "rival", "when": "account.attributes.x == \"rival\""}]);
    file["titles"] = json!({"least_confidence": 50, "rules": [
        {"name": "no", "matches": "chief", "seniority": "vp", "confidence": 49},
        {"name": "yes", "matches": "CHIEF", "seniority": "c_level", "confidence": 50},
        {"name": "role", "matches": "chief", "seniority": "manager", "buying_role": "champion", "confidence": 100},
    ]});
    file["rollup"] =
        json!({"operator": "mean", "seniority_percent": {"c_level": 200, "other": 50}});
    let did = [(MIDNIGHT - 60, 0), (MIDNIGHT, 0)];
    let who = |answers: Value, title: &str| {
        let mut one = person(&did);
        one["attributes"] = answers;
        one["title"] = title.into();
        one
    };
    for account in [json!({}), json!({"x": "rival"})] {
        for off in [-1, 0, DAY - 1, DAY, DAY + 1, 3 * DAY - 61, 3 * DAY - 60, 3 * DAY - 59] {
            let people = [
                who(json!({"r0": "yes"}), "Chief"),
                who(json!({"r0": "no"}), ""),
                who(json!({"r0": "yes", "x": "out"}), "chief of all"),
            ];
            let name = format!("raised hands and phases, {off} s after, {account}");
            cases.push(case(
                name,
                &file,
                &account,
                &people,
                &[(MIDNIGHT + DAY, 0)],
                MIDNIGHT + off,
            ));
        }
    }
    for least in [49, 50, 51] {
        file["mql"] = json!({"engagement": least});
        file["signals"][0]["hand_raiser"] = false.into();
        let one = [person(&[(MIDNIGHT, 0)])];
        let name = format!("a qualified lead from engagement {least}");
        cases.push(case(name, &file, &json!({}), &one, &[], MIDNIGHT));
    }
    let nobody = [who(json!({"x": "out"}), "")];
    cases.push(case("nobody but excluded".into(), &file, &json!({}), &nobody, &[], MIDNIGHT));
    cases
}
