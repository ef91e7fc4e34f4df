//! From a model file to the message that says the same. Every field that has a default is given.

mod bars;
mod signals;

use abm_core::model::file::{
    AccountFitFile, ExclusionFile, FitRuleFile, ModelFile, RollupFile, TitleRuleFile, TitlesFile,
};
use abm_core::rollup::Operator;
use abm_core::{BuyingRole, Seniority};
use abm_proto::v1;

use crate::convert::lead;

/// A model file as a message.
pub(crate) fn to_proto(file: ModelFile) -> v1::ModelSpec {
    v1::ModelSpec {
        name: file.name,
        engagement: Some(signals::engagement(&file.engagement)),
        groups: file
            .groups
            .into_iter()
            .map(|(name, group)| v1::GroupSpec { name, cap: figure(group.cap) })
            .collect(),
        signals: file.signals.into_iter().map(signals::signal).collect(),
        patterns: file.patterns.into_iter().map(signals::pattern).collect(),
        visits: Some(signals::visits(file.visits)),
        titles: Some(titles(file.titles)),
        lead_fit: file.lead_fit.into_iter().map(fit_rule).collect(),
        account_fit: Some(account_fit(file.account_fit)),
        exclusions: file.exclusions.into_iter().map(exclusion).collect(),
        lead_exclusions: file.lead_exclusions.into_iter().map(exclusion).collect(),
        rollup: Some(rollup(&file.rollup)),
        grades: Some(bars::grades(&file.grades)),
        tiers: file.tiers.iter().map(bars::tier).collect(),
        priority_tiers: file.priority_tiers.into_iter().map(u32::from).collect(),
        hold_days: Some(figure(file.hold_days)),
        mqa: file.mqa.as_ref().map(bars::bar),
        mql: file.mql.as_ref().map(bars::mql),
        segments: file.segments.into_iter().map(bars::segment).collect(),
        phases: Some(bars::phases(&file.phases)),
        capacity: Some(bars::capacity(&file.capacity)),
    }
}

fn titles(file: TitlesFile) -> v1::TitlesSpec {
    v1::TitlesSpec {
        least_confidence: Some(percent(file.least_confidence)),
        rules: file.rules.into_iter().map(title_rule).collect(),
    }
}

fn title_rule(file: TitleRuleFile) -> v1::TitleRuleSpec {
    v1::TitleRuleSpec {
        name: file.name,
        matches: file.matches,
        seniority: file.seniority.map_or(0, seniority),
        buying_role: file.buying_role.map_or(0, role),
        confidence: percent(file.confidence),
    }
}

fn fit_rule(file: FitRuleFile) -> v1::FitRuleSpec {
    let FitRuleFile { name, when, points } = file;
    v1::FitRuleSpec { name, when, points }
}

fn account_fit(file: AccountFitFile) -> v1::AccountFitSpec {
    v1::AccountFitSpec {
        rules: file.rules.into_iter().map(fit_rule).collect(),
        people_percent: Some(percent(file.people_percent)),
        top_people: Some(file.top_people as u64),
        roles_percent: Some(percent(file.roles_percent)),
        required_roles: roles(&file.required_roles),
    }
}

fn exclusion(file: ExclusionFile) -> v1::ExclusionSpec {
    let ExclusionFile { name, when } = file;
    v1::ExclusionSpec { name, when }
}

fn rollup(file: &RollupFile) -> v1::RollupSpec {
    let seniorities = file
        .seniority_percent
        .iter()
        .map(|(&value, &percent)| v1::SeniorityWeight { seniority: seniority(value), percent });
    let roles = file
        .buying_role_percent
        .iter()
        .map(|(&value, &percent)| v1::BuyingRoleWeight { buying_role: role(value), percent });
    v1::RollupSpec {
        operator: operator(file.operator).into(),
        half_points: Some(figure(file.half_points)),
        top: Some(file.top as u64),
        seniority_percent: seniorities.collect(),
        buying_role_percent: roles.collect(),
        unknown_visitor_percent: Some(file.unknown_visitor_percent),
    }
}

fn operator(value: Operator) -> v1::RollupOperator {
    match value {
        Operator::SaturatingSum => v1::RollupOperator::SaturatingSum,
        Operator::Max => v1::RollupOperator::Max,
        Operator::Mean => v1::RollupOperator::Mean,
        Operator::Median => v1::RollupOperator::Median,
        Operator::TopKMean => v1::RollupOperator::TopKMean,
        Operator::Champion => v1::RollupOperator::Champion,
    }
}

fn seniority(value: Seniority) -> i32 {
    lead::seniority_to_proto(value).into()
}

fn role(value: BuyingRole) -> i32 {
    lead::buying_role_to_proto(value).into()
}

fn roles(values: &[BuyingRole]) -> Vec<i32> {
    values.iter().copied().map(role).collect()
}

/// -0.0 equals 0.0, but its bytes do not.
fn figure(value: f64) -> f64 {
    value + 0.0
}

/// A percentage; those of files that are valid always fit.
fn percent(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}

/// A count; those of files that are valid always fit.
fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
