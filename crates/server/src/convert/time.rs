//! Moments.

use abm_core::{Timestamp, Violation};

const MICROS: i64 = 1_000_000;

/// The moment of a message, to the microsecond; `None` when it is not given.
pub(crate) fn from_proto(
    field: &str,
    time: Option<&prost_types::Timestamp>,
) -> Result<Option<Timestamp>, Violation> {
    let Some(time) = time else { return Ok(None) };
    let nanos = u32::try_from(time.nanos).ok().filter(|&nanos| nanos < 1_000_000_000);
    let micros = nanos
        .and_then(|nanos| time.seconds.checked_mul(MICROS)?.checked_add(i64::from(nanos / 1_000)));
    // The years 1 to 9999, as the contract of timestamps says.
    let in_range = (-62_135_596_800..=253_402_300_799).contains(&time.seconds);
    match micros.filter(|_| in_range) {
        Some(micros) => Ok(Some(Timestamp::from_micros(micros))),
        None => Err(Violation::invalid(field, "is not a moment from the year 1 to 9999")),
    }
}

/// A moment as a message.
pub(crate) fn to_proto(time: Timestamp) -> prost_types::Timestamp {
    let micros = time.micros();
    prost_types::Timestamp {
        seconds: micros.div_euclid(MICROS),
        nanos: i32::try_from(micros.rem_euclid(MICROS) * 1_000).unwrap_or(0),
    }
}

/// A second as a message.
pub(crate) fn from_secs(secs: i64) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: secs, nanos: 0 }
}
