//! Working hours as moments, a day at a time.

use super::{Date, Days};
use crate::Timestamp;

/// Working time from a moment up to another, which is no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) begin: Timestamp,
    pub(super) end: Timestamp,
}

/// The stretches of one day after the other.
#[derive(Debug)]
pub(super) struct Stretches<'a> {
    days: &'a Days,
    /// The day being looked at; `None` when there is no further one.
    date: Option<Date>,
    /// Which of its hours come next.
    next: usize,
    /// No stretch begins before the ends of those before it: where clocks are put back, hours that touch
    /// share the time that is there twice, and it is worked once.
    reached: Timestamp,
}

impl<'a> Stretches<'a> {
    /// From the day before that of a moment on, whose hours can end after it where clocks are put
    /// back at midnight.
    pub(super) fn new(days: &'a Days, from: Timestamp) -> Self {
        let date = days.zone.date(from).map(|date| date.yesterday().unwrap_or(date));
        Self { days, date, next: 0, reached: Timestamp::MIN }
    }

    /// The next hours as moments; `None` where the range of civil time ends.
    fn stretch(&self, date: Date, hours: super::Hours) -> Option<Stretch> {
        let civil = |minute: u16| {
            let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
            match hour {
                24 => Some(date.tomorrow().ok()?.at(0, minute, 0, 0)),
                _ => Some(date.at(hour, minute, 0, 0)),
            }
        };
        Some(Stretch {
            begin: self.days.zone.begin(civil(hours.from())?)?,
            end: self.days.zone.end(civil(hours.until())?)?,
        })
    }
}

impl Iterator for Stretches<'_> {
    type Item = Stretch;

    fn next(&mut self) -> Option<Stretch> {
        loop {
            let date = self.date?;
            let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).ok()?;
            let hours = self.days.week.get(weekday)?.get(self.next).copied();
            let Some(hours) = hours.filter(|_| !self.days.holidays.contains(&date)) else {
                self.date = date.tomorrow().ok();
                self.next = 0;
                continue;
            };
            self.next += 1;
            let Stretch { begin, end } = self.stretch(date, hours)?;
            let begin = begin.max(self.reached);
            self.reached = self.reached.max(end);
            if begin < end {
                return Some(Stretch { begin, end });
            }
        }
    }
}
