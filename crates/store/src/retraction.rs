//! Taking activities back: which, and what is left of them.

use abm_core::{ActivityKey, LeadId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::activity::ActivityPlace;
use crate::bulk::{Column as Bulk, Rows};
use crate::entity::activity::{Column, Entity};
use crate::{StoreError, StoredActivity, View, WriteTx};

/// Which activities to look at. Empty fields ask nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityFilter {
    /// Only those from this system.
    pub source: String,
    /// Only those of this type.
    pub kind: String,
    /// Only those from this moment on.
    pub from: Option<Timestamp>,
    /// Only those before this moment.
    pub until: Option<Timestamp>,
}

impl View {
    /// Activities by time and key; those that are not there, or were taken back, are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn activities_at(
        &self,
        places: &[ActivityPlace],
    ) -> Result<Vec<StoredActivity>, StoreError> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let condition = format!(
            "s.workspace_id = {} AND s.occurred_at = r.occurred_at AND s.source = r.source \
             AND s.activity_id = r.activity_id AND s.retracted_at IS NULL",
            self.workspace
        );
        let query = rows_of(places).into_look_up(&self.db(), "s.*", "activity", &condition);
        let rows = self.rows::<Entity>(query).await?;
        rows.into_iter().map(StoredActivity::try_from).collect()
    }

    /// The last of the `limit` activities behind `after` in the time of a filter, whatever else
    /// they are and whether they were taken back or not; `None` when there are fewer. Read along
    /// the key: what a filter looks through is bounded by it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_of_stretch(
        &self,
        filter: &ActivityFilter,
        after: Option<&ActivityPlace>,
        limit: u64,
    ) -> Result<Option<ActivityPlace>, StoreError> {
        let found: Option<(i64, String, String)> = self
            .activities_in_time(filter, after)
            .select_only()
            .columns([Column::OccurredAt, Column::Source, Column::ActivityId])
            .offset(limit.saturating_sub(1))
            .limit(1)
            .into_tuple()
            .one(&self.db())
            .await?;
        Ok(found.map(|(occurred_at, source, activity_id)| {
            (Timestamp::from_micros(occurred_at), ActivityKey { source, activity_id })
        }))
    }

    /// Activities in the order of time and key, after `after` and up to `end`, without those
    /// taken back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn activities_in_order(
        &self,
        filter: &ActivityFilter,
        after: Option<&ActivityPlace>,
        end: Option<&ActivityPlace>,
    ) -> Result<Vec<StoredActivity>, StoreError> {
        let mut query =
            self.activities_in_time(filter, after).filter(Column::RetractedAt.is_null());
        if !filter.source.is_empty() {
            query = query.filter(Column::Source.eq(filter.source.as_str()));
        }
        if !filter.kind.is_empty() {
            query = query.filter(Column::Kind.eq(filter.kind.as_str()));
        }
        if let Some(end) = end {
            query = query.filter(place_column().lte(place_value(end)));
        }
        self.in_order(query).await
    }

    fn activities_in_time(
        &self,
        filter: &ActivityFilter,
        after: Option<&ActivityPlace>,
    ) -> Select<Entity> {
        let mut query = Entity::find().filter(Column::WorkspaceId.eq(self.workspace.0));
        if let Some(from) = filter.from {
            query = query.filter(Column::OccurredAt.gte(from.micros()));
        }
        if let Some(until) = filter.until {
            query = query.filter(Column::OccurredAt.lt(until.micros()));
        }
        if let Some(after) = after {
            query = query.filter(place_column().gt(place_value(after)));
        }
        query
            .order_by_asc(Column::OccurredAt)
            .order_by_asc(Column::Source)
            .order_by_asc(Column::ActivityId)
    }
}

/// The place of a row.
fn place_column() -> Expr {
    let [at, source, id] = [Column::OccurredAt, Column::Source, Column::ActivityId];
    Expr::tuple([Expr::col(at), Expr::col(source), Expr::col(id)])
}

/// A place to hold that of a row against.
fn place_value((occurred_at, key): &ActivityPlace) -> Expr {
    Expr::tuple([
        occurred_at.micros().into(),
        key.source.as_str().into(),
        key.activity_id.as_str().into(),
    ])
}

impl WriteTx {
    /// Takes activities back: what is left is that their ids are used.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn retract_activities(
        &self,
        places: &[ActivityPlace],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if places.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "UPDATE activity SET type = '', lead_id = '', account_id = '', email = '', \
             campaign = '', attributes = '{{}}', sent_lead_id = NULL, sent_account_id = NULL, \
             retracted_at = {} WHERE workspace_id = {} \
             AND (occurred_at, source, activity_id) IN \
             (SELECT occurred_at, source, activity_id FROM {{rows}} AS r)",
            now.micros(),
            self.workspace
        );
        rows_of(places).execute(&self.db(), &sql).await?;
        Ok(())
    }

    /// Removes people of whom nothing is left. Their states are not removed with them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remove_leads(
        &self,
        ids: impl IntoIterator<Item = LeadId>,
    ) -> Result<(), StoreError> {
        let ids: Vec<String> = ids.into_iter().map(LeadId::into_string).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "DELETE FROM lead WHERE workspace_id = {} \
             AND lead_id IN (SELECT lead_id FROM {{rows}} AS r)",
            self.workspace
        );
        Rows::ids("lead_id", ids).execute(&self.db(), &sql).await?;
        Ok(())
    }
}

fn rows_of(places: &[ActivityPlace]) -> Rows {
    let text =
        |get: fn(&ActivityKey) -> &str| places.iter().map(|(_, key)| get(key).to_owned()).collect();
    Rows::new(vec![
        Bulk::Int("occurred_at", places.iter().map(|(at, _)| at.micros()).collect()),
        Bulk::Text("source", text(|key| &key.source)),
        Bulk::Text("activity_id", text(|key| &key.activity_id)),
    ])
}
