//! What activities mean.

use abm_core::model::file::{
    EngagementFile, PartFile, PatternFile, SignalFile, VisitSpanFile, VisitsFile,
};
use abm_core::phase::Shows;
use abm_proto::v1;

use super::{count, figure, percent};
use crate::convert::score;

pub(super) fn engagement(file: &EngagementFile) -> v1::EngagementSpec {
    v1::EngagementSpec {
        half_life_days: Some(figure(file.half_life_days)),
        daily_cap: Some(count(file.daily_cap)),
        half_points: Some(figure(file.half_points)),
        look_back_days: Some(figure(file.look_back_days)),
        engaged_floor: Some(percent(file.engaged_floor)),
    }
}

pub(super) fn signal(file: SignalFile) -> v1::SignalSpec {
    v1::SignalSpec {
        name: file.name,
        when: file.when,
        points: figure(file.points),
        half_life_days: file.half_life_days.map(figure),
        daily_cap: file.daily_cap.map(count),
        group: file.group,
        ignore: file.ignore,
        hand_raiser: file.hand_raiser,
        shows: shows(file.shows).into(),
        phase: score::phase(file.phase).into(),
    }
}

pub(super) fn pattern(file: PatternFile) -> v1::PatternSpec {
    v1::PatternSpec {
        name: file.name,
        all: file.all.into_iter().map(part).collect(),
        within_days: file.within_days.map(figure),
        visits: file
            .visits
            .map(|VisitSpanFile { from, to }| v1::VisitSpanSpec { from: Some(from), to }),
        points: figure(file.points),
        half_life_days: file.half_life_days.map(figure),
        daily_cap: file.daily_cap.map(count),
        group: file.group,
        hand_raiser: file.hand_raiser,
        shows: shows(file.shows).into(),
        phase: score::phase(file.phase).into(),
    }
}

fn part(file: PartFile) -> v1::PartSpec {
    let PartFile { of, at_least } = file;
    v1::PartSpec { of, at_least: Some(count(at_least)) }
}

pub(super) fn visits(file: VisitsFile) -> v1::VisitsSpec {
    let VisitsFile { of, gap_minutes } = file;
    v1::VisitsSpec { of, gap_minutes: Some(figure(gap_minutes)) }
}

fn shows(value: Shows) -> v1::Shows {
    match value {
        Shows::Interest => v1::Shows::Interest,
        Shows::Intent => v1::Shows::Intent,
    }
}
