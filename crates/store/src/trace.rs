//! When accounts and people whom no caller sent were first seen: by what they did.

use std::collections::BTreeMap;

use abm_core::{AccountId, LeadId, Timestamp};
use sea_orm::ConnectionTrait;

use crate::bulk::Rows;
use crate::{StoreError, View};

impl View {
    /// The people of some accounts whom no caller sent, each with the moment of their first
    /// activity; `None` when all of theirs were taken back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn first_seen_people(
        &self,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<LeadId, Option<Timestamp>>, StoreError> {
        let accounts: Vec<String> = accounts.into_iter().map(AccountId::into_string).collect();
        if accounts.is_empty() {
            return Ok(BTreeMap::new());
        }
        let workspace = self.workspace;
        let columns = format!(
            "s.lead_id, (SELECT MIN(a.occurred_at) FROM activity AS a \
             WHERE a.workspace_id = {workspace} AND a.lead_id <> '' AND a.lead_id = s.lead_id)"
        );
        let condition =
            format!("s.workspace_id = {workspace} AND s.account_id = r.account_id AND s.known = 0");
        let rows = Rows::ids("account_id", accounts);
        let query = rows.into_look_up(&self.db(), &columns, "lead", &condition);
        let mut found = BTreeMap::new();
        for row in self.db().query_all_raw(query).await? {
            let lead = LeadId::new(row.try_get_by_index::<String>(0)?)
                .map_err(|found| StoreError::corrupt("lead", found))?;
            let first: Option<i64> = row.try_get_by_index(1)?;
            found.insert(lead, first.map(Timestamp::from_micros));
        }
        Ok(found)
    }

    /// The moment of the first activity of the unknown visitor of some accounts; accounts without
    /// any are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn first_visits(
        &self,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<AccountId, Timestamp>, StoreError> {
        let accounts: Vec<String> = accounts.into_iter().map(AccountId::into_string).collect();
        if accounts.is_empty() {
            return Ok(BTreeMap::new());
        }
        let sql = format!(
            "SELECT account_id, (SELECT MIN(a.occurred_at) FROM activity AS a \
             WHERE a.workspace_id = {} AND a.lead_id = '' AND a.account_id = r.account_id) \
             FROM {{rows}} AS r",
            self.workspace
        );
        let mut found = BTreeMap::new();
        for row in Rows::ids("account_id", accounts).query(&self.db(), &sql).await? {
            let account = AccountId::new(row.try_get_by_index::<String>(0)?)
                .map_err(|found| StoreError::corrupt("activity", found))?;
            if let Some(first) = row.try_get_by_index::<Option<i64>>(1)? {
                found.insert(account, Timestamp::from_micros(first));
            }
        }
        Ok(found)
    }
}
