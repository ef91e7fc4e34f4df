//! Moments and spans that tests speak of.

use abm_core::{DAY, Timestamp};

/// When a world begins: Monday, 2026-03-02 00:00:00 UTC.
pub const START: Timestamp = Timestamp::from_secs(1_772_409_600);

/// Seconds of an hour.
pub const HOUR: i64 = 3_600;

/// Days as seconds.
#[must_use]
pub const fn days(count: i64) -> i64 {
    count * DAY
}
