mod decide;
mod file;

use super::*;
use crate::Timestamp;
use crate::handoff::HandoffCause;
use crate::rule::{AccountFacts, HandoffFacts};

/// A moment, written as in RFC 3339.
fn at(text: &str) -> Timestamp {
    Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
}

fn grounds() -> Grounds {
    Grounds {
        hand_raiser: false,
        cause: HandoffCause::Scores,
        engagement: 60,
        fit: 70,
        tier: None,
        label: None,
    }
}

fn nobody() -> AccountFacts {
    AccountFacts::new(&crate::AccountProfile::default())
}

/// What is known of a handoff of which nothing else is.
fn facts<'a>(grounds: &Grounds, account: &'a AccountFacts) -> HandoffFacts<'a> {
    HandoffFacts::new(grounds, None, account)
}
