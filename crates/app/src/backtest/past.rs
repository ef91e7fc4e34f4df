//! What an account was at a past moment, as far as that is known: whether it was there, who of its
//! people was, and what became of it.

use std::collections::BTreeMap;

use abm_core::rule::{ActivityFacts, Answer, Rule};
use abm_core::{AccountId, AccountOrigin, LeadId, OpportunityState};
use abm_store::{Outcome, StoreError, View};

use super::windows::{Sought, Windows};
use crate::subject::Subject;

/// What is known of an account's past.
#[derive(Debug)]
pub(crate) struct Past {
    /// The second from which it was there. What callers sent has no past: it always was.
    since: i64,
    /// The people whom no caller sent, with the second from which they were there.
    arrivals: BTreeMap<LeadId, i64>,
    /// The seconds of the outcomes.
    outcomes: Vec<i64>,
    /// Of outcomes whose moment is not known the second at or before which they came.
    vague: Vec<i64>,
}

/// What an account is to a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// One to measure, with whether the outcome came in the window.
    Prospect(bool),
    /// It was not there yet.
    NotThere,
    /// It had the outcome already.
    Had,
    /// It is not known when it had the outcome.
    Vague,
}

impl Past {
    /// What the account is to a date. Of what comes after the window nothing is looked at.
    pub(crate) fn at(&self, date: i64, window_secs: i64) -> Fate {
        if self.since > date {
            return Fate::NotThere;
        }
        if self.outcomes.iter().chain(&self.vague).any(|&outcome| outcome <= date) {
            return Fate::Had;
        }
        if !self.vague.is_empty() {
            return Fate::Vague;
        }
        let end = date.saturating_add(window_secs);
        Fate::Prospect(self.outcomes.iter().any(|&outcome| outcome <= end))
    }

    /// Whether a person of the account was there at a date.
    pub(crate) fn holds(&self, lead: &LeadId, date: i64) -> bool {
        self.arrivals.get(lead).is_none_or(|&since| since <= date)
    }

    /// How many people whom no caller sent were there at a date.
    pub(crate) fn arrived(&self, date: i64) -> usize {
        self.arrivals.values().filter(|&&since| since <= date).count()
    }

    fn add(&mut self, sought: &Sought, outcome: &Outcome) {
        let Outcome { state, opened_at, closed_at } = *outcome;
        let moment = match sought {
            Sought::Created => opened_at,
            Sought::Won if state == OpportunityState::Won => closed_at,
            Sought::Won | Sought::Activity(_) => return,
        };
        match moment {
            Some(moment) => self.outcomes.push(moment.secs()),
            // It was opened before it was closed.
            None => self.vague.push(closed_at.map_or(i64::MAX, |closed| closed.secs())),
        }
    }
}

/// The pasts of accounts, in the order given.
pub(crate) async fn read(
    view: &View,
    windows: &Windows,
    subjects: &[Subject],
) -> Result<Vec<Past>, StoreError> {
    let ids = || subjects.iter().map(|subject| subject.account.id.clone());
    let mut opportunities = view.outcomes(ids()).await?;
    let mut marked = match &*windows.outcome {
        Sought::Activity(rule) => activities(view, rule, subjects).await?,
        Sought::Created | Sought::Won => BTreeMap::new(),
    };
    let arrivals = view.first_seen_people(ids()).await?;
    let derived = subjects.iter().filter(|s| s.account.origin != AccountOrigin::Caller);
    let visits = view.first_visits(derived.map(|subject| subject.account.id.clone())).await?;
    let past = subjects.iter().map(|subject| {
        let id = &subject.account.id;
        let sales = opportunities.remove(id).unwrap_or_default();
        let people = subject.people.iter().map(|person| &person.lead);
        let own = people.clone().filter_map(|lead| Some((lead.clone(), *arrivals.get(lead)?)));
        let second = |first: Option<abm_core::Timestamp>| first.map_or(i64::MAX, |at| at.secs());
        let own: BTreeMap<LeadId, i64> = own.map(|(lead, at)| (lead, second(at))).collect();
        let is_known = subject.account.origin == AccountOrigin::Caller;
        let since = if is_known || people.count() > own.len() {
            i64::MIN
        } else {
            let sold = sales.iter().filter_map(|sale| sale.opened_at.or(sale.closed_at));
            let seen = visits.get(id).copied().into_iter().chain(sold).map(|at| at.secs());
            seen.chain(own.values().copied()).min().unwrap_or(i64::MAX)
        };
        let outcomes = marked.remove(id).unwrap_or_default();
        let mut past = Past { since, arrivals: own, outcomes, vague: Vec::new() };
        sales.iter().for_each(|sale| past.add(&windows.outcome, sale));
        past
    });
    Ok(past.collect())
}

/// The seconds of the activities at accounts that a rule holds for.
async fn activities(
    view: &View,
    rule: &Rule,
    subjects: &[Subject],
) -> Result<BTreeMap<AccountId, Vec<i64>>, StoreError> {
    let people = subjects.iter().flat_map(|subject| {
        subject.people.iter().map(|person| (person.lead.clone(), &subject.account.id))
    });
    let people: BTreeMap<LeadId, &AccountId> = people.collect();
    let ids = subjects.iter().map(|subject| subject.account.id.clone());
    let mut stored = view.activities_of_leads(people.keys().cloned()).await?;
    stored.extend(view.activities_of_visitors(ids).await?);
    let mut found: BTreeMap<AccountId, Vec<i64>> = BTreeMap::new();
    for activity in stored.iter().map(|stored| &stored.activity) {
        let account = match &activity.lead {
            Some(lead) => people.get(lead).copied(),
            None => activity.account.as_ref(),
        };
        if let Some(account) = account
            && rule.answer(&ActivityFacts::new(activity)) == Answer::Yes
        {
            found.entry(account.clone()).or_default().push(activity.occurred_at.secs());
        }
    }
    Ok(found)
}
