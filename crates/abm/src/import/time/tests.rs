use proptest::prelude::*;

use super::*;

fn times(zone: Option<&str>, order: Option<DateOrder>, formats: &[&str]) -> Times {
    let formats = formats.iter().map(|&format| format.to_owned()).collect();
    Times::new(&TimeFile { zone: zone.map(str::to_owned), order, formats }).unwrap()
}

fn shown(times: &Times, text: &str) -> Result<String, TimeError> {
    let moment = times.read(text)?;
    Ok(jiff::Timestamp::new(moment.seconds, moment.nanos).unwrap().to_string())
}

/// What is said about a text that can be read in several ways.
fn ambiguous(times: &Times, text: &str) -> String {
    match shown(times, text) {
        Err(TimeError::Ambiguous(message)) => message,
        other => unreachable!("{text}: {other:?}"),
    }
}

#[test]
fn an_offset_says_all() {
    let nothing_stated = times(None, None, &[]);
    for (text, expected) in [
        ("2013-06-07T00:43:32Z", "2013-06-07T00:43:32Z"),
        ("2018-01-26T06:56:35+0000", "2018-01-26T06:56:35Z"),
        ("2018-01-26T06:56:35-0400", "2018-01-26T10:56:35Z"),
        ("2018-01-26 06:56:35.5 +02:00", "2018-01-26T04:56:35.5Z"),
        ("2019-11-11T17:23:34.000+0000", "2019-11-11T17:23:34Z"),
        ("2018-01-26 06:56 UTC", "2018-01-26T06:56:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
    ] {
        assert_eq!(shown(&nothing_stated, text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn a_time_without_offset_is_refused_until_its_zone_is_stated() {
    let text = "2018-07-01 12:00:00";
    let message = ambiguous(&times(None, None, &[]), text);
    assert!(message.contains("--time-zone"), "{message}");
    for (zone, expected) in [
        ("UTC", "2018-07-01T12:00:00Z"),
        ("Europe/Berlin", "2018-07-01T10:00:00Z"),
        ("America/New_York", "2018-07-01T16:00:00Z"),
        ("+05:30", "2018-07-01T06:30:00Z"),
    ] {
        assert_eq!(shown(&times(Some(zone), None, &[]), text).as_deref(), Ok(expected), "{zone}");
    }
}

#[test]
fn a_date_is_refused_until_its_order_is_stated() {
    for text in ["01-02-2018", "26-02-2018 19:58", "10/20/2016", "8/9/14 19:00"] {
        let message = ambiguous(&times(Some("UTC"), None, &[]), text);
        assert!(message.contains("--date-order"), "{message}");
    }
    let (dmy, mdy, ymd) = (DateOrder::Dmy, DateOrder::Mdy, DateOrder::Ymd);
    for (text, order, expected) in [
        ("01-02-2018", dmy, "2018-02-01T00:00:00Z"),
        ("01-02-2018", mdy, "2018-01-02T00:00:00Z"),
        ("26-02-2018 19:58", dmy, "2018-02-26T19:58:00Z"),
        ("10/20/2016", mdy, "2016-10-20T00:00:00Z"),
        ("8/9/14 19:00", mdy, "2014-08-09T19:00:00Z"),
        ("26.2.18 7:05:09", dmy, "2018-02-26T07:05:09Z"),
        ("18-02-26", ymd, "2018-02-26T00:00:00Z"),
        ("2018-02-26", dmy, "2018-02-26T00:00:00Z"),
        ("1/2/2014 7:00 PM", mdy, "2014-01-02T19:00:00Z"),
        ("1/2/2014, 12:30 am", mdy, "2014-01-02T00:30:00Z"),
    ] {
        assert_eq!(
            shown(&times(Some("UTC"), Some(order), &[]), text).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
}

#[test]
fn what_the_stated_order_does_not_allow_is_a_bad_row() {
    let stated = times(Some("UTC"), Some(DateOrder::Dmy), &[]);
    for text in [
        "02/26/2018",
        "31-04-2018",
        "2018-02-30",
        "2018-13-01",
        "01-02-018",
        "2018-02-2018",
        "1-2-2018 25:00",
        "1-2-2018 13:00 PM",
        "1-2/2018",
        "01-May",
        "yesterday",
        "2018-02",
        "2018-01-01T10:00:00+25:00",
        "2018-01-01T",
        "2018-01-01 10",
        "2018-01-01x10:00",
    ] {
        let found = shown(&stated, text);
        assert!(matches!(found, Err(TimeError::Invalid(_))), "{text}: {found:?}");
    }
}

#[test]
fn counted_time_is_taken_only_when_its_unit_is_stated() {
    let millis = "1661707291575";
    let found = shown(&times(Some("UTC"), None, &[]), millis);
    assert!(matches!(found, Err(TimeError::Ambiguous(_))), "{found:?}");
    let expected = Ok("2022-08-28T17:21:31.575Z");
    assert_eq!(shown(&times(None, None, &["epoch_ms"]), millis).as_deref(), expected);
    assert_eq!(shown(&times(None, None, &["epoch_s"]), "1661707291.575").as_deref(), expected);
    let two = times(None, None, &["iso", "epoch_ms"]);
    assert_eq!(shown(&two, millis).as_deref(), expected);
    assert_eq!(shown(&two, "2022-08-28T17:21:31.575Z").as_deref(), expected);
}

#[test]
fn a_pattern_reads_what_is_written_like_it() {
    let berlin = times(Some("Europe/Berlin"), None, &["%d-%b-%Y %H:%M", "%d-%b-%Y"]);
    assert_eq!(shown(&berlin, "13-Nov-2019 10:00").as_deref(), Ok("2019-11-13T09:00:00Z"));
    assert_eq!(shown(&berlin, "13-Nov-2019").as_deref(), Ok("2019-11-12T23:00:00Z"));
    assert!(shown(&berlin, "2019-11-13").is_err(), "only what is stated");
    let offset = times(None, None, &["%Y%m%dT%H%M%S%z"]);
    assert_eq!(shown(&offset, "20191113T100000+0100").as_deref(), Ok("2019-11-13T09:00:00Z"));
}

#[test]
fn the_hour_that_comes_twice_is_its_first_coming() {
    let berlin = times(Some("Europe/Berlin"), None, &[]);
    assert_eq!(shown(&berlin, "2021-10-31 02:30").as_deref(), Ok("2021-10-31T00:30:00Z"));
    assert_eq!(shown(&berlin, "2021-03-28 02:30").as_deref(), Ok("2021-03-28T01:30:00Z"));
}

#[test]
fn a_zone_or_format_that_does_not_exist_is_refused() {
    let zone = TimeFile { zone: Some("Europe/Atlantis".into()), ..TimeFile::default() };
    assert!(Times::new(&zone).unwrap_err().to_string().contains("Europe/Atlantis"));
    for format in ["rfc822", "%J"] {
        let file = TimeFile { formats: vec![format.into()], ..TimeFile::default() };
        assert!(Times::new(&file).unwrap_err().to_string().contains(format));
    }
}

#[test]
fn times_before_1970_count_their_parts_of_a_second_forward() {
    let moment = times(None, None, &[]).read("1969-12-31T23:59:59.25Z").unwrap();
    assert_eq!((moment.seconds, moment.nanos), (-1, 250_000_000));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[0-9TZ:./ +amp-]{0,24}") {
        for order in [None, Some(DateOrder::Dmy), Some(DateOrder::Ymd)] {
            let _ = times(Some("UTC"), order, &["iso", "numeric", "epoch_s", "%d.%m.%Y"]).read(&text);
        }
    }

    #[test]
    fn every_second_survives_being_written(second in 0_i64..4_000_000_000) {
        let text = jiff::Timestamp::from_second(second).unwrap().to_string();
        prop_assert_eq!(times(None, None, &[]).read(&text).unwrap().seconds, second);
    }
}
