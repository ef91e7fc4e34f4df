//! From a message to the model file that says the same.

mod bars;
mod signals;

use std::collections::BTreeMap;

use abm_core::model::Problem;
use abm_core::model::file::{
    AccountFitFile, ExclusionFile, FitRuleFile, ModelFile, RollupFile, TitleRuleFile, TitlesFile,
};
use abm_core::rollup::Operator;
use abm_core::{BuyingRole, Seniority, Violation};
use abm_proto::v1;

use crate::convert::{enumeration, lead};

/// The model file that says what a message says, and what of it no file can say; the file lacks
/// that. Paths are those of the file.
pub(crate) fn from_proto(spec: v1::ModelSpec) -> (ModelFile, Vec<Problem>) {
    let found = &mut Vec::new();
    let file = ModelFile {
        name: spec.name,
        engagement: spec.engagement.map(signals::engagement).unwrap_or_default(),
        groups: signals::groups(spec.groups, found),
        signals: list("signals", spec.signals, signals::signal, found),
        patterns: list("patterns", spec.patterns, signals::pattern, found),
        visits: spec.visits.map(signals::visits).unwrap_or_default(),
        titles: spec.titles.map(|titles| titles_of(titles, found)).unwrap_or_default(),
        lead_fit: spec.lead_fit.into_iter().map(fit_rule).collect(),
        account_fit: spec.account_fit.map(|fit| account_fit(fit, found)).unwrap_or_default(),
        exclusions: spec.exclusions.into_iter().map(exclusion).collect(),
        lead_exclusions: spec.lead_exclusions.into_iter().map(exclusion).collect(),
        rollup: spec.rollup.map(|rollup| rollup_of(rollup, found)).unwrap_or_default(),
        grades: spec.grades.map(bars::grades).unwrap_or_default(),
        tiers: list("tiers", spec.tiers, bars::tier, found),
        priority_tiers: bars::tier_numbers("priority_tiers", &spec.priority_tiers, found),
        hold_days: spec.hold_days.unwrap_or(ModelFile::HOLD_DAYS),
        mqa: spec.mqa.map(|bar| bars::bar("mqa", bar, found)),
        mql: spec.mql.map(bars::mql),
        segments: list("segments", spec.segments, bars::segment, found),
        phases: spec.phases.map(bars::phases).unwrap_or_default(),
        capacity: spec.capacity.map(bars::capacity).unwrap_or_default(),
    };
    let problems = found.drain(..).map(|found| Problem::new(found.field, found.message));
    (file, problems.collect())
}

/// A list whose items may say what no file can say.
fn list<M, F>(
    path: &str,
    messages: Vec<M>,
    read: impl Fn(&str, M, &mut Vec<Violation>) -> F,
    found: &mut Vec<Violation>,
) -> Vec<F> {
    let items = messages.into_iter().enumerate();
    items.map(|(position, item)| read(&format!("{path}[{position}]"), item, found)).collect()
}

/// A value that must be one of an enumeration.
fn required<E: TryFrom<i32>, T>(
    path: &str,
    number: i32,
    of: impl Fn(E) -> Option<T>,
    found: &mut Vec<Violation>,
) -> Option<T> {
    let before = found.len();
    let value = enumeration(path, number, of, found);
    if value.is_none() && found.len() == before {
        found.push(Violation::invalid(path, "is not given"));
    }
    value
}

fn roles(path: &str, numbers: &[i32], found: &mut Vec<Violation>) -> Vec<BuyingRole> {
    let numbers = numbers.iter().enumerate();
    let role = |(position, &number)| {
        required(&format!("{path}[{position}]"), number, lead::buying_role, found)
    };
    numbers.filter_map(role).collect()
}

fn titles_of(spec: v1::TitlesSpec, found: &mut Vec<Violation>) -> TitlesFile {
    let default = TitlesFile::default();
    TitlesFile {
        least_confidence: spec.least_confidence.map_or(default.least_confidence, i64::from),
        rules: list("titles.rules", spec.rules, title_rule, found),
    }
}

fn title_rule(path: &str, spec: v1::TitleRuleSpec, found: &mut Vec<Violation>) -> TitleRuleFile {
    let of = |field: &str| format!("{path}.{field}");
    TitleRuleFile {
        seniority: enumeration(&of("seniority"), spec.seniority, lead::seniority, found),
        buying_role: enumeration(&of("buying_role"), spec.buying_role, lead::buying_role, found),
        name: spec.name,
        matches: spec.matches,
        confidence: spec.confidence.into(),
    }
}

fn fit_rule(spec: v1::FitRuleSpec) -> FitRuleFile {
    let v1::FitRuleSpec { name, when, points } = spec;
    FitRuleFile { name, when, points }
}

fn account_fit(spec: v1::AccountFitSpec, found: &mut Vec<Violation>) -> AccountFitFile {
    let default = AccountFitFile::default();
    AccountFitFile {
        rules: spec.rules.into_iter().map(fit_rule).collect(),
        people_percent: spec.people_percent.map_or(default.people_percent, i64::from),
        top_people: spec.top_people.map_or(default.top_people, count),
        roles_percent: spec.roles_percent.map_or(default.roles_percent, i64::from),
        required_roles: roles("account_fit.required_roles", &spec.required_roles, found),
    }
}

fn exclusion(spec: v1::ExclusionSpec) -> ExclusionFile {
    let v1::ExclusionSpec { name, when } = spec;
    ExclusionFile { name, when }
}

fn rollup_of(spec: v1::RollupSpec, found: &mut Vec<Violation>) -> RollupFile {
    let default = RollupFile::default();
    let operator = enumeration("rollup.operator", spec.operator, operator, found);
    RollupFile {
        operator: operator.unwrap_or(default.operator),
        half_points: spec.half_points.unwrap_or(default.half_points),
        top: spec.top.map_or(default.top, count),
        seniority_percent: seniority_percent(&spec.seniority_percent, found),
        buying_role_percent: buying_role_percent(&spec.buying_role_percent, found),
        unknown_visitor_percent: spec
            .unknown_visitor_percent
            .unwrap_or(default.unknown_visitor_percent),
    }
}

fn operator(value: v1::RollupOperator) -> Option<Operator> {
    Some(match value {
        v1::RollupOperator::Unspecified => return None,
        v1::RollupOperator::SaturatingSum => Operator::SaturatingSum,
        v1::RollupOperator::Max => Operator::Max,
        v1::RollupOperator::Mean => Operator::Mean,
        v1::RollupOperator::Median => Operator::Median,
        v1::RollupOperator::TopKMean => Operator::TopKMean,
        v1::RollupOperator::Champion => Operator::Champion,
    })
}

fn seniority_percent(
    weights: &[v1::SeniorityWeight],
    found: &mut Vec<Violation>,
) -> BTreeMap<Seniority, u32> {
    let path = "rollup.seniority_percent";
    let mut percents = BTreeMap::new();
    for weight in weights {
        if let Some(value) = required(path, weight.seniority, lead::seniority, found) {
            once(path, value.name(), percents.insert(value, weight.percent), found);
        }
    }
    percents
}

fn buying_role_percent(
    weights: &[v1::BuyingRoleWeight],
    found: &mut Vec<Violation>,
) -> BTreeMap<BuyingRole, u32> {
    let path = "rollup.buying_role_percent";
    let mut percents = BTreeMap::new();
    for weight in weights {
        if let Some(value) = required(path, weight.buying_role, lead::buying_role, found) {
            once(path, value.name(), percents.insert(value, weight.percent), found);
        }
    }
    percents
}

/// Notes a name that was there before.
fn once<T>(path: &str, name: &str, before: Option<T>, found: &mut Vec<Violation>) {
    if before.is_some() {
        found.push(Violation::invalid(path, format!("`{name}` is there twice")));
    }
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
