//! The canonical form of a model file: what two files that say the same are written as.

mod bars;
mod signals;

#[cfg(test)]
mod tests;

use super::file::{
    AccountFitFile, ExclusionFile, FitRuleFile, ModelFile, RollupFile, TitleRuleFile, TitlesFile,
};
use crate::yaml::write::{self as yaml, Fields, Yaml};

/// A model file in canonical form: the fields in one order, each that is as it would be without
/// it left out, names of maps sorted. It has no comments. Reading it again gives an equal file,
/// and files that are equal are written alike, byte by byte.
#[must_use]
pub fn write(file: &ModelFile) -> String {
    yaml::text(&model(file))
}

fn model(file: &ModelFile) -> Yaml {
    let ModelFile {
        name,
        engagement,
        groups,
        signals,
        patterns,
        visits,
        titles,
        lead_fit,
        account_fit,
        exclusions,
        lead_exclusions,
        rollup,
        grades,
        tiers,
        priority_tiers,
        hold_days,
        mqa,
        mql,
        segments,
        phases,
        capacity,
    } = file;
    Fields::default()
        .required("name", name)
        .map("engagement", signals::engagement(engagement))
        .map("groups", signals::groups(groups))
        .list("signals", signals, signals::signal)
        .list("patterns", patterns, signals::pattern)
        .map("visits", signals::visits(visits))
        .map("titles", titles_of(titles))
        .list("lead_fit", lead_fit, fit_rule)
        .map("account_fit", account_fit_of(account_fit))
        .list("exclusions", exclusions, exclusion)
        .list("lead_exclusions", lead_exclusions, exclusion)
        .map("rollup", rollup_of(rollup))
        .map("grades", bars::grades(grades))
        .list("tiers", tiers, bars::tier)
        .row("priority_tiers", priority_tiers.iter().copied())
        .unless(ModelFile::HOLD_DAYS, "hold_days", *hold_days)
        .given("mqa", mqa.as_ref().map(bars::bar))
        .given("mql", mql.as_ref().map(bars::mql))
        .list("segments", segments, bars::segment)
        .map("phases", bars::phases(phases))
        .map("capacity", bars::capacity(capacity))
        .into()
}

fn titles_of(file: &TitlesFile) -> Fields {
    let TitlesFile { least_confidence, rules } = file;
    let default = TitlesFile::default();
    Fields::default()
        .unless(default.least_confidence, "least_confidence", *least_confidence)
        .list("rules", rules, title_rule)
}

fn title_rule(file: &TitleRuleFile) -> Yaml {
    let TitleRuleFile { name, matches, seniority, buying_role, confidence } = file;
    Fields::default()
        .required("name", name)
        .required("matches", matches)
        .given("seniority", *seniority)
        .given("buying_role", *buying_role)
        .required("confidence", *confidence)
        .into()
}

fn fit_rule(file: &FitRuleFile) -> Yaml {
    let FitRuleFile { name, when, points } = file;
    Fields::default()
        .required("name", name)
        .required("when", when)
        .required("points", *points)
        .into()
}

fn account_fit_of(file: &AccountFitFile) -> Fields {
    let AccountFitFile { rules, people_percent, top_people, roles_percent, required_roles } = file;
    let default = AccountFitFile::default();
    Fields::default()
        .list("rules", rules, fit_rule)
        .unless(default.people_percent, "people_percent", *people_percent)
        .unless(default.top_people, "top_people", *top_people)
        .unless(default.roles_percent, "roles_percent", *roles_percent)
        .row("required_roles", required_roles.iter().copied())
}

fn exclusion(file: &ExclusionFile) -> Yaml {
    let ExclusionFile { name, when } = file;
    Fields::default().required("name", name).required("when", when).into()
}

fn rollup_of(file: &RollupFile) -> Fields {
    let RollupFile {
        operator,
        half_points,
        top,
        seniority_percent,
        buying_role_percent,
        unknown_visitor_percent,
    } = file;
    let default = RollupFile::default();
    let seniorities = seniority_percent.iter().map(|(value, percent)| (value.name(), *percent));
    let roles = buying_role_percent.iter().map(|(value, percent)| (value.name(), *percent));
    Fields::default()
        .unless(default.operator, "operator", *operator)
        .unless(default.half_points, "half_points", *half_points)
        .unless(default.top, "top", *top)
        .map("seniority_percent", percents(seniorities))
        .map("buying_role_percent", percents(roles))
        .unless(
            default.unknown_visitor_percent,
            "unknown_visitor_percent",
            *unknown_visitor_percent,
        )
}

fn percents(weights: impl Iterator<Item = (&'static str, u32)>) -> Fields {
    weights.fold(Fields::default(), |fields, (name, percent)| fields.required(name, percent))
}
