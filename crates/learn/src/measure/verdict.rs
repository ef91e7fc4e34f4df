//! What to think of a score, in plain words.

use std::fmt;

use super::Estimate;

/// Fewest records of each outcome from which anything is said. Below it a 95 % interval of AUC
/// is wider than 0.2, from useless to good, and of one outcome alone it has no width at all.
pub const LEAST_OF_EACH: u64 = 30;

/// From this AUC a score is hardly believable: with near certainty a field knows the outcome.
const BELIEVABLE: f64 = 0.97;

/// What to think of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Fewer than [`LEAST_OF_EACH`] records with the outcome, or without it.
    TooFew,
    /// The interval of AUC lies below 0.5: the score has it backwards.
    WorseThanChance,
    /// The interval of AUC includes 0.5.
    NoSignal,
    /// AUC below 0.65.
    Weak,
    /// AUC below 0.75.
    Fair,
    /// AUC below 0.9.
    Good,
    /// AUC of 0.9 or more.
    Strong,
    /// The interval of AUC lies above 0.97: look for a field that is filled in afterwards.
    TooGood,
}

impl Verdict {
    /// Judges a number of records of each outcome and their AUC.
    #[must_use]
    pub fn of(positives: u64, negatives: u64, auc: Option<Estimate>) -> Self {
        let Some(auc) = auc.filter(|_| positives.min(negatives) >= LEAST_OF_EACH) else {
            return Self::TooFew;
        };
        match auc {
            _ if auc.interval.high < 0.5 => Self::WorseThanChance,
            _ if auc.interval.low <= 0.5 => Self::NoSignal,
            _ if auc.interval.low > BELIEVABLE => Self::TooGood,
            _ if auc.value < 0.65 => Self::Weak,
            _ if auc.value < 0.75 => Self::Fair,
            _ if auc.value < 0.9 => Self::Good,
            _ => Self::Strong,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooFew => "too few outcomes to say anything",
            Self::WorseThanChance => "worse than chance: the score has it backwards",
            Self::NoSignal => "no better than chance",
            Self::Weak => "weak: better than chance, and not by much",
            Self::Fair => "fair: orders noticeably better than chance",
            Self::Good => "good: high scores come true much more often than low ones",
            Self::Strong => "strong: the score tells most of who will and who will not",
            Self::TooGood => "too good to be true: a field probably knows the outcome",
        })
    }
}
