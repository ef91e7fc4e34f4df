//! What was shown of accounts, and why it changed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_timeline")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) account_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) sequence: i64,
    pub(crate) at_secs: i64,
    pub(crate) recorded_at: i64,
    pub(crate) cause: String,
    pub(crate) model_version: i64,
    pub(crate) engagement: i16,
    pub(crate) fit: i16,
    pub(crate) tier: i16,
    pub(crate) mqa: bool,
    pub(crate) priority: bool,
    pub(crate) engaged_people: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
