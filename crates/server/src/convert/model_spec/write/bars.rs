//! What must be reached.

use abm_core::model::file::{
    BarFile, CapacityFile, GradesFile, MqlFile, PhasesFile, SegmentFile, TierFile,
};
use abm_proto::v1;

use super::{count, figure, percent, roles};

pub(super) fn grades(file: &GradesFile) -> v1::GradesSpec {
    let GradesFile { fit, engagement } = file;
    v1::GradesSpec {
        fit: Some(v1::FitGradesSpec { a: percent(fit.a), b: percent(fit.b), c: percent(fit.c) }),
        engagement: Some(v1::EngagementGradesSpec {
            high: percent(engagement.high),
            medium: percent(engagement.medium),
        }),
    }
}

pub(super) fn tier(file: &TierFile) -> v1::TierSpec {
    v1::TierSpec {
        tier: file.tier.into(),
        fit: percent(file.fit),
        engagement: percent(file.engagement),
        engaged_people: file.engaged_people,
        roles: roles(&file.roles),
    }
}

pub(super) fn bar(file: &BarFile) -> v1::BarSpec {
    v1::BarSpec {
        fit: percent(file.fit),
        engagement: percent(file.engagement),
        engaged_people: file.engaged_people,
        roles: roles(&file.roles),
    }
}

pub(super) fn mql(file: &MqlFile) -> v1::MqlSpec {
    v1::MqlSpec { fit: percent(file.fit), engagement: percent(file.engagement) }
}

pub(super) fn segment(file: SegmentFile) -> v1::SegmentSpec {
    let tiers = |tiers: Vec<TierFile>| v1::TierList { tiers: tiers.iter().map(tier).collect() };
    let numbers = |numbers: Vec<u8>| v1::TierNumbers {
        numbers: numbers.into_iter().map(u32::from).collect(),
    };
    v1::SegmentSpec {
        name: file.name,
        when: file.when,
        tiers: file.tiers.map(tiers),
        priority_tiers: file.priority_tiers.map(numbers),
        mqa: file.mqa.as_ref().map(bar),
        mql: file.mql.as_ref().map(mql),
    }
}

pub(super) fn phases(file: &PhasesFile) -> v1::PhasesSpec {
    v1::PhasesSpec { days: Some(figure(file.days)), activities: Some(count(file.activities)) }
}

pub(super) fn capacity(file: &CapacityFile) -> v1::CapacitySpec {
    let CapacityFile { priority_accounts, leads_per_week } = *file;
    v1::CapacitySpec { priority_accounts, leads_per_week }
}
