//! Published scoring models.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "model_version")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) version: i64,
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) comment: String,
    pub(crate) published_at: i64,
    pub(crate) published_by: String,
    pub(crate) state: i16,
    pub(crate) created_at: i64,
    pub(crate) created_by: String,
    pub(crate) retired_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
