//! From a model file to a model, or to everything that is wrong with it.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use super::file::{AccountFitFile, FitRuleFile, GroupFile, ModelFile, SignalFile, TierFile};
use super::signals::days;
use super::yaml::{self, Malformed, Node};
use super::{
    AccountFit, Exclusion, FitRule, Group, Model, Signal, SignalRules, compile_rule, sense,
};
use crate::grade::GradeBars;
use crate::ledger::DAY_ENTRIES;
use crate::rollup::Rollup;
use crate::rule::Scope;
use crate::tier::{Bar, Tier, TierBar, Tiers};
use crate::{DAY, limits};

/// Most rules (signals, fit rules, exclusions) of one model.
const RULES: usize = 500;
/// Longest time that a model may speak of, in days: a hundred years.
const DAYS: f64 = 36_500.0;
/// Most points that a cap or a curve may speak of: what a hundred thousand of the strongest
/// activities give.
const SUM: f64 = 1e9;

/// One thing that is wrong with a model file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Path of the field, for example `signals[3].when`; empty for the file as a whole.
    pub path: String,
    /// Line in the file, from 1, where known.
    pub line: Option<u64>,
    /// Column in the line, from 1, where known.
    pub column: Option<u64>,
    /// One sentence for a person.
    pub message: String,
    /// Whether the file can be used all the same.
    pub severity: Severity,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The file is no model.
    Error,
    /// It is one, and probably does not do what is meant.
    Warning,
}

impl Problem {
    /// A problem without a place.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        let (path, message) = (path.into(), message.into());
        Self { path, line: None, column: None, message, severity: Severity::Error }
    }

    /// The same as a warning.
    pub(super) fn into_warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// With the line and column in the file; until now the column is one in the text at `path`.
    fn placed(self, tree: &Node) -> Self {
        let steps = tree.steps(&self.path);
        let (path, place) = tree.locate(&steps, false);
        let in_text = self.column.and_then(|column| tree.place_in_text(&steps, column));
        let place = in_text.unwrap_or(place);
        Self { path, line: Some(place.line), column: Some(place.column), ..self }
    }
}

impl From<Malformed> for Problem {
    fn from(found: Malformed) -> Self {
        let Malformed { place, message } = found;
        Self { line: Some(place.line), column: Some(place.column), ..Self::new("", message) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, "line {line}, column {column}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// Reads, checks and compiles a model file.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file. A problem of one rule does not
/// hide those of others; what cannot be read as YAML at all is the only problem told.
pub fn parse(file: &str) -> Result<Model, Vec<Problem>> {
    parse_with_tree(file).map(|(model, _)| model)
}

/// Everything that can be said against a model file: its errors or, if it has none, what makes
/// no sense in it.
#[must_use]
pub fn validate(file: &str) -> Vec<Problem> {
    match parse_with_tree(file) {
        Ok((model, tree)) => {
            let found = sense::check(&model).into_iter();
            in_order(found.map(|problem| problem.placed(&tree)).collect())
        }
        Err(found) => found,
    }
}

/// Reads a model file without compiling it.
pub(super) fn read_file(file: &str) -> Result<ModelFile, Vec<Problem>> {
    let mut malformed = Vec::new();
    let tree = yaml::parse(file, &mut malformed).map_err(|found| vec![Problem::from(found)])?;
    let mut found: Vec<Problem> = malformed.into_iter().map(Problem::from).collect();
    match read_all(tree, &mut found) {
        (_, Some(read)) if found.is_empty() => Ok(read),
        _ => Err(in_order(found)),
    }
}

fn parse_with_tree(file: &str) -> Result<(Model, Node), Vec<Problem>> {
    let mut malformed = Vec::new();
    let tree = yaml::parse(file, &mut malformed).map_err(|found| vec![Problem::from(found)])?;
    let mut found: Vec<Problem> = malformed.into_iter().map(Problem::from).collect();
    let (tree, read) = read_all(tree, &mut found);
    let Some(read) = read else { return Err(in_order(found)) };
    let mut checker = Checker::default();
    // Before any rule is compiled: that is what costs.
    checker.rules(&read);
    if checker.found.is_empty() {
        let model = checker.model(read);
        if found.is_empty() && checker.found.is_empty() {
            return Ok((model, tree));
        }
    }
    found.extend(checker.found.into_iter().map(|problem| problem.placed(&tree)));
    Err(in_order(found))
}

/// Reads a model from a tree. What does not fit is noted and taken out of the tree, so that
/// everything else is looked at as well.
fn read_all(mut tree: Node, found: &mut Vec<Problem>) -> (Node, Option<ModelFile>) {
    let original = tree.clone();
    while found.len() < MISFITS {
        let misfit = match yaml::read::<ModelFile>(&tree) {
            Ok(file) => return (tree, Some(file)),
            Err(misfit) => misfit,
        };
        let (path, place) = tree.locate(&misfit.path, misfit.is_name);
        found.push(Problem {
            line: Some(place.line),
            column: Some(place.column),
            ..Problem::new(path, misfit.message)
        });
        let mended = match (misfit.path.is_empty(), misfit.missing) {
            (false, _) => tree.remove(&misfit.path),
            (true, Some(field)) => tree.add_text(field),
            (true, None) => false,
        };
        if !mended {
            break;
        }
    }
    (original, None)
}

/// Most things that do not fit which are told of one file.
const MISFITS: usize = 200;

fn in_order(mut found: Vec<Problem>) -> Vec<Problem> {
    found.sort_by_key(|problem| (problem.line, problem.column));
    found
}

#[derive(Default)]
struct Checker {
    found: Vec<Problem>,
}

impl Checker {
    fn problem(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.found.push(Problem::new(path, message));
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
        if name.is_empty() {
            self.problem(path, "is empty");
        } else if let Err(violation) = limits::check_text(path, name) {
            self.problem(path, violation.message);
        }
        if !seen.insert(name) {
            self.problem(path, format!("`{name}` is there twice"));
        }
    }

    fn rules(&mut self, file: &ModelFile) {
        let rules = file.signals.len()
            + file.lead_fit.len()
            + file.account_fit.rules.len()
            + file.exclusions.len();
        if rules > RULES {
            self.problem("", format!("has {rules} rules, at most {RULES} are allowed"));
        }
        let groups = file.groups.len();
        if groups > RULES {
            self.problem("groups", format!("has {groups} entries, at most {RULES} are allowed"));
        }
    }

    fn model(&mut self, file: ModelFile) -> Model {
        self.name("name", &file.name, &mut HashSet::new());
        let engagement = &file.engagement;
        let half_points = self.positive("engagement.half_points", engagement.half_points, SUM);
        let look_back = self.positive("engagement.look_back_days", engagement.look_back_days, DAYS);
        self.positive("engagement.half_life_days", engagement.half_life_days, DAYS);
        self.daily_cap("engagement.daily_cap", engagement.daily_cap);
        let engaged_floor = self.percent("engagement.engaged_floor", engagement.engaged_floor);
        let groups = self.groups(&file.groups);
        let signals = self.signals(&file.signals, &groups, &file);
        Model {
            name: file.name.clone(),
            signals: SignalRules::new(signals, groups),
            half_points,
            look_back_secs: days(look_back) as i64,
            engaged_floor,
            lead_fit: self.fit_rules("lead_fit", &file.lead_fit, Scope::Lead),
            account_fit: self.account_fit(&file.account_fit),
            exclusions: self.exclusions(&file),
            rollup: self.rollup(&file),
            grades: self.grades(&file),
            tiers: self.tiers(&file),
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

    fn signals(&mut self, files: &[SignalFile], groups: &[Group], file: &ModelFile) -> Vec<Signal> {
        let (mut signals, mut names) = (Vec::new(), HashSet::new());
        for (position, signal) in files.iter().enumerate() {
            let path = |field: &str| format!("signals[{position}].{field}");
            self.name(&path("name"), &signal.name, &mut names);
            let limit = limits::POINTS;
            if !(-limit..=limit).contains(&signal.points) {
                self.problem(path("points"), format!("must be from -{limit} to {limit}"));
            }
            let half_life = match signal.half_life_days {
                Some(days) => self.positive(&path("half_life_days"), days, DAYS),
                None => file.engagement.half_life_days,
            };
            let daily_cap = match signal.daily_cap {
                Some(cap) => self.daily_cap(&path("daily_cap"), cap),
                None => file.engagement.daily_cap,
            };
            let group = signal.group.as_ref().and_then(|name| {
                let position = groups.iter().position(|group| group.name == *name);
                if position.is_none() {
                    self.problem(path("group"), format!("there is no group `{name}`"));
                }
                position
            });
            if signal.ignore && (signal.points != 0.0 || signal.hand_raiser) {
                self.problem(path("ignore"), "an ignored signal has no points and raises no hand");
            }
            let when = compile_rule(&path("when"), &signal.when, Scope::Activity, &mut self.found);
            let Some(when) = when else { continue };
            signals.push(Signal {
                name: signal.name.clone(),
                when,
                points: signal.points,
                half_life_secs: days(half_life),
                daily_cap,
                group,
                ignore: signal.ignore,
                hand_raiser: signal.hand_raiser,
            });
        }
        signals
    }

    fn fit_rules(&mut self, list: &str, files: &[FitRuleFile], scope: Scope) -> Vec<FitRule> {
        let (mut rules, mut names) = (Vec::new(), HashSet::new());
        for (position, rule) in files.iter().enumerate() {
            let path = |field: &str| format!("{list}[{position}].{field}");
            self.name(&path("name"), &rule.name, &mut names);
            if !(-100..=100).contains(&rule.points) {
                self.problem(path("points"), "must be from -100 to 100");
            }
            if let Some(when) = compile_rule(&path("when"), &rule.when, scope, &mut self.found) {
                rules.push(FitRule { name: rule.name.clone(), when, points: rule.points });
            }
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

    fn exclusions(&mut self, file: &ModelFile) -> Vec<Exclusion> {
        let (mut rules, mut names) = (Vec::new(), HashSet::new());
        for (position, rule) in file.exclusions.iter().enumerate() {
            let path = |field: &str| format!("exclusions[{position}].{field}");
            self.name(&path("name"), &rule.name, &mut names);
            let when = compile_rule(&path("when"), &rule.when, Scope::Account, &mut self.found);
            if let Some(when) = when {
                rules.push(Exclusion { name: rule.name.clone(), when });
            }
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

    fn tiers(&mut self, file: &ModelFile) -> Tiers {
        let mut bars = Vec::new();
        for (position, tier) in file.tiers.iter().enumerate() {
            let path = format!("tiers[{position}]");
            let Some(number) = Tier::from_number(tier.tier) else {
                self.problem(format!("{path}.tier"), "must be 1, 2 or 3");
                continue;
            };
            if bars.last().is_some_and(|last: &TierBar| last.tier >= number) {
                self.problem(format!("{path}.tier"), "tiers are listed once each, best first");
            }
            let bar = self.bar(&path, tier.into());
            bars.push(TierBar { tier: number, bar });
        }
        let mut priority = Vec::new();
        for &number in &file.priority_tiers {
            match Tier::from_number(number) {
                Some(tier) if bars.iter().any(|bar| bar.tier == tier) => priority.push(tier),
                _ => self.problem("priority_tiers", format!("there is no tier {number}")),
            }
        }
        if !(0.0..=365.0).contains(&file.hold_days) {
            self.problem("hold_days", "must be from 0 to 365");
        }
        Tiers {
            bars,
            priority,
            hold_secs: (file.hold_days * DAY as f64) as i64,
            mqa: file.mqa.as_ref().map(|mqa| self.bar("mqa", mqa.clone())),
        }
    }

    fn bar(&mut self, path: &str, file: super::file::BarFile) -> Bar {
        Bar {
            fit: self.percent(&format!("{path}.fit"), file.fit),
            engagement: self.percent(&format!("{path}.engagement"), file.engagement),
            engaged_people: file.engaged_people,
            roles: file.roles,
        }
    }
}

impl From<&TierFile> for super::file::BarFile {
    fn from(tier: &TierFile) -> Self {
        Self {
            fit: tier.fit,
            engagement: tier.engagement,
            engaged_people: tier.engaged_people,
            roles: tier.roles.clone(),
        }
    }
}
