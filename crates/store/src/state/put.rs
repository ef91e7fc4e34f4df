//! Storing what scoring found.

use std::collections::BTreeMap;

use abm_core::{AccountId, BuyingRole, LeadId};

use super::{confidence, phase_number, states_by_id, tier_number};
use crate::bulk::{Column as Bulk, Rows};
use crate::entity::account_state;
use crate::rank::rank;
use crate::{AccountState, PersonState, StoreError, WriteTx};

impl WriteTx {
    /// The states of some accounts, locked against other writers until the transaction ends.
    /// Accounts are locked before their people are read, so that of two transactions on one
    /// account neither misses the other.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lock_account_states(
        &self,
        ids: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<AccountId, AccountState>, StoreError> {
        self.find_account_states(ids, true).await
    }

    /// Up to `limit` accounts whose change is due at the second `now`, the most overdue first,
    /// locked; those that another replica works on are left to it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lock_due(
        &self,
        now: i64,
        limit: u64,
    ) -> Result<BTreeMap<AccountId, AccountState>, StoreError> {
        let lock = if self.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "SELECT * FROM account_state WHERE workspace_id = {} AND slot = {} \
             AND changes_secs <= {now} ORDER BY changes_secs, account_id LIMIT {limit}{lock}",
            self.workspace,
            self.live_slot()
        );
        states_by_id(self.rows::<account_state::Entity>(self.statement(&sql, [])).await?)
    }

    /// Accounts of whom somebody newly qualifies under the version in force, and of whom it was not
    /// looked at who is handed over; locked. Those that another replica works on are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lock_newly_qualified(
        &self,
        limit: u64,
    ) -> Result<BTreeMap<AccountId, AccountState>, StoreError> {
        let lock = if self.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "SELECT * FROM account_state WHERE workspace_id = {} AND slot = {} \
             AND newly_qualified ORDER BY assessed_secs, account_id LIMIT {limit}{lock}",
            self.workspace,
            self.live_slot()
        );
        states_by_id(self.rows::<account_state::Entity>(self.statement(&sql, [])).await?)
    }

    /// Makes the accounts due at `now` that were assessed as of a moment after `ahead`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn make_due(&self, now: i64, ahead: i64) -> Result<u64, StoreError> {
        let sql = format!(
            "UPDATE account_state SET changes_secs = {now} \
             WHERE workspace_id = {} AND slot = {} AND assessed_secs > {ahead}",
            self.workspace,
            self.live_slot()
        );
        self.execute(&sql, []).await
    }

    /// Stores the states of accounts; those that are there are replaced if `replace`, else
    /// left alone. What the standby slot holds of them is not right any more, and goes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_account_states(
        &self,
        states: &[AccountState],
        replace: bool,
    ) -> Result<(), StoreError> {
        if self.publishing {
            self.remove_standby(states.iter().map(|state| state.id.clone())).await?;
        }
        self.put_account_states_in(&self.live_slot(), states, replace).await
    }

    pub(crate) async fn put_account_states_in(
        &self,
        slot: &str,
        states: &[AccountState],
        replace: bool,
    ) -> Result<(), StoreError> {
        if states.is_empty() {
            return Ok(());
        }
        let int = |get: fn(&AccountState) -> i64| states.iter().map(get).collect();
        let maybe = |get: fn(&AccountState) -> Option<i64>| states.iter().map(get).collect();
        let flag = |get: fn(&AccountState) -> bool| states.iter().map(get).collect();
        let version = |s: &AccountState| i64::try_from(s.model_version).unwrap_or(i64::MAX);
        let rows = Rows::new(vec![
            Bulk::Text("account_id", states.iter().map(|s| s.id.to_string()).collect()),
            Bulk::Int("model_version", states.iter().map(version).collect()),
            Bulk::Int("rules_fit", int(|s| s.rules.fit.score.into())),
            Bulk::Int("rules_coverage", int(|s| s.rules.fit.coverage.into())),
            Bulk::TextOrNull(
                "exclusion",
                states.iter().map(|s| s.rules.exclusion.clone()).collect(),
            ),
            Bulk::Bytes("visitor_ledger", states.iter().map(|s| s.visitor.encode()).collect()),
            Bulk::Int("matching", int(|s| s.matching)),
            Bulk::Int("engagement", int(|s| s.engagement.into())),
            Bulk::Int("fit", int(|s| s.fit.into())),
            Bulk::Int("tier", int(|s| tier_number(s.tier).into())),
            Bulk::Int("tier_met", int(|s| tier_number(s.tier_met).into())),
            Bulk::Bool("mqa", flag(|s| s.mqa)),
            Bulk::Bool("priority", flag(|s| s.priority)),
            Bulk::Int("engaged_people", int(|s| s.engaged_people.into())),
            Bulk::Int("people", int(|s| s.people.into())),
            Bulk::Int("rank", int(|s| rank(s.priority, s.tier, s.engagement, s.fit))),
            Bulk::IntOrNull("last_activity_secs", maybe(|s| s.last_activity)),
            Bulk::Int("assessed_secs", int(|s| s.assessed_at)),
            Bulk::IntOrNull("changes_secs", maybe(|s| s.changes_at)),
            Bulk::Int("sequence", int(|s| s.sequence)),
            Bulk::IntOrNull("held_until_secs", maybe(|s| s.held_until)),
            Bulk::Int("people_stamp", int(|s| s.stamp)),
            Bulk::TextOrNull("segment", states.iter().map(|s| s.rules.segment.clone()).collect()),
            Bulk::Int("phase", int(|s| phase_number(s.phase))),
            Bulk::Bool("newly_qualified", flag(|s| s.newly_qualified)),
        ]);
        let conflict = if replace {
            let updates = rows.updates(&["account_id"]);
            format!("(workspace_id, slot, account_id) DO UPDATE SET {updates}")
        } else {
            "DO NOTHING".into()
        };
        let sql = format!(
            "INSERT INTO account_state (workspace_id, slot, {{names}}) \
             SELECT {}, {slot}, * FROM {{rows}} AS r WHERE true ORDER BY account_id ON CONFLICT {conflict}",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }

    /// Stores the states of people, replacing those that are there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_people(&self, people: &[PersonState]) -> Result<(), StoreError> {
        self.put_people_in(&self.slot_of("account_id"), people).await
    }

    pub(crate) async fn put_people_in(
        &self,
        slot: &str,
        people: &[PersonState],
    ) -> Result<(), StoreError> {
        if people.is_empty() {
            return Ok(());
        }
        let int = |get: fn(&PersonState) -> i64| people.iter().map(get).collect();
        let maybe = |get: fn(&PersonState) -> Option<i64>| people.iter().map(get).collect();
        let role = |p: &PersonState| p.rules.buying_role().map_or("", BuyingRole::name).to_owned();
        let seniority = |p: &PersonState| {
            p.rules.position.seniority.map_or("", |known| known.value.name()).to_owned()
        };
        let account = |p: &PersonState| p.account.as_ref().map(ToString::to_string);
        let rows = Rows::new(vec![
            Bulk::Text(
                "account_id",
                people.iter().map(|p| account(p).unwrap_or_default()).collect(),
            ),
            Bulk::Text("lead_id", people.iter().map(|p| p.lead.to_string()).collect()),
            Bulk::Int("fit", int(|p| p.rules.fit.score.into())),
            Bulk::Int("coverage", int(|p| p.rules.fit.coverage.into())),
            Bulk::Int("percent", int(|p| p.rules.percent.into())),
            Bulk::Text("buying_role", people.iter().map(role).collect()),
            Bulk::Bytes("ledger", people.iter().map(|p| p.ledger.encode()).collect()),
            Bulk::Int("matching", int(|p| p.matching)),
            Bulk::Int("engagement", int(|p| p.engagement.score.into())),
            Bulk::IntOrNull("changes_secs", maybe(|p| p.engagement.changes_at)),
            Bulk::IntOrNull("last_activity_secs", maybe(|p| p.last_activity)),
            Bulk::Int("peak", int(|p| p.engagement.peak.into())),
            Bulk::Text("effective_seniority", people.iter().map(seniority).collect()),
            Bulk::Int("seniority_confidence", int(|p| confidence(p.rules.position.seniority))),
            Bulk::Int("role_confidence", int(|p| confidence(p.rules.position.buying_role))),
            Bulk::TextOrNull(
                "exclusion",
                people.iter().map(|p| p.rules.exclusion.clone()).collect(),
            ),
            Bulk::Bool("mql", people.iter().map(|p| p.mql).collect()),
        ]);
        let updates = rows.updates(&["account_id", "lead_id"]);
        let sql = format!(
            "INSERT INTO lead_state (workspace_id, slot, {{names}}) \
             SELECT {}, {slot}, * FROM {{rows}} AS r WHERE true ORDER BY account_id, lead_id \
             ON CONFLICT (workspace_id, slot, account_id, lead_id) DO UPDATE SET {updates}",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }

    /// Takes people out of the accounts they were in; where they go, they are put anew.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remove_people(
        &self,
        keys: impl IntoIterator<Item = (Option<AccountId>, LeadId)>,
    ) -> Result<(), StoreError> {
        let id = |id: Option<AccountId>| id.map(AccountId::into_string).unwrap_or_default();
        let (accounts, leads): (Vec<_>, Vec<_>) =
            keys.into_iter().map(|(account, lead)| (id(account), lead.into_string())).unzip();
        if leads.is_empty() {
            return Ok(());
        }
        let rows =
            Rows::new(vec![Bulk::Text("account_id", accounts), Bulk::Text("lead_id", leads)]);
        let sql = format!(
            "DELETE FROM lead_state WHERE workspace_id = {} AND (slot, account_id, lead_id) IN \
             (SELECT {}, account_id, lead_id FROM {{rows}} AS r)",
            self.workspace,
            self.slot_of("account_id")
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }
}
