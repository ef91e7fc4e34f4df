//! Workspaces.

use abm_core::{Timestamp, WorkspaceId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::entity::workspace::{ActiveModel, Column, Entity, Model};
use crate::{Slot, Store, StoreError, View, WorkspaceRecord, WriteTx};

impl Store {
    /// The workspace of a name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn workspace_named(&self, name: &str) -> Result<Option<WorkspaceRecord>, StoreError> {
        let found = Entity::find().filter(Column::Name.eq(name)).one(&self.pool).await?;
        Ok(found.map(Into::into))
    }

    /// Every workspace.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceRecord>, StoreError> {
        Ok(Entity::find().all(&self.pool).await?.into_iter().map(Into::into).collect())
    }

    /// Begins the transaction that makes a workspace: its row is there, without a model.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_workspace(
        &self,
        record: &WorkspaceRecord,
        now: Timestamp,
    ) -> Result<WriteTx, StoreError> {
        let mut tx = self.begin_raw(record.id).await?;
        tx.set_live(record.live);
        let row = ActiveModel {
            workspace_id: Set(record.id.0),
            name: Set(record.name.clone()),
            model_version: Set(i64::try_from(record.model_version).unwrap_or(0)),
            creates_accounts: Set(record.creates_accounts),
            created_at: Set(now.micros()),
            slot: Set(record.live.number()),
            publishing_version: Set(None),
            standby_used: Set(false),
            merged_leads: Set(0),
            merged_accounts: Set(0),
        };
        Entity::insert(row).exec_without_returning(&tx.db()).await?;
        Ok(tx)
    }
}

impl View {
    /// The workspace itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn workspace(&self) -> Result<Option<WorkspaceRecord>, StoreError> {
        Ok(Entity::find_by_id(self.workspace.0).one(&self.db()).await?.map(Into::into))
    }
}

impl From<Model> for WorkspaceRecord {
    fn from(row: Model) -> Self {
        let Model {
            workspace_id,
            name,
            model_version,
            creates_accounts,
            created_at: _,
            slot,
            publishing_version,
            standby_used,
            merged_leads,
            merged_accounts,
        } = row;
        Self {
            id: WorkspaceId(workspace_id),
            name,
            model_version: model_version.unsigned_abs(),
            creates_accounts,
            live: Slot::from_number(slot),
            publishing: publishing_version.map(i64::unsigned_abs),
            standby_used,
            merged_leads: merged_leads.unsigned_abs(),
            merged_accounts: merged_accounts.unsigned_abs(),
        }
    }
}
