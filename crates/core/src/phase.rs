//! Buying phases: how far an account is on its way to a purchase.

use crate::DAY;
use crate::named::named;

named!(
    /// A phase of a purchase.
    Phase {
        /// Learns that there is a problem, and that there is a market.
        Awareness = "awareness",
        /// Compares what there is.
        Consideration = "consideration",
        /// Weighs price and terms.
        Decision = "decision",
    }
);

named!(
    /// What an activity shows of the person behind it.
    Shows {
        /// That they care for the subject.
        Interest = "interest",
        /// That they think of buying.
        Intent = "intent",
    }
);

impl Phase {
    /// 1 to 3, the furthest last.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Awareness => 1,
            Self::Consideration => 2,
            Self::Decision => 3,
        }
    }

    /// The phase of a number from 1 to 3.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Awareness),
            2 => Some(Self::Consideration),
            3 => Some(Self::Decision),
            _ => None,
        }
    }
}

/// What it takes to be in a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhaseBar {
    /// Seconds that are looked back over.
    pub window_secs: i64,
    /// Least number of activities and patterns of the phase in that time, at least 1.
    pub activities: usize,
}

impl Default for PhaseBar {
    fn default() -> Self {
        Self { window_secs: 30 * DAY, activities: 1 }
    }
}
