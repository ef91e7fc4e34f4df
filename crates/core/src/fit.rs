//! Fit: how well a person or a company suits us, whatever they do.

use crate::engagement::round;
use crate::model::FitRule;
use crate::rule::{AccountFacts, Answer, Facts, LeadFacts};
use crate::{BuyingRole, LeadProfile, Model};

/// A fit and how much of what it asks for was known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// 0 to 100.
    pub score: u8,
    /// The share of rules whose fields were known, in percent, rounded; 100 without rules.
    pub coverage: u8,
}

/// What rules say of a record.
#[derive(Clone, Debug)]
pub struct RuleFit {
    /// The answer of each rule, in the model's order.
    pub answers: Vec<Answer>,
    /// Points of the rules that hold, not yet limited to 0..100.
    pub points: i32,
}

impl RuleFit {
    /// Asks every rule.
    #[must_use]
    pub fn new(rules: &[FitRule], facts: &impl Facts) -> Self {
        let answers: Vec<Answer> = rules.iter().map(|rule| rule.when.answer(facts)).collect();
        let holding = rules.iter().zip(&answers).filter(|(_, answer)| **answer == Answer::Yes);
        let points = holding.map(|(rule, _)| rule.points).sum();
        Self { answers, points }
    }

    /// The points limited to 0..100, and the coverage.
    #[must_use]
    pub fn fit(&self) -> Fit {
        let known = self.answers.iter().filter(|answer| **answer != Answer::Unknown).count();
        let coverage = match self.answers.len() {
            0 => 100,
            rules => round(100.0 * known as f64 / rules as f64),
        };
        Fit { score: self.points.clamp(0, 100).unsigned_abs() as u8, coverage }
    }
}

/// The fit of a person.
#[must_use]
pub fn lead_fit(model: &Model, lead: &LeadProfile, account: &AccountFacts) -> Fit {
    if model.lead_fit.is_empty() {
        return RuleFit { answers: Vec::new(), points: 0 }.fit();
    }
    let position = model.titles.read(lead);
    RuleFit::new(&model.lead_fit, &LeadFacts::new(lead, &position, account)).fit()
}

/// The two halves of an account's fit before they are weighted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AccountFitParts {
    /// From firmographic rules, 0 to 100.
    pub rules: u8,
    /// From people, 0 to 100, not rounded.
    pub people: f64,
    /// Mean fit of the best-fitting people, 0 to 100.
    pub top_mean: f64,
    /// The share of required buying roles that somebody fills, 0 to 1.
    pub roles: f64,
}

/// Puts an account's fit together from its rules and the fit and role of its people.
#[must_use]
pub fn account_fit_parts(
    model: &Model,
    rules: Fit,
    people: &[(u8, Option<BuyingRole>)],
) -> AccountFitParts {
    let wanted = &model.account_fit;
    let mut fits: Vec<u8> = people.iter().map(|(fit, _)| *fit).collect();
    fits.sort_unstable_by(|one, other| other.cmp(one));
    fits.truncate(wanted.top_people);
    let sum: u32 = fits.iter().map(|&fit| u32::from(fit)).sum();
    let top_mean = f64::from(sum) / fits.len().max(1) as f64;
    let filled = wanted
        .required_roles
        .iter()
        .filter(|wanted| people.iter().any(|(_, role)| role.as_ref() == Some(*wanted)))
        .count();
    let roles = match wanted.required_roles.len() {
        0 => 1.0,
        required => filled as f64 / required as f64,
    };
    // Without people there is nobody to be covered by roles either.
    let people = match people.is_empty() {
        true => 0.0,
        false => weighted(top_mean, 100.0 * roles, wanted.roles_percent),
    };
    AccountFitParts { rules: rules.score, people, top_mean, roles }
}

impl AccountFitParts {
    /// The weighted whole before rounding.
    #[must_use]
    pub fn score(&self, model: &Model) -> f64 {
        weighted(f64::from(self.rules), self.people, model.account_fit.people_percent)
    }
}

/// `percent` of `other` and the rest of `one`, divided once: of whole numbers a half is a half.
fn weighted(one: f64, other: f64, percent: u8) -> f64 {
    (one * f64::from(100 - percent.min(100)) + other * f64::from(percent)) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_is_rounded_up_whatever_the_percent() {
        for one in 0..=100_u32 {
            for percent in 0..=100_u32 {
                let exact = (one * (100 - percent) + 50 * percent + 50) / 100;
                let score = weighted(f64::from(one), 50.0, percent as u8);
                assert_eq!(u32::from(round(score)), exact, "{one} at {percent} percent");
            }
        }
    }
}
