//! The scoring function against a second implementation, in Python, made from its document
//! alone: `tests/golden/score.py`.

mod edges;
mod random;

use abm_core::assess::{AccountRules, LeadRules, momentum, visits};
use abm_core::rule::AccountFacts;
use abm_core::{
    AccountProfile, BuyingRole, Entry, LeadId, LeadProfile, Ledger, Model, Person, Seniority,
    assess, model,
};
use serde_json::{Value, json};

/// The last second of 2023, before a leap year.
const MIDNIGHT: i64 = 1_704_067_199;

/// Cases made at random, besides those made for an edge.
const CASES: u64 = 340;

/// An activity: its second, and the position of its signal.
type Did = (i64, u16);

const OPERATORS: [&str; 6] = ["saturating_sum", "max", "mean", "median", "top_k_mean", "champion"];
const PHASES: [&str; 3] = ["awareness", "consideration", "decision"];

#[test]
fn a_second_implementation_gives_the_same_scores() {
    let mut cases: Vec<Value> = (0..CASES).map(random::random_case).collect();
    cases.extend(edges::edges());
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
