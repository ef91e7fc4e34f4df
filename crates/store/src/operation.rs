//! Long work and how far it is.

use abm_core::{AccountId, Timestamp};
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};

use crate::entity::operation::{ActiveModel, Column, Entity, Model};
use crate::{OperationKind, OperationRecord, OperationState, StoreError, View, WriteTx};

impl View {
    /// Long work by its id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn operation(&self, id: &str) -> Result<Option<OperationRecord>, StoreError> {
        let found = Entity::find_by_id((self.workspace.0, id.to_owned())).one(&self.db()).await?;
        found.map(OperationRecord::try_from).transpose()
    }

    /// Long work, the latest first, before the place `before`: when it was asked for, and its
    /// id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn operations(
        &self,
        before: Option<(Timestamp, String)>,
        limit: u64,
    ) -> Result<Vec<OperationRecord>, StoreError> {
        use sea_orm::sea_query::{Expr, ExprTrait};
        let mut query = Entity::find().filter(Column::WorkspaceId.eq(self.workspace.0));
        if let Some((at, id)) = before {
            let place = Expr::tuple([Expr::col(Column::CreatedAt), Expr::col(Column::OperationId)]);
            query = query.filter(place.lt(Expr::tuple([at.micros().into(), id.into()])));
        }
        let query = query.order_by_desc(Column::CreatedAt).order_by_desc(Column::OperationId);
        let found = query.limit(limit).all(&self.db()).await?;
        found.into_iter().map(OperationRecord::try_from).collect()
    }

    fn publishing_of(&self, version: u64) -> Select<Entity> {
        Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(Column::Kind.eq(OperationKind::Publish.name()))
            .filter(Column::State.eq(OperationState::Running.name()))
            .filter(Column::ModelVersion.eq(i64::try_from(version).unwrap_or(i64::MAX)))
    }
}

impl WriteTx {
    /// The work that goes on to put a version in force, locked; `None` when another replica
    /// does it at this moment.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lock_publishing(
        &self,
        version: u64,
    ) -> Result<Option<OperationRecord>, StoreError> {
        let mut query = self.publishing_of(version);
        if self.is_postgres() {
            let skip = LockBehavior::SkipLocked;
            QueryTrait::query(&mut query).lock_with_behavior(LockType::Update, skip);
        }
        query.one(&self.db()).await?.map(OperationRecord::try_from).transpose()
    }

    /// Stores long work that begins.
    ///
    /// # Errors
    /// When the database does not answer, or the id is taken.
    pub async fn add_operation(&self, record: &OperationRecord) -> Result<(), StoreError> {
        Entity::insert(self.operation_row(record)).exec_without_returning(&self.db()).await?;
        Ok(())
    }

    /// Stores how far long work is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_operation(&self, record: &OperationRecord) -> Result<(), StoreError> {
        Entity::update(self.operation_row(record)).exec(&self.db()).await?;
        Ok(())
    }

    fn operation_row(&self, record: &OperationRecord) -> ActiveModel {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        ActiveModel {
            workspace_id: Set(self.workspace.0),
            operation_id: Set(record.id.clone()),
            kind: Set(record.kind.name().to_owned()),
            state: Set(record.state.name().to_owned()),
            model_version: Set(number(record.model_version)),
            created_at: Set(record.created_at.micros()),
            created_by: Set(record.created_by.clone()),
            ended_at: Set(record.ended_at.map(Timestamp::micros)),
            done: Set(number(record.done)),
            total: Set(number(record.total)),
            place: Set(record.place.as_ref().map(ToString::to_string).unwrap_or_default()),
            message: Set(record.message.clone()),
        }
    }
}

impl TryFrom<Model> for OperationRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        const TABLE: &str = "operation";
        let corrupt = |what: &str| StoreError::corrupt(TABLE, what);
        let place = match row.place.as_str() {
            "" => None,
            id => Some(AccountId::new(id).map_err(|found| StoreError::corrupt(TABLE, found))?),
        };
        Ok(Self {
            kind: OperationKind::from_name(&row.kind).ok_or_else(|| corrupt(&row.kind))?,
            state: OperationState::from_name(&row.state).ok_or_else(|| corrupt(&row.state))?,
            id: row.operation_id,
            model_version: row.model_version.unsigned_abs(),
            created_at: Timestamp::from_micros(row.created_at),
            created_by: row.created_by,
            ended_at: row.ended_at.map(Timestamp::from_micros),
            done: row.done.unsigned_abs(),
            total: row.total.unsigned_abs(),
            place,
            message: row.message,
        })
    }
}
