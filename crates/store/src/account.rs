//! Accounts: profiles and claimed domains.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::domain::Domain;
use abm_core::{AccountId, AccountOrigin, AccountProfile, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect};

use crate::bulk::{Column as Bulk, Rows};
use crate::entity::account::{Column, Entity, Model};
use crate::{AccountRecord, StoreError, View, WriteTx};

impl View {
    /// Accounts by id; those that are not there are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn accounts(
        &self,
        ids: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<AccountId, AccountRecord>, StoreError> {
        let ids: Vec<String> = ids.into_iter().map(AccountId::into_string).collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let found = Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(self.is_one_of(Column::AccountId, ids))
            .all(&self.db())
            .await?;
        by_id(found)
    }

    /// Of these accounts those that an anonymous activity, another account or an opportunity names,
    /// or that an account which a caller sent is merged into.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mentioned(
        &self,
        ids: impl IntoIterator<Item = AccountId>,
    ) -> Result<Vec<AccountId>, StoreError> {
        let ids: Vec<String> = ids.into_iter().map(AccountId::into_string).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let workspace = self.workspace;
        let sql = format!(
            "SELECT account_id FROM {{rows}} AS r WHERE EXISTS (SELECT 1 FROM activity AS a \
             WHERE a.workspace_id = {workspace} AND a.lead_id = '' \
             AND a.account_id = r.account_id) OR EXISTS (SELECT 1 FROM account AS child \
             WHERE child.workspace_id = {workspace} AND child.parent_account_id = r.account_id) \
             OR EXISTS (SELECT 1 FROM opportunity AS o WHERE o.workspace_id = {workspace} \
             AND o.account_id <> '' AND o.account_id = r.account_id) \
             OR EXISTS (SELECT 1 FROM account_alias AS s WHERE s.workspace_id = {workspace} \
             AND s.survivor_id = r.account_id AND s.origin = {sent})",
            sent = origin_number(AccountOrigin::Caller)
        );
        let rows = Rows::ids("account_id", ids).query(&self.db(), &sql).await?;
        let id = |row: &QueryResult| -> Result<AccountId, StoreError> {
            let id: String = row.try_get_by_index(0)?;
            AccountId::new(id).map_err(|found| StoreError::corrupt("account", found))
        };
        rows.iter().map(id).collect()
    }

    /// One account.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn account(&self, id: &AccountId) -> Result<Option<AccountRecord>, StoreError> {
        let key = (self.workspace.0, id.as_str().to_owned());
        Entity::find_by_id(key).one(&self.db()).await?.map(AccountRecord::try_from).transpose()
    }

    /// Accounts in the order of their ids, after `after`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn accounts_after(
        &self,
        after: Option<&AccountId>,
        limit: u64,
    ) -> Result<Vec<AccountRecord>, StoreError> {
        let mut query = Entity::find().filter(Column::WorkspaceId.eq(self.workspace.0));
        if let Some(after) = after {
            query = query.filter(Column::AccountId.gt(after.as_str()));
        }
        let found = query.order_by_asc(Column::AccountId).limit(limit).all(&self.db()).await?;
        found.into_iter().map(AccountRecord::try_from).collect()
    }
}

impl WriteTx {
    /// Stores accounts; those that are there are replaced if `replace`, else left alone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_accounts(
        &self,
        accounts: &[AccountRecord],
        replace: bool,
    ) -> Result<(), StoreError> {
        if accounts.is_empty() {
            return Ok(());
        }
        let mut columns = columns_of(accounts);
        // Named anew: whether the parent is merged is looked at afterwards.
        columns.push(Bulk::TextOrNull("sent_parent_id", vec![None; accounts.len()]));
        let rows = Rows::new(columns);
        let conflict = if replace {
            let updates = rows.updates(&["account_id", "created_at"]);
            format!("(workspace_id, account_id) DO UPDATE SET {updates}")
        } else {
            "DO NOTHING".into()
        };
        let sql = format!(
            "INSERT INTO account (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r \
             WHERE true ORDER BY account_id ON CONFLICT {conflict}",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }

    /// Removes accounts with their domains, state and timeline; their people and activities
    /// stay.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remove_accounts(&self, ids: BTreeSet<AccountId>) -> Result<(), StoreError> {
        self.remove_from(&["account_timeline"], &ids).await?;
        self.remove_accounts_but_timelines(ids).await
    }

    /// Does what [`WriteTx::remove_accounts`] does, and keeps what they showed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remove_accounts_but_timelines(
        &self,
        ids: BTreeSet<AccountId>,
    ) -> Result<(), StoreError> {
        self.remove_standby(ids.iter().cloned()).await?;
        self.remove_from(&["account", "account_domain", "account_state"], &ids).await
    }

    async fn remove_from(
        &self,
        tables: &[&str],
        ids: &BTreeSet<AccountId>,
    ) -> Result<(), StoreError> {
        for table in tables {
            let rows = Rows::ids("account_id", ids.iter().map(ToString::to_string));
            let sql = format!(
                "DELETE FROM {table} WHERE workspace_id = {} \
                 AND account_id IN (SELECT account_id FROM {{rows}} AS r)",
                self.workspace
            );
            rows.execute(&self.db(), &sql).await?;
        }
        Ok(())
    }
}

/// Rows as accounts by their ids.
pub(crate) fn by_id(rows: Vec<Model>) -> Result<BTreeMap<AccountId, AccountRecord>, StoreError> {
    let records = rows.into_iter().map(AccountRecord::try_from);
    records.map(|record| record.map(|record| (record.id.clone(), record))).collect()
}

/// The columns that accounts and those merged into others have in common.
pub(crate) fn columns_of(accounts: &[AccountRecord]) -> Vec<Bulk> {
    let text = |get: fn(&AccountRecord) -> String| accounts.iter().map(get).collect();
    let int = |get: fn(&AccountRecord) -> i64| accounts.iter().map(get).collect();
    let maybe = |get: fn(&AccountRecord) -> Option<i64>| accounts.iter().map(get).collect();
    let parents = accounts.iter();
    let parents = parents.map(|a| a.profile.parent.as_ref().map(ToString::to_string)).collect();
    vec![
        Bulk::Text("account_id", text(|a| a.id.to_string())),
        Bulk::Text("name", text(|a| a.profile.name.clone())),
        Bulk::Text("domains", text(|a| domains_json(&a.profile.domains))),
        Bulk::Text("website", text(|a| a.profile.website.clone())),
        Bulk::Text("industry", text(|a| a.profile.industry.clone())),
        Bulk::IntOrNull("employees", maybe(|a| a.profile.employees)),
        Bulk::IntOrNull("annual_revenue_usd", maybe(|a| a.profile.annual_revenue_usd)),
        Bulk::Text("country", text(|a| a.profile.country.clone())),
        Bulk::Text("region", text(|a| a.profile.region.clone())),
        Bulk::Text("city", text(|a| a.profile.city.clone())),
        Bulk::TextOrNull("parent_account_id", parents),
        Bulk::Text("owner", text(|a| a.profile.owner.clone())),
        Bulk::Text("attributes", text(|a| attributes_json(&a.profile.attributes))),
        Bulk::Int("origin", int(|a| i64::from(origin_number(a.origin)))),
        Bulk::Int("created_at", int(|a| a.created_at.micros())),
        Bulk::Int("updated_at", int(|a| a.updated_at.micros())),
    ]
}

fn domains_json(domains: &[Domain]) -> String {
    let names: Vec<&str> = domains.iter().map(Domain::as_str).collect();
    serde_json::Value::from(names).to_string()
}

/// Attributes as the JSON object that is stored.
pub(crate) fn attributes_json(attributes: &BTreeMap<String, String>) -> String {
    if attributes.is_empty() {
        return "{}".into();
    }
    let object = attributes.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
    serde_json::Value::Object(object.collect()).to_string()
}

const fn origin_number(origin: AccountOrigin) -> i16 {
    match origin {
        AccountOrigin::Caller => 1,
        AccountOrigin::EmailDomain => 2,
        AccountOrigin::Mention => 3,
    }
}

impl TryFrom<Model> for AccountRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            workspace_id: _,
            account_id,
            name,
            domains,
            website,
            industry,
            employees,
            annual_revenue_usd,
            country,
            region,
            city,
            parent_account_id,
            owner,
            attributes,
            origin,
            created_at,
            updated_at,
            sent_parent_id,
        } = row;
        let corrupt = |what: String| StoreError::corrupt("account", what);
        let json = |error: serde_json::Error| corrupt(error.to_string());
        let domains: Vec<String> = serde_json::from_str(&domains).map_err(json)?;
        let domains = domains.iter().map(|domain| Domain::parse(domain));
        let parent = sent_parent_id.or(parent_account_id).map(AccountId::new).transpose();
        Ok(Self {
            id: AccountId::new(account_id).map_err(|found| corrupt(found.to_string()))?,
            profile: AccountProfile {
                name,
                domains: domains.collect::<Result<_, _>>().map_err(|e| corrupt(e.to_string()))?,
                website,
                industry,
                employees,
                annual_revenue_usd,
                country,
                region,
                city,
                parent: parent.map_err(|found| corrupt(found.to_string()))?,
                owner,
                attributes: serde_json::from_str(&attributes).map_err(json)?,
            },
            origin: match origin {
                1 => AccountOrigin::Caller,
                2 => AccountOrigin::EmailDomain,
                3 => AccountOrigin::Mention,
                other => return Err(corrupt(format!("origin {other}"))),
            },
            created_at: Timestamp::from_micros(created_at),
            updated_at: Timestamp::from_micros(updated_at),
        })
    }
}
