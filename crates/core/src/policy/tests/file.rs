use proptest::prelude::*;

use super::super::file::{PolicyFile, any_file};
use super::*;
use crate::problem::Severity;

proptest! {
    /// Nothing is lost, and what is canonical is written as it is.
    #[test]
    fn what_is_written_is_read_as_it_was(file in any_file()) {
        let written = write(&file);
        let read = read_file(&written);
        prop_assert_eq!(read.as_ref(), Ok(&file), "{}", &written);
        prop_assert_eq!(read.map(|read| write(&read)), Ok(written));
    }
}

#[test]
fn the_default_policy_is_valid_and_what_a_file_leaves_out_is_as_in_it() {
    assert_eq!(validate(DEFAULT_FILE), []);
    let shipped = read_file(DEFAULT_FILE).unwrap();
    assert_eq!(read_file("name: default").unwrap(), shipped);
    assert_eq!(validate("name: default"), []);
    let policy = parse(DEFAULT_FILE).unwrap();
    assert_eq!(policy.default_queue, "inbox");
    assert_eq!(policy.default_calendar.name(), "always");
    for kind in RejectionKind::ALL {
        assert!(policy.reasons.iter().filter(|reason| reason.kind == *kind).count() >= 3);
    }
    assert_eq!(policy.reason("no_budget").unwrap().nurture_days, Some(180));
    assert_eq!(policy.reason("no_need_yet").unwrap().nurture_days, Some(90));
    assert_eq!(policy.reason("competitor").unwrap().nurture_days, None);
    // A default that is written down stays when the shipped one changes.
    for field in ["default_queue: inbox", "sla:", "reasons:"] {
        assert!(write(&shipped).contains(field), "{field}");
    }
}

#[test]
fn a_canonical_file_is_readable() {
    let file = r#"{sla: [{minutes: 60, name: all, calendar: owner}], name: small, warn_percent: 75,
        reasons: [], escalate_to: {queue: managers}, default_queue: inbox,
        routes: [{to: account_owner, name: named}, {name: large, to: {team: emea},
        when: 'account.employees >= 1000'}],
        owners: [{id: ann, team: emea, absent: [{until: 2026-08-14, from: 2026-08-01}]}],
        calendars: [{name: office, hours: {fri: ["09:00-12:00", "13:00-17:00"]},
        time_zone: Europe/Berlin, holidays: [2026-12-25]}]}"#;
    let expected = r#"name: small
default_queue: inbox
calendars:
  - name: office
    time_zone: Europe/Berlin
    hours:
      fri: [09:00-12:00, 13:00-17:00]
    holidays: ["2026-12-25"]
owners:
  - id: ann
    team: emea
    absent:
      - from: "2026-08-01"
        until: "2026-08-14"
routes:
  - name: named
    to: account_owner
  - name: large
    when: account.employees >= 1000
    to:
      team: emea
sla:
  - name: all
    minutes: 60
escalate_to:
  queue: managers
reasons: []
"#;
    assert_eq!(write(&read_file(file).unwrap()), expected);
    assert!(parse(expected).is_ok());
}

#[test]
fn no_problem_hides_another_and_each_has_its_place() {
    let file = r#"name: broken
default_queue: ""
give_up_days: 366
colour: red
calendars:
  - {name: office, time_zone: Europe/Berlni, hours: {mon: ["09:00-17:00"]}}
  - {name: office, time_zone: UTC, hours: {tue: ["09:00-12:00", "11:00-13:00"]}}
  - {name: owner, time_zone: UTC}
  - {name: c, time_zone: UTC, hours: {wed: ["9-5"]}, holidays: [2026-02-30]}
  - {name: d, time_zone: UTC}
default_calendar: offcie
owners:
  - {id: ann, team: emea, calendar: nights, capacity: 0, absent: [{from: 2026-08-14, until: 2026-08-01}]}
  - {id: ann}
routes:
  - {name: a, when: account.employes > 1, to: {team: apac}}
  - {name: a, to: {owner: bob}}
  - {name: b, to: {queue: ""}}
  - {name: c, to: everybody}
  - {name: d, to: {tema: emea}}
  - {name: e, to: {team: emea, owner: ann}}
sla:
  - {name: some, when: handoff.hand_raiser == "yes", minutes: 0, calendar: nights}
warn_percent: 100
escalate_to: account_owner
escalate_percent: 99
reasons:
  - {name: no, kind: permanent, nurture_days: 30}
  - {name: later, kind: temporary, nurture_days: 2000}
  - {name: no, kind: sometimes}
qualification: {required: [need, need, luck]}
"#;
    let found = parse(file).expect_err("the policy is broken");
    let paths: Vec<_> = found.iter().map(|problem| problem.path.as_str()).collect();
    for path in [
        "default_queue",
        "give_up_days",
        "colour",
        "calendars[0].time_zone",
        "calendars[1].name",
        "calendars[1].hours.tue",
        "calendars[2].name",
        "calendars[3].hours.wed[0]",
        "calendars[3].holidays[0]",
        "calendars[4].hours",
        "default_calendar",
        "owners[0].calendar",
        "owners[0].capacity",
        "owners[0].absent[0].until",
        "owners[1].id",
        "routes[0].when",
        "routes[0].to.team",
        "routes[1].name",
        "routes[1].to.owner",
        "routes[2].to.queue",
        "routes[3].to",
        "routes[4].to.tema",
        "routes[5].to",
        "sla[0].when",
        "sla[0].minutes",
        "sla[0].calendar",
        "sla",
        "warn_percent",
        "escalate_to",
        "escalate_percent",
        "reasons[0].nurture_days",
        "reasons[1].nurture_days",
        "reasons[2].kind",
        "qualification.required[1]",
        "qualification.required[2]",
    ] {
        assert!(paths.contains(&path), "{path} is missing in {paths:#?}");
    }
    assert!(found.iter().all(|problem| problem.line.is_some() && problem.column.is_some()));
    let of = |path: &str| found.iter().find(|problem| problem.path == path).unwrap();
    let when = of("routes[0].when");
    assert_eq!((when.line, when.column), (Some(16), Some(28)), "{when}");
    assert_eq!(of("owners[0].absent[0].until").line, Some(13));
    assert!(of("qualification.required[2]").message.contains("`timing`"));
    assert!(found.is_sorted_by_key(|problem| (problem.line, problem.column)));
}

#[test]
fn what_can_never_apply_is_a_warning() {
    let file = r#"
name: x
owners: [{id: ann, team: emea}]
routes:
  - {name: team, to: {team: emea}}
  - {name: same team, when: handoff.fit > 50, to: {team: emea}}
  - {name: large, when: account.employees > 9, to: {queue: large}}
  - {name: large again, when: ' account.employees > 9', to: {owner: ann}}
  - {name: rest, when: 'true', to: {queue: inbox}}
  - {name: never, when: handoff.hand_raiser, to: {owner: ann}}
sla:
  - {name: soon, when: handoff.hand_raiser, minutes: 5}
  - {name: soon again, when: handoff.hand_raiser, minutes: 6}
  - {name: all, minutes: 60}
  - {name: never, when: handoff.fit > 9, minutes: 9}
reasons: []
"#;
    assert!(parse(file).is_ok());
    let found = validate(file);
    let paths: Vec<_> = found.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["routes[1]", "routes[3]", "routes[5]", "sla[1]", "sla[3]", "reasons"]);
    assert!(found.iter().all(|problem| problem.severity == Severity::Warning));
}

#[test]
fn what_is_no_policy_file_is_refused_where_it_goes_wrong() {
    for (file, line) in
        [("", 1), ("- a list", 1), ("name: x\nsla: [", 2), ("name: a\n---\nname: b", 3)]
    {
        let found = parse(file).expect_err(file);
        assert_eq!(
            found.iter().map(|problem| problem.line).collect::<Vec<_>>(),
            [Some(line)],
            "{file}"
        );
    }
    let route = "{name: a, when: 'broken (', to: account_owner}";
    let file = format!("name: x\nroutes: [{}]", vec![route; 500].join(", "));
    assert_eq!(parse(&file).expect_err("too many").len(), 1);
}

#[test]
fn rules_see_the_handoff_its_person_and_its_account() {
    let holds = |when: &str| {
        let file = format!("name: x\nroutes: [{{name: a, when: '{when}', to: {{queue: q}}}}]");
        let policy = parse(&file).unwrap_or_else(|found| panic!("{when}: {found:?}"));
        let tier = crate::tier::Tier::from_number(2);
        let label = crate::grade::Label { fit: 'B', engagement: 1 };
        let grounds = Grounds { hand_raiser: true, tier, label: Some(label), ..grounds() };
        let account = crate::AccountProfile { employees: Some(20), ..Default::default() };
        let account = AccountFacts::new(&account);
        let facts = facts(&grounds, &account);
        policy.route(&facts, None, &Load::default(), at("2026-01-01T00:00:00Z")).route.is_some()
    };
    for when in [
        "handoff.hand_raiser && handoff.cause == \"scores\"",
        "handoff.engagement + handoff.fit == 130",
        "handoff.tier == 2 && handoff.label == \"B1\"",
        "account.employees == 20",
        "!has(lead.country) && lead.attributes.size() == 0",
    ] {
        assert!(holds(when), "{when}");
    }
    assert!(!holds("lead.country == \"Chile\""));
    assert!(!holds("!(lead.country == \"Chile\")"), "what is unknown does not hold");
    for (when, expected) in [
        ("handoff.origin == 1", "is not a field of handoff"),
        ("handoff.hand_raiser == 1", "a truth value, with a number"),
        ("activity.type == \"a\"", "only handoff and lead and account"),
    ] {
        let file = format!("name: x\nroutes: [{{name: a, when: '{when}', to: account_owner}}]");
        let found = parse(&file).unwrap_err();
        assert!(found[0].message.contains(expected), "{when}: {found:?}");
    }
}

#[test]
fn a_file_is_the_same_as_json() {
    let file: PolicyFile = read_file(DEFAULT_FILE).unwrap();
    let json = serde_json::to_string(&file).unwrap();
    assert_eq!(serde_json::from_str::<PolicyFile>(&json).unwrap(), file);
}
