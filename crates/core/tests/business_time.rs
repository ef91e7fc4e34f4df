//! Business time against a second implementation, in Python, made from its document alone:
//! `tests/golden/business_time.py`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use abm_core::Timestamp;
use abm_core::business_time::{Calendar, Date, Hours, Week, Weekday};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

/// Cases made at random.
const CASES: u64 = 700;

/// Zones, each with moments at which its clocks change. All are past: rules that databases know
/// since long, so that two versions of them do not differ.
const ZONES: [(&str, &[i64]); 4] = [
    // 2024-03-10T07:00Z, 2024-11-03T06:00Z.
    ("America/New_York", &[1_710_054_000, 1_730_613_600]),
    // 2024-03-31T01:00Z, 2024-10-27T01:00Z.
    ("Europe/Berlin", &[1_711_846_800, 1_729_990_800]),
    // 2024-04-06T15:00Z, 2024-10-05T15:30Z.
    ("Australia/Lord_Howe", &[1_712_415_600, 1_728_142_200]),
    // None; a leap day.
    ("Asia/Kolkata", &[1_709_188_200]),
];

#[test]
fn a_second_implementation_gives_the_same_moments() {
    let mut cases: Vec<Value> = (0..CASES).map(random_case).collect();
    cases.extend(without_end());
    let told = ask(&cases);
    assert_eq!(told.len(), cases.len());
    for (case, told) in cases.iter().zip(&told) {
        let calendar = calendar(case);
        let micros = |field: &str| Timestamp::from_micros(case[field].as_i64().unwrap());
        let (start, until) = (micros("start"), micros("until"));
        let due = calendar.due(start, case["work"].as_i64().unwrap()).map(Timestamp::micros);
        assert_eq!(told["due"], json!(due), "{case}");
        assert_eq!(told["worked"], json!(calendar.worked(start, until)), "{case}");
    }
    // The cases are worth something: most are near a change, and some wait for days.
    let waits = |days: i64| {
        let waits = |(case, told): &(&Value, &Value)| {
            let waited = told["due"].as_i64().zip(case["start"].as_i64());
            waited.is_some_and(|(due, start)| due - start > days * 86_400_000_000)
        };
        cases.iter().zip(&told).filter(waits).count()
    };
    assert!(waits(3) > 100, "{}", waits(3));
    assert!(told.iter().filter(|told| told["due"].is_null()).count() >= 2);
    assert!(told.iter().filter(|told| told["worked"] == 0).count() > 20);
}

/// What the other side says to each case.
fn ask(cases: &[Value]) -> Vec<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/business_time.py");
    let mut python = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is there");
    let mut questions = python.stdin.take().unwrap();
    let lines: String = cases.iter().map(|case| format!("{case}\n")).collect();
    // Beside the reading of answers, or both sides would wait for each other.
    let asked = std::thread::spawn(move || questions.write_all(lines.as_bytes()));
    let answered = python.wait_with_output().unwrap();
    assert!(answered.status.success(), "python3 failed; it needs a tz database (tzdata)");
    asked.join().unwrap().unwrap();
    let told = String::from_utf8(answered.stdout).unwrap();
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn calendar(case: &Value) -> Calendar {
    let texts = |list: &Value| -> Vec<String> { serde_json::from_value(list.clone()).unwrap() };
    let mut week = Week::default();
    for (day, hours) in Weekday::ALL.iter().zip(&mut week) {
        let written = texts(&case["hours"][day.name()]);
        *hours = written.iter().map(|hours| Hours::parse(hours).unwrap()).collect();
    }
    let holidays = texts(&case["holidays"]);
    let holidays = holidays.iter().map(|date| date.parse::<Date>().unwrap());
    Calendar::new("golden", case["zone"].as_str().unwrap(), week, holidays).unwrap()
}

fn random_case(seed: u64) -> Value {
    let random = &mut StdRng::seed_from_u64(seed);
    let (zone, changes) = ZONES[random.random_range(0..ZONES.len())];
    let change = changes[random.random_range(0..changes.len())];
    // Two of three within two days of the change, the rest within two months.
    let span = if random.random_bool(0.67) { 2 } else { 60 } * 86_400_000_000_i64;
    let start = change * 1_000_000 + random.random_range(-span..span);
    let start = match random.random_range(0..4) {
        0 => start,
        1 => start.div_euclid(1_000_000) * 1_000_000,
        // A whole quarter of an hour, where hours begin and end.
        _ => start.div_euclid(900_000_000) * 900_000_000,
    };
    let mut hours = json!({});
    for day in Weekday::ALL {
        hours[day.name()] = json!(random_hours(random));
    }
    let middle = change.div_euclid(86_400);
    let holidays: Vec<String> = (0..random.random_range(0..4))
        .map(|_| {
            let day = middle + random.random_range(-3..20);
            let at = jiff::Timestamp::from_second(day * 86_400).unwrap();
            at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
        })
        .collect();
    if hours.as_object().unwrap().values().all(|hours| hours == &json!([])) {
        hours["mon"] = json!(["09:00-17:30"]);
    }
    let most = [1, 3_600, 36_000, 200_000][random.random_range(0..4)];
    json!({
        "zone": zone,
        "hours": hours,
        "holidays": holidays,
        "start": start,
        "work": random.random_range(0..most),
        "until": start + random.random_range(-3_600..600_000) * 1_000_000 + random.random_range(0..2),
    })
}

/// Up to three intervals on minutes around the change of clocks, or usual ones.
fn random_hours(random: &mut StdRng) -> Vec<String> {
    match random.random_range(0..6) {
        0 => return Vec::new(),
        1 => return vec!["09:00-12:00".into(), "13:00-17:30".into()],
        2 => return vec!["00:00-06:00".into(), "22:00-24:00".into()],
        _ => {}
    }
    let count = random.random_range(1..=3) * 2;
    let last = if random.random_bool(0.6) { 20 } else { 96 };
    let mut minutes: Vec<u16> = (0..count).map(|_| random.random_range(0..=last) * 15).collect();
    minutes.sort_unstable();
    let hours = minutes.chunks_exact(2).filter_map(|pair| Hours::new(pair[0], pair[1]));
    hours.map(|hours| hours.to_string()).collect()
}

/// A calendar whose only working days are holidays, and work that takes longer than is looked for.
fn without_end() -> Vec<Value> {
    let monday = jiff::civil::date(2024, 1, 1);
    let holidays: Vec<String> =
        (0..262_i64).map(|n| (monday + jiff::Span::new().weeks(n)).to_string()).collect();
    let mut hours = json!({});
    for day in Weekday::ALL {
        hours[day.name()] = json!([]);
    }
    hours["mon"] = json!(["09:00-10:00"]);
    let case = |start: i64, work: i64, holidays: &[String]| {
        let until = start + 30 * 86_400_000_000;
        json!({"zone": "Europe/Berlin", "hours": hours, "holidays": holidays, "start": start,
            "work": work, "until": until})
    };
    let start = 1_704_067_200_000_000;
    vec![
        case(start, 0, &holidays),
        case(start + 30 * 86_400_000_000, 60, &holidays),
        case(start, 3_600 * 263, &[]),
        case(start, 3_600 * 200, &[]),
    ]
}
