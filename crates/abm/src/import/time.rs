//! Times, as real files write them, without guessing.
//!
//! A time without an offset is nothing until somebody says in which zone it was written, and
//! `01-02-2018` is two different days. Both can be stated, in the map or on the command line; as
//! long as they are not, the first such value stops the import.

mod written;

use anyhow::{Context, bail};
use clap::ValueEnum;
use jiff::civil::{self, DateTime};
use jiff::fmt::strtime;
use jiff::tz::{Offset, TimeZone};
use serde::Deserialize;

use self::written::Written;
use super::map::TimeFile;

/// What comes first in a date whose year is not written first with four digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DateOrder {
    /// Year, month, day.
    Ymd,
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

/// What is stated about the times of a file.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    zone: Option<TimeZone>,
    order: Option<DateOrder>,
    formats: Vec<Way>,
}

/// A way to write a time.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// The year first, with four digits.
    Iso,
    /// Any other order of three numbers.
    Numeric,
    EpochSeconds,
    EpochMilliseconds,
    /// What strptime reads.
    Pattern(String),
}

/// Why a text is not taken as a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TimeError {
    /// It is none.
    Invalid(&'static str),
    /// It is one that can be read in several ways; how to state which.
    Ambiguous(String),
}

const NO_TIME: TimeError = TimeError::Invalid(
    "is not a time in a form that is stated; an example is 2018-02-26T19:58:54Z",
);
const NO_DAY: TimeError = TimeError::Invalid("is not a day of the calendar, or not a time of day");

impl Times {
    /// Takes what a map and the command line state.
    ///
    /// # Errors
    /// When a zone or a format does not exist.
    pub(crate) fn new(file: &TimeFile) -> anyhow::Result<Self> {
        let zone = file.zone.as_deref().map(zone).transpose()?;
        let ways: anyhow::Result<Vec<Way>> = file.formats.iter().map(|text| way(text)).collect();
        let mut formats = ways?;
        if formats.is_empty() {
            formats = vec![Way::Iso, Way::Numeric];
        }
        Ok(Self { zone, order: file.order, formats })
    }

    /// The moment that a text stands for.
    ///
    /// # Errors
    /// When it is no time, or one that nobody stated how to read.
    pub(crate) fn read(&self, text: &str) -> Result<prost_types::Timestamp, TimeError> {
        for way in &self.formats {
            if let Some(moment) = self.read_as(way, text) {
                return moment.map(to_message);
            }
        }
        if text.len() > 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // Not shown: digits may be anything, a telephone number for example.
            return Err(TimeError::Ambiguous(
                "the digits may count seconds or milliseconds: state \
                 `time: {formats: [epoch_s]}` or `[epoch_ms]` in the map"
                    .to_owned(),
            ));
        }
        Err(NO_TIME)
    }

    /// `None` when the text is not written that way.
    fn read_as(&self, way: &Way, text: &str) -> Option<Result<jiff::Timestamp, TimeError>> {
        match way {
            Way::Iso | Way::Numeric => {
                let written = Written::read(text)?;
                (written.year_first == (*way == Way::Iso)).then(|| self.moment(&written, text))
            }
            Way::EpochSeconds => {
                let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
                let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
                let seconds = seconds.parse().ok().filter(|_| is_digits(fraction))?;
                let nanos = written::nanos(fraction);
                Some(jiff::Timestamp::new(seconds, nanos).map_err(|_| NO_DAY))
            }
            Way::EpochMilliseconds => {
                let millis = text.parse().ok()?;
                Some(jiff::Timestamp::from_millisecond(millis).map_err(|_| NO_DAY))
            }
            Way::Pattern(pattern) => {
                let parts = strtime::parse(pattern, text).ok()?;
                let midnight =
                    || parts.to_date().map(|date| date.to_datetime(civil::Time::midnight()));
                let date_time = parts.to_datetime().or_else(|_| midnight());
                Some(date_time.map_err(|_| NO_DAY).and_then(|d| self.at(d, parts.offset(), text)))
            }
        }
    }

    /// The moment of three numbers and a time of day.
    fn moment(&self, written: &Written, text: &str) -> Result<jiff::Timestamp, TimeError> {
        let order = if written.year_first { Some(DateOrder::Ymd) } else { self.order };
        let order = order.ok_or_else(|| {
            let zone = match (written.offset, &self.zone) {
                (None, None) => ", and its zone with --time-zone",
                _ => "",
            };
            TimeError::Ambiguous(format!(
                "`{text}` can be read in several orders: state which with --date-order dmy, mdy \
                 or ymd{zone}, or as `time: {{order: dmy}}` in the map"
            ))
        })?;
        let date_time = written.in_order(order).ok_or(NO_DAY)?;
        self.at(date_time, written.offset, text)
    }

    fn at(
        &self,
        date_time: DateTime,
        offset: Option<Offset>,
        text: &str,
    ) -> Result<jiff::Timestamp, TimeError> {
        if let Some(offset) = offset {
            return offset.to_timestamp(date_time).map_err(|_| NO_DAY);
        }
        let zone = self.zone.as_ref().ok_or_else(|| {
            TimeError::Ambiguous(format!(
                "`{text}` has no offset from UTC: state its zone with --time-zone, for example \
                 --time-zone Europe/Berlin, or as `time: {{zone: Europe/Berlin}}` in the map"
            ))
        })?;
        // The hour that comes twice in autumn is its first coming; one that is left out in spring
        // is counted on from the hour before it.
        zone.to_ambiguous_timestamp(date_time).compatible().map_err(|_| NO_DAY)
    }
}

fn way(text: &str) -> anyhow::Result<Way> {
    Ok(match text {
        "iso" => Way::Iso,
        "numeric" => Way::Numeric,
        "epoch_s" => Way::EpochSeconds,
        "epoch_ms" => Way::EpochMilliseconds,
        pattern if pattern.contains('%') => {
            // A directive that does not exist would make every row a bad one.
            let moment = jiff::Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
            strtime::format(pattern, &moment).with_context(|| {
                format!("`time.formats` holds `{pattern}`, which is no pattern")
            })?;
            Way::Pattern(pattern.to_owned())
        }
        other => bail!(
            "`time.formats` holds `{other}`: allowed are iso, numeric, epoch_s, epoch_ms, and \
             patterns such as `%d.%m.%Y %H:%M`"
        ),
    })
}

/// A zone by name, or a fixed offset.
fn zone(name: &str) -> anyhow::Result<TimeZone> {
    if let Some(offset) = written::offset(name) {
        return Ok(TimeZone::fixed(offset));
    }
    TimeZone::get(name).with_context(|| {
        format!("there is no time zone `{name}`; examples are Europe/Berlin, UTC and +02:00")
    })
}

fn to_message(moment: jiff::Timestamp) -> prost_types::Timestamp {
    let nanos = moment.as_nanosecond();
    let seconds = nanos.div_euclid(1_000_000_000);
    prost_types::Timestamp {
        seconds: i64::try_from(seconds).unwrap_or_default(),
        nanos: i32::try_from(nanos.rem_euclid(1_000_000_000)).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
