//! Moments, as UTC microseconds.

use std::ops::{Add, Sub};

/// Seconds of one UTC day.
pub const DAY: i64 = 86_400;

const MICROS: i64 = 1_000_000;

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest representable moment.
    pub const MIN: Self = Self(i64::MIN);
    /// The latest representable moment.
    pub const MAX: Self = Self(i64::MAX);

    /// A moment from microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// A moment from whole seconds since the epoch; saturates at the ends of the range.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(MICROS))
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The second this moment lies in: scoring looks at time by the second.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(MICROS)
    }
}

/// Adds seconds, saturating.
impl Add<i64> for Timestamp {
    type Output = Self;

    fn add(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs.saturating_mul(MICROS)))
    }
}

/// Takes seconds off, saturating.
impl Sub<i64> for Timestamp {
    type Output = Self;

    fn sub(self, secs: i64) -> Self {
        Self(self.0.saturating_sub(secs.saturating_mul(MICROS)))
    }
}

/// The UTC day a second lies in, counted from 1970-01-01.
#[must_use]
pub const fn day_of(secs: i64) -> i64 {
    secs.div_euclid(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_before_1970_lie_in_the_second_that_contains_them() {
        assert_eq!(Timestamp::from_micros(-1).secs(), -1);
        assert_eq!(day_of(-1), -1);
        assert_eq!(day_of(DAY), 1);
    }
}
