//! Handoffs from marketing to sales.

mod list;
mod records;
mod turn;

use std::collections::BTreeMap;

use abm_core::handoff::HandoffCause;
use abm_core::{AccountId, LeadId, Timestamp, WorkspaceId};
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};

use crate::bulk::{Column as Bulk, Rows};
use crate::entity::handoff::{Column, Entity};
use crate::entity::handoff_event;
use crate::{StoreError, View, WriteTx};

pub use list::{HandoffFilter, HandoffPlace};
pub use records::{HandoffClock, HandoffEnd, HandoffEvent, HandoffRecord};

/// A lead of a handoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffLead {
    /// Who.
    pub lead: LeadId,
    /// When it joined.
    pub joined_at: Timestamp,
    /// Why.
    pub cause: HandoffCause,
}

impl View {
    /// A handoff.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn handoff(&self, id: &str) -> Result<Option<HandoffRecord>, StoreError> {
        let found = Entity::find_by_id((self.workspace.0, id.to_owned())).one(&self.db()).await?;
        found.map(HandoffRecord::try_from).transpose()
    }

    /// Handoffs by id; those that are not there are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn handoffs_by_id(
        &self,
        ids: impl IntoIterator<Item = String>,
    ) -> Result<Vec<HandoffRecord>, StoreError> {
        let ids: Vec<String> = ids.into_iter().collect();
        let found = Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(self.is_one_of(Column::HandoffId, ids))
            .all(&self.db())
            .await?;
        found.into_iter().map(HandoffRecord::try_from).collect()
    }

    /// The open handoffs of accounts, each with its account.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_handoffs_of_accounts(
        &self,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<AccountId, HandoffRecord>, StoreError> {
        let rows = Rows::ids("account_id", accounts.into_iter().map(AccountId::into_string));
        let condition = format!(
            "s.workspace_id = {} AND s.is_open AND s.account_id <> '' \
             AND s.account_id = r.account_id",
            self.workspace
        );
        let query = rows.into_look_up(&self.db(), "s.*", "handoff", &condition);
        let found = Entity::find().from_raw_sql(query).all(&self.db()).await?;
        let records = found.into_iter().map(HandoffRecord::try_from);
        let mut handoffs = BTreeMap::new();
        for record in records {
            let record = record?;
            if let Some(account) = record.account.clone() {
                handoffs.insert(account, record);
            }
        }
        Ok(handoffs)
    }

    /// The ids of the open handoffs that leads, or duplicates of them, are part of.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_handoffs_of_leads(
        &self,
        leads: impl IntoIterator<Item = LeadId>,
    ) -> Result<BTreeMap<LeadId, String>, StoreError> {
        const TABLE: &str = "handoff_lead";
        let names = self.names_of(leads).await?;
        let condition =
            format!("s.workspace_id = {} AND s.is_open AND s.lead_id = r.lead_id", self.workspace);
        let query =
            names.rows().into_look_up(&self.db(), "s.lead_id, s.handoff_id", TABLE, &condition);
        let mut handoffs = BTreeMap::new();
        for row in self.db().query_all_raw(query).await? {
            handoffs.insert(names.of(&row, TABLE)?, row.try_get_by_index(1)?);
        }
        Ok(handoffs)
    }

    /// The leads of a handoff in the order in which they joined.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn handoff_leads(&self, id: &str) -> Result<Vec<HandoffLead>, StoreError> {
        let sql = format!(
            "SELECT lead_id, joined_at, cause FROM handoff_lead WHERE workspace_id = {} \
             AND handoff_id = {} ORDER BY joined_at, lead_id",
            self.workspace,
            self.number(1)
        );
        let rows = self.db().query_all_raw(self.statement(&sql, [id.into()])).await?;
        let leads = rows.iter().map(|row| {
            let cause: String = row.try_get_by_index(2)?;
            Ok(HandoffLead {
                lead: lead_id(row.try_get_by_index(0)?)?,
                joined_at: Timestamp::from_micros(row.try_get_by_index(1)?),
                cause: crate::lifecycle::name("handoff_lead", &cause, HandoffCause::from_name)?,
            })
        });
        leads.collect()
    }

    /// What happened to a handoff, from the beginning.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn handoff_events(&self, id: &str) -> Result<Vec<HandoffEvent>, StoreError> {
        use handoff_event::{Column, Entity};
        let rows = Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(Column::HandoffId.eq(id))
            .order_by_asc(Column::Version)
            .all(&self.db())
            .await?;
        rows.into_iter().map(HandoffEvent::try_from).collect()
    }

    /// How many open handoffs each owner has.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_handoffs_by_owner(&self) -> Result<BTreeMap<String, u32>, StoreError> {
        let sql = format!(
            "SELECT owner, COUNT(*) FROM handoff WHERE workspace_id = {} AND is_open \
             AND owner <> '' GROUP BY owner",
            self.workspace
        );
        let rows = self.db().query_all_raw(self.statement(&sql, [])).await?;
        let counts = rows.iter().map(|row| {
            let count: i64 = row.try_get_by_index(1)?;
            Ok((row.try_get_by_index(0)?, u32::try_from(count).unwrap_or(u32::MAX)))
        });
        counts.collect()
    }

    /// Open handoffs whose clock does something by `now`, the longest due first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn due_handoffs(
        &self,
        now: Timestamp,
        limit: u64,
    ) -> Result<Vec<String>, StoreError> {
        let ids = due(self.workspace, now, limit).select_only().column(Column::HandoffId);
        Ok(ids.into_tuple().all(&self.db()).await?)
    }
}

/// Open handoffs whose clock does something by `now`, the longest due first.
fn due(workspace: WorkspaceId, now: Timestamp, limit: u64) -> Select<Entity> {
    Entity::find()
        .filter(Column::WorkspaceId.eq(workspace.0))
        // Repeats the condition of the index, without which it is not used.
        .filter(Column::NextAt.is_not_null())
        .filter(Column::NextAt.lte(now.micros()))
        .order_by_asc(Column::NextAt)
        .order_by_asc(Column::HandoffId)
        .limit(limit)
}

impl WriteTx {
    /// A handoff, locked against other writers until the transaction ends.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lock_handoff(&self, id: &str) -> Result<Option<HandoffRecord>, StoreError> {
        let mut query = Entity::find_by_id((self.workspace.0, id.to_owned()));
        if self.is_postgres() {
            QueryTrait::query(&mut query).lock_exclusive();
        }
        query.one(&self.db()).await?.map(HandoffRecord::try_from).transpose()
    }

    /// Open handoffs whose clock does something by `now`, locked; those that another replica
    /// works on are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lock_due_handoffs(
        &self,
        now: Timestamp,
        limit: u64,
    ) -> Result<Vec<HandoffRecord>, StoreError> {
        let mut query = due(self.workspace, now, limit);
        if self.is_postgres() {
            let skip = LockBehavior::SkipLocked;
            QueryTrait::query(&mut query).lock_with_behavior(LockType::Update, skip);
        }
        let rows = query.all(&self.db()).await?;
        rows.into_iter().map(HandoffRecord::try_from).collect()
    }

    /// Stores handoffs as they are now, with what happened to them. Ended ones let their leads
    /// go.
    ///
    /// # Errors
    /// When the database does not answer; when a second handoff of an account would be open.
    pub async fn put_handoffs(
        &self,
        handoffs: &[HandoffRecord],
        events: &[HandoffEvent],
    ) -> Result<(), StoreError> {
        if handoffs.is_empty() {
            return Ok(());
        }
        let rows = records::handoff_rows(handoffs);
        let updates = rows.updates(&["handoff_id", "created_at", "packet"]);
        let sql = format!(
            "INSERT INTO handoff (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r \
             WHERE true ORDER BY handoff_id \
             ON CONFLICT (workspace_id, handoff_id) DO UPDATE SET {updates}",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        let sql = format!(
            "INSERT INTO handoff_event (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r",
            self.workspace
        );
        records::event_rows(events).execute(&self.db(), &sql).await?;
        let ended = handoffs.iter().filter(|handoff| !handoff.state.is_open());
        let rows = Rows::ids("handoff_id", ended.map(|handoff| handoff.id.clone()));
        let closed = if self.is_postgres() { "false" } else { "0" };
        let sql = format!(
            "UPDATE handoff_lead SET is_open = {closed} WHERE workspace_id = {} \
             AND handoff_id IN (SELECT handoff_id FROM {{rows}} AS r)",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }

    /// Adds leads to open handoffs.
    ///
    /// # Errors
    /// When the database does not answer; when one of the leads is part of an open handoff.
    pub async fn add_handoff_leads(
        &self,
        leads: &[(String, HandoffLead)],
    ) -> Result<(), StoreError> {
        if leads.is_empty() {
            return Ok(());
        }
        let rows = Rows::new(vec![
            Bulk::Text("handoff_id", leads.iter().map(|(id, _)| id.clone()).collect()),
            Bulk::Text("lead_id", leads.iter().map(|(_, l)| l.lead.to_string()).collect()),
            Bulk::Int("joined_at", leads.iter().map(|(_, l)| l.joined_at.micros()).collect()),
            Bulk::Text("cause", leads.iter().map(|(_, l)| l.cause.name().to_owned()).collect()),
            Bulk::Bool("is_open", vec![true; leads.len()]),
        ]);
        let sql = format!(
            "INSERT INTO handoff_lead (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }
}

fn lead_id(id: String) -> Result<LeadId, StoreError> {
    LeadId::new(id).map_err(|found| StoreError::corrupt("handoff_lead", found))
}
