//! An account with everybody in it, as a model sees them: what explanations, past moments and
//! verification look at.

use std::collections::BTreeMap;

use abm_core::assess::{AccountRules, Assessment, LeadRules, Person};
use abm_core::rule::AccountFacts;
use abm_core::{AccountId, LeadId, LeadProfile, Ledger};
use abm_store::{AccountRecord, AccountState, LeadRecord, PersonState, StoreError, View};

use crate::AppError;
use crate::gather::{ledgers_of_leads, ledgers_of_visitors};
use crate::models::Compiled;

/// An account and its people under a model version, whichever they are stored under.
pub(crate) struct Subject {
    pub(crate) account: AccountRecord,
    pub(crate) state: AccountState,
    pub(crate) rules: AccountRules,
    pub(crate) people: Vec<Person>,
    /// As stored, in the same order as `people`.
    pub(crate) stored: Vec<PersonState>,
    pub(crate) visitor: Ledger,
}

impl Subject {
    /// The state that an assessment would store.
    pub(crate) fn state_of(
        &self,
        compiled: &Compiled,
        found: &Assessment,
        at: i64,
    ) -> AccountState {
        AccountState {
            model_version: compiled.version,
            rules: self.rules.clone(),
            visitor: self.visitor.clone(),
            matching: compiled.matching,
            engagement: found.engagement,
            fit: found.fit.score,
            tier: found.tier,
            tier_met: found.tier_met,
            held_until: found.held_until,
            mqa: found.mqa,
            priority: found.priority,
            phase: found.phase,
            engaged_people: found.engaged_people,
            people: u32::try_from(self.people.len()).unwrap_or(u32::MAX),
            last_activity: found.last_activity,
            assessed_at: at,
            changes_at: found.changes_at,
            ..self.state.clone()
        }
    }
}

/// Where ledgers come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ledgers {
    /// As stored, made anew only where other matching rules made them.
    Stored,
    /// Made anew from the activities.
    FromActivities,
}

/// Loads accounts with their people.
pub(crate) async fn load(
    view: &View,
    compiled: &Compiled,
    ids: Vec<AccountId>,
    source: Ledgers,
) -> Result<Vec<Subject>, StoreError> {
    Loaded::read(view, ids).await?.under(view, compiled, source).await
}

/// Loads one account with its people, as stored.
///
/// # Errors
/// When there is no such account.
pub(crate) async fn load_one(
    view: &View,
    compiled: &Compiled,
    id: &AccountId,
) -> Result<Subject, AppError> {
    let found = load(view, compiled, vec![id.clone()], Ledgers::Stored).await?;
    found.into_iter().next().ok_or_else(|| AppError::not_found("account", id))
}

/// Accounts with their people as they are stored, to be seen under one model or several.
pub(crate) struct Loaded {
    accounts: BTreeMap<AccountId, AccountRecord>,
    states: BTreeMap<AccountId, AccountState>,
    people: BTreeMap<AccountId, Vec<PersonState>>,
    leads: BTreeMap<LeadId, LeadRecord>,
}

impl Loaded {
    pub(crate) async fn read(view: &View, ids: Vec<AccountId>) -> Result<Self, StoreError> {
        Ok(Self {
            accounts: view.accounts(ids.iter().cloned()).await?,
            states: view.account_states(ids.iter().cloned()).await?,
            people: view.people_of(ids.iter().cloned()).await?,
            leads: view.leads_of(ids).await?,
        })
    }

    /// The people who are scored with another account than the one they belong to, or with none:
    /// each with the account they are scored with and the one they belong to.
    pub(crate) fn misplaced(&self) -> Vec<(&LeadId, Option<&AccountId>, Option<&AccountId>)> {
        let scored = self.people.values().flatten();
        let scored: BTreeMap<&LeadId, Option<&AccountId>> =
            scored.map(|person| (&person.lead, person.account.as_ref())).collect();
        let belongs = |lead| self.leads.get(lead).and_then(|lead| lead.account.as_ref());
        let missed = self.leads.keys().filter(|lead| !scored.contains_key(lead));
        let missed = missed.map(|lead| (lead, None, belongs(lead)));
        let elsewhere = scored.iter().map(|(lead, account)| (*lead, *account, belongs(lead)));
        elsewhere.filter(|(_, scored, belongs)| scored != belongs).chain(missed).collect()
    }

    /// The profiles of the people.
    pub(crate) fn into_profiles(self) -> BTreeMap<LeadId, LeadProfile> {
        self.leads.into_iter().map(|(id, lead)| (id, lead.profile)).collect()
    }

    /// The accounts as a model sees them.
    pub(crate) async fn under(
        &self,
        view: &View,
        compiled: &Compiled,
        source: Ledgers,
    ) -> Result<Vec<Subject>, StoreError> {
        let all = source == Ledgers::FromActivities;
        let stale = self.people.values().flatten();
        let stale = stale.filter(|person| all || person.matching != compiled.matching);
        let stale = stale.map(|person| person.lead.clone()).collect();
        let mut by_lead = ledgers_of_leads(view, compiled, stale).await?;
        let stale = self.states.values();
        let stale = stale.filter(|state| all || state.matching != compiled.matching);
        let stale = stale.map(|state| state.id.clone()).collect();
        let mut by_account = ledgers_of_visitors(view, compiled, stale).await?;
        let mut subjects = Vec::with_capacity(self.accounts.len());
        for (id, account) in &self.accounts {
            let Some(state) = self.states.get(id).cloned() else { continue };
            let stored = self.people.get(id).cloned().unwrap_or_default();
            let visitor = by_account.remove(id).unwrap_or_else(|| state.visitor.clone());
            let people = as_people(compiled, account, &stored, &self.leads, &mut by_lead);
            let rules = AccountRules::new(&compiled.model, &account.profile);
            let account = account.clone();
            subjects.push(Subject { account, state, rules, people, stored, visitor });
        }
        Ok(subjects)
    }
}

fn as_people(
    compiled: &Compiled,
    account: &AccountRecord,
    stored: &[PersonState],
    leads: &BTreeMap<LeadId, LeadRecord>,
    rebuilt: &mut BTreeMap<LeadId, Ledger>,
) -> Vec<Person> {
    let facts = AccountFacts::new(&account.profile);
    let rules = |person: &PersonState| match leads.get(&person.lead) {
        Some(lead) => LeadRules::new(&compiled.model, &lead.profile, &facts),
        None => person.rules.clone(),
    };
    stored
        .iter()
        .map(|person| Person {
            lead: person.lead.clone(),
            rules: rules(person),
            ledger: rebuilt.remove(&person.lead).unwrap_or_else(|| person.ledger.clone()),
            known: None,
        })
        .collect()
}
