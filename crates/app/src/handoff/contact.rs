//! Whom of an account sales may contact, and whom first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use abm_core::{AccountId, BuyingRole, LeadId, Timestamp};
use abm_store::{LifecycleRecord, PersonState, View};

use crate::AppError;

/// The people of accounts, and which of them rest.
pub(super) struct Contacts {
    people: BTreeMap<AccountId, Vec<PersonState>>,
    lifecycles: BTreeMap<LeadId, LifecycleRecord>,
    now: Timestamp,
}

impl Contacts {
    /// Reads them as they are now.
    pub(super) async fn read(
        view: &View,
        accounts: impl IntoIterator<Item = AccountId>,
        now: Timestamp,
    ) -> Result<Self, AppError> {
        let people = view.people_of(accounts).await?;
        let leads = people.values().flatten().map(|person| person.lead.clone());
        let lifecycles = view.lifecycles(leads).await?;
        Ok(Self { people, lifecycles, now })
    }

    /// Who is known of an account.
    fn of(&self, account: &AccountId) -> &[PersonState] {
        self.people.get(account).map_or(&[], Vec::as_slice)
    }

    /// Whether somebody may be contacted: not who is excluded, disqualified or being nurtured.
    fn may(&self, person: &PersonState) -> bool {
        let stands = self.lifecycles.get(&person.lead);
        let rests = stands.is_some_and(|stands| stands.lifecycle.is_resting(self.now));
        person.rules.exclusion.is_none() && !rests
    }

    /// Whether nobody who is known of an account may be contacted. Where only unknown visitors are,
    /// sales can still find out who they are.
    pub(super) fn all_rest(&self, account: &AccountId) -> bool {
        let people = self.of(account);
        !people.is_empty() && !people.iter().any(|person| self.may(person))
    }

    /// Whom to contact next, and why: who does most for their weight, of those who may be
    /// contacted.
    pub(super) fn next(&self, account: &AccountId) -> Option<(LeadId, String)> {
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
