//! Days of the week, and hours of a day.

use std::fmt;

use crate::named::named;

named!(
    /// A day of the week.
    Weekday {
        /// Monday.
        Mon = "mon",
        /// Tuesday.
        Tue = "tue",
        /// Wednesday.
        Wed = "wed",
        /// Thursday.
        Thu = "thu",
        /// Friday.
        Fri = "fri",
        /// Saturday.
        Sat = "sat",
        /// Sunday.
        Sun = "sun",
    }
);

/// Minutes of a civil day.
const DAY_MINUTES: u16 = 24 * 60;

/// Hours of one civil day, such as `09:00-17:30`: from a minute up to another, which is not part
/// of it. At least a minute long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: u16,
    until: u16,
}

impl Hours {
    /// From a minute of the day, 0 to 1,439, until a later one, at most 1,440; else `None`.
    #[must_use]
    pub fn new(from: u16, until: u16) -> Option<Self> {
        (from < until && until <= DAY_MINUTES).then_some(Self { from, until })
    }

    /// Reads `09:00-17:30`; the end may be `24:00`. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (from, until) = text.split_once('-')?;
        Self::new(minute(from)?, minute(until)?)
    }

    /// The minute of the day at which they begin.
    #[must_use]
    pub const fn from(self) -> u16 {
        self.from
    }

    /// The minute of the day at which they end.
    #[must_use]
    pub const fn until(self) -> u16 {
        self.until
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, until } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

/// The minute of the day of `HH:MM`, up to `24:00`.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !two(hour) || !two(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let whole = hour * 60 + minute;
    (minute < 60 && whole <= DAY_MINUTES).then_some(whole)
}
