//! What activities mean.

use std::collections::BTreeMap;

use abm_core::Violation;
use abm_core::model::file::{
    EngagementFile, GroupFile, PartFile, PatternFile, SignalFile, VisitSpanFile, VisitsFile,
};
use abm_core::phase::{Phase, Shows};
use abm_proto::v1;

use super::once;
use crate::convert::enumeration;

pub(super) fn engagement(spec: v1::EngagementSpec) -> EngagementFile {
    let default = EngagementFile::default();
    EngagementFile {
        half_life_days: spec.half_life_days.unwrap_or(default.half_life_days),
        daily_cap: spec.daily_cap.map_or(default.daily_cap, |cap| cap as usize),
        half_points: spec.half_points.unwrap_or(default.half_points),
        look_back_days: spec.look_back_days.unwrap_or(default.look_back_days),
        engaged_floor: spec.engaged_floor.map_or(default.engaged_floor, i64::from),
    }
}

pub(super) fn groups(
    specs: Vec<v1::GroupSpec>,
    found: &mut Vec<Violation>,
) -> BTreeMap<String, GroupFile> {
    let mut groups = BTreeMap::new();
    for v1::GroupSpec { name, cap } in specs {
        once("groups", &name, groups.insert(name.clone(), GroupFile { cap }), found);
    }
    groups
}

pub(super) fn signal(path: &str, spec: v1::SignalSpec, found: &mut Vec<Violation>) -> SignalFile {
    let (shows, phase) = marks(path, spec.shows, spec.phase, found);
    SignalFile {
        name: spec.name,
        when: spec.when,
        points: spec.points,
        half_life_days: spec.half_life_days,
        daily_cap: spec.daily_cap.map(|cap| cap as usize),
        group: spec.group,
        ignore: spec.ignore,
        hand_raiser: spec.hand_raiser,
        shows,
        phase,
    }
}

pub(super) fn pattern(
    path: &str,
    spec: v1::PatternSpec,
    found: &mut Vec<Violation>,
) -> PatternFile {
    let (shows, phase) = marks(path, spec.shows, spec.phase, found);
    PatternFile {
        name: spec.name,
        all: spec.all.into_iter().map(part).collect(),
        within_days: spec.within_days,
        visits: spec.visits.map(|v1::VisitSpanSpec { from, to }| VisitSpanFile {
            from: from.unwrap_or(VisitSpanFile::FIRST),
            to,
        }),
        points: spec.points,
        half_life_days: spec.half_life_days,
        daily_cap: spec.daily_cap.map(|cap| cap as usize),
        group: spec.group,
        hand_raiser: spec.hand_raiser,
        shows,
        phase,
    }
}

fn part(spec: v1::PartSpec) -> PartFile {
    let v1::PartSpec { of, at_least } = spec;
    PartFile { of, at_least: at_least.map_or(PartFile::ONCE, |count| count as usize) }
}

pub(super) fn visits(spec: v1::VisitsSpec) -> VisitsFile {
    let v1::VisitsSpec { of, gap_minutes } = spec;
    VisitsFile { of, gap_minutes: gap_minutes.unwrap_or(VisitsFile::default().gap_minutes) }
}

fn marks(path: &str, shown: i32, phase: i32, found: &mut Vec<Violation>) -> (Shows, Option<Phase>) {
    let shown = enumeration(&format!("{path}.shows"), shown, shows, found);
    let phase = enumeration(&format!("{path}.phase"), phase, phase_of, found);
    (shown.unwrap_or(Shows::Interest), phase)
}

fn shows(value: v1::Shows) -> Option<Shows> {
    match value {
        v1::Shows::Unspecified => None,
        v1::Shows::Interest => Some(Shows::Interest),
        v1::Shows::Intent => Some(Shows::Intent),
    }
}

fn phase_of(value: v1::Phase) -> Option<Phase> {
    match value {
        v1::Phase::Unspecified => None,
        v1::Phase::Awareness => Some(Phase::Awareness),
        v1::Phase::Consideration => Some(Phase::Consideration),
        v1::Phase::Decision => Some(Phase::Decision),
    }
}
