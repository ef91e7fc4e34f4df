//! Leads and accounts that are merged into others: whom they count for, and what callers send of
//! them meanwhile.
//!
//! What names a merged record is stored under the one it counts for, with the id that was sent
//! beside it. So whoever asks by an id finds what counts for it, and a split finds what to give
//! back.

mod point;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use abm_core::{AccountId, LeadId, Violation};
use sea_orm::{ConnectionTrait, EntityTrait, QueryResult, Statement};

pub use point::{Reference, Referred};

use crate::bulk::{Column as Bulk, Rows};
use crate::{AccountRecord, LeadRecord, StoreError, View, WriteTx, entity};

/// Columns of `lead_alias` that callers fill.
const LEAD_COLUMNS: &str = "email, first_name, last_name, title, seniority, buying_role, \
     named_account_id, country, stage, stage_at, attributes, known, created_at, updated_at";

/// Columns of `account_alias` that callers fill, but the parent.
const ACCOUNT_COLUMNS: &str = "name, domains, website, industry, employees, annual_revenue_usd, \
     country, region, city, owner, attributes, origin, created_at, updated_at";

/// The id of a kind of record that can be merged.
pub trait Mergeable: Clone + Ord + Display + Send + Sync {
    /// The kind, as tables and errors call it.
    const KIND: &'static str;

    /// An id as it is stored.
    ///
    /// # Errors
    /// When it has not the form of an id.
    fn parse(id: String) -> Result<Self, Violation>;
}

impl Mergeable for LeadId {
    const KIND: &'static str = "lead";

    fn parse(id: String) -> Result<Self, Violation> {
        Self::new(id)
    }
}

impl Mergeable for AccountId {
    const KIND: &'static str = "account";

    fn parse(id: String) -> Result<Self, Violation> {
        Self::new(id)
    }
}

/// Ids of leads, each with whom it counts for.
pub(crate) struct Names(BTreeMap<LeadId, LeadId>);

impl Names {
    /// The ids as rows with a column `lead_id`.
    pub(crate) fn rows(&self) -> Rows {
        Rows::ids("lead_id", self.0.keys().map(LeadId::to_string))
    }

    /// Whom the id in the first column of a row counts for.
    pub(crate) fn of(&self, row: &QueryResult, table: &'static str) -> Result<LeadId, StoreError> {
        let id: String = row.try_get_by_index(0)?;
        let id = LeadId::new(id).map_err(|found| StoreError::corrupt(table, found))?;
        Ok(self.0.get(&id).cloned().unwrap_or(id))
    }
}

impl View {
    /// Whom these count for, of those of them that are merged.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn survivors<Id: Mergeable>(
        &self,
        ids: impl IntoIterator<Item = Id>,
    ) -> Result<BTreeMap<Id, Id>, StoreError> {
        let id = format!("{}_id", Id::KIND);
        self.pairs(ids, &format!("s.{id}, s.survivor_id"), &id).await
    }

    /// All that count for some records, each with the one that it was merged into.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn merged_into<Id: Mergeable>(
        &self,
        survivors: impl IntoIterator<Item = Id>,
    ) -> Result<BTreeMap<Id, Id>, StoreError> {
        let columns = format!("s.{}_id, s.merged_into", Id::KIND);
        self.pairs(survivors, &columns, "survivor_id").await
    }

    async fn pairs<Id: Mergeable>(
        &self,
        ids: impl IntoIterator<Item = Id>,
        columns: &str,
        by: &str,
    ) -> Result<BTreeMap<Id, Id>, StoreError> {
        let Some(query) = self.of_aliases(ids, columns, by) else { return Ok(BTreeMap::new()) };
        let parse = |row: &QueryResult, index| -> Result<Id, StoreError> {
            let id: String = row.try_get_by_index(index)?;
            Id::parse(id).map_err(|found| StoreError::corrupt("alias", found))
        };
        let rows = self.db().query_all_raw(query).await?;
        rows.iter().map(|row| Ok((parse(row, 0)?, parse(row, 1)?))).collect()
    }

    /// A query for aliases by a column; `None` when nothing is asked for.
    fn of_aliases<Id: Mergeable>(
        &self,
        ids: impl IntoIterator<Item = Id>,
        columns: &str,
        by: &str,
    ) -> Option<Statement> {
        let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
        if ids.is_empty() {
            return None;
        }
        let condition = format!("s.workspace_id = {} AND s.{by} = r.id", self.workspace);
        let table = format!("{}_alias", Id::KIND);
        Some(Rows::ids("id", ids).into_look_up(&self.db(), columns, &table, &condition))
    }

    /// The ids that records of sales may name leads by, each with whom it counts for: their own, and
    /// those of leads that are merged into them.
    pub(crate) async fn names_of(
        &self,
        leads: impl IntoIterator<Item = LeadId>,
    ) -> Result<Names, StoreError> {
        let leads: BTreeSet<LeadId> = leads.into_iter().collect();
        let mut names =
            self.pairs(leads.clone(), "s.lead_id, s.survivor_id", "survivor_id").await?;
        names.extend(leads.into_iter().map(|lead| (lead.clone(), lead)));
        Ok(Names(names))
    }

    /// Of these leads those that a lead which a caller sent is merged into.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn survivors_of_sent(
        &self,
        ids: impl IntoIterator<Item = LeadId>,
    ) -> Result<BTreeSet<LeadId>, StoreError> {
        let ids: Vec<String> = ids.into_iter().map(LeadId::into_string).collect();
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let condition =
            format!("s.workspace_id = {} AND s.survivor_id = r.id AND s.known = 1", self.workspace);
        let rows = Rows::ids("id", ids);
        let query = rows.into_look_up(&self.db(), "r.id", "lead_alias", &condition);
        let id = |row: &QueryResult| -> Result<LeadId, StoreError> {
            let id: String = row.try_get_by_index(0)?;
            LeadId::new(id).map_err(|found| StoreError::corrupt("alias", found))
        };
        self.db().query_all_raw(query).await?.iter().map(id).collect()
    }

    /// What callers sent of leads that are merged; of others nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn merged_leads(
        &self,
        ids: impl IntoIterator<Item = LeadId>,
    ) -> Result<BTreeMap<LeadId, LeadRecord>, StoreError> {
        let columns = "s.*, '' AS mail_domain, '' AS hint_account_id, CAST(0 AS BIGINT) AS hint_at, \
                       CAST(0 AS BIGINT) AS hint_key, '' AS hint_email, '' AS account_id";
        let Some(query) = self.of_aliases(ids, columns, "lead_id") else {
            return Ok(BTreeMap::new());
        };
        let rows = entity::lead::Entity::find().from_raw_sql(query).all(&self.db()).await?;
        crate::lead::by_id(rows)
    }

    /// What callers sent of accounts that are merged; of others nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn merged_accounts(
        &self,
        ids: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<AccountId, AccountRecord>, StoreError> {
        let columns = "s.*, CAST(NULL AS TEXT) AS sent_parent_id";
        let Some(query) = self.of_aliases(ids, columns, "account_id") else {
            return Ok(BTreeMap::new());
        };
        let rows = entity::account::Entity::find().from_raw_sql(query).all(&self.db()).await?;
        crate::account::by_id(rows)
    }
}

impl WriteTx {
    /// Makes leads count for another one: they are no leads of their own any more, their
    /// activities are its, and so is everything that counts for them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn merge_leads(
        &self,
        survivor: &LeadId,
        others: &BTreeSet<LeadId>,
    ) -> Result<(), StoreError> {
        let columns = [LEAD_COLUMNS; 2];
        self.add_aliases(survivor, others, columns).await?;
        self.remove_leads(others.iter().cloned()).await?;
        self.count_merged::<LeadId>().await
    }

    /// Makes accounts count for another one: they are no accounts of their own any more, and
    /// everything that names them names it. What they showed is kept.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn merge_accounts(
        &self,
        survivor: &AccountId,
        others: &BTreeSet<AccountId>,
    ) -> Result<(), StoreError> {
        let into = format!("{ACCOUNT_COLUMNS}, parent_account_id");
        let from = format!("{ACCOUNT_COLUMNS}, COALESCE(sent_parent_id, parent_account_id)");
        self.add_aliases(survivor, others, [&into, &from]).await?;
        self.remove_accounts_but_timelines(others.clone()).await?;
        self.count_merged::<AccountId>().await
    }

    /// Writes the aliases, points what names them to the survivor, and hands on what counts for
    /// them. `columns` are those of the alias and what fills them.
    async fn add_aliases<Id: Mergeable + Referred>(
        &self,
        survivor: &Id,
        others: &BTreeSet<Id>,
        columns: [&str; 2],
    ) -> Result<(), StoreError> {
        let (kind, workspace, [into, from]) = (Id::KIND, self.workspace, columns);
        let survivor_number = self.number(1);
        let (named, list) = self.one_of(&format!("{kind}_id"), 2, others);
        let insert = format!(
            "INSERT INTO {kind}_alias (workspace_id, {kind}_id, merged_into, survivor_id, {into}) \
             SELECT workspace_id, {kind}_id, {survivor_number}, {survivor_number}, {from} \
             FROM {kind} WHERE workspace_id = {workspace} AND {named}"
        );
        self.execute(&insert, [survivor.to_string().into(), list]).await?;
        self.count_for(survivor, "survivor_id", others).await?;
        self.point_to_survivor(survivor, others).await
    }

    /// Makes aliases, found by a column, count for another record.
    async fn count_for<Id: Mergeable>(
        &self,
        survivor: &Id,
        column: &str,
        ids: &BTreeSet<Id>,
    ) -> Result<(), StoreError> {
        let (kind, workspace, survivor_number) = (Id::KIND, self.workspace, self.number(1));
        let (found, list) = self.one_of(column, 2, ids);
        let sql = format!(
            "UPDATE {kind}_alias SET survivor_id = {survivor_number} \
             WHERE workspace_id = {workspace} AND {found}"
        );
        self.execute(&sql, [survivor.to_string().into(), list]).await?;
        Ok(())
    }

    /// Makes a merged record one of its own again, with those that were merged into it: what
    /// names them counts for it. The record itself is not put back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn split<Id: Mergeable + Referred>(
        &self,
        id: &Id,
        with: &BTreeSet<Id>,
        survivor: &Id,
    ) -> Result<(), StoreError> {
        let kind = Id::KIND;
        let (named, list) = self.one_of(&format!("{kind}_id"), 1, [id]);
        let remove =
            format!("DELETE FROM {kind}_alias WHERE workspace_id = {} AND {named}", self.workspace);
        self.execute(&remove, [list]).await?;
        self.count_for(id, &format!("{kind}_id"), with).await?;
        let mut back = with.clone();
        back.insert(id.clone());
        self.point_back(id, &back, survivor).await?;
        self.count_merged::<Id>().await
    }

    /// Notes how many are merged, so that nobody looks for some where there are none.
    async fn count_merged<Id: Mergeable>(&self) -> Result<(), StoreError> {
        let (kind, workspace) = (Id::KIND, self.workspace);
        let sql = format!(
            "UPDATE workspace SET merged_{kind}s = (SELECT COUNT(*) FROM {kind}_alias \
             WHERE workspace_id = {workspace}) WHERE workspace_id = {workspace}"
        );
        self.execute(&sql, []).await?;
        Ok(())
    }

    /// Stores what callers sent of leads that are merged.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_merged_leads(&self, leads: &[LeadRecord]) -> Result<(), StoreError> {
        self.put_merged::<LeadId>(crate::lead::sent_columns(leads)).await
    }

    /// Stores what callers sent of accounts that are merged.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_merged_accounts(&self, accounts: &[AccountRecord]) -> Result<(), StoreError> {
        self.put_merged::<AccountId>(crate::account::columns_of(accounts)).await
    }

    /// Replaces what aliases hold; records that are no alias are left out.
    async fn put_merged<Id: Mergeable>(&self, columns: Vec<Bulk>) -> Result<(), StoreError> {
        let (kind, workspace, rows) = (Id::KIND, self.workspace, Rows::new(columns));
        let id = format!("{kind}_id");
        let updates = rows.updates(&[&id, "created_at"]);
        let sql = format!(
            "INSERT INTO {kind}_alias (workspace_id, merged_into, survivor_id, {{names}}) \
             SELECT {workspace}, s.merged_into, s.survivor_id, r.* FROM {{rows}} AS r \
             CROSS JOIN {kind}_alias AS s WHERE s.workspace_id = {workspace} AND s.{id} = r.{id} \
             ON CONFLICT (workspace_id, {id}) DO UPDATE SET {updates}"
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }
}
