use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const ZONES: [&str; 6] = [
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "America/Havana",
];

fn at(text: &str) -> Timestamp {
    Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
}

fn told(at: Option<Timestamp>) -> String {
    let told = |at: Timestamp| jiff::Timestamp::from_microsecond(at.micros()).unwrap().to_string();
    at.map_or("never".to_owned(), told)
}

fn hours(texts: &[&str]) -> Vec<Hours> {
    texts.iter().map(|text| Hours::parse(text).unwrap()).collect()
}

/// The same hours each day of the week.
fn daily(zone: &str, texts: &[&str]) -> Calendar {
    Calendar::new("daily", zone, std::array::from_fn(|_| hours(texts)), []).unwrap()
}

/// 9 to 17:30 from Monday to Friday.
fn office(zone: &str, holidays: &[&str]) -> Calendar {
    let week =
        std::array::from_fn(|day| if day < 5 { hours(&["09:00-17:30"]) } else { Vec::new() });
    let holidays = holidays.iter().map(|date| date.parse().unwrap());
    Calendar::new("office", zone, week, holidays).unwrap()
}

#[test]
fn hours_are_read_as_they_are_written() {
    for text in ["00:00-24:00", "09:00-17:30", "23:59-24:00"] {
        assert_eq!(Hours::parse(text).unwrap().to_string(), text);
    }
    for text in [
        "",
        "9:00-17:00",
        "09:00",
        "09:00-09:00",
        "17:00-09:00",
        "09:00-24:01",
        "09:60-10:00",
        "+9:00-10:00",
        "09:00 - 10:00",
        "24:00-24:00",
        "09:00-10:00-11:00",
        "25:00-26:00",
    ] {
        assert_eq!(Hours::parse(text), None, "{text}");
    }
}

#[test]
fn what_is_no_calendar_is_refused() {
    let week = |texts: &[&str]| std::array::from_fn(|_| hours(texts));
    let refused = |zone, week| Calendar::new("x", zone, week, []).err();
    assert_eq!(refused("Europe/Berlni", week(&["09:00-10:00"])), Some(CalendarError::UnknownZone));
    assert_eq!(refused("UTC", week(&[])), Some(CalendarError::NoHours));
    let unordered = Some(CalendarError::Unordered(Weekday::Mon));
    assert_eq!(refused("UTC", week(&["09:00-11:00", "10:00-12:00"])), unordered);
    assert_eq!(refused("UTC", week(&["13:00-14:00", "09:00-10:00"])), unordered);
    assert_eq!(refused("UTC", week(&["09:00-10:00", "10:00-12:00"])), None);
}

#[test]
fn working_time_passes_in_working_hours_only() {
    let office = office("Europe/Berlin", &["2026-12-25", "2027-01-01"]);
    let hour = 3_600;
    // A Friday at 16:30 in winter; the hour left, then Monday.
    for (start, work, due) in [
        ("2026-11-20T15:30:00Z", hour, "2026-11-20T16:30:00Z"),
        ("2026-11-20T15:30:00Z", hour + 1, "2026-11-23T08:00:01Z"),
        ("2026-11-20T15:30:00.25Z", hour, "2026-11-23T08:00:00.25Z"),
        // Exactly at the end counts as after it.
        ("2026-11-20T16:30:00Z", 0, "2026-11-23T08:00:00Z"),
        ("2026-11-20T16:29:59.999999Z", 0, "2026-11-20T16:29:59.999999Z"),
        ("2026-11-21T03:00:00.5Z", 60, "2026-11-23T08:01:00Z"),
        ("2026-11-21T03:00:00Z", -5, "2026-11-23T08:00:00Z"),
        // Over a holiday, which is a Friday, and a weekend.
        ("2026-12-24T16:29:00Z", 120, "2026-12-28T08:01:00Z"),
    ] {
        assert_eq!(told(office.due(at(start), work)), due, "{start} and {work} s");
    }
    assert_eq!(office.worked(at("2026-11-16T00:00:00Z"), at("2026-11-23T00:00:00Z")), 5 * 30_600);
    assert_eq!(office.worked(at("2026-12-21T00:00:00Z"), at("2026-12-28T00:00:00Z")), 4 * 30_600);
    assert_eq!(office.worked(at("2026-12-28T00:00:00Z"), at("2026-12-21T00:00:00Z")), 0);
}

#[test]
fn every_second_counts_always() {
    let (always, start) = (Calendar::always(), at("2026-03-29T00:30:00.000001Z"));
    assert_eq!(told(always.due(start, 7_200)), "2026-03-29T02:30:00.000001Z");
    assert_eq!(always.due(start, 0), Some(start));
    assert_eq!(always.due(start, HORIZON_SECS), Some(start + HORIZON_SECS));
    assert_eq!(always.due(start, HORIZON_SECS + 1), None);
    assert_eq!(always.worked(start, start + 86_400), 86_400);
}

#[test]
fn a_day_has_an_hour_less_or_more_when_clocks_change() {
    // Zone, day, what is worked from 00:00 to 24:00, in minutes.
    for (zone, from, until, minutes) in [
        ("America/New_York", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", 23 * 60),
        ("America/New_York", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 25 * 60),
        ("Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23 * 60),
        ("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25 * 60),
        ("Asia/Kolkata", "2026-03-28T18:30:00Z", "2026-03-29T18:30:00Z", 24 * 60),
        ("Australia/Lord_Howe", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z", 23 * 60 + 30),
        ("Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z", 24 * 60 + 30),
        // Back for Ramadan, and on again after it.
        ("Africa/Casablanca", "2026-02-14T23:00:00Z", "2026-02-16T00:00:00Z", 25 * 60),
        ("Africa/Casablanca", "2026-03-22T00:00:00Z", "2026-03-22T23:00:00Z", 23 * 60),
        // A leap day is a day.
        ("Europe/Berlin", "2028-02-28T23:00:00Z", "2028-02-29T23:00:00Z", 24 * 60),
    ] {
        let (from, until) = (at(from), at(until));
        let calendar = daily(zone, &["00:00-24:00"]);
        assert_eq!(calendar.worked(from, until), minutes * 60, "{zone}");
        assert_eq!(calendar.due(from, minutes * 60), Some(until), "{zone}");
        assert_eq!(calendar.date(from), calendar.date(until - 1), "{zone}");
        assert_ne!(calendar.date(from), calendar.date(until), "{zone}");
    }
}

#[test]
fn a_time_that_clocks_skip_is_the_moment_after() {
    // Clocks go from 02:00 to 03:00 at 07:00 UTC.
    let day = ("2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z");
    for (text, begin, minutes) in [
        ("02:30-05:00", "2026-03-08T07:00:00Z", 120),
        ("01:00-02:30", "2026-03-08T06:00:00Z", 60),
        ("02:00-05:00", "2026-03-08T07:00:00Z", 120),
        ("02:15-02:45", "2026-03-09T06:15:00Z", 0),
    ] {
        let calendar = daily("America/New_York", &[text]);
        assert_eq!(told(calendar.due(at(day.0), 0)), begin, "{text}");
        assert_eq!(calendar.worked(at(day.0), at(day.1)), minutes * 60, "{text}");
    }
    // By half an hour: from 02:00 to 02:30 at 15:30 UTC.
    let lord = daily("Australia/Lord_Howe", &["02:10-04:00"]);
    assert_eq!(told(lord.due(at("2026-10-03T13:30:00Z"), 60)), "2026-10-03T15:31:00Z");
}

#[test]
fn a_time_that_is_there_twice_is_the_first_as_a_beginning_and_the_second_as_an_end() {
    // Clocks go from 03:00 back to 02:00 at 01:00 UTC; 02:30 is at 00:30 and 01:30.
    let day = ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    for (texts, begin, minutes) in [
        (&["02:30-05:00"][..], "2026-10-25T00:30:00Z", 210),
        (&["01:00-02:30"], "2026-10-24T23:00:00Z", 150),
        (&["02:15-02:45"], "2026-10-25T00:15:00Z", 90),
        (&["03:00-04:00"], "2026-10-25T02:00:00Z", 60),
        // What touches there is worked once.
        (&["01:00-02:30", "02:30-05:00"], "2026-10-24T23:00:00Z", 300),
        (&["02:00-02:15", "02:15-02:30", "02:30-02:45"], "2026-10-25T00:00:00Z", 105),
    ] {
        let calendar = daily("Europe/Berlin", texts);
        assert_eq!(told(calendar.due(at(day.0), 0)), begin, "{texts:?}");
        assert_eq!(calendar.worked(at(day.0), at(day.1)), minutes * 60, "{texts:?}");
    }
    // At midnight itself: in Havana 01:00 is followed by 00:00, so the evening before ends twice.
    let havana = daily("America/Havana", &["20:00-24:00"]);
    let (from, until) = (at("2025-11-01T16:00:00Z"), at("2025-11-02T12:00:00Z"));
    assert_eq!(havana.worked(from, until), 5 * 3_600);
    assert_eq!(told(havana.due(at("2025-11-02T04:30:00Z"), 0)), "2025-11-02T04:30:00Z");
}

#[test]
fn a_night_shift_is_two_intervals() {
    let nights = daily("America/New_York", &["00:00-06:00", "22:00-24:00"]);
    let evening = at("2026-11-20T03:30:00Z");
    assert_eq!(told(nights.due(evening, 2 * 3_600)), "2026-11-20T05:30:00Z");
    assert_eq!(told(nights.due(evening, 8 * 3_600)), "2026-11-21T03:30:00Z");
    // The night in which clocks go on has an hour less.
    assert_eq!(nights.worked(at("2026-03-08T03:00:00Z"), at("2026-03-08T10:00:00Z")), 7 * 3_600);
}

#[test]
fn without_working_time_within_five_years_nothing_is_due() {
    let mut week = Week::default();
    week[0] = hours(&["09:00-10:00"]);
    let mondays =
        || (0..262_i64).map(|n| jiff::civil::date(2026, 1, 5) + jiff::Span::new().weeks(n));
    let calendar = Calendar::new("x", "UTC", week, mondays()).unwrap();
    assert_eq!(calendar.due(at("2026-01-01T00:00:00Z"), 0), None);
    assert_eq!(told(calendar.due(at("2026-01-10T00:00:00Z"), 60)), "2031-01-13T09:01:00Z");
    let ends = [Timestamp::MIN, Timestamp::MAX, Timestamp::from_secs(253_402_200_000)];
    for (one, other) in ends.into_iter().zip(ends.into_iter().rev()) {
        assert!(calendar.due(one, 10_000_000).is_none());
        let _ = calendar.worked(one, other);
        let _ = Calendar::always().worked(one, other);
    }
}

/// Any calendar, with up to three intervals a day and holidays around changes of clocks.
fn any_calendar() -> impl Strategy<Value = Calendar> {
    let day = prop::collection::btree_set(0_u16..=96, 0..7).prop_map(|quarters| {
        let minutes: Vec<u16> = quarters.into_iter().map(|quarter| quarter * 15).collect();
        minutes.chunks_exact(2).filter_map(|pair| Hours::new(pair[0], pair[1])).collect::<Vec<_>>()
    });
    let holidays = prop::collection::vec((1_i8..=12, 1_i8..=28), 0..5);
    (select(ZONES.to_vec()), prop::array::uniform7(day), holidays).prop_filter_map(
        "some hours",
        |(zone, week, holidays)| {
            let holidays =
                holidays.into_iter().map(|(month, day)| jiff::civil::date(2026, month, day));
            Calendar::new("any", zone, week, holidays).ok()
        },
    )
}

/// Around the changes of clocks of 2026 above all.
fn any_moment() -> impl Strategy<Value = Timestamp> {
    let changes = [
        "2026-03-08T07:00:00Z",
        "2026-11-01T06:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-10-25T01:00:00Z",
        "2026-10-03T15:30:00Z",
        "2026-04-04T15:00:00Z",
        "2026-02-15T02:00:00Z",
        "2025-11-02T05:00:00Z",
        "2028-02-29T12:00:00Z",
    ];
    let near = -3 * 86_400_000_000_i64..3 * 86_400_000_000;
    (select(changes.to_vec()), near)
        .prop_map(|(change, off)| Timestamp::from_micros(at(change).micros() + off))
}

proptest! {
    /// What is due has been worked, and not a moment earlier.
    #[test]
    fn due_and_worked_agree(
        calendar in any_calendar(),
        start in any_moment(),
        work in prop_oneof![0..7_200_i64, 0..2_000_000_i64],
    ) {
        let Some(due) = calendar.due(start, work) else {
            // There is too little working time as far as anybody looks.
            prop_assert!(calendar.worked(start, start + HORIZON_SECS) < work);
            return Ok(());
        };
        prop_assert!(due >= start);
        prop_assert_eq!(calendar.worked(start, due), work);
        let before = Timestamp::from_micros(due.micros() - 1);
        prop_assert!(before < start || calendar.worked(start, before) < work.max(1));
        if work == 0 {
            // Work goes on at once.
            prop_assert_eq!(calendar.due(due, 0), Some(due));
            prop_assert_eq!(calendar.worked(start, due + 1).min(1), calendar.worked(due, due + 1));
        }
    }

    /// Time that is worked in parts is the whole, and never more than passes.
    #[test]
    fn working_time_adds_up(
        calendar in any_calendar(),
        from in any_moment(),
        first in 0..1_000_000_i64,
        then in 0..1_000_000_i64,
    ) {
        let (between, until) = (from + first, from + first + then);
        let parts = calendar.worked(from, between) + calendar.worked(between, until);
        let whole = calendar.worked(from, until);
        // Each part may lose less than a second.
        prop_assert!((parts..=parts + 1).contains(&whole), "{} of {}", parts, whole);
        prop_assert!(whole <= first + then);
    }
}
