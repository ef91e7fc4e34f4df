//! Versions of the scoring model.

use abm_core::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::model_version::{ActiveModel, Column, Entity, Model};
use crate::{ModelRecord, ModelState, Publication, StoreError, View, WriteTx};

impl View {
    /// A version.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn model(&self, version: u64) -> Result<Option<ModelRecord>, StoreError> {
        let version = i64::try_from(version).unwrap_or(i64::MAX);
        let found = Entity::find_by_id((self.workspace.0, version)).one(&self.db()).await?;
        Ok(found.map(Into::into))
    }

    /// Versions, the latest first, before the version `before`.
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

impl View {
    /// The number of the latest version; 0 when there is none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn latest_model_version(&self) -> Result<u64, StoreError> {
        let latest = self.models(None, 1).await?;
        Ok(latest.first().map_or(0, |model| model.version))
    }
}

impl WriteTx {
    /// Stores a new version.
    ///
    /// # Errors
    /// When the database does not answer, or the version is there already.
    pub async fn add_model(&self, model: &ModelRecord) -> Result<(), StoreError> {
        let published = model.state.publication();
        let row = ActiveModel {
            workspace_id: Set(self.workspace.0),
            version: Set(i64::try_from(model.version).unwrap_or(i64::MAX)),
            name: Set(model.name.clone()),
            file: Set(model.file.clone()),
            comment: Set(model.comment.clone()),
            published_at: Set(published.map_or(0, |published| published.at.micros())),
            published_by: Set(published.map(|published| published.by.clone()).unwrap_or_default()),
            state: Set(model.state.number()),
            created_at: Set(model.created_at.micros()),
            created_by: Set(model.created_by.clone()),
            retired_at: Set(model.state.retired_at().map(Timestamp::micros)),
        };
        Entity::insert(row).exec_without_returning(&self.db()).await?;
        Ok(())
    }

    /// Changes where a version is in its life.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_model_state(
        &self,
        version: u64,
        state: &ModelState,
    ) -> Result<(), StoreError> {
        let published = state.publication();
        let version = i64::try_from(version).unwrap_or(i64::MAX);
        Entity::update_many()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(Column::Version.eq(version))
            .col_expr(Column::State, state.number().into())
            .col_expr(Column::PublishedAt, published.map_or(0, |p| p.at.micros()).into())
            .col_expr(Column::PublishedBy, published.map_or("", |p| p.by.as_str()).into())
            .col_expr(Column::RetiredAt, state.retired_at().map(Timestamp::micros).into())
            .exec(&self.db())
            .await?;
        Ok(())
    }

    /// Changes why a version was made or published.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_model_comment(&self, version: u64, comment: &str) -> Result<(), StoreError> {
        Entity::update_many()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(Column::Version.eq(i64::try_from(version).unwrap_or(i64::MAX)))
            .col_expr(Column::Comment, comment.into())
            .exec(&self.db())
            .await?;
        Ok(())
    }
}

impl ModelState {
    /// Who put it in force, and when; `None` for a draft.
    #[must_use]
    pub const fn publication(&self) -> Option<&Publication> {
        match self {
            Self::Draft => None,
            Self::Published(publication) | Self::Retired { publication, .. } => Some(publication),
        }
    }

    /// When it went out of force.
    #[must_use]
    pub const fn retired_at(&self) -> Option<Timestamp> {
        match self {
            Self::Draft | Self::Published(_) => None,
            Self::Retired { at, .. } => Some(*at),
        }
    }

    const fn number(&self) -> i16 {
        match self {
            Self::Draft => 0,
            Self::Published(_) => 1,
            Self::Retired { .. } => 2,
        }
    }
}

impl From<Model> for ModelRecord {
    fn from(row: Model) -> Self {
        let Model {
            workspace_id: _,
            version,
            name,
            file,
            comment,
            published_at,
            published_by,
            state,
            created_at,
            created_by,
            retired_at,
        } = row;
        let publication =
            Publication { at: Timestamp::from_micros(published_at), by: published_by };
        let state = match (state, retired_at) {
            (0, _) => ModelState::Draft,
            (2, at) => {
                ModelState::Retired { publication, at: Timestamp::from_micros(at.unwrap_or(0)) }
            }
            _ => ModelState::Published(publication),
        };
        let created_at = Timestamp::from_micros(created_at);
        Self { version: version.unsigned_abs(), name, file, comment, created_at, created_by, state }
    }
}
