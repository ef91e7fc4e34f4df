//! First outcomes of writes, so that a retry is harmless.

use abm_core::Timestamp;
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::entity::request::{ActiveModel, Entity};
use crate::{StoreError, View, WriteTx};

/// What a request with this id did the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstOutcome {
    /// Hash of what it asked for.
    pub content_hash: Vec<u8>,
    /// Its reply, as the caller of the store wrote it.
    pub reply: Vec<u8>,
}

impl View {
    /// The first outcome of a request id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn first_outcome(
        &self,
        request_id: &str,
    ) -> Result<Option<FirstOutcome>, StoreError> {
        let key = (self.workspace.0, request_id.to_owned());
        let found = Entity::find_by_id(key).one(&self.db()).await?;
        Ok(found.map(|row| FirstOutcome { content_hash: row.content_hash, reply: row.reply }))
    }
}

impl WriteTx {
    /// Remembers the outcome of a request id.
    ///
    /// # Errors
    /// When the database does not answer, or the id has an outcome already.
    pub async fn remember_outcome(
        &self,
        request_id: &str,
        outcome: FirstOutcome,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let row = ActiveModel {
            workspace_id: Set(self.workspace.0),
            request_id: Set(request_id.to_owned()),
            content_hash: Set(outcome.content_hash),
            reply: Set(outcome.reply),
            created_at: Set(now.micros()),
        };
        Entity::insert(row).exec_without_returning(&self.db()).await?;
        Ok(())
    }
}
