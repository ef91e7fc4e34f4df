//! Workspaces.

use abm_core::{Timestamp, WorkspaceId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::entity::workspace::{ActiveModel, Column, Entity, Model};
use crate::{Store, StoreError, View, WorkspaceRecord, WriteTx};

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
        let tx = self.begin_raw(record.id).await?;
        let row = ActiveModel {
            workspace_id: Set(record.id.0),
            name: Set(record.name.clone()),
            model_version: Set(i64::try_from(record.model_version).unwrap_or(0)),
            creates_accounts: Set(record.creates_accounts),
            created_at: Set(now.micros()),
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

impl WriteTx {
    /// Puts a model version in force.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_model_version(&self, version: u64) -> Result<(), StoreError> {
        let version = i64::try_from(version).unwrap_or(i64::MAX);
        let sql = if self.is_postgres() {
            "UPDATE workspace SET model_version = $1 WHERE workspace_id = $2"
        } else {
            "UPDATE workspace SET model_version = ? WHERE workspace_id = ?"
        };
        self.execute(sql, [version.into(), self.workspace.0.into()]).await?;
        Ok(())
    }
}

impl From<Model> for WorkspaceRecord {
    fn from(row: Model) -> Self {
        let Model { workspace_id, name, model_version, creates_accounts, created_at: _ } = row;
        Self {
            id: WorkspaceId(workspace_id),
            name,
            model_version: model_version.unsigned_abs(),
            creates_accounts,
        }
    }
}
