//! Moves of leads.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_transition")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) lead_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) sequence: i64,
    pub(crate) at: i64,
    pub(crate) recorded_at: i64,
    pub(crate) step: String,
    pub(crate) stage_before: String,
    pub(crate) mark_before: String,
    pub(crate) stage: String,
    pub(crate) mark: String,
    pub(crate) actor: String,
    pub(crate) caller: String,
    pub(crate) reason: String,
    pub(crate) model_version: i64,
    pub(crate) handoff_id: String,
    pub(crate) evidence: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
