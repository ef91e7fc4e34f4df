//! Sales.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunity")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) opportunity_id: String,
    pub(crate) name: String,
    pub(crate) account_id: String,
    pub(crate) state: i16,
    pub(crate) stage: String,
    pub(crate) amount_micros: Option<i64>,
    pub(crate) currency: String,
    pub(crate) opened_at: Option<i64>,
    pub(crate) closed_at: Option<i64>,
    pub(crate) loss_reason: String,
    pub(crate) owner: String,
    pub(crate) product: String,
    pub(crate) campaign: String,
    pub(crate) attributes: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) sent_account_id: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
