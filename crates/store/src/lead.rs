//! Leads: profiles and the accounts they are matched to.

use std::collections::BTreeMap;

use abm_core::domain::{Domain, MailHost, classify};
use abm_core::{AccountId, BuyingRole, LeadId, LeadProfile, Seniority, Stage, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::account::attributes_json;
use crate::bulk::{Column as Bulk, Rows};
use crate::entity::lead::{Column, Entity, Model};
use crate::{Hint, LeadRecord, StoreError, View, WriteTx};

impl View {
    /// Leads by id; those that are not there are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn leads(
        &self,
        ids: impl IntoIterator<Item = LeadId>,
    ) -> Result<BTreeMap<LeadId, LeadRecord>, StoreError> {
        self.find_leads(ids, false).await
    }

    async fn find_leads(
        &self,
        ids: impl IntoIterator<Item = LeadId>,
        lock: bool,
    ) -> Result<BTreeMap<LeadId, LeadRecord>, StoreError> {
        let ids: Vec<String> = ids.into_iter().map(LeadId::into_string).collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut query = Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(self.is_one_of(Column::LeadId, ids))
            .order_by_asc(Column::LeadId);
        if lock && self.is_postgres() {
            QueryTrait::query(&mut query).lock_exclusive();
        }
        by_id(query.all(&self.db()).await?)
    }

    /// Leads in the order of their ids, after `after`, of one account or of all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn leads_after(
        &self,
        account: Option<&AccountId>,
        after: Option<&LeadId>,
        limit: u64,
    ) -> Result<Vec<LeadRecord>, StoreError> {
        let mut query = Entity::find().filter(Column::WorkspaceId.eq(self.workspace.0));
        if let Some(account) = account {
            query = query.filter(Column::AccountId.eq(account.as_str()));
        }
        if let Some(after) = after {
            query = query.filter(Column::LeadId.gt(after.as_str()));
        }
        let found = query.order_by_asc(Column::LeadId).limit(limit).all(&self.db()).await?;
        found.into_iter().map(LeadRecord::try_from).collect()
    }

    /// The leads of some accounts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn leads_of(
        &self,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<LeadId, LeadRecord>, StoreError> {
        let accounts = accounts.into_iter().map(AccountId::into_string).collect();
        let query = Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(self.is_one_of(Column::AccountId, accounts));
        by_id(query.all(&self.db()).await?)
    }

    /// The leads whose address lies under one of these registrable domains.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn leads_at_domains(
        &self,
        domains: Vec<String>,
    ) -> Result<BTreeMap<LeadId, LeadRecord>, StoreError> {
        let query = Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            // Repeats the condition of the index, without which it is not used.
            .filter(Column::MailDomain.ne(""))
            .filter(self.is_one_of(Column::MailDomain, domains));
        by_id(query.all(&self.db()).await?)
    }
}

impl WriteTx {
    /// Leads by id, locked against other writers until the transaction ends.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lock_leads(
        &self,
        ids: impl IntoIterator<Item = LeadId>,
    ) -> Result<BTreeMap<LeadId, LeadRecord>, StoreError> {
        self.find_leads(ids, true).await
    }

    /// Stores leads, replacing those that are there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_leads(&self, leads: &[LeadRecord]) -> Result<(), StoreError> {
        if leads.is_empty() {
            return Ok(());
        }
        let rows = rows_of(leads);
        let updates = rows.updates(&["lead_id", "created_at"]);
        let sql = format!(
            "INSERT INTO lead (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r \
             WHERE true ORDER BY lead_id ON CONFLICT (workspace_id, lead_id) DO UPDATE SET {updates}",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }

    /// Stores leads that are new, and tells which were. Others are there already, made by
    /// somebody else, and are left alone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_leads(&self, leads: &[LeadRecord]) -> Result<Vec<LeadId>, StoreError> {
        if leads.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "INSERT INTO lead (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r \
             WHERE true ORDER BY lead_id ON CONFLICT DO NOTHING RETURNING lead_id",
            self.workspace
        );
        let mut added = Vec::with_capacity(leads.len());
        for row in rows_of(leads).query(&self.db(), &sql).await? {
            let id: String = row.try_get_by_index(0)?;
            added.push(LeadId::new(id).map_err(|found| StoreError::corrupt("lead", found))?);
        }
        Ok(added)
    }
}

fn rows_of(leads: &[LeadRecord]) -> Rows {
    let text = |get: fn(&LeadRecord) -> String| leads.iter().map(get).collect();
    let int = |get: fn(&LeadRecord) -> i64| leads.iter().map(get).collect();
    let mut columns = sent_columns(leads);
    columns.extend([
        Bulk::Text("mail_domain", text(mail_domain)),
        Bulk::Text("hint_account_id", text(|l| id(l.hint.as_ref().map(|hint| &hint.account)))),
        Bulk::Int("hint_at", int(|l| l.hint.as_ref().map_or(0, |hint| hint.at.micros()))),
        Bulk::Int("hint_key", int(|l| l.hint.as_ref().map_or(0, |hint| hint.key))),
        Bulk::Text("hint_email", text(|l| l.hint_email.clone())),
        Bulk::Text("account_id", text(|l| id(l.account.as_ref()))),
    ]);
    Rows::new(columns)
}

/// The columns that hold what callers send.
pub(crate) fn sent_columns(leads: &[LeadRecord]) -> Vec<Bulk> {
    let text = |get: fn(&LeadRecord) -> String| leads.iter().map(get).collect();
    let int = |get: fn(&LeadRecord) -> i64| leads.iter().map(get).collect();
    vec![
        Bulk::Text("lead_id", text(|l| l.id.to_string())),
        Bulk::Text("email", text(|l| l.profile.email.clone())),
        Bulk::Text("first_name", text(|l| l.profile.first_name.clone())),
        Bulk::Text("last_name", text(|l| l.profile.last_name.clone())),
        Bulk::Text("title", text(|l| l.profile.title.clone())),
        Bulk::Text("seniority", text(|l| l.profile.seniority.map_or("", Seniority::name).into())),
        Bulk::Text(
            "buying_role",
            text(|l| l.profile.buying_role.map_or("", BuyingRole::name).into()),
        ),
        Bulk::Text("named_account_id", text(|l| id(l.profile.account.as_ref()))),
        Bulk::Text("country", text(|l| l.profile.country.clone())),
        Bulk::Text("stage", text(|l| l.profile.stage.map_or("", Stage::name).into())),
        Bulk::IntOrNull(
            "stage_at",
            leads.iter().map(|l| l.profile.stage_at.map(Timestamp::micros)).collect(),
        ),
        Bulk::Text("attributes", text(|l| attributes_json(&l.profile.attributes))),
        Bulk::Int("known", int(|l| i64::from(l.known))),
        Bulk::Int("created_at", int(|l| l.created_at.micros())),
        Bulk::Int("updated_at", int(|l| l.updated_at.micros())),
    ]
}

fn id(account: Option<&AccountId>) -> String {
    account.map(ToString::to_string).unwrap_or_default()
}

/// The registrable domain by which the lead can be matched; empty when there is none.
fn mail_domain(lead: &LeadRecord) -> String {
    let host = lead.mail_host();
    let company = host.filter(|host| classify(host) == MailHost::Company);
    let domain = company.and_then(|host| host.registrable());
    domain.map(|domain| domain.to_string()).unwrap_or_default()
}

impl LeadRecord {
    /// The host of the lead's address, or else of the one beside it in activities.
    #[must_use]
    pub fn mail_host(&self) -> Option<Domain> {
        self.profile.email_host().or_else(|| Domain::from_email(&self.hint_email).ok())
    }
}

pub(crate) fn by_id(rows: Vec<Model>) -> Result<BTreeMap<LeadId, LeadRecord>, StoreError> {
    let records = rows.into_iter().map(LeadRecord::try_from);
    records.map(|record| record.map(|record| (record.id.clone(), record))).collect()
}

impl TryFrom<Model> for LeadRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            workspace_id: _,
            lead_id,
            email,
            mail_domain: _,
            first_name,
            last_name,
            title,
            seniority,
            buying_role,
            named_account_id,
            hint_account_id,
            hint_at,
            hint_email,
            country,
            stage,
            attributes,
            account_id,
            known,
            created_at,
            updated_at,
            hint_key,
            stage_at,
        } = row;
        let corrupt = |what: String| StoreError::corrupt("lead", what);
        let attributes =
            serde_json::from_str(&attributes).map_err(|error| corrupt(error.to_string()))?;
        let hint = account_or_none("lead", hint_account_id)?;
        Ok(Self {
            id: LeadId::new(lead_id).map_err(|found| corrupt(found.to_string()))?,
            profile: LeadProfile {
                email,
                first_name,
                last_name,
                title,
                seniority: Seniority::from_name(&seniority),
                buying_role: BuyingRole::from_name(&buying_role),
                account: account_or_none("lead", named_account_id)?,
                country,
                stage: Stage::from_name(&stage),
                stage_at: stage_at.map(Timestamp::from_micros),
                attributes,
            },
            account: account_or_none("lead", account_id)?,
            hint: hint.map(|account| Hint {
                at: Timestamp::from_micros(hint_at),
                key: hint_key,
                account,
            }),
            hint_email,
            known: known != 0,
            created_at: Timestamp::from_micros(created_at),
            updated_at: Timestamp::from_micros(updated_at),
        })
    }
}

/// An account id as it is stored, empty for none.
pub(crate) fn account_or_none(
    table: &'static str,
    id: String,
) -> Result<Option<AccountId>, StoreError> {
    if id.is_empty() {
        return Ok(None);
    }
    AccountId::new(id).map(Some).map_err(|found| StoreError::corrupt(table, found))
}
