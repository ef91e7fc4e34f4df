//! What activities mean.

use crate::model::file::{
    EngagementFile, GroupFile, PartFile, PatternFile, SignalFile, VisitSpanFile, VisitsFile,
};
use crate::phase::Shows;
use crate::yaml::write::{Fields, Yaml, row};

pub(super) fn engagement(file: &EngagementFile) -> Fields {
    let EngagementFile { half_life_days, daily_cap, half_points, look_back_days, engaged_floor } =
        file;
    let default = EngagementFile::default();
    Fields::default()
        .unless(default.half_life_days, "half_life_days", *half_life_days)
        .unless(default.daily_cap, "daily_cap", *daily_cap)
        .unless(default.half_points, "half_points", *half_points)
        .unless(default.look_back_days, "look_back_days", *look_back_days)
        .unless(default.engaged_floor, "engaged_floor", *engaged_floor)
}

pub(super) fn groups<'a>(groups: impl IntoIterator<Item = (&'a String, &'a GroupFile)>) -> Fields {
    groups.into_iter().fold(Fields::default(), |fields, (name, GroupFile { cap })| {
        fields.required(name, Fields::default().required("cap", *cap))
    })
}

pub(super) fn signal(file: &SignalFile) -> Yaml {
    let SignalFile {
        name,
        when,
        points,
        half_life_days,
        daily_cap,
        group,
        ignore,
        hand_raiser,
        shows,
        phase,
    } = file;
    Fields::default()
        .required("name", name)
        .required("when", when)
        .unless(0.0, "points", *points)
        .given("half_life_days", *half_life_days)
        .given("daily_cap", *daily_cap)
        .given("group", group.as_ref())
        .unless(false, "ignore", *ignore)
        .unless(false, "hand_raiser", *hand_raiser)
        .unless(Shows::Interest, "shows", *shows)
        .given("phase", *phase)
        .into()
}

pub(super) fn pattern(file: &PatternFile) -> Yaml {
    let PatternFile {
        name,
        all,
        within_days,
        visits,
        points,
        half_life_days,
        daily_cap,
        group,
        hand_raiser,
        shows,
        phase,
    } = file;
    Fields::default()
        .required("name", name)
        .list("all", all, part)
        .given("within_days", *within_days)
        .given("visits", visits.as_ref().map(visit_span))
        .unless(0.0, "points", *points)
        .given("half_life_days", *half_life_days)
        .given("daily_cap", *daily_cap)
        .given("group", group.as_ref())
        .unless(false, "hand_raiser", *hand_raiser)
        .unless(Shows::Interest, "shows", *shows)
        .given("phase", *phase)
        .into()
}

fn part(file: &PartFile) -> Yaml {
    let PartFile { of, at_least } = file;
    Fields::default().required("of", row(of)).unless(PartFile::ONCE, "at_least", *at_least).into()
}

fn visit_span(file: &VisitSpanFile) -> Fields {
    let VisitSpanFile { from, to } = file;
    Fields::default().unless(VisitSpanFile::FIRST, "from", *from).given("to", *to)
}

pub(super) fn visits(file: &VisitsFile) -> Fields {
    let VisitsFile { of, gap_minutes } = file;
    let default = VisitsFile::default();
    Fields::default().row("of", of).unless(default.gap_minutes, "gap_minutes", *gap_minutes)
}
