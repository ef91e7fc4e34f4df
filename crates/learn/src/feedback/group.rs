//! By what records are grouped.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// What is known of a record by which it can be grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Where the lead came from, as the source says it.
    Origin,
    /// The campaign it is counted for.
    Campaign,
    /// Who had it in sales.
    Owner,
    /// The account's tier when it was qualified: `1`, `2`, `3`, or a word for none.
    Tier,
    /// The lead's engagement when it was qualified, 0 to 100; grouped by tens.
    Engagement,
    /// The version of the model that qualified it.
    ModelVersion,
}

/// What is known of a record. Of several of one dimension the first counts, so that a record is in
/// one group and groups add up; an empty text is as none.
pub type Keys = Vec<(Dimension, String)>;

/// By what to group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// All in one group.
    All,
    /// By the month, in UTC, in which it was qualified or handed over.
    Month,
    /// By the week of that moment, as ISO 8601 counts them: from Monday, in UTC.
    Week,
    /// By what is known of it.
    Key(Dimension),
}

/// A group. They are ordered: months and weeks by time, numbers by size, texts by their
/// characters, and what is not known last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// All records.
    All,
    /// A month, written `2018-03`.
    Month {
        /// The year.
        year: i16,
        /// 1 to 12.
        month: i8,
    },
    /// A week, written `2018-W09`.
    Week {
        /// The year that the week is counted in, not always that of each of its days.
        year: i16,
        /// 1 to 53.
        week: i8,
    },
    /// Scores from this one on, up to nine more and up to 100 from 90 on: written `70-79`.
    Band(u8),
    /// A tier or a version.
    Number(u64),
    /// Any other text, as it is.
    Text(String),
    /// Nothing is known, or a moment lies outside of the calendar; written `(unknown)`, since a
    /// source may well say `unknown`, which is something else.
    Unknown,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Week { year, week } => write!(f, "{year:04}-W{week:02}"),
            Self::Band(90) => f.write_str("90-100"),
            Self::Band(low) => write!(f, "{low}-{}", low.saturating_add(9)),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::Unknown => f.write_str("(unknown)"),
        }
    }
}

impl GroupBy {
    /// The group of a record, of which the moment is given in seconds.
    pub(super) fn group(self, at: i64, keys: &[(Dimension, String)]) -> Group {
        match self {
            Self::All => Group::All,
            Self::Month => date(at).map_or(Group::Unknown, |date| Group::Month {
                year: date.year(),
                month: date.month(),
            }),
            Self::Week => date(at).map_or(Group::Unknown, |date| {
                let date = date.iso_week_date();
                Group::Week { year: date.year(), week: date.week() }
            }),
            Self::Key(dimension) => of_key(dimension, keys),
        }
    }
}

fn date(at: i64) -> Option<Date> {
    Timestamp::from_second(at).ok().map(|at| Offset::UTC.to_datetime(at).date())
}

fn of_key(dimension: Dimension, keys: &[(Dimension, String)]) -> Group {
    let value = keys.iter().find(|(own, value)| *own == dimension && !value.is_empty());
    let Some((_, value)) = value else { return Group::Unknown };
    let text = || Group::Text(value.clone());
    match dimension {
        Dimension::Origin | Dimension::Campaign | Dimension::Owner => text(),
        // So that version 10 does not come before version 9.
        Dimension::Tier | Dimension::ModelVersion => {
            value.parse().map_or_else(|_| text(), Group::Number)
        }
        Dimension::Engagement => match value.parse::<u8>() {
            Ok(score @ 0..=100) => Group::Band((score / 10 * 10).min(90)),
            _ => Group::Unknown,
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(by: GroupBy, at: i64, key: &str) -> String {
        let keys = match by {
            GroupBy::Key(dimension) => vec![(dimension, key.to_owned())],
            _ => Vec::new(),
        };
        by.group(at, &keys).to_string()
    }

    #[test]
    fn months_and_weeks_are_those_of_utc() {
        // 2018-12-31T23:59:59Z is a Monday: the first week of 2019.
        let last = 1_546_300_799;
        assert_eq!(written(GroupBy::Month, last, ""), "2018-12");
        assert_eq!(written(GroupBy::Week, last, ""), "2019-W01");
        assert_eq!(written(GroupBy::Month, last + 1, ""), "2019-01");
        // 2021-01-03T00:00:00Z, a Sunday.
        assert_eq!(written(GroupBy::Week, 1_609_632_000, ""), "2020-W53");
        assert_eq!(written(GroupBy::Month, i64::MAX, ""), "(unknown)");
    }

    #[test]
    fn scores_are_grouped_by_tens_and_a_hundred_is_in_the_last() {
        let band = |score| written(GroupBy::Key(Dimension::Engagement), 0, score);
        let bands = ["0", "9", "10", "89", "90", "100"].map(band);
        assert_eq!(bands, ["0-9", "0-9", "10-19", "80-89", "90-100", "90-100"]);
        assert_eq!(["", "101", "-1", "high"].map(band), ["(unknown)"; 4]);
    }

    #[test]
    fn versions_are_ordered_as_numbers_and_texts_as_they_are() {
        let by = |dimension, value: &str| {
            GroupBy::Key(dimension).group(0, &[(dimension, value.to_owned())])
        };
        let version = |value| by(Dimension::ModelVersion, value);
        assert!(version("9") < version("10") && version("10") < version("draft"));
        assert!(version("draft") < version(""));
        assert_ne!(by(Dimension::Campaign, "07"), by(Dimension::Campaign, "7"));
        assert_ne!(by(Dimension::Origin, ""), by(Dimension::Origin, "unknown"));
    }

    #[test]
    fn of_several_keys_the_first_that_says_something_counts() {
        let key = |value: &str| (Dimension::Campaign, value.to_owned());
        let keys = vec![key(""), (Dimension::Owner, "ann".into()), key("spring"), key("autumn")];
        let found = GroupBy::Key(Dimension::Campaign).group(0, &keys);
        assert_eq!(found, Group::Text("spring".into()));
    }

    proptest! {
        #[test]
        fn every_moment_has_a_month_and_a_week(at in any::<i64>()) {
            for by in [GroupBy::Month, GroupBy::Week] {
                prop_assert!(!by.group(at, &[]).to_string().is_empty());
            }
        }
    }
}
