//! By when a call must be answered.

use std::time::Duration;

use http::HeaderMap;
use tonic::{Code, Status};

use crate::ServerConfig;
use crate::error::refusal;

/// The time the caller allows, up to the server's own limit.
pub(super) fn of(headers: &HeaderMap, config: &ServerConfig) -> Duration {
    let asked = headers.get("grpc-timeout").and_then(|value| parse(value.to_str().ok()?));
    asked.unwrap_or(config.deadline_default).min(config.deadline_most)
}

/// `grpc-timeout`: at most eight digits and a unit.
fn parse(value: &str) -> Option<Duration> {
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if digits.len() > 8 {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(amount * 3_600),
        "M" => Duration::from_secs(amount * 60),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    })
}

/// The time has passed. Whether a write happened is not known.
pub(super) fn passed(deadline: Duration) -> Status {
    let metadata = [("deadline_ms", deadline.as_millis().to_string())];
    let message = "the deadline passed; a write may have happened";
    refusal(Code::DeadlineExceeded, "TIMED_OUT", message, metadata, |_| {})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_read_as_grpc_writes_them() {
        assert_eq!(parse("5S"), Some(Duration::from_secs(5)));
        assert_eq!(parse("250m"), Some(Duration::from_millis(250)));
        assert_eq!(parse("99999999H"), Some(Duration::from_secs(99_999_999 * 3_600)));
        for bad in ["", "S", "5", "5X", "123456789S", "-1S", "ä"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
