//! Where leads stand between marketing and sales, and every move that brought them there.

mod records;

use std::collections::{BTreeMap, BTreeSet};

use abm_core::{LeadId, Timestamp};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait,
};

use crate::bulk::Rows;
use crate::entity::{lead_lifecycle, lead_transition};
use crate::{StoreError, View, WriteTx};

pub use records::{LifecycleRecord, Transition};
pub(crate) use records::{LifecycleRow, name, named};

impl View {
    /// Where leads stand; those about whom nothing was decided are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lifecycles(
        &self,
        leads: impl IntoIterator<Item = LeadId>,
    ) -> Result<BTreeMap<LeadId, LifecycleRecord>, StoreError> {
        self.find_lifecycles(leads, false).await
    }

    async fn find_lifecycles(
        &self,
        leads: impl IntoIterator<Item = LeadId>,
        lock: bool,
    ) -> Result<BTreeMap<LeadId, LifecycleRecord>, StoreError> {
        use lead_lifecycle::{Column, Entity};
        let ids: Vec<String> = leads.into_iter().map(LeadId::into_string).collect();
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
        by_lead(query.all(&self.db()).await?)
    }

    /// The moves of a lead going back from the one before `before`, the latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn transitions_before(
        &self,
        lead: &LeadId,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Transition>, StoreError> {
        use lead_transition::{Column, Entity};
        let rows = Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(Column::LeadId.eq(lead.as_str()))
            .filter(Column::Sequence.lt(before.unwrap_or(i64::MAX)))
            .order_by_desc(Column::Sequence)
            .limit(limit)
            .all(&self.db())
            .await?;
        rows.into_iter().map(Transition::try_from).collect()
    }

    /// Leads that are nurtured until a moment that has come, the longest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn nurtured_until(
        &self,
        now: Timestamp,
        limit: u64,
    ) -> Result<Vec<LeadId>, StoreError> {
        use lead_lifecycle::{Column, Entity};
        let rows = Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            // Repeats the condition of the index, without which it is not used.
            .filter(Column::NurtureUntil.is_not_null())
            .filter(Column::NurtureUntil.lte(now.micros()))
            .order_by_asc(Column::NurtureUntil)
            .limit(limit)
            .all(&self.db())
            .await?;
        rows.into_iter().map(|row| records::lead_id(row.lead_id)).collect()
    }
}

impl WriteTx {
    /// Where leads stand, locked against other writers until the transaction ends; those about
    /// whom nothing was decided are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lock_lifecycles(
        &self,
        leads: impl IntoIterator<Item = LeadId>,
    ) -> Result<BTreeMap<LeadId, LifecycleRecord>, StoreError> {
        self.find_lifecycles(leads, true).await
    }

    /// Stores where leads stand, and the moves that brought them there.
    ///
    /// # Errors
    /// When the database does not answer. The leads must be locked: a move with the same number
    /// is refused.
    pub async fn put_lifecycles(
        &self,
        leads: &[LifecycleRecord],
        moves: &[Transition],
    ) -> Result<(), StoreError> {
        if leads.is_empty() {
            return Ok(());
        }
        let rows = records::lifecycle_rows(leads);
        let updates = rows.updates(&["lead_id"]);
        let sql = format!(
            "INSERT INTO lead_lifecycle (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r \
             WHERE true ORDER BY lead_id ON CONFLICT (workspace_id, lead_id) DO UPDATE SET {updates}",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        let sql = format!(
            "INSERT INTO lead_transition (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r",
            self.workspace
        );
        records::transition_rows(moves).execute(&self.db(), &sql).await?;
        Ok(())
    }

    /// Ends the nurturing of those of some leads whose date has come, and tells who they are: they
    /// stay recycled, and may qualify. Whose date is another one by now is left alone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_nurturing(
        &self,
        leads: impl IntoIterator<Item = LeadId>,
        now: Timestamp,
    ) -> Result<BTreeSet<LeadId>, StoreError> {
        let rows = Rows::ids("lead_id", leads.into_iter().map(LeadId::into_string));
        let sql = format!(
            "UPDATE lead_lifecycle SET nurture_until = NULL WHERE workspace_id = {} \
             AND nurture_until <= {} AND lead_id IN (SELECT lead_id FROM {{rows}} AS r) \
             RETURNING lead_id",
            self.workspace,
            now.micros()
        );
        let id = |row: &QueryResult| -> Result<LeadId, StoreError> {
            records::lead_id(row.try_get_by_index(0)?)
        };
        rows.query(&self.db(), &sql).await?.iter().map(id).collect()
    }
}

fn by_lead(
    rows: Vec<lead_lifecycle::Model>,
) -> Result<BTreeMap<LeadId, LifecycleRecord>, StoreError> {
    let records = rows.into_iter().map(LifecycleRecord::try_from);
    records.map(|record| record.map(|record| (record.lead.clone(), record))).collect()
}
