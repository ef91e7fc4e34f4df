//! Lists of handoffs.

use abm_core::handoff::HandoffState;
use abm_core::{AccountId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::HandoffRecord;
use crate::entity::handoff::{Column, Entity};
use crate::{StoreError, View};

/// Which handoffs a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandoffFilter {
    /// Only those of this owner.
    pub owner: Option<String>,
    /// Only those that wait in this queue.
    pub queue: Option<String>,
    /// Only those of this account.
    pub account: Option<AccountId>,
    /// Only those in this state.
    pub state: Option<HandoffState>,
    /// Only those that were late at this moment without anybody having tried to reach them.
    pub overdue_at: Option<Timestamp>,
}

/// A place in a list: when the handoff was made, and its id.
pub type HandoffPlace = (Timestamp, String);

impl View {
    /// All handoffs, the latest first, before the place `before`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn handoffs_before(
        &self,
        filter: &HandoffFilter,
        before: Option<&HandoffPlace>,
        limit: u64,
    ) -> Result<Vec<HandoffRecord>, StoreError> {
        let mut query = Entity::find().filter(Column::WorkspaceId.eq(self.workspace.0));
        if let Some(owner) = &filter.owner {
            query = query.filter(Column::Owner.eq(owner.as_str()));
        }
        if let Some(queue) = &filter.queue {
            query = query.filter(Column::Queue.eq(queue.as_str()));
        }
        if let Some(account) = &filter.account {
            // Repeats the condition of the index, without which it is not used.
            query = query.filter(Column::AccountId.ne(""));
            query = query.filter(Column::AccountId.eq(account.as_str()));
        }
        if let Some(state) = filter.state {
            query = query.filter(Column::State.eq(state.name()));
        }
        if let Some(at) = filter.overdue_at {
            query = query
                .filter(Expr::cust("is_open"))
                .filter(Column::AttemptedAt.is_null())
                .filter(Column::DueAt.lt(at.micros()));
        }
        if let Some((at, id)) = before {
            let place = Expr::tuple([Expr::col(Column::CreatedAt), Expr::col(Column::HandoffId)]);
            let at = Expr::tuple([at.micros().into(), id.as_str().into()]);
            query = query.filter(place.lt(at));
        }
        let query = query.order_by_desc(Column::CreatedAt).order_by_desc(Column::HandoffId);
        let rows = query.limit(limit).all(&self.db()).await?;
        rows.into_iter().map(HandoffRecord::try_from).collect()
    }

    /// Open handoffs of an owner (empty for those in queues) by when they are due.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_handoffs(
        &self,
        owner: Option<&str>,
        limit: u64,
    ) -> Result<Vec<HandoffRecord>, StoreError> {
        let mut query = Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(Expr::cust("is_open"));
        if let Some(owner) = owner {
            query = query.filter(Column::Owner.eq(owner));
        }
        let query = query.order_by_asc(Column::DueAt).order_by_asc(Column::HandoffId).limit(limit);
        let rows = query.all(&self.db()).await?;
        rows.into_iter().map(HandoffRecord::try_from).collect()
    }
}
