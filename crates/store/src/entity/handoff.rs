//! Handoffs.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "handoff")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) handoff_id: String,
    pub(crate) account_id: String,
    pub(crate) lead_id: String,
    pub(crate) state: String,
    pub(crate) is_open: bool,
    pub(crate) cause: String,
    pub(crate) owner: String,
    pub(crate) queue: String,
    pub(crate) team: String,
    pub(crate) route: String,
    pub(crate) sla: String,
    pub(crate) created_at: i64,
    pub(crate) warn_at: Option<i64>,
    pub(crate) due_at: i64,
    pub(crate) escalate_at: Option<i64>,
    pub(crate) gives_up_at: i64,
    pub(crate) next_at: Option<i64>,
    pub(crate) warned_at: Option<i64>,
    pub(crate) escalated_at: Option<i64>,
    pub(crate) claimed_at: Option<i64>,
    pub(crate) attempted_at: Option<i64>,
    pub(crate) answered_at: Option<i64>,
    pub(crate) attempts: i64,
    pub(crate) ended_at: Option<i64>,
    pub(crate) reason: String,
    pub(crate) rejection: String,
    pub(crate) comment: String,
    pub(crate) nurture_until: Option<i64>,
    pub(crate) model_version: i64,
    pub(crate) policy_version: i64,
    pub(crate) engagement: i16,
    pub(crate) fit: i16,
    pub(crate) tier: i16,
    pub(crate) packet: String,
    pub(crate) version: i64,
    pub(crate) early_contacts: i64,
    pub(crate) first_owner: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
