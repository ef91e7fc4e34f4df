//! A date and a time of day as three and more numbers, before anybody says what they mean.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use super::DateOrder;

/// The parts of a text such as `26-02-2018 19:58` or `2018-02-26T19:58:54.264+0100`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    date: [Number; 3],
    time: Time,
    /// The first number has four digits.
    pub(super) year_first: bool,
    /// The offset from UTC, where there is one.
    pub(super) offset: Option<Offset>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Number {
    value: i16,
    digits: usize,
}

impl Written {
    /// Takes a text apart; `None` when it is not written like a date.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (first, rest) = number(text, 4)?;
        let separator = rest.chars().next().filter(|letter| "-/.".contains(*letter))?;
        let (second, rest) = number(rest.strip_prefix(separator)?, 2)?;
        let (third, rest) = number(rest.strip_prefix(separator)?, 4)?;
        let year_first = first.digits == 4;
        // Exactly one of the numbers may be a year with four digits; none has three.
        let long = |number: Number| number.digits > 2;
        if first.digits == 3 || third.digits == 3 || (year_first && long(third)) {
            return None;
        }
        let (time, offset) = time_and_offset(rest)?;
        Some(Self { date: [first, second, third], time, year_first, offset })
    }

    /// The numbers in an order; `None` when that is no day of the calendar.
    pub(super) fn in_order(&self, order: DateOrder) -> Option<DateTime> {
        let [first, second, third] = self.date;
        let (year, month, day) = match order {
            DateOrder::Ymd => (first, second, third),
            DateOrder::Dmy => (third, second, first),
            DateOrder::Mdy => (third, first, second),
        };
        let year = match year.digits {
            4 => year.value,
            // As POSIX reads two digits.
            2 if year.value < 69 => 2000 + year.value,
            2 => 1900 + year.value,
            _ => return None,
        };
        let part = |number: Number| i8::try_from(number.value).ok();
        let date = Date::new(year, part(month)?, part(day)?).ok()?;
        Some(date.to_datetime(self.time))
    }
}

/// What follows a date: nothing, or a time of day and perhaps an offset.
fn time_and_offset(text: &str) -> Option<(Time, Option<Offset>)> {
    if text.is_empty() {
        return Some((Time::midnight(), None));
    }
    let text = match text.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None => {
            let rest = text.strip_prefix(',').unwrap_or(text);
            let trimmed = rest.trim_start();
            (trimmed.len() < rest.len()).then_some(trimmed)?
        }
    };
    let (hour, rest) = number(text, 2)?;
    let (minute, mut rest) = number(rest.strip_prefix(':')?, 2)?;
    let (mut second, mut nano) = (0, 0);
    if let Some(after) = rest.strip_prefix(':') {
        let (number, after) = number(after, 2)?;
        second = number.value;
        rest = after;
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let (fraction, after) = after.split_at_checked(digits).filter(|_| digits > 0)?;
            nano = nanos(fraction);
            rest = after;
        }
    }
    let (hour, rest) = twelve_hours(hour.value, rest.trim_start())?;
    let time = Time::new(
        hour,
        i8::try_from(minute.value).ok()?,
        // A leap second is the second before it.
        i8::try_from(if second == 60 { 59 } else { second }).ok()?,
        nano,
    );
    let offset = if rest.is_empty() { None } else { Some(offset(rest)?) };
    Some((time.ok()?, offset))
}

/// The hour of the day, where `AM` or `PM` may follow.
fn twelve_hours(hour: i16, rest: &str) -> Option<(i8, &str)> {
    let half = rest.get(..2).map(str::to_ascii_lowercase);
    let noon = match half.as_deref() {
        Some("am") => 0,
        Some("pm") => 12,
        _ => return Some((i8::try_from(hour).ok()?, rest)),
    };
    let hour = (1..=12).contains(&hour).then_some(hour % 12 + noon)?;
    Some((i8::try_from(hour).ok()?, rest.get(2..)?.trim_start()))
}

/// `Z`, `UTC`, `GMT`, `+02`, `+0200` or `+02:00`.
pub(super) fn offset(text: &str) -> Option<Offset> {
    if ["Z", "UTC", "GMT"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match text.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, text.strip_prefix(['-', '\u{2212}'])?),
    };
    let (hours, rest) = digits.split_at_checked(2)?;
    let minutes = rest.strip_prefix(':').unwrap_or(rest);
    let (hours, _) = number(hours, 2).filter(|(n, rest)| n.digits == 2 && rest.is_empty())?;
    let minutes = match number(minutes, 2) {
        Some((minutes, "")) if minutes.digits == 2 && minutes.value < 60 => minutes.value,
        None if rest.is_empty() => 0,
        _ => return None,
    };
    // No place on earth is further from UTC than 14 hours.
    if hours.value > 14 {
        return None;
    }
    let seconds = i32::from(hours.value) * 3600 + i32::from(minutes) * 60;
    Offset::from_seconds(sign * seconds).ok()
}

/// Digits after a point as billionths; finer ones are cut off.
pub(super) fn nanos(fraction: &str) -> i32 {
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    digits.fold(0, |nanos, digit| nanos * 10 + i32::from(digit.saturating_sub(b'0')))
}

/// The digits at the beginning of a text, one to `longest` of them.
fn number(text: &str, longest: usize) -> Option<(Number, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > longest {
        return None;
    }
    let (number, rest) = text.split_at_checked(digits)?;
    Some((Number { value: number.parse().ok()?, digits }, rest))
}
