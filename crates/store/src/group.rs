//! Accounts that belong to others: who is whose, and what is rolled up.

use std::collections::BTreeMap;

use abm_core::AccountId;
use abm_core::tier::Tier;
use sea_orm::{ConnectionTrait, QueryResult};

use crate::bulk::Rows;
use crate::lead::account_or_none;
use crate::state::{score_of, tier_of};
use crate::{StoreError, View};

/// An account as its group shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMember {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// The account it belongs to.
    pub parent: Option<AccountId>,
    /// The tier it is in.
    pub tier: Option<Tier>,
    /// 0 to 100.
    pub engagement: u8,
    /// 0 to 100.
    pub fit: u8,
    /// People at or above the engaged floor.
    pub engaged_people: u32,
    /// People in all.
    pub people: u32,
}

impl View {
    /// The account that each of these belongs to, `None` for one that belongs to none;
    /// accounts that are not there are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn parents(
        &self,
        ids: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<AccountId, Option<AccountId>>, StoreError> {
        let ids = Rows::ids("account_id", ids.into_iter().map(AccountId::into_string));
        let condition =
            format!("s.workspace_id = {} AND s.account_id = r.account_id", self.workspace);
        let columns = "s.account_id, s.parent_account_id";
        let query = ids.into_look_up(&self.db(), columns, "account", &condition);
        self.db().query_all_raw(query).await?.iter().map(account_and_parent).collect()
    }

    /// Accounts in the order of their ids, after `after`, each with the one it belongs to.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn parents_after(
        &self,
        after: Option<&AccountId>,
        limit: u64,
    ) -> Result<Vec<(AccountId, Option<AccountId>)>, StoreError> {
        let value = if self.is_postgres() { "$1" } else { "?" };
        let sql = format!(
            "SELECT account_id, parent_account_id FROM account WHERE workspace_id = {} \
             AND account_id > {value} ORDER BY account_id LIMIT {limit}",
            self.workspace
        );
        let after = after.map_or("", AccountId::as_str);
        let rows = self.db().query_all_raw(self.statement(&sql, [after.into()])).await?;
        rows.iter().map(account_and_parent).collect()
    }

    /// The accounts that belong to each of these, in the order of their ids, at most `most` of
    /// each.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn children(
        &self,
        parents: impl IntoIterator<Item = AccountId>,
        most: usize,
    ) -> Result<BTreeMap<AccountId, Vec<AccountId>>, StoreError> {
        let parents = Rows::ids("account_id", parents.into_iter().map(AccountId::into_string));
        let condition =
            format!("s.workspace_id = {} AND s.parent_account_id = r.account_id", self.workspace);
        let columns = "s.account_id, s.parent_account_id, ROW_NUMBER() OVER \
                       (PARTITION BY s.parent_account_id ORDER BY s.account_id) AS place";
        let mut query = parents.into_look_up(&self.db(), columns, "account", &condition);
        query.sql = format!(
            "SELECT account_id, parent_account_id FROM ({}) AS c WHERE place <= {most} \
             ORDER BY parent_account_id, account_id",
            query.sql
        );
        let mut children: BTreeMap<AccountId, Vec<AccountId>> = BTreeMap::new();
        for row in self.db().query_all_raw(query).await? {
            let (child, parent) = account_and_parent(&row)?;
            if let Some(parent) = parent {
                children.entry(parent).or_default().push(child);
            }
        }
        Ok(children)
    }

    /// What groups show of some accounts; those that are not there are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn group_members(
        &self,
        ids: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<AccountId, GroupMember>, StoreError> {
        let ids = Rows::ids("account_id", ids.into_iter().map(AccountId::into_string));
        let condition =
            format!("s.workspace_id = {} AND s.account_id = r.account_id", self.workspace);
        let columns = "s.account_id, s.parent_account_id, s.name, s.tier, s.engagement, s.fit, \
                       s.engaged_people, s.people";
        let scored = format!(
            "(SELECT t.*, a.parent_account_id, a.name FROM account AS a \
             JOIN account_state AS t ON t.workspace_id = a.workspace_id AND t.slot = {} \
             AND t.account_id = a.account_id)",
            self.live_slot()
        );
        let query = ids.into_look_up(&self.db(), columns, &scored, &condition);
        let rows = self.db().query_all_raw(query).await?;
        rows.iter().map(|row| member(row).map(|member| (member.id.clone(), member))).collect()
    }
}

fn account_and_parent(row: &QueryResult) -> Result<(AccountId, Option<AccountId>), StoreError> {
    let id: String = row.try_get_by_index(0)?;
    let parent: Option<String> = row.try_get_by_index(1)?;
    Ok((
        AccountId::new(id).map_err(|found| StoreError::corrupt("account", found))?,
        account_or_none("account", parent.unwrap_or_default())?,
    ))
}

fn member(row: &QueryResult) -> Result<GroupMember, StoreError> {
    const TABLE: &str = "account_state";
    let (id, parent) = account_and_parent(row)?;
    let count = |index| -> Result<u32, StoreError> {
        let count: i64 = row.try_get_by_index(index)?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    };
    Ok(GroupMember {
        id,
        name: row.try_get_by_index(2)?,
        parent,
        tier: tier_of(row.try_get_by_index(3)?),
        engagement: score_of(TABLE, row.try_get_by_index(4)?)?,
        fit: score_of(TABLE, row.try_get_by_index(5)?)?,
        engaged_people: count(6)?,
        people: count(7)?,
    })
}
