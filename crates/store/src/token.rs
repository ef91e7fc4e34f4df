//! Credentials.

use abm_core::{Timestamp, WorkspaceId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::entity::api_token::{ActiveModel, Column, Entity, Model};
use crate::{Store, StoreError, TokenRecord};

impl Store {
    /// The token of a key id, whatever became of it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn token(&self, key_id: &str) -> Result<Option<TokenRecord>, StoreError> {
        Ok(Entity::find_by_id(key_id.to_owned()).one(&self.pool).await?.map(Into::into))
    }

    /// Whether a workspace has any token.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_tokens(&self, workspace: WorkspaceId) -> Result<bool, StoreError> {
        let count = Entity::find().filter(Column::WorkspaceId.eq(workspace.0));
        Ok(count.count(&self.pool).await? > 0)
    }

    /// Stores a new token.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_token(&self, token: &TokenRecord) -> Result<(), StoreError> {
        let row = ActiveModel {
            key_id: Set(token.key_id.clone()),
            workspace_id: Set(token.workspace.0),
            secret_hash: Set(token.secret_hash.clone()),
            role: Set(token.role.clone()),
            caller: Set(token.caller.clone()),
            created_at: Set(token.created_at.micros()),
            expires_at: Set(token.expires_at.micros()),
            revoked_at: Set(token.revoked_at.map(Timestamp::micros)),
        };
        Entity::insert(row).exec_without_returning(&self.pool).await?;
        Ok(())
    }

    /// Ends a token. Ending it again changes nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke_token(&self, key_id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let ended = Entity::update_many()
            .col_expr(Column::RevokedAt, now.micros().into())
            .filter(Column::KeyId.eq(key_id))
            .filter(Column::RevokedAt.is_null());
        Ok(ended.exec(&self.pool).await?.rows_affected > 0)
    }
}

impl From<Model> for TokenRecord {
    fn from(row: Model) -> Self {
        let Model {
            key_id,
            workspace_id,
            secret_hash,
            role,
            caller,
            created_at,
            expires_at,
            revoked_at,
        } = row;
        Self {
            key_id,
            workspace: WorkspaceId(workspace_id),
            secret_hash,
            role,
            caller,
            created_at: Timestamp::from_micros(created_at),
            expires_at: Timestamp::from_micros(expires_at),
            revoked_at: revoked_at.map(Timestamp::from_micros),
        }
    }
}
