//! One isolated set of records.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "workspace")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    pub(crate) name: String,
    pub(crate) model_version: i64,
    pub(crate) creates_accounts: bool,
    pub(crate) created_at: i64,
    pub(crate) slot: i16,
    pub(crate) publishing_version: Option<i64>,
    pub(crate) standby_used: bool,
    pub(crate) merged_leads: i64,
    pub(crate) merged_accounts: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
