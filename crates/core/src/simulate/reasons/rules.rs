//! What rules say of profiles: fit, people who are kept out, and titles.

use super::seen::Weights;
use super::{Named, Seen};
use crate::fit::{RuleFit, account_fit_parts};
use crate::model::FitRule;
use crate::rule::{Answer, Facts, LeadFacts};
use crate::title::Position;
use crate::{BuyingRole, Seniority};

/// What the rules of the account's fit give.
pub(super) fn account_fit(seen: &Seen<'_>) -> Named {
    let mut given = Named::new();
    if seen.account.is_some() {
        add(&seen.model.account_fit.rules, &seen.facts, &mut given);
    }
    given
}

/// What the rules of a person's fit give those who count.
pub(super) fn lead_fit(seen: &Seen<'_>, weights: &Weights) -> Named {
    let mut given = Named::new();
    for (person, _) in weights.of(seen) {
        if let Some(profile) = person.profile {
            let facts = LeadFacts::new(profile, &person.rules.position, &seen.facts);
            add(&seen.model.lead_fit, &facts, &mut given);
        }
    }
    given
}

fn add(rules: &[FitRule], facts: &impl Facts, given: &mut Named) {
    let found = RuleFit::new(rules, facts);
    for (rule, _) in rules.iter().zip(&found.answers).filter(|(_, answer)| **answer == Answer::Yes)
    {
        *given.entry(rule.name.clone()).or_default() += f64::from(rule.points);
    }
}

/// What its people add to the account's fit.
pub(super) fn people_fit(seen: &Seen<'_>) -> Named {
    let Some(account) = &seen.account else { return Named::new() };
    let people = crate::assess::fits_and_roles(account.people);
    let parts = account_fit_parts(seen.model, account.rules.fit, &people);
    let share = f64::from(seen.model.account_fit.people_percent) / 100.0;
    Named::from([("people".to_owned(), parts.people * share)])
}

/// How many people each rule keeps out.
pub(super) fn lead_exclusions(seen: &Seen<'_>) -> Named {
    let mut excluded = Named::new();
    for rule in seen.people.iter().filter_map(|person| person.rules.exclusion.as_ref()) {
        *excluded.entry(rule.clone()).or_default() += 1.0;
    }
    excluded
}

/// Of how many people who have another seniority or role under the `other` model each rule tells,
/// by its name and what it tells.
pub(super) fn titles(seen: &Seen<'_>, other: &Seen<'_>) -> Named {
    let values = |position: &Position| {
        (position.seniority.map(|known| known.value), position.buying_role.map(|known| known.value))
    };
    let mut telling = Named::new();
    for (person, elsewhere) in seen.people.iter().zip(&other.people) {
        if let Some(profile) = person.profile
            && values(&person.rules.position) != values(&elsewhere.rules.position)
        {
            seen.model.titles.read_with(profile, |rule| {
                let told = rule.seniority.map(Seniority::name);
                let told = told.into_iter().chain(rule.buying_role.map(BuyingRole::name));
                let told: Vec<&str> = told.collect();
                let name = format!("{}: {}", rule.name, told.join(", "));
                *telling.entry(name).or_default() += 1.0;
            });
        }
    }
    telling
}
