//! Long work.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "operation")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) operation_id: String,
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) model_version: i64,
    pub(crate) created_at: i64,
    pub(crate) created_by: String,
    pub(crate) ended_at: Option<i64>,
    pub(crate) done: i64,
    pub(crate) total: i64,
    pub(crate) place: String,
    pub(crate) message: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
