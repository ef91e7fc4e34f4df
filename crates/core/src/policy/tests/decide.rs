use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// A team of three, of whom one is away at times, another takes two at most, and one who is in no team.
const TEAM: &str = r#"
name: team
default_queue: nobody
calendars:
  - {name: ny, time_zone: America/New_York, hours: {fri: ["09:00-17:00"], mon: ["09:00-17:00"]}}
  - {name: berlin, time_zone: Europe/Berlin, hours: {fri: ["09:00-17:00"], mon: ["09:00-17:00"]}}
default_calendar: berlin
owners:
  - {id: ann, team: emea, calendar: ny, absent: [{from: 2026-08-01, until: 2026-08-14}]}
  - {id: bob, team: emea, capacity: 2}
  - {id: eve}
  - {id: cid, team: emea}
routes:
  - {name: named, to: account_owner}
  - {name: raised, when: handoff.hand_raiser, to: {owner: bob}}
  - {name: fit, when: handoff.fit >= 50, to: {team: emea}}
  - {name: rest, when: handoff.fit >= 10, to: {queue: rest}}
sla:
  - {name: raised, when: handoff.hand_raiser, minutes: 5, calendar: always}
  - {name: named, when: handoff.fit < 50, minutes: 120, calendar: ny}
  - {name: others, minutes: 120}
escalate_to: {team: emea}
escalate_percent: 150
give_up_days: 10
"#;

fn team() -> Policy {
    parse(TEAM).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn routed(grounds: &Grounds, owner: Option<&str>, load: &Load, moment: &str) -> Routed {
    let account = nobody();
    team().route(&facts(grounds, &account), owner, load, at(moment))
}

const MARCH: &str = "2026-03-02T12:00:00Z";

fn owner(id: &str) -> Assignee {
    Assignee::Owner(id.into())
}

fn passed(routed: &Routed) -> Vec<(&str, Option<&str>, Why)> {
    let passed = routed.passed_over.iter();
    passed.map(|one| (one.route.as_deref().unwrap_or(""), one.owner.as_deref(), one.why)).collect()
}

#[test]
fn the_first_route_that_holds_and_has_somebody_decides() {
    let (load, raised) = (Load::default(), Grounds { hand_raiser: true, ..grounds() });
    let found = routed(&raised, Some("eve"), &load, MARCH);
    assert_eq!((&found.to, found.route.as_deref()), (&owner("eve"), Some("named")));
    let found = routed(&raised, None, &load, MARCH);
    assert_eq!((&found.to, found.route.as_deref()), (&owner("bob"), Some("raised")));
    assert_eq!(passed(&found), [("named", None, Why::NoOwner)]);
    let found = routed(&Grounds { fit: 10, ..grounds() }, Some("zoe"), &load, MARCH);
    assert_eq!(found.to, Assignee::Queue("rest".into()));
    assert_eq!(passed(&found), [("named", Some("zoe"), Why::NotInPolicy)]);
    let found = routed(&Grounds { fit: 9, ..grounds() }, None, &load, MARCH);
    assert_eq!((found.to, found.route), (Assignee::Queue("nobody".into()), None));
}

#[test]
fn a_team_takes_turns_in_the_order_of_the_policy() {
    let mut load = Load::default();
    let mut turns = Vec::new();
    for _ in 0..6 {
        let found = routed(&grounds(), None, &load, MARCH);
        assert_eq!(found.team.as_deref(), Some("emea"));
        let Assignee::Owner(id) = found.to else { panic!("{:?}", found.to) };
        load.give(&id, found.team.as_deref());
        turns.push(id);
    }
    // Bob takes two at most.
    assert_eq!(turns, ["ann", "bob", "cid", "ann", "bob", "cid"]);
    load.give("ann", Some("emea"));
    let found = routed(&grounds(), None, &load, MARCH);
    assert_eq!(found.to, owner("cid"));
    assert!(passed(&found).contains(&("fit", Some("bob"), Why::Full)));
    // Whoever left the team still tells whose turn it is; who left the policy does not.
    for (last, next) in [("eve", "cid"), ("gone", "ann")] {
        let load = Load { last: BTreeMap::from([("emea".into(), last.into())]), ..Load::default() };
        assert_eq!(routed(&grounds(), None, &load, MARCH).to, owner(next), "after {last}");
    }
}

#[test]
fn who_is_away_is_passed_over_on_both_days_and_by_their_own_dates() {
    let load = Load::default();
    // New York is four hours behind UTC then.
    for (moment, to) in [
        ("2026-08-01T03:59:59Z", "ann"),
        ("2026-08-01T04:00:00Z", "bob"),
        ("2026-08-15T03:59:59Z", "bob"),
        ("2026-08-15T04:00:00Z", "ann"),
    ] {
        assert_eq!(routed(&grounds(), None, &load, moment).to, owner(to), "{moment}");
    }
    let found = routed(&grounds(), Some("ann"), &load, "2026-08-05T12:00:00Z");
    assert_eq!(
        passed(&found),
        [("named", Some("ann"), Why::Absent), ("fit", Some("ann"), Why::Absent)]
    );
}

#[test]
fn what_is_overdue_goes_where_the_policy_says() {
    let load = Load { last: BTreeMap::from([("emea".into(), "bob".into())]), ..Load::default() };
    let found = team().escalate(None, &load, at(MARCH)).unwrap();
    assert_eq!((found.to, found.team.as_deref()), (owner("cid"), Some("emea")));
    let found = team().escalate(Some("cid"), &load, at(MARCH)).unwrap();
    assert_ne!(found.to, owner("cid"), "who has let it pass does not get it again");
    assert_eq!(parse(DEFAULT_FILE).unwrap().escalate(None, &load, at(MARCH)), None);
    let to_ann = parse("name: ann\nowners: [{id: ann}]\nescalate_to: {owner: ann}\n").unwrap();
    assert_eq!(to_ann.escalate(Some("ann"), &load, at(MARCH)), None);
    assert_eq!(to_ann.escalate(Some("ben"), &load, at(MARCH)).unwrap().to, owner("ann"));
}

#[test]
fn the_clock_runs_in_the_calendar_of_the_sla() {
    let (policy, account) = (team(), nobody());
    let raised = Grounds { hand_raiser: true, ..grounds() };
    let low = Grounds { fit: 9, ..grounds() };
    // A Friday at 16:00 in Berlin, 10:00 in New York, in winter. 120 minutes.
    let start = "2026-01-16T15:00:00Z";
    for (grounds, id, sla, warn, due, escalate) in [
        // The owner's own calendar, and the default one.
        (
            &grounds(),
            Some("ann"),
            "others",
            "2026-01-16T16:30:00Z",
            "2026-01-16T17:00:00Z",
            "2026-01-16T18:00:00Z",
        ),
        (
            &grounds(),
            Some("eve"),
            "others",
            "2026-01-19T08:30:00Z",
            "2026-01-19T09:00:00Z",
            "2026-01-19T10:00:00Z",
        ),
        (
            &grounds(),
            None,
            "others",
            "2026-01-19T08:30:00Z",
            "2026-01-19T09:00:00Z",
            "2026-01-19T10:00:00Z",
        ),
        // One by name.
        (
            &low,
            Some("eve"),
            "named",
            "2026-01-16T16:30:00Z",
            "2026-01-16T17:00:00Z",
            "2026-01-16T18:00:00Z",
        ),
        (
            &raised,
            Some("eve"),
            "raised",
            "2026-01-16T15:03:45Z",
            "2026-01-16T15:05:00Z",
            "2026-01-16T15:07:30Z",
        ),
    ] {
        let clock = policy.clock(&facts(grounds, &account), id, at(start));
        let expected = Clock {
            sla: sla.into(),
            due: at(due),
            warn_at: at(warn),
            escalate_at: Some(at(escalate)),
            gives_up_at: at("2026-01-26T15:00:00Z"),
        };
        assert_eq!(clock, expected, "{id:?}");
    }
}

#[test]
fn a_calendar_that_never_works_gives_a_clock_all_the_same() {
    let mut holidays = Vec::new();
    for week in 0..300_i64 {
        holidays.push((jiff::civil::date(2026, 1, 5) + jiff::Span::new().weeks(week)).to_string());
    }
    let file = format!(
        "name: x\ncalendars: [{{name: c, time_zone: UTC, hours: {{mon: [\"09:00-10:00\"]}}, \
         holidays: [{}]}}]\ndefault_calendar: c\nescalate_to: {{queue: q}}",
        holidays.join(", ")
    );
    let (policy, account, start) = (parse(&file).unwrap(), nobody(), at("2026-01-01T00:00:00Z"));
    let clock = policy.clock(&facts(&grounds(), &account), None, start);
    assert!(clock.gives_up_at < clock.due);
    assert!(clock.warn_at <= clock.due && Some(clock.due) <= clock.escalate_at);
}

/// A team whose members are free, away, or full.
fn crew(states: &[u8]) -> Policy {
    let owners: Vec<String> = (0..)
        .zip(states)
        .map(|(n, state): (usize, &u8)| match state {
            0 => format!("{{id: o{n}, team: t}}"),
            1 => {
                format!("{{id: o{n}, team: t, absent: [{{from: 2026-03-01, until: 2026-03-09}}]}}")
            }
            2 => format!("{{id: o{n}, team: t, capacity: 1}}"),
            _ => format!("{{id: o{n}, team: other}}"),
        })
        .collect();
    let routes = "[{name: a, to: {team: t}}]";
    parse(&format!(
        "name: x\nowners: [{}, {{id: z, team: t}}]\nroutes: {routes}",
        owners.join(", ")
    ))
    .unwrap_or_else(|found| panic!("{found:?}"))
}

proptest! {
    /// Those who are always free get as many as each other, but for one; nobody who is away or full
    /// gets any more.
    #[test]
    fn turns_are_fair_and_pass_over_who_is_away_or_full(
        states in prop::collection::vec(0..4_u8, 1..8),
        count in 1..40_usize,
    ) {
        let (policy, account, mut load) = (crew(&states), nobody(), Load::default());
        for _ in 0..count {
            let found = policy.route(&facts(&grounds(), &account), None, &load, at(MARCH));
            let Assignee::Owner(id) = &found.to else { panic!("{found:?}") };
            let owner = policy.owner(id).unwrap();
            prop_assert!(!owner.is_absent(at(MARCH)));
            prop_assert!(owner.capacity.is_none_or(|most| load.open_of(id) < most));
            prop_assert_eq!(owner.team.as_deref(), Some("t"));
            load.give(id, found.team.as_deref());
        }
        let free = (0..).zip(&states).filter(|(_, state)| **state == 0);
        let mut given: Vec<u32> = free.map(|(n, _): (usize, _)| load.open_of(&format!("o{n}"))).collect();
        given.push(load.open_of("z"));
        let (least, most) = (given.iter().min().unwrap(), given.iter().max().unwrap());
        prop_assert!(most - least <= 1, "{:?}", given);
    }

    /// A warning comes before the end of the time allowed, and escalation does not.
    #[test]
    fn a_clock_is_in_order(
        off in 0..400 * 86_400_000_000_i64,
        minutes in 1..10_000_i64,
        warn in 1..=99,
        escalate in 100..=1_000,
        owner in prop::sample::select(vec![None, Some("ann"), Some("eve"), Some("gone")]),
    ) {
        let file = TEAM
            .replace("minutes: 120", &format!("minutes: {minutes}"))
            .replace("escalate_percent: 150", &format!("escalate_percent: {escalate}\nwarn_percent: {warn}"));
        let (policy, account) = (parse(&file).unwrap(), nobody());
        let start = Timestamp::from_micros(at("2026-01-01T00:00:00Z").micros() + off);
        let clock = policy.clock(&facts(&grounds(), &account), owner, start);
        prop_assert!(start <= clock.warn_at && clock.warn_at <= clock.due);
        prop_assert!(Some(clock.due) <= clock.escalate_at);
        prop_assert!(start < clock.gives_up_at);
    }
}
