//! Filling the standby slot, and making it the live one.
//!
//! An account is in the standby slot with all its people, or not at all. Whoever changes an
//! account while a version comes into force takes it out again; it is then put in anew.

use std::collections::BTreeMap;

use abm_core::{AccountId, Timestamp};
use sea_orm::ConnectionTrait;

use crate::bulk::Rows;
use crate::entity::account_state;
use crate::state::states_by_id;
use crate::{AccountState, Cause, PersonState, Slot, StoreError, View, WriteTx};

impl View {
    fn standby_slot(&self) -> Result<i16, StoreError> {
        let live = self.live.ok_or_else(|| StoreError::corrupt("workspace", "slot not read"))?;
        Ok(live.other().number())
    }

    /// How many accounts are in the standby slot, and how many there are; `None` unless `version`
    /// comes into force.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn publication_progress(
        &self,
        version: u64,
    ) -> Result<Option<(u64, u64)>, StoreError> {
        let count = "SELECT COUNT(*) FROM account_state AS s WHERE s.workspace_id = w.workspace_id";
        // While the scores of before are removed from it, the slot holds none of the new ones.
        let sql = format!(
            "SELECT CASE WHEN w.standby_used THEN 0 ELSE ({count} AND s.slot = 1 - w.slot) END, \
             ({count} AND s.slot = w.slot) FROM workspace AS w \
             WHERE w.workspace_id = {} AND w.publishing_version = {version}",
            self.workspace
        );
        let Some(row) = self.db().query_one_raw(self.statement(&sql, [])).await? else {
            return Ok(None);
        };
        let (done, all): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        Ok(Some((done.unsigned_abs(), all.unsigned_abs())))
    }
}

impl WriteTx {
    /// Up to `limit` accounts in the order of their ids, after `after`, that are not in the
    /// standby slot as they are to be at the second `now`; locked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lock_not_in_standby(
        &self,
        after: Option<&AccountId>,
        now: i64,
        limit: u64,
    ) -> Result<BTreeMap<AccountId, AccountState>, StoreError> {
        // One look-up for each account: joined, all of the standby slot would be read for each lot.
        let (lock, place) = if self.is_postgres() { (" FOR UPDATE OF s", "$1") } else { ("", "?") };
        let sql = format!(
            "SELECT s.* FROM account_state AS s WHERE s.workspace_id = {workspace} \
             AND s.slot = {live} AND s.account_id > {place} AND COALESCE(( \
             SELECT n.changes_secs IS NOT NULL AND n.changes_secs <= {now} \
             FROM account_state AS n WHERE n.workspace_id = {workspace} \
             AND n.slot = {standby} AND n.account_id = s.account_id), TRUE) \
             ORDER BY s.account_id LIMIT {limit}{lock}",
            workspace = self.workspace,
            live = self.live_slot(),
            standby = self.standby_slot()?,
        );
        let after = after.map(AccountId::as_str).unwrap_or_default();
        let query = self.statement(&sql, [after.into()]);
        states_by_id(self.rows::<account_state::Entity>(query).await?)
    }

    /// Puts accounts with all their people into the standby slot, in place of what is there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_standby(
        &self,
        mut states: Vec<AccountState>,
        people: &[PersonState],
    ) -> Result<(), StoreError> {
        states.iter_mut().for_each(|state| self.stamp(state));
        self.remove_standby(states.iter().map(|state| state.id.clone())).await?;
        let standby = self.standby_slot()?.to_string();
        self.put_account_states_in(&standby, &states, true).await?;
        self.put_people_in(&standby, people).await
    }

    /// Takes accounts with all their people out of the standby slot.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remove_standby(
        &self,
        ids: impl IntoIterator<Item = AccountId>,
    ) -> Result<(), StoreError> {
        let ids: Vec<String> = ids.into_iter().map(AccountId::into_string).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let standby = self.standby_slot()?;
        for table in ["lead_state", "account_state"] {
            let sql = format!(
                "DELETE FROM {table} WHERE workspace_id = {} AND slot = {standby} \
                 AND account_id IN (SELECT account_id FROM {{rows}} AS r)",
                self.workspace
            );
            Rows::ids("account_id", ids.iter().cloned()).execute(&self.db(), &sql).await?;
        }
        Ok(())
    }

    /// Takes up to `limit` accounts out of the standby slot, and gives how many there were.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn empty_standby(&self, limit: u64) -> Result<u64, StoreError> {
        let sql = format!(
            "SELECT * FROM account_state WHERE workspace_id = {} AND slot = {} \
             ORDER BY account_id LIMIT {limit}",
            self.workspace,
            self.standby_slot()?
        );
        let rows = self.rows::<account_state::Entity>(self.statement(&sql, [])).await?;
        let states = states_by_id(rows)?;
        let count = states.len() as u64;
        self.remove_standby(states.into_keys()).await?;
        Ok(count)
    }

    /// Begins to fill the standby slot under a version.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_publishing(&self, version: u64) -> Result<(), StoreError> {
        self.set_publishing(&i64::try_from(version).unwrap_or(i64::MAX).to_string(), false).await
    }

    /// Gives up filling the standby slot; what is in it is not needed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_publishing(&self) -> Result<(), StoreError> {
        self.set_publishing("NULL", true).await
    }

    /// Notes that the standby slot is empty.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn standby_is_empty(&self) -> Result<(), StoreError> {
        let sql = format!(
            "UPDATE workspace SET standby_used = FALSE WHERE workspace_id = {}",
            self.workspace
        );
        self.execute(&sql, []).await?;
        Ok(())
    }

    async fn set_publishing(&self, version: &str, used: bool) -> Result<(), StoreError> {
        let sql = format!(
            "UPDATE workspace SET publishing_version = {version}, standby_used = {} \
             WHERE workspace_id = {}",
            if used { "TRUE" } else { "standby_used" },
            self.workspace
        );
        self.execute(&sql, []).await?;
        Ok(())
    }

    /// Makes the standby slot, which holds every account, the live one, and `version` the
    /// version in force. Accounts that are shown otherwise from now on get a line in their
    /// timeline. Gives how many there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn switch_slots(&mut self, version: u64, now: Timestamp) -> Result<u64, StoreError> {
        let (workspace, live, standby) = (self.workspace, self.live_slot(), self.standby_slot()?);
        let changed = format!(
            "account_state AS n JOIN account_state AS s ON s.workspace_id = n.workspace_id \
             AND s.slot = {live} AND s.account_id = n.account_id \
             WHERE n.workspace_id = {workspace} AND n.slot = {standby} AND n.sequence > s.sequence"
        );
        let figures = "engagement, fit, tier, mqa, priority, engaged_people";
        let of_new: Vec<String> = figures.split(", ").map(|column| format!("n.{column}")).collect();
        let (at, micros, cause) = (now.secs(), now.micros(), Cause::Model.name());
        let lines = format!(
            "INSERT INTO account_timeline (workspace_id, account_id, sequence, at_secs, \
             recorded_at, cause, model_version, {figures}) \
             SELECT n.workspace_id, n.account_id, n.sequence, {at}, {micros}, '{cause}', \
             n.model_version, {} FROM {changed}",
            of_new.join(", ")
        );
        let count = self.execute(&lines, []).await?;
        let outbox = format!(
            "INSERT INTO outbox (workspace_id, account_id, sequence, created_at) \
             SELECT n.workspace_id, n.account_id, n.sequence, {micros} FROM {changed} \
             ORDER BY n.account_id"
        );
        self.execute(&outbox, []).await?;
        let sql = format!(
            "UPDATE workspace SET slot = {standby}, model_version = {}, \
             publishing_version = NULL, standby_used = TRUE WHERE workspace_id = {workspace}",
            i64::try_from(version).unwrap_or(i64::MAX)
        );
        self.execute(&sql, []).await?;
        self.set_live(Slot::from_number(standby));
        Ok(count)
    }
}
