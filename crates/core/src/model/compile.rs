//! From a file that was read to a compiled model, with all that is wrong with its figures and
//! rules.

mod bars;
mod signals;
mod titles;

use std::collections::{BTreeMap, HashSet};

use super::file::{AccountFitFile, ExclusionFile, FitRuleFile, GroupFile, ModelFile};
use super::signals::days;
use super::{AccountFit, Exclusion, FitRule, Group, Model, SignalRules};
use crate::grade::GradeBars;
use crate::ledger::DAY_ENTRIES;
use crate::pattern::PatternRules;
use crate::problem::Problems;
use crate::rollup::Rollup;
use crate::rule::Scope;

/// Most rules (signals, patterns, and rules of titles, fit, exclusion and segments) of one model.
pub const RULES: usize = 500;
/// Longest time that a model may speak of, in days: a hundred years.
const DAYS: f64 = 36_500.0;
/// Most points that a cap or a curve may speak of: what a hundred thousand of the strongest
/// activities give.
const SUM: f64 = 1e9;

/// Compiles a model and notes what is wrong with it.
#[derive(Default)]
pub(super) struct Checker {
    pub(super) found: Problems,
}

impl Checker {
    fn problem(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.found.add(path, message);
    }

    /// A whole number from 0 to 100; anything else is a problem and counts as 0.
    fn percent(&mut self, path: &str, value: i64) -> u8 {
        u8::try_from(value).ok().filter(|&value| value <= 100).unwrap_or_else(|| {
            self.problem(path, format!("is {value}, must be from 0 to 100"));
            0
        })
    }

    fn positive(&mut self, path: &str, value: f64, most: f64) -> f64 {
        if !(value > 0.0 && value <= most) {
            self.problem(path, format!("is {value}, must be greater than 0 and at most {most}"));
            return 1.0;
        }
        value
    }

    fn daily_cap(&mut self, path: &str, value: usize) -> usize {
        if !(1..=DAY_ENTRIES).contains(&value) {
            self.problem(path, format!("is {value}, must be from 1 to {DAY_ENTRIES}"));
        }
        value
    }

    fn name<'a>(&mut self, path: &str, name: &'a str, seen: &mut HashSet<&'a str>) {
        self.found.name(path, name, seen);
    }

    pub(super) fn rules(&mut self, file: &ModelFile) {
        let rules = file.signals.len()
            + file.patterns.len()
            + file.titles.rules.len()
            + file.lead_fit.len()
            + file.account_fit.rules.len()
            + file.exclusions.len()
            + file.lead_exclusions.len()
            + file.segments.len();
        if rules > RULES {
            self.problem("", format!("has {rules} rules, at most {RULES} are allowed"));
        }
        let groups = file.groups.len();
        if groups > RULES {
            self.problem("groups", format!("has {groups} entries, at most {RULES} are allowed"));
        }
    }

    /// The model, as far as it can be made: of one with problems whatever could not be used is
    /// left out or something else stands in for it.
    pub(super) fn model(&mut self, file: ModelFile) -> Model {
        self.name("name", &file.name, &mut HashSet::new());
        let engagement = &file.engagement;
        let half_points = self.positive("engagement.half_points", engagement.half_points, SUM);
        let look_back = self.positive("engagement.look_back_days", engagement.look_back_days, DAYS);
        self.positive("engagement.half_life_days", engagement.half_life_days, DAYS);
        self.daily_cap("engagement.daily_cap", engagement.daily_cap);
        let engaged_floor = self.percent("engagement.engaged_floor", engagement.engaged_floor);
        let groups = self.groups(&file.groups);
        // Signals and patterns are named alike in explanations.
        let mut names = HashSet::new();
        let signals = self.signals(&file, &groups, &mut names);
        let patterns = self.patterns(&file, &groups, &mut names);
        let visits = self.visits(&file);
        let tiers = self.tiers(&file);
        Model {
            name: file.name.clone(),
            patterns: PatternRules::new(patterns, visits, signals.len()),
            signals: SignalRules::new(signals, groups),
            half_points,
            look_back_secs: days(look_back) as i64,
            engaged_floor,
            titles: self.titles(&file.titles),
            lead_fit: self.fit_rules("lead_fit", &file.lead_fit, Scope::Lead),
            account_fit: self.account_fit(&file.account_fit),
            exclusions: self.exclusions("exclusions", &file.exclusions, Scope::Account),
            lead_exclusions: self.exclusions("lead_exclusions", &file.lead_exclusions, Scope::Lead),
            rollup: self.rollup(&file),
            grades: self.grades(&file),
            segments: self.segments(&file.segments, &tiers),
            tiers,
            phases: self.phases(&file.phases),
            capacity: self.capacity(&file.capacity),
        }
    }

    fn groups(&mut self, groups: &BTreeMap<String, GroupFile>) -> Vec<Group> {
        let (mut compiled, mut names) = (Vec::new(), HashSet::new());
        for (name, group) in groups {
            self.name(&format!("groups.{name}"), name, &mut names);
            let cap = self.positive(&format!("groups.{name}.cap"), group.cap, SUM);
            compiled.push(Group { name: name.clone(), cap });
        }
        compiled
    }

    fn fit_rules(&mut self, list: &str, files: &[FitRuleFile], scope: Scope) -> Vec<FitRule> {
        let (mut rules, mut names) = (Vec::new(), HashSet::new());
        for (position, rule) in files.iter().enumerate() {
            let path = |field: &str| format!("{list}[{position}].{field}");
            self.name(&path("name"), &rule.name, &mut names);
            if !(-100..=100).contains(&rule.points) {
                self.problem(path("points"), "must be from -100 to 100");
            }
            let when = self.found.rule_or_unusable(&path("when"), &rule.when, scope);
            rules.push(FitRule { name: rule.name.clone(), when, points: rule.points });
        }
        rules
    }

    fn account_fit(&mut self, file: &AccountFitFile) -> AccountFit {
        if file.top_people == 0 {
            self.problem("account_fit.top_people", "must be at least 1");
        }
        AccountFit {
            rules: self.fit_rules("account_fit.rules", &file.rules, Scope::Account),
            people_percent: self.percent("account_fit.people_percent", file.people_percent),
            top_people: file.top_people,
            roles_percent: self.percent("account_fit.roles_percent", file.roles_percent),
            required_roles: file.required_roles.clone(),
        }
    }

    fn exclusions(&mut self, list: &str, files: &[ExclusionFile], scope: Scope) -> Vec<Exclusion> {
        let (mut rules, mut names) = (Vec::new(), HashSet::new());
        for (position, rule) in files.iter().enumerate() {
            let path = |field: &str| format!("{list}[{position}].{field}");
            self.name(&path("name"), &rule.name, &mut names);
            let when = self.found.rule_or_unusable(&path("when"), &rule.when, scope);
            rules.push(Exclusion { name: rule.name.clone(), when });
        }
        rules
    }

    fn rollup(&mut self, file: &ModelFile) -> Rollup {
        let rollup = &file.rollup;
        if rollup.top == 0 {
            self.problem("rollup.top", "must be at least 1");
        }
        let weights = rollup.seniority_percent.values().chain(rollup.buying_role_percent.values());
        if weights.chain([&rollup.unknown_visitor_percent]).any(|&weight| weight > 1_000) {
            self.problem("rollup", "a weight is at most 1000 percent");
        }
        Rollup {
            operator: rollup.operator,
            half_points: self.positive("rollup.half_points", rollup.half_points, SUM),
            top: rollup.top,
            seniority_percent: rollup.seniority_percent.clone(),
            buying_role_percent: rollup.buying_role_percent.clone(),
            unknown_visitor_percent: rollup.unknown_visitor_percent,
        }
    }

    fn grades(&mut self, file: &ModelFile) -> GradeBars {
        let grades = &file.grades;
        let bars = GradeBars {
            fit: [
                self.percent("grades.fit.a", grades.fit.a),
                self.percent("grades.fit.b", grades.fit.b),
                self.percent("grades.fit.c", grades.fit.c),
            ],
            engagement: [
                self.percent("grades.engagement.high", grades.engagement.high),
                self.percent("grades.engagement.medium", grades.engagement.medium),
            ],
        };
        if !bars.fit.is_sorted_by(|better, worse| better > worse) {
            self.problem("grades.fit", "must fall from a over b to c");
        }
        if !bars.engagement.is_sorted_by(|better, worse| better > worse) {
            self.problem("grades.engagement", "must fall from high to medium");
        }
        bars
    }
}
