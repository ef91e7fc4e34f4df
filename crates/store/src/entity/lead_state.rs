//! What scoring needs of people.

use sea_orm::entity::prelude::*;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "lead_state")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) slot: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) account_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) lead_id: String,
    pub(crate) fit: i16,
    pub(crate) coverage: i16,
    pub(crate) percent: i64,
    pub(crate) buying_role: String,
    #[serde(with = "hex::serde")]
    pub(crate) ledger: Vec<u8>,
    pub(crate) matching: i64,
    pub(crate) engagement: i16,
    pub(crate) changes_secs: Option<i64>,
    pub(crate) last_activity_secs: Option<i64>,
    pub(crate) peak: i16,
    pub(crate) effective_seniority: String,
    pub(crate) seniority_confidence: i16,
    pub(crate) role_confidence: i16,
    pub(crate) exclusion: Option<String>,
    #[serde(deserialize_with = "crate::document::flag")]
    pub(crate) mql: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
