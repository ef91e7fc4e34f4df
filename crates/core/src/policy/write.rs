//! The canonical form of a policy file: what two files that say the same are written as.

use super::file::{
    AbsenceFile, CalendarFile, OwnerFile, PolicyFile, QualificationFile, ReasonFile, RouteFile,
    SlaFile, TargetFile, WeekFile,
};
use crate::business_time::Calendar;
use crate::yaml::write::{self as yaml, Fields, Yaml, list, row};

/// A policy file in canonical form: the fields in one order, each that is as it would be without it
/// left out. What the default policy gives (the queue, SLAs and reasons) is always written, so that
/// another default changes no policy that was written down. It has no comments. Reading it again
/// gives an equal file, and files that are equal are written alike, byte by byte.
#[must_use]
pub fn write(file: &PolicyFile) -> String {
    yaml::text(&policy(file))
}

fn policy(file: &PolicyFile) -> Yaml {
    let PolicyFile {
        name,
        default_queue,
        give_up_days,
        nurture_days,
        reenter_on_hand_raise,
        existing_customers,
        calendars,
        default_calendar,
        owners,
        routes,
        sla,
        warn_percent,
        escalate_to,
        escalate_percent,
        reasons,
        qualification,
    } = file;
    Fields::default()
        .required("name", name)
        .required("default_queue", default_queue)
        .unless(PolicyFile::GIVE_UP_DAYS, "give_up_days", *give_up_days)
        .unless(PolicyFile::NURTURE_DAYS, "nurture_days", *nurture_days)
        .unless(true, "reenter_on_hand_raise", *reenter_on_hand_raise)
        .unless(false, "existing_customers", *existing_customers)
        .list("calendars", calendars, calendar)
        .unless(Calendar::ALWAYS, "default_calendar", default_calendar.as_str())
        .list("owners", owners, owner)
        .list("routes", routes, route)
        .required("sla", all(sla, sla_of))
        .unless(PolicyFile::WARN_PERCENT, "warn_percent", *warn_percent)
        .given("escalate_to", escalate_to.as_ref().map(target))
        .unless(PolicyFile::ESCALATE_PERCENT, "escalate_percent", *escalate_percent)
        .required("reasons", all(reasons, reason))
        .given("qualification", required(qualification))
        .into()
}

/// A list that is written also when it is empty, which is not the same as leaving it out.
fn all<T>(items: &[T], write: impl Fn(&T) -> Yaml) -> Yaml {
    if items.is_empty() { Yaml::Row(Vec::new()) } else { list(items, write) }
}

fn calendar(file: &CalendarFile) -> Yaml {
    let CalendarFile { name, time_zone, hours, holidays } = file;
    Fields::default()
        .required("name", name)
        .required("time_zone", time_zone)
        .map("hours", week(hours))
        .row("holidays", holidays)
        .into()
}

fn week(file: &WeekFile) -> Fields {
    let WeekFile { mon, tue, wed, thu, fri, sat, sun } = file;
    Fields::default()
        .row("mon", mon)
        .row("tue", tue)
        .row("wed", wed)
        .row("thu", thu)
        .row("fri", fri)
        .row("sat", sat)
        .row("sun", sun)
}

fn owner(file: &OwnerFile) -> Yaml {
    let OwnerFile { id, team, calendar, capacity, absent } = file;
    Fields::default()
        .required("id", id)
        .given("team", team.as_ref())
        .given("calendar", calendar.as_ref())
        .given("capacity", *capacity)
        .list("absent", absent, absence)
        .into()
}

fn absence(file: &AbsenceFile) -> Yaml {
    let AbsenceFile { from, until } = file;
    Fields::default().required("from", from).required("until", until).into()
}

fn route(file: &RouteFile) -> Yaml {
    let RouteFile { name, when, to } = file;
    Fields::default()
        .required("name", name)
        .given("when", when.as_ref())
        .required("to", target(to))
        .into()
}

fn target(file: &TargetFile) -> Yaml {
    match file.field() {
        Some((field, name)) => Fields::default().required(field, name).into(),
        None => TargetFile::ACCOUNT_OWNER.into(),
    }
}

fn sla_of(file: &SlaFile) -> Yaml {
    let SlaFile { name, when, minutes, calendar } = file;
    Fields::default()
        .required("name", name)
        .given("when", when.as_ref())
        .required("minutes", *minutes)
        .unless(SlaFile::OWNER, "calendar", calendar.as_str())
        .into()
}

fn reason(file: &ReasonFile) -> Yaml {
    let ReasonFile { name, kind, nurture_days } = file;
    Fields::default()
        .required("name", name)
        .required("kind", kind.name())
        .given("nurture_days", *nurture_days)
        .into()
}

fn required(file: &QualificationFile) -> Option<Fields> {
    let QualificationFile { required } = file;
    let names = row(required.iter().map(|criterion| criterion.name()));
    (*file != QualificationFile::default()).then(|| Fields::default().required("required", names))
}
