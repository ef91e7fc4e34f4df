//! What must be reached.

use abm_core::Violation;
use abm_core::model::file::{
    BarFile, CapacityFile, EngagementGradesFile, FitGradesFile, GradesFile, MqlFile, PhasesFile,
    SegmentFile, TierFile,
};
use abm_proto::v1;

use super::{list, roles};

pub(super) fn grades(spec: v1::GradesSpec) -> GradesFile {
    let fit =
        |v1::FitGradesSpec { a, b, c }| FitGradesFile { a: a.into(), b: b.into(), c: c.into() };
    let engagement = |v1::EngagementGradesSpec { high, medium }| EngagementGradesFile {
        high: high.into(),
        medium: medium.into(),
    };
    GradesFile {
        fit: spec.fit.map(fit).unwrap_or_default(),
        engagement: spec.engagement.map(engagement).unwrap_or_default(),
    }
}

pub(super) fn tier(path: &str, spec: v1::TierSpec, found: &mut Vec<Violation>) -> TierFile {
    TierFile {
        tier: tier_number(&format!("{path}.tier"), spec.tier, found).unwrap_or_default(),
        fit: spec.fit.into(),
        engagement: spec.engagement.into(),
        engaged_people: spec.engaged_people,
        roles: roles(&format!("{path}.roles"), &spec.roles, found),
    }
}

pub(super) fn tier_numbers(path: &str, numbers: &[u32], found: &mut Vec<Violation>) -> Vec<u8> {
    numbers.iter().filter_map(|&number| tier_number(path, number, found)).collect()
}

/// A number of a tier that a file can hold.
fn tier_number(path: &str, number: u32, found: &mut Vec<Violation>) -> Option<u8> {
    let small = u8::try_from(number);
    small.map_err(|_| found.push(Violation::invalid(path, "must be 1, 2 or 3"))).ok()
}

pub(super) fn bar(path: &str, spec: v1::BarSpec, found: &mut Vec<Violation>) -> BarFile {
    BarFile {
        fit: spec.fit.into(),
        engagement: spec.engagement.into(),
        engaged_people: spec.engaged_people,
        roles: roles(&format!("{path}.roles"), &spec.roles, found),
    }
}

pub(super) fn mql(spec: v1::MqlSpec) -> MqlFile {
    let v1::MqlSpec { fit, engagement } = spec;
    MqlFile { fit: fit.into(), engagement: engagement.into() }
}

pub(super) fn segment(
    path: &str,
    spec: v1::SegmentSpec,
    found: &mut Vec<Violation>,
) -> SegmentFile {
    let of = |field: &str| format!("{path}.{field}");
    SegmentFile {
        name: spec.name,
        when: spec.when,
        tiers: spec.tiers.map(|tiers| list(&of("tiers"), tiers.tiers, tier, found)),
        priority_tiers: spec
            .priority_tiers
            .map(|tiers| tier_numbers(&of("priority_tiers"), &tiers.numbers, found)),
        mqa: spec.mqa.map(|spec| bar(&of("mqa"), spec, found)),
        mql: spec.mql.map(mql),
    }
}

pub(super) fn phases(spec: v1::PhasesSpec) -> PhasesFile {
    let default = PhasesFile::default();
    PhasesFile {
        days: spec.days.unwrap_or(default.days),
        activities: spec.activities.map_or(default.activities, |count| count as usize),
    }
}

pub(super) fn capacity(spec: v1::CapacitySpec) -> CapacityFile {
    let v1::CapacitySpec { priority_accounts, leads_per_week } = spec;
    CapacityFile { priority_accounts, leads_per_week }
}
