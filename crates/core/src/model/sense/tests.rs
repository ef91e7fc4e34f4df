use crate::model;

fn problems(file: &str) -> Vec<String> {
    assert!(model::parse(file).is_ok(), "it can be used all the same");
    let found = model::validate(file);
    assert!(found.iter().all(|problem| problem.severity == model::Severity::Warning));
    found.iter().map(|problem| format!("{}:{}", problem.line.unwrap_or(0), problem.path)).collect()
}

#[test]
fn a_signal_that_others_take_is_told() {
    let file = r#"name: x
signals:
  - {name: a, when: 'activity.type in ["x", "y"]', points: 1}
  - {name: b, when: 'activity.type == "x" && activity.source == "web"', points: 1}
  - {name: c, when: 'activity.type == "z" && activity.source == "web"', points: 1}
  - {name: d, when: 'activity.type == "z" && activity.source == "web"', points: 1}
  - {name: e, when: 'true', points: 1}
  - {name: f, when: 'activity.source == "crm"', points: 1}
"#;
    assert_eq!(problems(file), ["4:signals[1].when", "6:signals[3].when", "8:signals[5].when"]);
}

#[test]
fn types_are_read_off_however_a_rule_joins_them() {
    let file = r#"name: x
signals:
  - {name: a, when: 'activity.type == "a" || activity.type == "b"', points: 1}
  - {name: b, when: 'activity.type == "a"', points: 1}
  - {name: c, when: 'activity.type in ["a", "b"]', points: 1}
  - {name: d, when: 'activity.type == "c" || activity.type == "b"', points: 1}
  - {name: e, when: 'activity.type in ["b", "c"] && activity.source == "x"', points: 1}
  - {name: f, when: 'activity.type in []', points: 1}
"#;
    assert_eq!(
        problems(file),
        ["4:signals[1].when", "5:signals[2].when", "7:signals[4].when", "8:signals[5].when"]
    );
    let messages: Vec<String> = model::validate(file).into_iter().map(|p| p.message).collect();
    assert_eq!(
        messages[2..],
        [
            "no activity comes to this signal: `a` and `d` before it take them all",
            "no activity is this signal: its rule holds for no type",
        ]
    );
}

#[test]
fn a_bar_that_nobody_can_meet_is_told() {
    let file = r#"name: x
account_fit:
  people_percent: 30
  rules: [{name: a, when: 'account.employees > 1', points: 60}]
lead_fit: [{name: b, when: 'lead.title != ""', points: 50}]
tiers:
  - {tier: 1, fit: 58}
  - {tier: 2, fit: 57, engagement: 1, engaged_people: 1}
mqa: {fit: 57}
"#;
    assert_eq!(
        problems(file),
        ["7:tiers[0].fit", "8:tiers[1].engagement", "8:tiers[1].engaged_people"]
    );
}

#[test]
fn what_caps_and_days_keep_people_below_is_told() {
    // A cap of 10 where 40 points make 50: nobody is above 16.
    let file = r#"name: x
engagement: {engaged_floor: 20}
groups: {web: {cap: 10}}
signals: [{name: a, when: 'true', points: 8, group: web}]
tiers:
  - {tier: 1, engagement: 50, engaged_people: 1, roles: [champion]}
  - {tier: 2, engagement: 20}
mqa: {engagement: 17}
mql: {engagement: 50}
segments: [{name: s, when: 'account.employees > 9', mql: {engagement: 17}}]
"#;
    let people = [
        "2:engagement.engaged_floor",
        "6:tiers[0].engaged_people",
        "6:tiers[0].roles",
        "9:mql.engagement",
        "10:segments[0].mql.engagement",
    ];
    assert_eq!(problems(file), people, "any number of people sums up to anything");
    for (operator, most) in [("max", 16), ("mean", 16), ("top_k_mean", 16), ("champion", 16)] {
        let file = format!("{file}rollup: {{operator: {operator}}}\n");
        let found = model::validate(&file);
        let of = |path: &str| found.iter().find(|p| p.path == path).map(|p| p.message.as_str());
        let message = format!("asks for 17, and the signals give an account {most} at most");
        assert_eq!(of("mqa.engagement"), Some(message.as_str()), "{operator}");
        assert!(of("tiers[1].engagement").is_some(), "{operator}");
    }
    let weighty = format!("{file}rollup: {{operator: max, seniority_percent: {{vp: 200}}}}\n");
    assert!(!problems(&weighty).contains(&"8:mqa.engagement".to_owned()), "32 is possible");

    // One a day that fades within the day: no more than two at a time, and what is left of a third.
    let faded = "name: x
engagement: {engaged_floor: 30}
signals: [{name: a, when: 'true', points: 10, daily_cap: 1, half_life_days: 0.1}]
mql: {engagement: 29}
";
    assert_eq!(problems(faded), ["2:engagement.engaged_floor"]);
    assert_eq!(problems(&faded.replace("29", "30")).len(), 2);
}

#[test]
fn a_tier_that_a_better_one_takes_is_told() {
    let file = "name: x
signals: [{name: a, when: 'true', points: 1}]
tiers:
  - {tier: 1, engagement: 20}
  - {tier: 2, engagement: 30, engaged_people: 1}
";
    assert_eq!(problems(file), ["5:tiers[1]"]);
}

#[test]
fn a_pattern_that_never_occurs_is_told() {
    let file = r#"name: x
signals:
  - {name: a, when: 'activity.type == "a"', points: 1}
  - {name: b, when: 'activity.type == "b"', ignore: true}
patterns:
  - {name: c, all: [{of: [a, b], at_least: 2}], within_days: 1}
  - {name: d, all: [{of: [a]}, {of: [b]}], within_days: 1}
  - {name: e, all: [{of: [a], at_least: 301}], within_days: 1}
  - {name: f, all: [{of: [a], at_least: 300}], within_days: 1}
  - {name: g, visits: {from: 2}}
visits: {of: [b]}
"#;
    assert_eq!(
        problems(file),
        [
            "6:patterns[0].all[0].of",
            "7:patterns[1].all[1]",
            "7:patterns[1].all[1].of",
            "8:patterns[2].all[0].at_least",
            "10:patterns[4].visits",
            "11:visits.of",
        ]
    );
}

#[test]
fn a_segment_that_another_takes_and_bars_of_its_own_are_told() {
    let file = r#"name: x
signals: [{name: a, when: 'true', points: 1}]
lead_fit: [{name: b, when: 'lead.title != ""', points: 50}]
account_fit: {rules: [{name: a, when: 'account.employees > 1', points: 60}]}
mql: {fit: 51, engagement: 10}
tiers: [{tier: 1, fit: 90}]
segments:
  - {name: big, when: 'account.employees > 9', mql: {fit: 50}}
  - {name: large, when: 'account.employees > 9', tiers: [{tier: 1, engagement: 5}, {tier: 2, engagement: 5}]}
  - {name: rest, when: 'true', mqa: {fit: 90}}
  - {name: none, when: 'account.employees < 2'}
"#;
    assert_eq!(
        problems(file),
        [
            "5:mql.fit",
            "6:tiers[0].fit",
            "9:segments[1].when",
            "9:segments[1].tiers[1]",
            "10:segments[2].mqa.fit",
            "11:segments[3].when",
        ]
    );
}

/// The warnings of a file with errors.
fn warnings(file: &str) -> Vec<String> {
    assert!(model::parse(file).is_err(), "it cannot be used");
    let found = model::validate(file).into_iter();
    let warnings = found.filter(|problem| problem.severity == model::Severity::Warning);
    warnings.map(|problem| problem.path).collect()
}

const SENSELESS: &str = r#"name: x
groups: {web: {cap: 10}}
signals:
  - {name: a, when: 'activity.type == "x"', points: 1, group: web}
  - {name: b, when: 'activity.type == "x"', points: 1, group: web}
patterns: [{name: p, all: [{of: [a], at_least: 900}], within_days: 1}]
tiers: [{tier: 1, fit: 50}, {tier: 2, engagement: 50, engaged_people: 1}]
mql: {fit: 9, engagement: 50}
segments: [{name: s, when: 'true'}, {name: t, when: 'true'}]
"#;

#[test]
fn errors_hide_nothing_that_does_not_hang_on_them() {
    let with = |more: &str| warnings(&format!("{SENSELESS}{more}"));
    let all = [
        "engagement",
        "signals[1].when",
        "patterns[0].all[0].at_least",
        "tiers[0].fit",
        "tiers[1].engaged_people",
        "mql.fit",
        "mql.engagement",
        "segments[1].when",
    ];
    assert_eq!(with("colour: red\n"), all);
    assert_eq!(with("grades: {fit: {a: 1, b: 2, c: 3}}\n"), all);
    assert_eq!(with("lead_exclusions: [{name: y, when: 'lead.titel == \"\"'}]\n"), all);
    // A signal that cannot be used is there all the same, and may give what its points say.
    let mut rest = all.to_vec();
    rest.retain(|path| !path.starts_with("signals"));
    let unusable = SENSELESS.replace("'activity.type == \"x\"'", "'activity.typ == 1'");
    assert_eq!(warnings(&unusable), rest);
    let strong = unusable.replace("points: 1, group: web}\npatterns", "points: 90}\npatterns");
    assert!(!warnings(&strong).iter().any(|path| path.contains("engage")));
}

#[test]
fn what_an_error_may_be_the_reason_of_is_not_told() {
    let none = |file: &str, places: &[&str]| {
        let found = warnings(file);
        let told = |path: &String| places.iter().any(|place| path.starts_with(place));
        assert!(!found.iter().any(told), "{found:?}\n{file}");
    };
    let points = ["engagement", "tiers[1].engage", "mql.engagement"];
    let with = |from: &str, to: &str| {
        let file = SENSELESS.replace(from, to);
        assert_ne!(file, SENSELESS, "{from}");
        file
    };
    none(&with("cap: 10", "cap: -10"), &points);
    none(&with("cap: 10", "cpa: 10"), &points);
    none(&with("points: 1,", "points: many,"), &points);
    none(&with("points: 1,", "pionts: 1,"), &points);
    none(&with("groups:", "goups:"), &points);
    none(&format!("{SENSELESS}engagement: {{half_points: 0}}\n"), &points);
    none(&format!("{SENSELESS}signal: [{{name: c, when: 'true', points: 90}}]\n"), &points);
    none(&format!("{SENSELESS}signals: []\n"), &points);
    let fit = ["tiers[0].fit", "mql.fit"];
    none(&format!("{SENSELESS}lead_fit: [{{name: c, when: 'true', points: 1000}}]\n"), &fit);
    none(&format!("{SENSELESS}lead_fit: [{{name: c, when: 'true'}}]\n"), &fit);
    none(&format!("{SENSELESS}lead_fits: [{{name: c, when: 'true'}}]\n"), &fit);
    none(&format!("{SENSELESS}account_fit: {{people: 9}}\n"), &fit[..1]);
    none(&with("fit: 9, engagement: 50", "fit: 900, engagement: 50"), &["mql.fit"]);
    none(&with("at_least: 900", "at_least: -1"), &["patterns"]);
    none(&with("of: [a]", "of: [c]"), &["patterns"]);
    none(&with("tier: 1, fit: 50", "tier: 9, fit: 50"), &["tiers"]);
    none(&with("{name: t, when: 'true'}", "{name: t, when: '1'}"), &["segments"]);
}
