//! Lists of handoffs.

use std::collections::BTreeMap;

use abm_core::handoff::{HandoffCause, HandoffState, Urgency};
use abm_core::{AccountId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Value};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

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

    /// The most urgent open handoffs at a moment, of an owner and of queues, or of all when `owner`
    /// is unset: each with the second of its account's latest activity, in no order.
    ///
    /// Only `limit` of them are read in full. To find which, a few columns of all that are open are
    /// looked at, and of each account its state, all by index.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn most_urgent_handoffs(
        &self,
        owner: Option<&str>,
        now: Timestamp,
        limit: u64,
    ) -> Result<Vec<(HandoffRecord, Option<i64>)>, StoreError> {
        let whose = match owner {
            Some(_) => format!("AND h.owner IN ({}, '')", self.number(2)),
            None => String::new(),
        };
        let sql = format!(
            "SELECT h.handoff_id, s.last_activity_secs FROM handoff AS h \
             LEFT JOIN account_state AS s ON s.workspace_id = h.workspace_id \
             AND s.slot = {} AND s.account_id = h.account_id \
             WHERE h.workspace_id = {} AND h.is_open {whose} \
             ORDER BY {}, h.due_at, h.handoff_id LIMIT {limit}",
            self.live_slot(),
            self.workspace,
            place_by_urgency(&self.number(1))
        );
        let values = [Some(now.micros().into()), owner.map(Value::from)];
        let statement = self.statement(&sql, values.into_iter().flatten());
        let mut last: BTreeMap<String, Option<i64>> = BTreeMap::new();
        for row in self.db().query_all_raw(statement).await? {
            last.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        }
        let found = self.handoffs_by_id(last.keys().cloned()).await?;
        let with_last = |handoff: HandoffRecord| {
            let last = last.get(&handoff.id).copied().flatten();
            (handoff, last)
        };
        Ok(found.into_iter().map(with_last).collect())
    }
}

/// Where an open handoff `h`, whose account is in the state `s`, stands among all at the moment in
/// the parameter `now`: what [`abm_core::handoff::urgency()`] says, as SQL.
fn place_by_urgency(now: &str) -> String {
    let [raised, overdue, not_reached, due_soon, reengaged, waiting] = [
        Urgency::HandRaiser,
        Urgency::Overdue,
        Urgency::AccountNotReached,
        Urgency::DueSoon,
        Urgency::Reengaged,
        Urgency::Waiting,
    ]
    .map(|urgency| urgency as u8);
    let (hand_raiser, account) = (HandoffCause::HandRaiser.name(), HandoffCause::Account.name());
    let second = Timestamp::from_secs(1).micros();
    format!(
        "CASE WHEN h.attempted_at IS NULL THEN CASE \
         WHEN h.cause = '{hand_raiser}' THEN {raised} \
         WHEN h.due_at < {now} THEN {overdue} \
         WHEN h.cause = '{account}' THEN {not_reached} \
         WHEN h.warn_at <= {now} THEN {due_soon} \
         ELSE {waiting} END \
         WHEN s.last_activity_secs * {second} > h.attempted_at \
         AND s.last_activity_secs * {second} > COALESCE(h.answered_at, h.attempted_at) \
         THEN {reengaged} \
         WHEN h.cause = '{account}' AND h.answered_at IS NULL THEN {not_reached} \
         ELSE {waiting} END"
    )
}
