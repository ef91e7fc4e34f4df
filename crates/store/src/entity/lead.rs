//! People.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) lead_id: String,
    pub(crate) email: String,
    pub(crate) mail_domain: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) title: String,
    pub(crate) seniority: String,
    pub(crate) buying_role: String,
    pub(crate) named_account_id: String,
    pub(crate) hint_account_id: String,
    pub(crate) hint_at: i64,
    pub(crate) hint_email: String,
    pub(crate) country: String,
    pub(crate) stage: String,
    pub(crate) attributes: String,
    pub(crate) account_id: String,
    pub(crate) known: i16,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) hint_key: i64,
    pub(crate) stage_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
