//! An account, or somebody without one, as a model sees them.

use std::collections::BTreeMap;

use super::super::{LoneSide, Side};
use super::Named;
use crate::assess::{AccountRules, LeadRules, Person};
use crate::engagement::Reading;
use crate::rule::AccountFacts;
use crate::tier::Tiers;
use crate::{AccountProfile, LeadProfile, Model};

/// Everybody who is looked at.
pub(in super::super) struct Seen<'a> {
    pub(super) model: &'a Model,
    /// The bars that hold.
    pub(super) tiers: &'a Tiers,
    pub(super) account: Option<Account<'a>>,
    /// What is known of the account, if there is one.
    pub(super) facts: AccountFacts,
    pub(super) people: Vec<Individual<'a>>,
}

pub(super) struct Account<'a> {
    pub(super) rules: &'a AccountRules,
    pub(super) people: &'a [Person],
    pub(super) visitor: Reading,
}

pub(super) struct Individual<'a> {
    /// `None` for somebody of whom nothing but what rules said is known.
    pub(super) profile: Option<&'a LeadProfile>,
    pub(super) rules: &'a LeadRules,
    pub(super) reading: Reading,
}

impl<'a> Seen<'a> {
    pub(in super::super) fn account(
        side: &Side<'a>,
        leads: &'a BTreeMap<crate::LeadId, LeadProfile>,
    ) -> Self {
        let Side { model, profile, rules, people, visitor } = *side;
        let people_seen = people.iter().map(|person| Individual {
            profile: leads.get(&person.lead),
            rules: &person.rules,
            reading: Reading::new(model, &person.ledger),
        });
        Self {
            model,
            tiers: model.tiers_of(rules.segment.as_deref()),
            facts: AccountFacts::new(profile),
            people: people_seen.collect(),
            account: Some(Account { rules, people, visitor: Reading::new(model, visitor) }),
        }
    }

    pub(in super::super) fn lone(side: &LoneSide<'a>) -> Self {
        let LoneSide { model, profile, rules, ledger } = *side;
        let reading = Reading::new(model, ledger);
        Self {
            model,
            tiers: &model.tiers,
            facts: AccountFacts::new(&AccountProfile::default()),
            people: vec![Individual { profile: Some(profile), rules, reading }],
            account: None,
        }
    }

    pub(super) fn exclusion(&self) -> Named {
        let account = self.account.as_ref();
        once(account.and_then(|account| account.rules.exclusion.as_ref()))
    }

    pub(super) fn segment(&self) -> Named {
        let account = self.account.as_ref();
        once(account.and_then(|account| account.rules.segment.as_ref()))
    }
}

fn once(name: Option<&String>) -> Named {
    name.into_iter().map(|name| (name.clone(), 1.0)).collect()
}

/// By how much what somebody did is weighted on both sides, in percent: by the larger weight.
pub(super) struct Weights {
    /// A person without any weight counts whole, for what they are themselves hangs on it too.
    /// `None` for whom neither model counts.
    people: Vec<Option<u32>>,
    pub(super) visitor: u32,
}

impl Weights {
    pub(super) fn new(before: &Seen<'_>, after: &Seen<'_>) -> Self {
        let visitor = |seen: &Seen<'_>| seen.model.rollup.unknown_visitor_percent;
        let visitor = visitor(before).max(visitor(after));
        Self { people: of_people(before, after), visitor }
    }

    /// Those who count, with their weight.
    pub(super) fn of<'s, 'a>(
        &self,
        seen: &'s Seen<'a>,
    ) -> impl Iterator<Item = (&'s Individual<'a>, u32)> {
        let people = seen.people.iter().zip(&self.people);
        people.filter_map(|(person, weight)| Some((person, (*weight)?)))
    }
}

fn of_people(before: &Seen<'_>, after: &Seen<'_>) -> Vec<Option<u32>> {
    let people = before.people.iter().zip(&after.people);
    let weight = |(old, new): (&Individual<'_>, &Individual<'_>)| {
        let counts = old.rules.exclusion.is_none() || new.rules.exclusion.is_none();
        let larger = old.rules.percent.max(new.rules.percent);
        counts.then_some(if larger == 0 { 100 } else { larger })
    };
    people.map(weight).collect()
}
