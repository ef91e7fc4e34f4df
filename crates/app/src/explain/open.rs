//! Opening the engagement of people and unknown visitors into signals and activities.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use abm_core::assess::Person;
use abm_core::explain::{Line, explain_lead_engagement};
use abm_core::{AccountId, LeadId, Ledger};
use abm_store::{StoredActivity, View};

use super::{Depth, ExplainedActivity, Opened};
use crate::AppError;
use crate::gather::entry_of;
use crate::models::Compiled;

/// People whose activities are read with one query, and held at a time.
const PEOPLE_AT_ONCE: usize = 50;

/// How and when scores are opened.
pub(super) struct Opening<'a> {
    pub(super) view: &'a View,
    pub(super) compiled: &'a Arc<Compiled>,
    pub(super) depth: Depth,
    pub(super) at: i64,
}

impl Opening<'_> {
    /// Some of the people of an account.
    pub(super) async fn people(
        &self,
        leads: &[LeadId],
        people: &[Person],
    ) -> Result<BTreeMap<LeadId, Opened>, AppError> {
        let ledgers: BTreeMap<&LeadId, &Ledger> =
            people.iter().map(|person| (&person.lead, &person.ledger)).collect();
        let mut opened = BTreeMap::new();
        for leads in leads.chunks(PEOPLE_AT_ONCE) {
            let known = leads.iter().filter_map(|lead| Some((lead, ledgers.get(lead)?)));
            let people = known.map(|(lead, &ledger)| (lead.clone(), ledger.clone())).collect();
            opened.extend(self.some(people).await?);
        }
        Ok(opened)
    }

    /// One person.
    pub(super) async fn lead(&self, lead: &LeadId, ledger: &Ledger) -> Result<Opened, AppError> {
        let opened = self.some(vec![(lead.clone(), ledger.clone())]).await?;
        opened.into_values().next().ok_or(AppError::Broken)
    }

    async fn some(
        &self,
        people: Vec<(LeadId, Ledger)>,
    ) -> Result<BTreeMap<LeadId, Opened>, AppError> {
        let stored = match self.depth {
            Depth::Activities => {
                let leads: Vec<LeadId> = people.iter().map(|(lead, _)| lead.clone()).collect();
                self.view.activities_of_leads(leads).await?
            }
            Depth::People | Depth::Signals => Vec::new(),
        };
        let (compiled, depth, at) = (Arc::clone(self.compiled), self.depth, self.at);
        let opened = tokio::task::spawn_blocking(move || {
            let mut of_lead: BTreeMap<LeadId, Vec<StoredActivity>> = BTreeMap::new();
            for stored in stored {
                if let Some(lead) = stored.activity.lead.clone() {
                    of_lead.entry(lead).or_default().push(stored);
                }
            }
            let one = |(lead, ledger): (LeadId, Ledger)| {
                let stored = of_lead.remove(&lead).unwrap_or_default();
                let opened = open(&compiled, &ledger, stored, depth, at);
                (lead, opened)
            };
            people.into_iter().map(one).collect()
        });
        opened.await.map_err(|_| AppError::Broken)
    }

    /// The unknown visitor of an account.
    pub(super) async fn visitor(
        &self,
        account: &AccountId,
        ledger: &Ledger,
    ) -> Result<Opened, AppError> {
        let stored = match self.depth {
            Depth::Activities => self.view.activities_of_visitors([account.clone()]).await?,
            Depth::People | Depth::Signals => Vec::new(),
        };
        let (compiled, depth, at) = (Arc::clone(self.compiled), self.depth, self.at);
        let ledger = ledger.clone();
        let opened =
            tokio::task::spawn_blocking(move || open(&compiled, &ledger, stored, depth, at));
        opened.await.map_err(|_| AppError::Broken)
    }
}

fn open(
    compiled: &Compiled,
    ledger: &Ledger,
    stored: Vec<StoredActivity>,
    depth: Depth,
    at: i64,
) -> Opened {
    let mut explanation = explain_lead_engagement(&compiled.model, ledger, at);
    if depth < Depth::Activities {
        explanation.lines.iter_mut().for_each(|line: &mut Line| line.lines.clear());
    }
    // What is too old, or yet to come, has no line.
    let in_sight = at.saturating_sub(compiled.model.look_back_secs)..=at;
    let mut activities: BTreeMap<(i64, u16), VecDeque<ExplainedActivity>> = BTreeMap::new();
    for StoredActivity { activity, .. } in stored {
        if !in_sight.contains(&activity.occurred_at.secs()) {
            continue;
        }
        if let Some(entry) = entry_of(compiled, &activity) {
            let explained =
                ExplainedActivity { key: activity.key, occurred_at: activity.occurred_at };
            activities.entry((entry.time, entry.signal)).or_default().push_back(explained);
        }
    }
    Opened { explanation, activities }
}
