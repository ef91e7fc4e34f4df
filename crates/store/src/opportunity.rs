//! Opportunities: sales with the people who take part in them.

use std::collections::BTreeMap;

use abm_core::{
    AccountId, Amount, BuyingRole, Currency, LeadId, Opportunity, OpportunityId, OpportunityState,
    Timestamp,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::account::attributes_json;
use crate::bulk::{Column as Bulk, Rows};
use crate::entity::opportunity::{Column, Entity, Model};
use crate::lead::account_or_none;
use crate::{OpportunityRecord, StoreError, View, WriteTx};

const TABLE: &str = "opportunity";

/// Which opportunities a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpportunityFilter {
    /// Only those of this account.
    pub account: Option<AccountId>,
    /// Only those in this state.
    pub state: Option<OpportunityState>,
}

impl View {
    /// Opportunities by id; those that are not there are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn opportunities(
        &self,
        ids: impl IntoIterator<Item = OpportunityId>,
    ) -> Result<BTreeMap<OpportunityId, OpportunityRecord>, StoreError> {
        let ids: Vec<String> = ids.into_iter().map(OpportunityId::into_string).collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let found = Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(self.is_one_of(Column::OpportunityId, ids))
            .all(&self.db())
            .await?;
        let found = self.with_people(found).await?;
        Ok(found.into_iter().map(|record| (record.id.clone(), record)).collect())
    }

    /// Opportunities in the order of their ids, after `after`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn opportunities_after(
        &self,
        filter: &OpportunityFilter,
        after: Option<&OpportunityId>,
        limit: u64,
    ) -> Result<Vec<OpportunityRecord>, StoreError> {
        let mut query = Entity::find().filter(Column::WorkspaceId.eq(self.workspace.0));
        if let Some(account) = &filter.account {
            // Repeats the condition of the index, without which it is not used.
            query = query.filter(Column::AccountId.ne(""));
            query = query.filter(Column::AccountId.eq(account.as_str()));
        }
        if let Some(state) = filter.state {
            query = query.filter(Column::State.eq(state_number(state)));
        }
        if let Some(after) = after {
            query = query.filter(Column::OpportunityId.gt(after.as_str()));
        }
        let query = query.order_by_asc(Column::OpportunityId).limit(limit);
        self.with_people(query.all(&self.db()).await?).await
    }

    /// Rows as opportunities, in the same order.
    async fn with_people(&self, rows: Vec<Model>) -> Result<Vec<OpportunityRecord>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids = Rows::ids("opportunity_id", rows.iter().map(|row| row.opportunity_id.clone()));
        let condition =
            format!("s.workspace_id = {} AND s.opportunity_id = r.opportunity_id", self.workspace);
        let columns = format!(
            "s.opportunity_id, s.lead_id, s.buying_role, (SELECT a.survivor_id \
             FROM lead_alias AS a WHERE a.workspace_id = {} AND a.lead_id = s.lead_id)",
            self.workspace
        );
        let query = ids.into_look_up(&self.db(), &columns, "opportunity_person", &condition);
        let lead = |id: String| {
            LeadId::new(id).map_err(|found| StoreError::corrupt("opportunity_person", found))
        };
        let mut people: BTreeMap<String, BTreeMap<LeadId, Option<BuyingRole>>> = BTreeMap::new();
        let mut survivors: BTreeMap<String, BTreeMap<LeadId, LeadId>> = BTreeMap::new();
        for row in self.db().query_all_raw(query).await? {
            let opportunity: String = row.try_get_by_index(0)?;
            let person = lead(row.try_get_by_index(1)?)?;
            let role = BuyingRole::from_name(&row.try_get_by_index::<String>(2)?);
            if let Some(survivor) = row.try_get_by_index::<Option<String>>(3)? {
                let survivors = survivors.entry(opportunity.clone()).or_default();
                survivors.insert(person.clone(), lead(survivor)?);
            }
            people.entry(opportunity).or_default().insert(person, role);
        }
        let records = rows.into_iter().map(|row| {
            let people = people.remove(&row.opportunity_id).unwrap_or_default();
            let survivors = survivors.remove(&row.opportunity_id).unwrap_or_default();
            let mut record = OpportunityRecord::try_from(row)?;
            record.opportunity.people = people;
            record.people_survivors = survivors;
            Ok(record)
        });
        records.collect()
    }
}

impl WriteTx {
    /// Stores opportunities with their people, replacing those that are there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_opportunities(&self, records: &[OpportunityRecord]) -> Result<(), StoreError> {
        if records.is_empty() {
            return Ok(());
        }
        let mut columns = columns_of(records);
        // Named anew: whether the account is merged is looked at afterwards.
        columns.push(Bulk::TextOrNull("sent_account_id", vec![None; records.len()]));
        let rows = Rows::new(columns);
        let updates = rows.updates(&["opportunity_id", "created_at"]);
        let sql = format!(
            "INSERT INTO opportunity (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r \
             WHERE true ORDER BY opportunity_id \
             ON CONFLICT (workspace_id, opportunity_id) DO UPDATE SET {updates}",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        self.replace_people(records).await
    }

    async fn replace_people(&self, records: &[OpportunityRecord]) -> Result<(), StoreError> {
        let ids = Rows::ids("opportunity_id", records.iter().map(|record| record.id.to_string()));
        let sql = format!(
            "DELETE FROM opportunity_person WHERE workspace_id = {} \
             AND opportunity_id IN (SELECT opportunity_id FROM {{rows}} AS r)",
            self.workspace
        );
        ids.execute(&self.db(), &sql).await?;
        let (mut ids, mut leads, mut roles) = (Vec::new(), Vec::new(), Vec::new());
        for record in records {
            for (lead, role) in &record.opportunity.people {
                ids.push(record.id.to_string());
                leads.push(lead.to_string());
                roles.push(role.map_or("", BuyingRole::name).to_owned());
            }
        }
        if ids.is_empty() {
            return Ok(());
        }
        let rows = Rows::new(vec![
            Bulk::Text("opportunity_id", ids),
            Bulk::Text("lead_id", leads),
            Bulk::Text("buying_role", roles),
        ]);
        let sql = format!(
            "INSERT INTO opportunity_person (workspace_id, {{names}}) \
             SELECT {}, * FROM {{rows}} AS r WHERE true",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }
}

/// The columns of records, without their people.
fn columns_of(records: &[OpportunityRecord]) -> Vec<Bulk> {
    let text = |get: fn(&Opportunity) -> &str| {
        records.iter().map(|record| get(&record.opportunity).to_owned()).collect()
    };
    let maybe = |get: fn(&Opportunity) -> Option<i64>| {
        records.iter().map(|record| get(&record.opportunity)).collect()
    };
    let int = |get: fn(&OpportunityRecord) -> i64| records.iter().map(get).collect();
    let attributes = records.iter().map(|r| attributes_json(&r.opportunity.attributes)).collect();
    vec![
        Bulk::Text("opportunity_id", records.iter().map(|r| r.id.to_string()).collect()),
        Bulk::Text("name", text(|o| &o.name)),
        Bulk::Text("account_id", text(|o| o.account.as_ref().map_or("", AccountId::as_str))),
        Bulk::Int("state", int(|r| state_number(r.opportunity.state).into())),
        Bulk::Text("stage", text(|o| &o.stage)),
        Bulk::IntOrNull("amount_micros", maybe(|o| o.amount.map(|amount| amount.micros))),
        Bulk::Text("currency", text(|o| o.amount.as_ref().map_or("", |a| a.currency.as_str()))),
        Bulk::IntOrNull("opened_at", maybe(|o| o.opened_at.map(Timestamp::micros))),
        Bulk::IntOrNull("closed_at", maybe(|o| o.closed_at.map(Timestamp::micros))),
        Bulk::Text("loss_reason", text(|o| &o.loss_reason)),
        Bulk::Text("owner", text(|o| &o.owner)),
        Bulk::Text("product", text(|o| &o.product)),
        Bulk::Text("campaign", text(|o| &o.campaign)),
        Bulk::Text("attributes", attributes),
        Bulk::Int("created_at", int(|r| r.created_at.micros())),
        Bulk::Int("updated_at", int(|r| r.updated_at.micros())),
    ]
}

pub(crate) const fn state_number(state: OpportunityState) -> i16 {
    match state {
        OpportunityState::Open => 1,
        OpportunityState::Won => 2,
        OpportunityState::Lost => 3,
    }
}

pub(crate) fn state_of(number: i16) -> Result<OpportunityState, StoreError> {
    match number {
        1 => Ok(OpportunityState::Open),
        2 => Ok(OpportunityState::Won),
        3 => Ok(OpportunityState::Lost),
        other => Err(StoreError::corrupt(TABLE, format!("state {other}"))),
    }
}

/// A stored currency.
pub(crate) fn currency_of(code: &str) -> Result<Currency, StoreError> {
    Currency::new(code).map_err(|found| StoreError::corrupt(TABLE, found))
}

impl TryFrom<Model> for OpportunityRecord {
    type Error = StoreError;

    /// The people are not in the row.
    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            workspace_id: _,
            opportunity_id,
            name,
            account_id,
            state,
            stage,
            amount_micros,
            currency,
            opened_at,
            closed_at,
            loss_reason,
            owner,
            product,
            campaign,
            attributes,
            created_at,
            updated_at,
            sent_account_id,
        } = row;
        let counted = account_or_none(TABLE, account_id)?;
        let sent = account_or_none(TABLE, sent_account_id.unwrap_or_default())?;
        let (account, survivor) = match sent {
            Some(sent) => (Some(sent), counted),
            None => (counted, None),
        };
        let amount = match amount_micros {
            Some(micros) => Some(Amount { micros, currency: currency_of(&currency)? }),
            None => None,
        };
        Ok(Self {
            id: OpportunityId::new(opportunity_id)
                .map_err(|found| StoreError::corrupt(TABLE, found))?,
            opportunity: Opportunity {
                name,
                account,
                people: BTreeMap::new(),
                state: state_of(state)?,
                stage,
                amount,
                opened_at: opened_at.map(Timestamp::from_micros),
                closed_at: closed_at.map(Timestamp::from_micros),
                loss_reason,
                owner,
                product,
                campaign,
                attributes: serde_json::from_str(&attributes)
                    .map_err(|error| StoreError::corrupt(TABLE, error))?,
            },
            survivor,
            people_survivors: BTreeMap::new(),
            created_at: Timestamp::from_micros(created_at),
            updated_at: Timestamp::from_micros(updated_at),
        })
    }
}
