//! What scoring found of accounts.

use sea_orm::entity::prelude::*;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "account_state")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) slot: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) account_id: String,
    pub(crate) model_version: i64,
    pub(crate) rules_fit: i16,
    pub(crate) rules_coverage: i16,
    pub(crate) exclusion: Option<String>,
    #[serde(with = "hex::serde")]
    pub(crate) visitor_ledger: Vec<u8>,
    pub(crate) matching: i64,
    pub(crate) engagement: i16,
    pub(crate) fit: i16,
    pub(crate) tier: i16,
    pub(crate) tier_met: i16,
    #[serde(deserialize_with = "crate::document::flag")]
    pub(crate) mqa: bool,
    #[serde(deserialize_with = "crate::document::flag")]
    pub(crate) priority: bool,
    pub(crate) engaged_people: i64,
    pub(crate) people: i64,
    pub(crate) rank: i64,
    pub(crate) last_activity_secs: Option<i64>,
    pub(crate) assessed_secs: i64,
    pub(crate) changes_secs: Option<i64>,
    pub(crate) sequence: i64,
    pub(crate) held_until_secs: Option<i64>,
    pub(crate) people_stamp: i64,
    pub(crate) segment: Option<String>,
    pub(crate) phase: i16,
    #[serde(deserialize_with = "crate::document::flag")]
    pub(crate) newly_qualified: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
