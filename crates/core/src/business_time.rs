//! Business time: when people work, and how much working time lies between two moments.
//!
//! `docs/handoff-policy.md` states the rules completely; `tests/golden/business_time.py` is a second
//! implementation, made from that document.

mod hours;
mod stretches;
mod zone;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use thiserror::Error;

use crate::{DAY, Timestamp};
use stretches::{Stretch, Stretches};
use zone::Zone;

pub use hours::{Hours, Weekday};
pub use jiff::civil::Date;

/// How far ahead working time is looked for, in seconds: 1,830 days, which five years never exceed.
pub const HORIZON_SECS: i64 = 1_830 * DAY;

/// The working hours of a week: a list for each day from Monday to Sunday.
pub type Week = [Vec<Hours>; 7];

/// When somebody works.
#[derive(Clone, Debug)]
pub struct Calendar {
    name: String,
    /// `None` when every second counts.
    days: Option<Days>,
}

/// Working hours by weekday, in civil time.
#[derive(Clone, Debug)]
struct Days {
    zone: Zone,
    week: Week,
    holidays: BTreeSet<Date>,
}

/// Why there can be no such calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// The tz database has no zone of this name.
    #[error("is no time zone of the tz database, such as `Europe/Berlin`")]
    UnknownZone,
    /// The hours of a day overlap, or are not in the order of the day.
    #[error("must be in the order of the day and not overlap")]
    Unordered(Weekday),
    /// No day of the week has hours.
    #[error("has no working hours")]
    NoHours,
}

impl Calendar {
    /// The name of the calendar in which every second counts.
    pub const ALWAYS: &'static str = "always";

    /// The calendar in which every second counts; its days are those of UTC.
    #[must_use]
    pub fn always() -> Self {
        Self { name: Self::ALWAYS.to_owned(), days: None }
    }

    /// A calendar of working hours in an IANA time zone, and of civil dates on which nobody works.
    /// The hours of a day may touch.
    ///
    /// # Errors
    /// The first thing that is wrong: the zone, the order of hours, or that there are none.
    pub fn new(
        name: impl Into<String>,
        time_zone: &str,
        week: Week,
        holidays: impl IntoIterator<Item = Date>,
    ) -> Result<Self, CalendarError> {
        let zone = Zone::get(time_zone).ok_or(CalendarError::UnknownZone)?;
        for (day, hours) in Weekday::ALL.iter().zip(&week) {
            if !hours.is_sorted_by(|one, next| one.until() <= next.from()) {
                return Err(CalendarError::Unordered(*day));
            }
        }
        if week.iter().all(Vec::is_empty) {
            return Err(CalendarError::NoHours);
        }
        let holidays = holidays.into_iter().collect();
        Ok(Self { name: name.into(), days: Some(Days { zone, week, holidays }) })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The civil date of a moment in the calendar's zone; `None` outside the years -9999 to 9999.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> Option<Date> {
        match &self.days {
            Some(days) => days.zone.date(at),
            None => Zone::utc().date(at),
        }
    }

    /// The first moment at which this much working time, in seconds, has passed since `start`. Without
    /// any (0 or less) it is the next moment that is working time: `start` itself if it is. The end
    /// of a stretch of working time is no part of it. `start` keeps its microseconds.
    ///
    /// `None` when that is not within [`HORIZON_SECS`], or beyond the years -9999 to 9999.
    #[must_use]
    pub fn due(&self, start: Timestamp, work_secs: i64) -> Option<Timestamp> {
        let latest = start + HORIZON_SECS;
        let mut left = Timestamp::from_secs(work_secs.max(0)).micros();
        for Stretch { begin, end } in self.stretches(start) {
            let begin = begin.max(start);
            if begin > latest {
                break;
            }
            if begin >= end {
                continue;
            }
            let here = end.micros().saturating_sub(begin.micros());
            if left <= here {
                let due = Timestamp::from_micros(begin.micros().saturating_add(left));
                return (due <= latest).then_some(due);
            }
            left -= here;
        }
        None
    }

    /// Working time between two moments, in whole seconds; 0 if `until` is not after `from`.
    #[must_use]
    pub fn worked(&self, from: Timestamp, until: Timestamp) -> i64 {
        let mut micros = 0_i64;
        for Stretch { begin, end } in self.stretches(from) {
            if begin >= until {
                break;
            }
            let here = end.min(until).micros().saturating_sub(begin.max(from).micros());
            micros = micros.saturating_add(here.max(0));
        }
        Timestamp::from_micros(micros).secs()
    }

    /// The stretches of working time from some moment before `from` on, in order, without overlap.
    fn stretches(&self, from: Timestamp) -> impl Iterator<Item = Stretch> {
        let always = Stretch { begin: Timestamp::MIN, end: Timestamp::MAX };
        let always = self.days.is_none().then_some(always);
        let days = self.days.as_ref().map(|days| Stretches::new(days, from));
        always.into_iter().chain(days.into_iter().flatten())
    }
}
