//! Whom of an account sales may contact, and whom first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use abm_core::{AccountId, BuyingRole, LeadId, Stage, Timestamp};
use abm_store::{HandoffRecord, LifecycleRecord, PersonState, View};

use crate::AppError;

/// The people of accounts and the leads that handoffs began with, and which of them rest.
pub(super) struct Contacts {
    people: BTreeMap<AccountId, Vec<PersonState>>,
    /// Whom those leads count for that are merged.
    survivors: BTreeMap<LeadId, LeadId>,
    lifecycles: BTreeMap<LeadId, LifecycleRecord>,
    now: Timestamp,
}

impl Contacts {
    /// Reads the people of accounts as they are now.
    pub(super) async fn read(
        view: &View,
        accounts: impl IntoIterator<Item = AccountId>,
        now: Timestamp,
    ) -> Result<Self, AppError> {
        Self::of_handoffs(view, accounts.into_iter().collect(), Vec::new(), now).await
    }

    /// Reads the people of the accounts of handoffs, and the leads that these began with, as they
    /// are now.
    pub(super) async fn of_handoffs(
        view: &View,
        accounts: Vec<AccountId>,
        leads: Vec<LeadId>,
        now: Timestamp,
    ) -> Result<Self, AppError> {
        let people = view.people_of(accounts).await?;
        let survivors = view.survivors(leads.iter().cloned()).await?;
        let mut all: Vec<LeadId> =
            people.values().flatten().map(|person| person.lead.clone()).collect();
        all.extend(leads.into_iter().map(|lead| survivors.get(&lead).cloned().unwrap_or(lead)));
        let lifecycles = view.lifecycles(all).await?;
        Ok(Self { people, survivors, lifecycles, now })
    }

    /// Who is known of an account.
    fn of(&self, account: &AccountId) -> &[PersonState] {
        self.people.get(account).map_or(&[], Vec::as_slice)
    }

    /// Whether somebody may be contacted: not who is excluded, disqualified or being nurtured.
    fn may(&self, person: &PersonState) -> bool {
        person.rules.exclusion.is_none() && !self.rests(&person.lead)
    }

    /// Whether somebody is disqualified or being nurtured.
    fn rests(&self, lead: &LeadId) -> bool {
        let stands = self.lifecycles.get(lead);
        stands.is_some_and(|stands| stands.lifecycle.is_resting(self.now))
    }

    /// Whether nobody who is known of an account may be contacted, but for whom sales has taken
    /// already. Where only unknown visitors are, sales can still find out who they are.
    pub(super) fn nobody_is_left(&self, account: &AccountId) -> bool {
        let people = self.of(account);
        let is_left = |person: &PersonState| self.may(person) && !self.is_taken(&person.lead);
        !people.is_empty() && !people.iter().any(is_left)
    }

    /// Whether sales has taken somebody, or they have bought.
    fn is_taken(&self, lead: &LeadId) -> bool {
        let stage = self.lifecycles.get(lead).map(|stands| stands.lifecycle.stage());
        matches!(stage, Some(Stage::Sql | Stage::Opportunity | Stage::Customer | Stage::Evangelist))
    }

    /// Whom of a handoff to contact next, and why: the best of its account, or else the lead that
    /// it began with. `None` when nobody may be contacted.
    pub(super) fn next(&self, handoff: &HandoffRecord) -> Option<(LeadId, String)> {
        let best = handoff.account.as_ref().and_then(|account| self.best(account));
        best.or_else(|| Some((self.handed_over(handoff)?, "was handed over".to_owned())))
    }

    /// The lead that a handoff began with, or the one that it is merged into, unless it rests or is
    /// one of the account's people, of whom none may be contacted.
    fn handed_over(&self, handoff: &HandoffRecord) -> Option<LeadId> {
        let lead = handoff.lead.as_ref()?;
        let lead = self.survivors.get(lead).unwrap_or(lead);
        let mut people = handoff.account.iter().flat_map(|account| self.of(account));
        let is_of_account = people.any(|person| person.lead == *lead);
        (!is_of_account && !self.rests(lead)).then(|| lead.clone())
    }

    /// Who of an account does most for their weight, of those who may be contacted, and why them.
    fn best(&self, account: &AccountId) -> Option<(LeadId, String)> {
        let may = self.of(account).iter().filter(|person| self.may(person));
        let best = may.max_by_key(|person| {
            let weight = u32::from(person.engagement.score) * person.rules.percent;
            (person.mql, weight, Reverse(person.lead.clone()))
        })?;
        let role = best.rules.buying_role();
        let role = role.map_or(String::new(), |role| format!(", {}", BuyingRole::name(role)));
        let qualified = if best.mql { ", qualified" } else { "" };
        let engagement = best.engagement.score;
        Some((best.lead.clone(), format!("engagement {engagement}{role}{qualified}")))
    }
}
