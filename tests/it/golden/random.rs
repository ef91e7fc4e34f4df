//! Cases made at random.

use abm_core::DAY;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::{Did, MIDNIGHT, OPERATORS, PHASES, case};

const SENIORITIES: [&str; 5] = ["c_level", "vp", "director", "manager", "other"];
const ROLES: [&str; 3] = ["champion", "decision_maker", "influencer"];
const TITLES: [&str; 6] =
    ["CEO", "vp of things", "VP, Head of Sales", "Head of IT", "Assistant to the CEO", "Gardener"];

/// A case made at random; the same for the same seed.
pub(super) fn random_case(seed: u64) -> Value {
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
