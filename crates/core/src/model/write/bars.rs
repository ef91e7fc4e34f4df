//! What must be reached.

use crate::model::file::{
    BarFile, CapacityFile, GradesFile, MqlFile, PhasesFile, SegmentFile, TierFile,
};
use crate::yaml::write::{Fields, Yaml, list, row};

pub(super) fn grades(file: &GradesFile) -> Fields {
    let GradesFile { fit, engagement } = file;
    let default = GradesFile::default();
    // Given whole or not at all.
    let letters =
        || Fields::default().required("a", fit.a).required("b", fit.b).required("c", fit.c);
    let digits = || {
        Fields::default().required("high", engagement.high).required("medium", engagement.medium)
    };
    Fields::default()
        .given("fit", (*fit != default.fit).then(letters))
        .given("engagement", (*engagement != default.engagement).then(digits))
}

pub(super) fn tier(file: &TierFile) -> Yaml {
    let TierFile { tier, fit, engagement, engaged_people, roles } = file;
    Fields::default()
        .required("tier", *tier)
        .unless(0, "fit", *fit)
        .unless(0, "engagement", *engagement)
        .unless(0, "engaged_people", *engaged_people)
        .row("roles", roles.iter().copied())
        .into()
}

pub(super) fn bar(file: &BarFile) -> Yaml {
    let BarFile { fit, engagement, engaged_people, roles } = file;
    Fields::default()
        .unless(0, "fit", *fit)
        .unless(0, "engagement", *engagement)
        .unless(0, "engaged_people", *engaged_people)
        .row("roles", roles.iter().copied())
        .into()
}

pub(super) fn mql(file: &MqlFile) -> Yaml {
    let MqlFile { fit, engagement } = file;
    Fields::default().unless(0, "fit", *fit).unless(0, "engagement", *engagement).into()
}

pub(super) fn segment(file: &SegmentFile) -> Yaml {
    let SegmentFile { name, when, tiers, priority_tiers, mqa, mql: mql_bar } = file;
    Fields::default()
        .required("name", name)
        .required("when", when)
        // An empty list is not the same as none: it has no tiers where all accounts have some.
        .given("tiers", tiers.as_deref().map(|tiers| list(tiers, tier)))
        .given("priority_tiers", priority_tiers.as_deref().map(|tiers| row(tiers.iter().copied())))
        .given("mqa", mqa.as_ref().map(bar))
        .given("mql", mql_bar.as_ref().map(mql))
        .into()
}

pub(super) fn phases(file: &PhasesFile) -> Fields {
    let PhasesFile { days, activities } = file;
    let default = PhasesFile::default();
    Fields::default().unless(default.days, "days", *days).unless(
        default.activities,
        "activities",
        *activities,
    )
}

pub(super) fn capacity(file: &CapacityFile) -> Fields {
    let CapacityFile { priority_accounts, leads_per_week } = file;
    Fields::default()
        .given("priority_accounts", *priority_accounts)
        .given("leads_per_week", *leads_per_week)
}
