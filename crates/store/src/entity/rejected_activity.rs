//! Rows refused.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rejected_activity")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) received_at: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) request_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) row_index: i64,
    pub(crate) source: String,
    pub(crate) activity_id: String,
    pub(crate) field: String,
    pub(crate) reason: String,
    pub(crate) message: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
