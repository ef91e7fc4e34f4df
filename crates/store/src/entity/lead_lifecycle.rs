//! Where leads stand.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_lifecycle")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) lead_id: String,
    pub(crate) decided: String,
    pub(crate) mark: String,
    pub(crate) outcome: String,
    pub(crate) nurture_until: Option<i64>,
    pub(crate) given_up_at: Option<i64>,
    pub(crate) since: i64,
    pub(crate) mql_at: Option<i64>,
    pub(crate) sql_at: Option<i64>,
    pub(crate) sequence: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
