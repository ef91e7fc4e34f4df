//! The scoring model: what activities mean, who fits, and when an account has priority.
//!
//! A model is written as a YAML file ([`mod@file`]), checked and compiled into a [`Model`]. A
//! published model never changes; a change is a new version.

mod alike;
mod compile;
pub mod diff;
pub mod file;
mod parse;
mod rewrite;
mod sense;
mod signals;
mod worth;
mod write;

use sha2::{Digest, Sha256};

use crate::grade::GradeBars;
use crate::pattern::PatternRules;
use crate::phase::PhaseBar;
use crate::rollup::Rollup;
use crate::rule::Rule;
use crate::tier::Tiers;
use crate::title::TitleRules;

pub use crate::problem::{Problem, Severity};
pub use compile::RULES;
pub use parse::{parse, read_file, validate};
pub use rewrite::{SignalPoints, with_lead_fit, with_points};
pub use signals::{Group, Match, Signal, SignalRules};
pub use worth::Worth;
pub use write::write;

/// The model that a new workspace starts with, as its commented file.
pub const DEFAULT_FILE: &str = include_str!("model/default.yaml");

/// A checked, compiled scoring model.
#[derive(Debug)]
pub struct Model {
    /// Its name, for people.
    pub name: String,
    /// What activities mean.
    pub signals: SignalRules,
    /// What several activities together mean, and what a visit is.
    pub patterns: PatternRules,
    /// Raw points at which a person's engagement is 50.
    pub half_points: f64,
    /// Entries older than this count nothing, in seconds.
    pub look_back_secs: i64,
    /// Engagement from which a person counts as engaged.
    pub engaged_floor: u8,
    /// What titles tell.
    pub titles: TitleRules,
    /// How well a person suits us.
    pub lead_fit: Vec<FitRule>,
    /// How well a company suits us.
    pub account_fit: AccountFit,
    /// Rules that take an account out of the running, by their reason.
    pub exclusions: Vec<Exclusion>,
    /// Rules that keep people out of their account's scores, by their reason.
    pub lead_exclusions: Vec<Exclusion>,
    /// How the engagement of people becomes that of their account.
    pub rollup: Rollup,
    /// The letters and digits of labels.
    pub grades: GradeBars,
    /// Tiers, hold, and the bars of marketing qualified accounts and leads.
    pub tiers: Tiers,
    /// Accounts that have other bars; the first whose rule holds is an account's.
    pub segments: Vec<Segment>,
    /// What it takes to be in a phase of a purchase.
    pub phases: PhaseBar,
    /// What the team can work; no score depends on it.
    pub capacity: Capacity,
}

/// Accounts with bars of their own.
#[derive(Debug)]
pub struct Segment {
    /// Its name, for people; unique.
    pub name: String,
    /// Which accounts belong to it.
    pub when: Rule,
    /// Their bars: where it has none of its own, those of all accounts.
    pub tiers: Tiers,
}

/// What the team can work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// Priority accounts at a time; `None` when nothing is said.
    pub priority_accounts: Option<u32>,
    /// New leads in a week; `None` when nothing is said.
    pub leads_per_week: Option<u32>,
}

/// A rule that gives or takes points of fit.
#[derive(Debug)]
pub struct FitRule {
    /// Its name, for people.
    pub name: String,
    /// When it applies.
    pub when: Rule,
    /// What it gives, -100 to 100.
    pub points: i32,
}

/// How an account's fit comes about.
#[derive(Debug)]
pub struct AccountFit {
    /// Firmographic rules: the ideal customer profile.
    pub rules: Vec<FitRule>,
    /// The share of people fit in the whole, 0 to 100 percent; the rest is the rules'.
    pub people_percent: u8,
    /// People fit is the mean fit of this many best-fitting people.
    pub top_people: usize,
    /// The share of role coverage in people fit, 0 to 100 percent.
    pub roles_percent: u8,
    /// Buying roles that should be known at an account.
    pub required_roles: Vec<crate::BuyingRole>,
}

/// A rule that excludes an account from priority, or a person from their account's scores.
#[derive(Debug)]
pub struct Exclusion {
    /// Its name, shown as the reason.
    pub name: String,
    /// When it applies.
    pub when: Rule,
}

impl Model {
    /// The name and worth of a position of a reading: of a signal or, after all signals, of a
    /// pattern.
    #[must_use]
    pub fn worth(&self, position: u16) -> Option<(&str, &Worth)> {
        let position = usize::from(position);
        if let Some(signal) = self.signals.all().get(position) {
            return Some((&signal.name, &signal.worth));
        }
        let pattern = self.patterns.all().get(position - self.signals.all().len())?;
        Some((&pattern.name, &pattern.worth))
    }

    /// The bars of the accounts of a segment; those of all accounts for an account without one.
    #[must_use]
    pub fn tiers_of(&self, segment: Option<&str>) -> &Tiers {
        let of = |name: &str| self.segments.iter().find(|segment| segment.name == name);
        segment.and_then(of).map_or(&self.tiers, |segment| &segment.tiers)
    }

    /// Whether a person of this engagement counts as engaged; nobody without any does.
    #[must_use]
    pub fn is_engaged(&self, engagement: u8) -> bool {
        engagement >= self.engaged_floor.max(1)
    }

    /// Tells whether ledgers made under two models mean the same: a hash over the name,
    /// expression and treatment of every signal, in order.
    #[must_use]
    pub fn matching_fingerprint(&self) -> i64 {
        let mut hasher = Sha256::new();
        for signal in self.signals.all() {
            for part in [signal.name.as_str(), signal.when.source()] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part.as_bytes());
            }
            hasher.update([u8::from(signal.ignore)]);
        }
        hasher.finalize().iter().take(8).fold(0, |hash, &byte| (hash << 8) | i64::from(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_model_is_valid() {
        let model = parse(DEFAULT_FILE).expect("the default model has no problem");
        assert_eq!(model.half_points, 40.0);
        assert!(model.signals.all().len() > 10);
    }

    #[test]
    fn points_do_not_change_what_ledgers_mean_but_rules_do() {
        let fingerprint = |file: &str| parse(file).expect("valid").matching_fingerprint();
        let points = DEFAULT_FILE.replace("points: 40", "points: 41");
        let rule = DEFAULT_FILE.replace("\"demo_request\"", "\"demo_wish\"");
        assert_ne!(points, DEFAULT_FILE);
        assert_ne!(rule, DEFAULT_FILE);
        assert_eq!(fingerprint(DEFAULT_FILE), fingerprint(&points));
        assert_ne!(fingerprint(DEFAULT_FILE), fingerprint(&rule));
    }

    #[test]
    fn a_file_of_too_many_rules_is_refused_before_they_cost_anything() {
        let rule = "{name: a, when: 'broken ('}";
        let file = format!("name: x\nsignals: [{}]", vec![rule; 501].join(", "));
        let found = parse(&file).expect_err("too many");
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn patterns_beyond_the_budget_of_a_file_are_not_compiled() {
        let patterns = |count| vec!["activity.source.matches(\"[ab]{900}\")"; count].join(" || ");
        let signal = |n, count| format!("  - {{name: s{n}, when: '{}'}}\n", patterns(count));
        let file = |rules: std::ops::Range<usize>| {
            let signals: Vec<String> = rules.map(|n| signal(n, 40)).collect();
            format!("name: x\nsignals:\n{}", signals.concat())
        };
        let found = parse(&file(0..500)).expect_err("20,000 patterns");
        let places: Vec<_> = found.iter().map(|p| (p.path.as_str(), p.line, p.column)).collect();
        assert_eq!(found.len(), 475, "the first 25 rules are within it");
        assert_eq!(places[0], ("signals[25].when", Some(28), Some(47)));
        assert!(found[0].message.contains("is too costly"), "{}", found[0]);
        let titles = "titles: {rules: [{name: a, matches: 'x', seniority: vp, confidence: 90}]}\n";
        assert!(parse(&file(0..25)).is_ok());
        let found = parse(&(file(0..25) + titles)).expect_err("one more in a title");
        assert_eq!(found[0].path, "titles.rules[0].matches");
    }

    #[test]
    fn every_problem_is_reported_with_its_path() {
        let file = "
name: broken
signals:
  - {name: a, when: 'activity.typ == \"x\"', points: 1}
  - {name: a, when: 'activity.type == \"x\"', points: 20000, daily_cap: 101, group: none}
engagement: {half_points: 0, engaged_floor: 200}
account_fit: {rules: [{name: size, when: 'account.employees > \"1\"', points: 5}]}
tiers: [{tier: 1, fit: 101}]
";
        let found = parse(file).expect_err("the model is broken");
        let paths: Vec<_> = found.iter().map(|problem| problem.path.as_str()).collect();
        for path in [
            "signals[0].when",
            "signals[1].name",
            "signals[1].points",
            "signals[1].daily_cap",
            "signals[1].group",
            "engagement.half_points",
            "engagement.engaged_floor",
            "account_fit.rules[0].when",
            "tiers[0].fit",
        ] {
            assert!(paths.contains(&path), "{path} is missing in {paths:?}");
        }
        for (file, path) in [
            ("engagement: {half_life_days: .inf}", "engagement.half_life_days"),
            ("engagement: {half_life_days: 1.0e+6}", "engagement.half_life_days"),
            ("engagement: {look_back_days: .nan}", "engagement.look_back_days"),
            ("engagement: {daily_cap: 0}", "engagement.daily_cap"),
            ("groups: {g: {cap: 1.0e+10}}", "groups.g.cap"),
            ("groups: {'': {cap: 1}}", "groups"),
            ("hold_days: .nan", "hold_days"),
            ("signals: [{name: a, when: 'true', points: .nan}]", "signals[0].points"),
        ] {
            let found = parse(&format!("name: x\n{file}")).expect_err(file);
            assert_eq!(found.first().map(|problem| problem.path.as_str()), Some(path), "{file}");
        }
    }

    #[test]
    fn no_problem_hides_another_and_each_has_its_place() {
        let file = r#"
nmae: typo
signals:
  - {name: a, when: 'activity.typ == "x"', points: many}
  - name: b
    points: 1
  - name: c
    when: activity.type == "c" && activity.kind == 1
    points: 20000
    points: 2
    colour: red
engagement:
  daily_cap: -3
  half_points: [1]
tiers:
  - {tier: 1, roles: [champion, boss]}
  - {tier: 5}
"#;
        let found = parse(file).expect_err("the model is broken");
        let found: Vec<_> = found
            .iter()
            .map(|p| (p.line.unwrap_or(0), p.column.unwrap_or(0), p.path.as_str()))
            .collect();
        let expected = [
            (2, 1, ""),
            (2, 1, "nmae"),
            (4, 30, "signals[0].when"),
            (4, 52, "signals[0].points"),
            (5, 5, "signals[1]"),
            (8, 43, "signals[2].when"),
            (9, 13, "signals[2].points"),
            (10, 5, ""),
            (11, 5, "signals[2].colour"),
            (13, 14, "engagement.daily_cap"),
            (14, 3, "engagement.half_points"),
            (16, 33, "tiers[0].roles[1]"),
            (17, 12, "tiers[1].tier"),
        ];
        for one in expected {
            assert!(found.contains(&one), "{one:?} is missing in {found:#?}");
        }
        assert_eq!(found.len(), expected.len(), "{found:#?}");
    }

    #[test]
    fn what_is_missing_or_does_not_fit_hides_nothing_of_its_rule_and_is_told_once() {
        let told = |rules: &str| {
            let found = parse(&format!("name: x\n{rules}")).expect_err(rules);
            let told = found.iter().map(|found| format!("{}: {}", found.path, found.message));
            told.collect::<Vec<_>>()
        };
        // A required field of another kind is not called missing, and the rule is looked at.
        let found = told(
            "lead_fit:\n  - {name: f, when: 'lead.title.matches(\"(\")', points: 1.5}\n  \
             - {name: f, when: 'true', points: 3}",
        );
        assert_eq!(found.len(), 3, "{found:#?}");
        assert!(found[0].starts_with("lead_fit[0].when: "), "{found:#?}");
        assert!(found[1].starts_with("lead_fit[0].points: is "), "{found:#?}");
        assert_eq!(found[2], "lead_fit[1].name: `f` is there twice");
        // Nor does a missing name or rule hide the rest.
        let found = told(
            "signals:\n  - {when: 'true', points: 20000, colour: red}\n  - {name: a, points: .nan}\n  \
             - {name: [b], when: {}, points: 1, daily_cap: 101}",
        );
        let paths: Vec<_> = found.iter().filter_map(|told| told.split(": ").next()).collect();
        let expected = [
            "signals[0]",
            "signals[0].points",
            "signals[0].colour",
            "signals[1]",
            "signals[1].points",
            "signals[2].name",
            "signals[2].when",
            "signals[2].daily_cap",
        ];
        for path in expected {
            assert!(paths.contains(&path), "{path} is not in {found:#?}");
        }
        assert_eq!(paths.len(), expected.len(), "{found:#?}");
        // Lists and maps can be what is missing; what nothing can stand in for goes as a whole.
        let found =
            told("patterns:\n  - {name: p, within_days: 3, points: 20000}\ntiers: [{fit: 101}]");
        assert!(found.iter().any(|told| told.starts_with("patterns[0].points: ")), "{found:#?}");
        assert!(found.iter().any(|told| told == "tiers[0]: `tier` is missing"), "{found:#?}");
    }

    #[test]
    fn what_is_no_model_file_is_refused_where_it_goes_wrong() {
        for (file, line) in [
            ("", 1),
            ("- a list", 1),
            ("name: a\n---\nname: b", 3),
            ("name: x\ngroups: &a {g: {cap: 1}}\nlead_fit: *a", 3),
            ("name: x\nsignals: [", 2),
            ("name: x\n? [a]\n: b", 2),
        ] {
            let found = parse(file).expect_err(file);
            assert_eq!(
                found.iter().map(|problem| problem.line).collect::<Vec<_>>(),
                [Some(line)],
                "{file}"
            );
        }
        let deep = format!("name: {}x{}", "[".repeat(5_000), "]".repeat(5_000));
        assert_eq!(parse(&deep).expect_err("too deep").len(), 1);
    }
}
