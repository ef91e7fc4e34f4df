//! Cases made for one edge each.

use abm_core::DAY;
use serde_json::{Value, json};

use super::{Did, MIDNIGHT, OPERATORS, case};

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
pub(super) fn edges() -> Vec<Value> {
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
