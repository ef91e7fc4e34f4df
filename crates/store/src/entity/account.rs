//! Companies.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) account_id: String,
    pub(crate) name: String,
    pub(crate) domains: String,
    pub(crate) website: String,
    pub(crate) industry: String,
    pub(crate) employees: Option<i64>,
    pub(crate) annual_revenue_usd: Option<i64>,
    pub(crate) country: String,
    pub(crate) region: String,
    pub(crate) city: String,
    pub(crate) parent_account_id: Option<String>,
    pub(crate) owner: String,
    pub(crate) attributes: String,
    pub(crate) origin: i16,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) sent_parent_id: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
