//! Who works, and when, as people write it.

use serde::{Deserialize, Serialize};

/// When people work.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    /// Its name; unique, and neither `always` nor `owner`.
    pub name: String,
    /// The IANA time zone of its hours and dates.
    pub time_zone: String,
    /// Working hours.
    #[serde(default)]
    pub hours: WeekFile,
    /// Civil dates on which nobody works, such as `2026-12-25`.
    #[serde(default)]
    pub holidays: Vec<String>,
}

/// Working hours by weekday, such as `09:00-17:30`, in the order of the day.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WeekFile {
    /// Monday.
    pub mon: Vec<String>,
    /// Tuesday.
    pub tue: Vec<String>,
    /// Wednesday.
    pub wed: Vec<String>,
    /// Thursday.
    pub thu: Vec<String>,
    /// Friday.
    pub fri: Vec<String>,
    /// Saturday.
    pub sat: Vec<String>,
    /// Sunday.
    pub sun: Vec<String>,
}

/// Somebody who takes handoffs.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerFile {
    /// Their id, as in the field `owner` of accounts; unique.
    pub id: String,
    /// The team they belong to.
    pub team: Option<String>,
    /// Their calendar; the default calendar when not given.
    pub calendar: Option<String>,
    /// Open handoffs that they take at a time, at least 1; no limit when not given.
    pub capacity: Option<u32>,
    /// When they are away.
    #[serde(default)]
    pub absent: Vec<AbsenceFile>,
}

/// Days on which somebody is away: civil dates in their calendar's zone, both included.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AbsenceFile {
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
}
