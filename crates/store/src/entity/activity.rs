//! Activities accepted.

use sea_orm::entity::prelude::*;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "activity")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) occurred_at: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) source: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) activity_id: String,
    #[sea_orm(column_name = "type")]
    pub(crate) kind: String,
    pub(crate) lead_id: String,
    pub(crate) account_id: String,
    pub(crate) email: String,
    pub(crate) campaign: String,
    pub(crate) attributes: String,
    pub(crate) content_hash: i64,
    pub(crate) received_at: i64,
    pub(crate) retracted_at: Option<i64>,
    pub(crate) sent_lead_id: Option<String>,
    pub(crate) sent_account_id: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
