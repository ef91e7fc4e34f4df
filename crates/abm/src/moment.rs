//! Moments on the command line and on the screen.

use std::time::SystemTime;

use anyhow::Context;
use jiff::Timestamp;

/// Reads a moment such as `2018-01-01T00:00Z`.
pub(crate) fn parse(text: &str) -> anyhow::Result<Timestamp> {
    text.parse().with_context(|| {
        format!("`{text}` is not a moment with its offset, such as 2018-01-01T00:00Z")
    })
}

/// A moment as a message.
pub(crate) fn to_proto(time: Timestamp) -> prost_types::Timestamp {
    let nanos = time.subsec_nanosecond();
    // The seconds of the message are those at or before the moment.
    let (seconds, nanos) = match nanos {
        nanos if nanos < 0 => (time.as_second() - 1, nanos + 1_000_000_000),
        nanos => (time.as_second(), nanos),
    };
    prost_types::Timestamp { seconds, nanos }
}

/// A moment for people: to the second, in UTC; a dash when there is none.
pub(crate) fn show(time: Option<&prost_types::Timestamp>) -> String {
    let time = time.and_then(|time| Timestamp::new(time.seconds, 0).ok());
    time.map_or_else(|| "-".to_owned(), |time| time.to_string())
}

/// The present second.
pub(crate) fn now_secs() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "a demo world ends at the real present")]
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
