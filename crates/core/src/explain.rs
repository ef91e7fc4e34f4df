//! Explanations: a score opened into lines that add up to it exactly.
//!
//! Amounts are whole micropoints, millionths of a point, so that sums are exact: the lines of
//! an [`Explanation`] add up to `score * 1,000,000`, and the lines inside a line to that line.

mod account;
mod lead;

use crate::LeadId;
use crate::engagement::round;
use crate::rule::Answer;

pub use account::{explain_account_engagement, explain_account_fit};
pub use lead::{explain_lead_engagement, explain_lead_fit};

/// A score and what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The score as shown.
    pub score: u8,
    /// For engagement: the raw points behind it, before any curve.
    pub raw_points: Option<f64>,
    /// What it is made of; the amounts add up to `score * 1,000,000`.
    pub lines: Vec<Line>,
}

/// One amount of an explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is.
    pub what: What,
    /// How much it adds, in millionths of a point.
    pub micropoints: i64,
    /// What it is made of in turn; the amounts add up to `micropoints`.
    pub lines: Vec<Line>,
}

/// What an amount stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A person's weighted engagement.
    Person {
        /// Who.
        lead: LeadId,
        /// Their engagement.
        engagement: u8,
        /// Their weight, in percent.
        percent: u32,
        /// Their part of all people's and the visitor's amounts, 0 to 1.
        share: f64,
    },
    /// The unknown visitor's weighted engagement.
    UnknownVisitor {
        /// Its engagement.
        engagement: u8,
        /// Its weight, in percent.
        percent: u32,
        /// Its part of all amounts, 0 to 1.
        share: f64,
    },
    /// The activities of one signal that count.
    Signal {
        /// The signal's name.
        name: String,
        /// How many activities count.
        count: usize,
    },
    /// One activity.
    Activity {
        /// The second it happened in.
        time: i64,
        /// The signal's position in the model.
        signal: u16,
        /// What it gave when it happened.
        points: f64,
        /// Its age, in seconds.
        age_secs: i64,
        /// What is left of it, 0 to 1.
        factor: f64,
    },
    /// The occurrences of one pattern that count.
    Pattern {
        /// The pattern's name.
        name: String,
        /// How many occurrences count.
        count: usize,
    },
    /// One occurrence of a pattern.
    Occurrence {
        /// The second it occurred in: that of the activity that completed it.
        time: i64,
        /// What it gave when it occurred.
        points: f64,
        /// Its age, in seconds.
        age_secs: i64,
        /// What is left of it, 0 to 1.
        factor: f64,
    },
    /// Activities or occurrences beyond a daily cap, which count nothing.
    DayCap {
        /// The name of the signal or pattern.
        name: String,
        /// How many.
        count: u64,
    },
    /// What the cap of a group takes off.
    GroupCap {
        /// The group's name.
        name: String,
    },
    /// What lifts a negative sum to 0.
    Floor,
    /// What the curve makes of the sum.
    Curve,
    /// What rounding adds or takes.
    Rounding,
    /// A rule of fit.
    FitRule {
        /// The rule's name.
        name: String,
        /// Whether it holds; unknown when a field it needs is not known.
        answer: Answer,
    },
    /// What limits the sum to 0..100.
    Clamp,
    /// What the rules' share of less than 100 percent takes off.
    RulesShare {
        /// The share, in percent.
        percent: u8,
    },
    /// What people add to the fit of their account.
    PeopleFit {
        /// The share, in percent.
        percent: u8,
        /// Mean fit of the best-fitting people.
        top_mean: f64,
        /// Part of the required buying roles that somebody fills, 0 to 1.
        roles: f64,
    },
}

impl Line {
    fn new(what: What, micropoints: i64) -> Self {
        Self { what, micropoints, lines: Vec::new() }
    }

    /// A line whose amount is the sum of those inside it.
    fn sum(what: What, lines: Vec<Self>) -> Self {
        Self { what, micropoints: total(&lines), lines }
    }
}

/// Points as whole micropoints.
fn micro(points: f64) -> i64 {
    libm::round(points * 1e6) as i64
}

fn total(lines: &[Line]) -> i64 {
    lines.iter().map(|line| line.micropoints).sum()
}

/// Ends an explanation: a line that takes the sum to the `exact` score, if it is not that
/// already, and one for its rounding.
fn finish(mut lines: Vec<Line>, step: What, exact: f64, raw_points: Option<f64>) -> Explanation {
    let exact_micro = micro(exact);
    let score = round(exact);
    let difference = exact_micro - total(&lines);
    if difference != 0 {
        lines.push(Line::new(step, difference));
    }
    let rounding = i64::from(score) * 1_000_000 - exact_micro;
    if rounding != 0 {
        lines.push(Line::new(What::Rounding, rounding));
    }
    Explanation { score, raw_points, lines }
}

#[cfg(test)]
mod tests;
