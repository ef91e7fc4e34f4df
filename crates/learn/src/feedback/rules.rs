//! What sales said of the leads that each rule or signal brought: the one that brings bad leads is
//! named first.
//!
//! Rules come together, and an innocent one that often stands beside a bad one has many rejections
//! as well. So each is also looked at where none of the bad ones stands; see [`Standing`].

mod blame;
mod outcomes;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::measure::Estimate;

use super::Rate;
use blame::{Blame, Pattern};

pub use outcomes::{Outcomes, ReasonCount};

/// Fewest decided handoffs with a rule, and without it, from which it is called bad: below it the
/// test of two shares is not to be trusted.
pub const LEAST_DECIDED: u64 = 10;
/// Most of what is called bad that may be chance, in the mean.
pub const MOST_FALSE: f64 = 0.05;

/// What became of a handoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Sales took it.
    Accepted,
    /// Sales turned it down.
    Rejected {
        /// The reason, by its name in the policy.
        reason: String,
        /// Whether for good; else for the time being.
        permanent: bool,
    },
    /// Nobody decided in time.
    Expired,
    /// It went back to marketing undecided.
    Recycled,
    /// It is not over.
    Open,
}

/// A handoff, what it stood on and what became of it.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The rules and signals in its evidence, by name. One that is there twice counts once.
    pub rules: Vec<String>,
    /// What became of it.
    pub outcome: Decision,
    /// Whether its opportunity was won.
    pub won: bool,
}

/// All handoffs, and each rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    /// Of all handoffs.
    pub all: Outcomes,
    /// Their reasons of rejection, the most frequent first.
    pub reasons: Vec<ReasonCount>,
    /// Of each rule: the bad ones first, then by how surely more of its handoffs are rejected than
    /// of those without it (the lower end of `excess`), then by rejections, then by name.
    pub rules: Vec<RuleOutcomes>,
}

/// What became of the handoffs in whose evidence a rule is.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleOutcomes {
    /// Its name.
    pub rule: String,
    /// What became of them.
    pub outcomes: Outcomes,
    /// Their reasons of rejection, the most frequent first.
    pub reasons: Vec<ReasonCount>,
    /// Their acceptance against that of all handoffs: 1 where it is the same. `None` where nothing
    /// was decided, or nothing accepted at all.
    pub acceptance_lift: Option<f64>,
    /// The same of the share that was won.
    pub won_lift: Option<f64>,
    /// The share rejected less that of the handoffs without the rule. `None` where it is in all
    /// that were decided, or in none.
    pub excess: Option<Estimate>,
    /// The same where none of the other bad rules stands.
    pub excess_alone: Option<Estimate>,
    /// The rule that it comes with most often, bad ones first.
    pub beside: Option<Beside>,
    /// What to think of it.
    pub standing: Standing,
}

/// What to think of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It brings bad leads: surely more of its handoffs are rejected than of those without it, also
    /// where no rule stands that was called bad before it.
    Bad,
    /// Surely more of its handoffs are rejected, but where no bad rule stands that is not sure.
    /// Named is the bad rule that it comes with most often.
    ExplainedBy(String),
    /// Neither.
    Ordinary,
}

/// Shares rejected with and without a rule and another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The other rule.
    pub other: String,
    /// Where both stand.
    pub both: Rate,
    /// Where the rule stands without the other.
    pub alone: Rate,
    /// Where the other stands without the rule.
    pub other_alone: Rate,
    /// Where neither stands.
    pub neither: Rate,
}

/// Counts handoffs. Memory grows with rules, reasons and the different sets of rules.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    all: Tallied,
    /// Each rule by its number.
    rules: Vec<Tallied>,
    numbers: BTreeMap<String, usize>,
    /// Of each set of rules how many were rejected.
    patterns: BTreeMap<Vec<usize>, Rate>,
}

/// What became of a part of the handoffs.
#[derive(Clone, Debug, Default)]
struct Tallied {
    outcomes: Outcomes,
    reasons: BTreeMap<(String, bool), u64>,
}

/// Counts handoffs.
#[must_use]
pub fn rules(handoffs: impl IntoIterator<Item = Decided>) -> Findings {
    let mut tally = Tally::default();
    handoffs.into_iter().for_each(|handoff| tally.add(&handoff));
    tally.finish()
}

impl Tally {
    /// Counts a handoff.
    pub fn add(&mut self, handoff: &Decided) {
        self.all.add(handoff);
        let names: BTreeSet<&str> = handoff.rules.iter().map(String::as_str).collect();
        let mut pattern: Vec<usize> = names.into_iter().map(|name| self.number(name)).collect();
        pattern.sort_unstable();
        for number in &pattern {
            if let Some(rule) = self.rules.get_mut(*number) {
                rule.add(handoff);
            }
        }
        match handoff.outcome {
            Decision::Accepted => self.patterns.entry(pattern).or_default().add(false),
            Decision::Rejected { .. } => self.patterns.entry(pattern).or_default().add(true),
            Decision::Expired | Decision::Recycled | Decision::Open => {}
        }
    }

    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.rules.len();
        self.rules.push(Tallied::default());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// What was counted.
    #[must_use]
    pub fn finish(self) -> Findings {
        // From here on rules have the numbers of their names in order, whichever came first.
        let mut order = vec![0; self.rules.len()];
        let names: Vec<&str> = self.numbers.keys().map(String::as_str).collect();
        for (place, number) in self.numbers.values().enumerate() {
            order.iter_mut().skip(*number).take(1).for_each(|own| *own = place);
        }
        let patterns = self.patterns.iter().map(|(set, rejected)| {
            let mut rules: Vec<usize> =
                set.iter().filter_map(|number| order.get(*number).copied()).collect();
            rules.sort_unstable();
            Pattern { rules, rejected: *rejected }
        });
        let blame = Blame::new(patterns.collect(), names.len());
        let mut rules: Vec<_> = self
            .numbers
            .values()
            .filter_map(|number| self.rules.get(*number))
            .zip(&names)
            .enumerate()
            .map(|(place, (tallied, name))| {
                let rank = blame.rank(place, tallied.outcomes.rejected);
                (rank, self.all.rule(tallied, name, &blame.of(place, &names)))
            })
            .collect();
        rules.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        Findings {
            all: self.all.outcomes,
            reasons: self.all.reasons(),
            rules: rules.into_iter().map(|(_, rule)| rule).collect(),
        }
    }
}

impl Tallied {
    fn add(&mut self, handoff: &Decided) {
        self.outcomes.add(handoff);
        if let Decision::Rejected { reason, permanent } = &handoff.outcome {
            *self.reasons.entry((reason.clone(), *permanent)).or_default() += 1;
        }
    }

    fn reasons(&self) -> Vec<ReasonCount> {
        let counted = self.reasons.iter().map(|((reason, permanent), count)| ReasonCount {
            reason: reason.clone(),
            permanent: *permanent,
            count: *count,
        });
        let mut reasons: Vec<ReasonCount> = counted.collect();
        reasons.sort_by_key(|reason| Reverse(reason.count));
        reasons
    }

    /// A rule among all handoffs.
    fn rule(&self, rule: &Self, name: &str, blamed: &blame::Blamed) -> RuleOutcomes {
        let (own, all) = (rule.outcomes, self.outcomes);
        RuleOutcomes {
            rule: name.to_owned(),
            outcomes: own,
            reasons: rule.reasons(),
            acceptance_lift: own.acceptance().against(all.acceptance()),
            won_lift: own.winning().against(all.winning()),
            excess: blamed.excess,
            excess_alone: blamed.excess_alone,
            beside: blamed.beside.clone(),
            standing: blamed.standing.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
