//! An account with everybody in it, as a model sees them: what explanations, past moments and
//! verification look at.

use std::collections::BTreeMap;

use abm_core::assess::{AccountRules, Assessment, LeadRules, Person};
use abm_core::rule::AccountFacts;
use abm_core::{AccountId, LeadId, LeadProfile, Ledger};
use abm_store::{AccountRecord, AccountState, LeadRecord, PersonState, StoreError, View};
use tokio::sync::OnceCell;

use crate::AppError;
use crate::gather::{ledgers_of_leads, ledgers_of_visitors};
use crate::models::Compiled;

/// An account and its people under a model version, whichever they are stored under.
pub(crate) struct Subject {
    pub(crate) account: AccountRecord,
    pub(crate) state: AccountState,
    pub(crate) rules: AccountRules,
    pub(crate) people: Vec<Person>,
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

/// Loads accounts with their people.
pub(crate) async fn load(
    view: &View,
    compiled: &Compiled,
    ids: Vec<AccountId>,
) -> Result<Vec<Subject>, StoreError> {
    let states = view.account_states(ids).await?;
    Loaded::read(view, states).await?.under(view, compiled, compiled).await
}

/// Loads one account with its people.
///
/// # Errors
/// When there is no such account.
pub(crate) async fn load_one(
    view: &View,
    compiled: &Compiled,
    id: &AccountId,
) -> Result<Subject, AppError> {
    let found = load(view, compiled, vec![id.clone()]).await?;
    found.into_iter().next().ok_or_else(|| AppError::not_found("account", id))
}

/// Accounts with their people as they are stored, to be seen under one model or several.
pub(crate) struct Loaded {
    accounts: BTreeMap<AccountId, AccountRecord>,
    states: BTreeMap<AccountId, AccountState>,
    people: BTreeMap<AccountId, Vec<PersonState>>,
    /// Read only when rules must be asked about somebody.
    leads: OnceCell<BTreeMap<LeadId, LeadRecord>>,
}

impl Loaded {
    async fn read(
        view: &View,
        states: BTreeMap<AccountId, AccountState>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            accounts: view.accounts(states.keys().cloned()).await?,
            people: view.people_of(states.keys().cloned()).await?,
            states,
            leads: OnceCell::new(),
        })
    }

    /// Up to `limit` accounts behind `after`, and the last of them; `None` when there are no more.
    pub(crate) async fn page(
        view: &View,
        after: Option<&AccountId>,
        limit: u64,
    ) -> Result<Option<(Self, AccountId)>, StoreError> {
        let page = view.account_states_after(after, limit).await?;
        let Some(last) = page.last().map(|state| state.id.clone()) else { return Ok(None) };
        let states = page.into_iter().map(|state| (state.id.clone(), state)).collect();
        Ok(Some((Self::read(view, states).await?, last)))
    }

    /// The ids of the accounts.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &AccountId> {
        self.states.keys()
    }

    /// The people scored with an account, as stored, in the order of their ids.
    pub(crate) fn people(&self, id: &AccountId) -> &[PersonState] {
        self.people.get(id).map_or(&[], Vec::as_slice)
    }

    /// The people who belong to the accounts, wherever they are scored.
    async fn leads(&self, view: &View) -> Result<&BTreeMap<LeadId, LeadRecord>, StoreError> {
        self.leads.get_or_try_init(|| view.leads_of(self.ids().cloned())).await
    }

    /// The people who are scored with another account than the one they belong to, or with none:
    /// each with the account they are scored with and the one they belong to.
    pub(crate) async fn misplaced(
        &self,
        view: &View,
    ) -> Result<Vec<(&LeadId, Option<&AccountId>, Option<&AccountId>)>, StoreError> {
        let leads = self.leads(view).await?;
        let scored = self.people.values().flatten();
        let scored: BTreeMap<&LeadId, Option<&AccountId>> =
            scored.map(|person| (&person.lead, person.account.as_ref())).collect();
        let belongs = |lead| leads.get(lead).and_then(|lead| lead.account.as_ref());
        let missed = leads.keys().filter(|lead| !scored.contains_key(lead));
        let missed = missed.map(|lead| (lead, None, belongs(lead)));
        let elsewhere = scored.iter().map(|(lead, account)| (*lead, *account, belongs(lead)));
        Ok(elsewhere.filter(|(_, scored, belongs)| scored != belongs).chain(missed).collect())
    }

    /// The profiles of the people, where a model had to be asked about any of them.
    pub(crate) fn into_profiles(self) -> BTreeMap<LeadId, LeadProfile> {
        let leads = self.leads.into_inner().unwrap_or_default();
        leads.into_iter().map(|(id, lead)| (id, lead.profile)).collect()
    }

    /// The accounts as a model sees them. What is stored is taken where it would be the same:
    /// ledgers of the same matching rules, and what `stored_by` said of profiles where the model
    /// asks alike.
    pub(crate) async fn under(
        &self,
        view: &View,
        compiled: &Compiled,
        stored_by: &Compiled,
    ) -> Result<Vec<Subject>, StoreError> {
        // 0 is a file that is stored nowhere, and the version of what nothing was found of yet.
        let stands = stored_by.version > 0 && compiled.model.asks_alike(&stored_by.model);
        let asked_by = stands.then_some(stored_by.version);
        self.seen(view, compiled, |matching| matching == compiled.matching, asked_by).await
    }

    /// The same, made anew from activities and profiles.
    pub(crate) async fn anew(
        &self,
        view: &View,
        compiled: &Compiled,
    ) -> Result<Vec<Subject>, StoreError> {
        self.seen(view, compiled, |_| false, None).await
    }

    /// Takes ledgers of the matching rules that `stand`, and what the version `asked_by` said of
    /// profiles.
    async fn seen(
        &self,
        view: &View,
        compiled: &Compiled,
        stand: impl Fn(i64) -> bool,
        asked_by: Option<u64>,
    ) -> Result<Vec<Subject>, StoreError> {
        let stale = self.people.values().flatten().filter(|person| !stand(person.matching));
        let stale = stale.map(|person| person.lead.clone()).collect();
        let mut by_lead = ledgers_of_leads(view, compiled, stale).await?;
        let stale = self.states.values().filter(|state| !stand(state.matching));
        let stale = stale.map(|state| state.id.clone()).collect();
        let mut by_account = ledgers_of_visitors(view, compiled, stale).await?;
        let mut subjects = Vec::with_capacity(self.accounts.len());
        for (id, account) in &self.accounts {
            let Some(state) = self.states.get(id).cloned() else { continue };
            let stored = self.people(id);
            // What rules must be asked about, where what they said does not stand.
            let asked = match asked_by == Some(state.model_version) {
                true => None,
                false => Some((AccountFacts::new(&account.profile), self.leads(view).await?)),
            };
            let own = match &asked {
                Some((facts, _)) => AccountRules::of_facts(&compiled.model, facts),
                None => state.rules.clone(),
            };
            let rules = |person: &PersonState| {
                let (facts, leads) = asked.as_ref()?;
                Some(LeadRules::new(&compiled.model, &leads.get(&person.lead)?.profile, facts))
            };
            let visitor = by_account.remove(id).unwrap_or_else(|| state.visitor.clone());
            let people = stored.iter().map(|person| Person {
                lead: person.lead.clone(),
                rules: rules(person).unwrap_or_else(|| person.rules.clone()),
                ledger: by_lead.remove(&person.lead).unwrap_or_else(|| person.ledger.clone()),
                known: None,
            });
            let people = people.collect();
            let account = account.clone();
            subjects.push(Subject { account, state, rules: own, people, visitor });
        }
        Ok(subjects)
    }
}
