//! A quarter of handoffs across the changes of clocks in three zones: none is lost, none is open
//! twice, and each is due when an independent calculation says.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use abm_app::HandoffRecord;
use abm_core::Timestamp;
use abm_core::handoff::{AttemptOutcome, HandoffState};
use abm_tests::{HOUR, START, World, account, both_engines, cases, days, lead, lively};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::asks;

both_engines!(a_quarter_of_handoffs_loses_none_and_keeps_every_clock);

/// Zones with the owner who works there. Their clocks change on 2026-03-08, 2026-03-29 and
/// 2026-04-05; the quarter begins on 2026-03-02.
const ZONES: [(&str, &str); 3] =
    [("America/New_York", "amy"), ("Europe/Berlin", "bea"), ("Australia/Sydney", "cleo")];

const HOURS: &str = r#"{mon: ["09:00-17:00"], tue: ["09:00-17:00"], wed: ["09:00-17:00"], thu: ["09:00-17:00"], fri: ["08:30-12:00", "13:00-15:30"], sat: ["01:00-04:00"], sun: ["01:00-04:00"]}"#;

const MINUTES: i64 = 7 * 60 + 13;

const QUARTER_DAYS: i64 = 91;

const GIVE_UP_DAYS: i64 = 20;

fn policy() -> String {
    let mut file = String::from("name: quarter\ncalendars:\n");
    for (zone, owner) in ZONES {
        let calendar = format!(
            "  - {{name: {owner}s, time_zone: {zone}, hours: {HOURS}, holidays: [2026-04-06]}}\n"
        );
        file.push_str(&calendar);
    }
    file.push_str("owners:\n");
    for (_, owner) in ZONES {
        file.push_str(&format!("  - {{id: {owner}, calendar: {owner}s}}\n"));
    }
    file.push_str("routes:\n  - {name: account owner, to: account_owner}\n");
    file.push_str(&format!("sla: [{{name: all, minutes: {MINUTES}}}]\n"));
    file.push_str("warn_percent: 50\nescalate_to: {queue: late}\nescalate_percent: 300\n");
    file.push_str(&format!("give_up_days: {GIVE_UP_DAYS}\nqualification: {{required: []}}\n"));
    file
}

/// A model whose scores stay where they are: this is about handoffs, and a fading score would have
/// every account assessed again every few days.
fn steady() -> String {
    lively("half_life_days: 7,", "half_life_days: 3650,")
        .replace("engaged_people: 2}\nmql", "engaged_people: 50}\nmql")
}

async fn a_quarter_of_handoffs_loses_none_and_keeps_every_clock(world: World) {
    let world = world.beside(2, &steady()).await;
    world.put_policy(&policy()).await;
    let companies = usize::try_from(cases(150)).unwrap();
    let mut random = StdRng::seed_from_u64(20_260_302);
    let named = |n: usize| (format!("c{n}"), format!("p{n}"), ZONES[n % ZONES.len()].1);
    for chunk in (0..companies).collect::<Vec<_>>().chunks(500) {
        let accounts = chunk.iter().map(|&n| {
            let (company, _, owner) = named(n);
            account(&company).employees(5_000).owner(owner)
        });
        world.accounts(accounts).await;
        let leads = chunk.iter().map(|&n| lead(&named(n).1).account(&named(n).0).title("CTO"));
        world.leads(leads).await;
    }
    // When each asks, and what sales does after how long.
    let mut plan: BTreeMap<i64, Vec<(usize, Step)>> = BTreeMap::new();
    for n in 0..companies {
        let at = random.random_range(0..days(QUARTER_DAYS));
        plan.entry(at).or_default().push((n, Step::Asks));
        let later = at + random.random_range(1..days(6));
        match random.random_range(0..5) {
            0 => {}
            1 => plan.entry(later).or_default().push((n, Step::Claims)),
            2 => plan.entry(later).or_default().push((n, Step::Tries)),
            3 => plan.entry(later).or_default().push((n, Step::Accepts)),
            _ => plan.entry(later).or_default().push((n, Step::Rejects)),
        }
    }
    let mut expected: BTreeMap<usize, HandoffState> = BTreeMap::new();
    let mut open: BTreeMap<usize, String> = BTreeMap::new();
    for (at, steps) in plan {
        world.at(at);
        world.app.tick().await.unwrap();
        for (n, step) in steps {
            if step == Step::Asks {
                let person = named(n).1;
                world
                    .record([
                        asks(&person).after(at),
                        asks(&person).with_id(&format!("{person}-2")).after(at),
                    ])
                    .await;
                expected.insert(n, HandoffState::Expired);
                let made = world.handoffs_of(&named(n).0).await;
                assert_eq!((made.len(), made[0].owner.as_str()), (1, named(n).2), "{n}");
                open.insert(n, made[0].id.clone());
                continue;
            }
            let handoff = world.handoff(&open[&n]).await.handoff;
            let owner = named(n).2;
            // One that is late waits for anybody.
            assert!(handoff.owner == owner || handoff.queue == "late", "{handoff:?}");
            let claimed = world.claim(&handoff, owner).await.unwrap().handoff;
            let state = match step {
                // Whoever only claims is relieved of it, unless that was done already.
                Step::Asks | Step::Claims if handoff.queue.is_empty() => HandoffState::Expired,
                Step::Asks | Step::Claims => HandoffState::Recycled,
                Step::Tries => {
                    world.attempt(&claimed, AttemptOutcome::NoAnswer).await.unwrap();
                    HandoffState::Recycled
                }
                Step::Accepts => world.accept(&claimed).await.unwrap().handoff.state,
                Step::Rejects => {
                    world.reject(&claimed, "not_a_fit", None).await.unwrap().handoff.state
                }
            };
            expected.insert(n, state);
        }
    }
    world.at(days(QUARTER_DAYS + GIVE_UP_DAYS) + HOUR);
    world.app.tick().await.unwrap();
    let mut all = Vec::new();
    for n in 0..companies {
        let mut made = world.handoffs_of(&named(n).0).await;
        // Whoever was given up may have come again.
        made.sort_by_key(|handoff| handoff.created_at);
        assert!(made.iter().filter(|handoff| handoff.state.is_open()).count() <= 1, "{n}");
        assert_eq!(made[0].state, expected[&n], "{n}");
        all.extend(made.into_iter().map(|handoff| (ZONES[n % ZONES.len()].0, handoff)));
    }
    let ids: BTreeSet<&str> = all.iter().map(|(_, handoff)| handoff.id.as_str()).collect();
    let stored = world.sql().await.numbers("SELECT COUNT(*) FROM handoff").await;
    assert_eq!(stored, [[i64::try_from(all.len()).unwrap()]]);
    assert_eq!(ids.len(), all.len(), "none is lost, and none is there twice");
    let told = due(&all);
    for ((zone, handoff), told) in all.iter().zip(told) {
        assert_eq!(handoff.clock.due_at, told, "{zone} {handoff:?}");
        let given_up = matches!(handoff.state, HandoffState::Expired | HandoffState::Recycled);
        if given_up {
            let ended = handoff.end.as_ref().unwrap().at;
            assert_eq!(ended, handoff.created_at + days(GIVE_UP_DAYS));
        }
    }
    let changed = |from: i64| START + days(from) - HOUR * 24;
    for (change, name) in [(6, "New York"), (27, "Berlin"), (34, "Sydney")] {
        let near = |(_, handoff): &&(&str, HandoffRecord)| {
            handoff.created_at > changed(change) && handoff.created_at < changed(change) + days(3)
        };
        assert!(all.iter().filter(near).count() > 0, "some are handed over around that of {name}");
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Asks,
    Claims,
    Tries,
    Accepts,
    Rejects,
}

/// When each is due by the second implementation of business time, in Python.
fn due(handoffs: &[(&str, HandoffRecord)]) -> Vec<Timestamp> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/business_time.py");
    let mut python = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is there");
    let week = json!({
        "mon": ["09:00-17:00"], "tue": ["09:00-17:00"], "wed": ["09:00-17:00"],
        "thu": ["09:00-17:00"], "fri": ["08:30-12:00", "13:00-15:30"],
        "sat": ["01:00-04:00"], "sun": ["01:00-04:00"],
    });
    let line = |(zone, handoff): &(&str, HandoffRecord)| {
        let start = handoff.created_at.micros();
        let case = json!({
            "zone": zone, "hours": week, "holidays": ["2026-04-06"],
            "start": start, "until": start, "work": MINUTES * 60,
        });
        format!("{case}\n")
    };
    let lines: String = handoffs.iter().map(line).collect();
    let mut questions = python.stdin.take().unwrap();
    let asked = std::thread::spawn(move || questions.write_all(lines.as_bytes()));
    let answered = python.wait_with_output().unwrap();
    assert!(answered.status.success(), "python3 failed; it needs a tz database (tzdata)");
    asked.join().unwrap().unwrap();
    let told = String::from_utf8(answered.stdout).unwrap();
    let due = told.lines().map(|line| {
        let told: Value = serde_json::from_str(line).unwrap();
        Timestamp::from_micros(told["due"].as_i64().unwrap())
    });
    due.collect()
}
