//! Rows refused.

use abm_core::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::bulk::{Column as Bulk, Rows};
use crate::entity::rejected_activity::{Column, Entity, Model};
use crate::{RejectedActivity, StoreError, View, WriteTx};

impl View {
    /// Refused rows, the newest first, after the position `after`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rejected_activities(
        &self,
        after: Option<(Timestamp, String, u32)>,
        limit: u64,
    ) -> Result<Vec<RejectedActivity>, StoreError> {
        let mut query = Entity::find().filter(Column::WorkspaceId.eq(self.workspace.0));
        if let Some((received_at, request_id, index)) = after {
            let place = Expr::tuple([
                Expr::col(Column::ReceivedAt),
                Expr::col(Column::RequestId),
                Expr::col(Column::RowIndex),
            ]);
            query = query.filter(place.lt(Expr::tuple([
                received_at.micros().into(),
                request_id.into(),
                i64::from(index).into(),
            ])));
        }
        let rows = query
            .order_by_desc(Column::ReceivedAt)
            .order_by_desc(Column::RequestId)
            .order_by_desc(Column::RowIndex)
            .limit(limit)
            .all(&self.db())
            .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

impl WriteTx {
    /// Lists refused rows. A row listed already under the same time, request and place stays.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_rejected(&self, rows: &[RejectedActivity]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let text = |get: fn(&RejectedActivity) -> &String| rows.iter().map(get).cloned().collect();
        let table = Rows::new(vec![
            Bulk::Int("received_at", rows.iter().map(|row| row.received_at.micros()).collect()),
            Bulk::Text("request_id", text(|row| &row.request_id)),
            Bulk::Int("row_index", rows.iter().map(|row| i64::from(row.index)).collect()),
            Bulk::Text("source", text(|row| &row.source)),
            Bulk::Text("activity_id", text(|row| &row.activity_id)),
            Bulk::Text("field", text(|row| &row.field)),
            Bulk::Text("reason", text(|row| &row.reason)),
            Bulk::Text("message", text(|row| &row.message)),
        ]);
        let sql = format!(
            "INSERT INTO rejected_activity (workspace_id, {{names}}) \
             SELECT {}, * FROM {{rows}} AS r WHERE true ON CONFLICT DO NOTHING",
            self.workspace
        );
        table.execute(&self.db(), &sql).await?;
        Ok(())
    }
}

impl From<Model> for RejectedActivity {
    fn from(row: Model) -> Self {
        let Model {
            workspace_id: _,
            received_at,
            request_id,
            row_index,
            source,
            activity_id,
            field,
            reason,
            message,
        } = row;
        Self {
            received_at: Timestamp::from_micros(received_at),
            request_id,
            index: u32::try_from(row_index).unwrap_or(0),
            source,
            activity_id,
            field,
            reason,
            message,
        }
    }
}
