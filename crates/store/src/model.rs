//! Versions of the scoring model.

use abm_core::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::model_version::{ActiveModel, Column, Entity, Model};
use crate::{ModelRecord, StoreError, View, WriteTx};

impl View {
    /// A published version.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn model(&self, version: u64) -> Result<Option<ModelRecord>, StoreError> {
        let version = i64::try_from(version).unwrap_or(i64::MAX);
        let found = Entity::find_by_id((self.workspace.0, version)).one(&self.db()).await?;
        Ok(found.map(Into::into))
    }

    /// Published versions, the latest first, before the version `before`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn models(
        &self,
        before: Option<u64>,
        limit: u64,
    ) -> Result<Vec<ModelRecord>, StoreError> {
        let mut query = Entity::find().filter(Column::WorkspaceId.eq(self.workspace.0));
        if let Some(before) = before {
            query = query.filter(Column::Version.lt(i64::try_from(before).unwrap_or(i64::MAX)));
        }
        let rows = query.order_by_desc(Column::Version).limit(limit).all(&self.db()).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

impl WriteTx {
    /// Stores a new version.
    ///
    /// # Errors
    /// When the database does not answer, or the version is there already.
    pub async fn add_model(&self, model: &ModelRecord) -> Result<(), StoreError> {
        let row = ActiveModel {
            workspace_id: Set(self.workspace.0),
            version: Set(i64::try_from(model.version).unwrap_or(i64::MAX)),
            name: Set(model.name.clone()),
            file: Set(model.file.clone()),
            comment: Set(model.comment.clone()),
            published_at: Set(model.published_at.micros()),
            published_by: Set(model.published_by.clone()),
        };
        Entity::insert(row).exec_without_returning(&self.db()).await?;
        Ok(())
    }
}

impl From<Model> for ModelRecord {
    fn from(row: Model) -> Self {
        let Model { workspace_id: _, version, name, file, comment, published_at, published_by } =
            row;
        Self {
            version: version.unsigned_abs(),
            name,
            file,
            comment,
            published_at: Timestamp::from_micros(published_at),
            published_by,
        }
    }
}
