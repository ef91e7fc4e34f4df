//! Random policy files, valid or not, for properties that hold for each.

use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::yaml::any::{few, text};

type Any<T> = BoxedStrategy<T>;

/// Any policy file.
pub fn any_file() -> Any<PolicyFile> {
    let general = (text(), text(), days(), days(), any::<bool>(), any::<bool>());
    let people = (few(calendar()), text(), few(owner()));
    let rules = (few(route()), few(sla()), days(), of(target()), days(), few(reason()));
    let required = few(select(Criterion::ALL.to_vec()).boxed());
    (general, people, rules, required)
        .prop_map(|(general, people, rules, required)| {
            let (name, default_queue, give_up_days, nurture_days, reenter, existing) = general;
            let (calendars, default_calendar, owners) = people;
            let (routes, sla, warn_percent, escalate_to, escalate_percent, reasons) = rules;
            PolicyFile {
                name,
                default_queue,
                give_up_days,
                nurture_days,
                reenter_on_hand_raise: reenter,
                existing_customers: existing,
                calendars,
                default_calendar,
                owners,
                routes,
                sla,
                warn_percent,
                escalate_to,
                escalate_percent,
                reasons,
                qualification: QualificationFile { required },
            }
        })
        .boxed()
}

/// Defaults among them.
fn days() -> Any<i64> {
    prop_oneof![select(vec![42_i64, 90, 75, 100]), any::<i64>()].boxed()
}

fn calendar() -> Any<CalendarFile> {
    let week =
        prop::array::uniform7(few(text())).prop_map(|[mon, tue, wed, thu, fri, sat, sun]| {
            WeekFile { mon, tue, wed, thu, fri, sat, sun }
        });
    (text(), text(), week, few(text()))
        .prop_map(|(name, time_zone, hours, holidays)| CalendarFile {
            name,
            time_zone,
            hours,
            holidays,
        })
        .boxed()
}

fn owner() -> Any<OwnerFile> {
    let absence = (text(), text()).prop_map(|(from, until)| AbsenceFile { from, until });
    (text(), of(text()), of(text()), of(any::<u32>()), few(absence.boxed()))
        .prop_map(|(id, team, calendar, capacity, absent)| OwnerFile {
            id,
            team,
            calendar,
            capacity,
            absent,
        })
        .boxed()
}

fn target() -> Any<TargetFile> {
    prop_oneof![
        Just(TargetFile::AccountOwner),
        text().prop_map(TargetFile::Team),
        text().prop_map(TargetFile::Owner),
        text().prop_map(TargetFile::Queue),
    ]
    .boxed()
}

fn route() -> Any<RouteFile> {
    (text(), of(text()), target()).prop_map(|(name, when, to)| RouteFile { name, when, to }).boxed()
}

fn sla() -> Any<SlaFile> {
    let calendar = prop_oneof![Just(SlaFile::OWNER.to_owned()), text()];
    (text(), of(text()), any::<i64>(), calendar)
        .prop_map(|(name, when, minutes, calendar)| SlaFile { name, when, minutes, calendar })
        .boxed()
}

fn reason() -> Any<ReasonFile> {
    (text(), select(RejectionKind::ALL.to_vec()), of(any::<i64>()))
        .prop_map(|(name, kind, nurture_days)| ReasonFile { name, kind, nurture_days })
        .boxed()
}
