//! The timeline of accounts, and the outbox that tells others of it.

use abm_core::{AccountId, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::bulk::{Column as Bulk, Rows};
use crate::entity::account_timeline::{Column, Entity, Model};
use crate::state::{score_of, tier_number, tier_of};
use crate::{Cause, StoreError, TimelineLine, View, WriteTx};

impl View {
    /// The timeline of an account from the line after `after` on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn timeline(
        &self,
        account: &AccountId,
        after: i64,
        limit: u64,
    ) -> Result<Vec<TimelineLine>, StoreError> {
        let rows = Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(Column::AccountId.eq(account.as_str()))
            .filter(Column::Sequence.gt(after))
            .order_by_asc(Column::Sequence)
            .limit(limit)
            .all(&self.db())
            .await?;
        rows.into_iter().map(TimelineLine::try_from).collect()
    }

    /// The timeline of an account going back from the line before `before`, the latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn timeline_before(
        &self,
        account: &AccountId,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<TimelineLine>, StoreError> {
        let rows = Entity::find()
            .filter(Column::WorkspaceId.eq(self.workspace.0))
            .filter(Column::AccountId.eq(account.as_str()))
            .filter(Column::Sequence.lt(before.unwrap_or(i64::MAX)))
            .order_by_desc(Column::Sequence)
            .limit(limit)
            .all(&self.db())
            .await?;
        rows.into_iter().map(TimelineLine::try_from).collect()
    }
}

impl WriteTx {
    /// Adds lines to timelines, and the same to the outbox.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_timeline(&self, lines: &[TimelineLine]) -> Result<(), StoreError> {
        if lines.is_empty() {
            return Ok(());
        }
        let int = |get: fn(&TimelineLine) -> i64| lines.iter().map(get).collect();
        let ids = || lines.iter().map(|l| l.account.to_string()).collect();
        let version = |l: &TimelineLine| i64::try_from(l.model_version).unwrap_or(i64::MAX);
        let rows = Rows::new(vec![
            Bulk::Text("account_id", ids()),
            Bulk::Int("sequence", int(|l| l.sequence)),
            Bulk::Int("at_secs", int(|l| l.at)),
            Bulk::Int("recorded_at", int(|l| l.recorded_at.micros())),
            Bulk::Text("cause", lines.iter().map(|l| l.cause.name().to_owned()).collect()),
            Bulk::Int("model_version", lines.iter().map(version).collect()),
            Bulk::Int("engagement", int(|l| l.engagement.into())),
            Bulk::Int("fit", int(|l| l.fit.into())),
            Bulk::Int("tier", int(|l| tier_number(l.tier).into())),
            Bulk::Bool("mqa", lines.iter().map(|l| l.mqa).collect()),
            Bulk::Bool("priority", lines.iter().map(|l| l.priority).collect()),
            Bulk::Int("engaged_people", int(|l| l.engaged_people.into())),
        ]);
        let sql = format!(
            "INSERT INTO account_timeline (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        let rows = Rows::new(vec![
            Bulk::Text("account_id", ids()),
            Bulk::Int("sequence", int(|l| l.sequence)),
            Bulk::Int("created_at", int(|l| l.recorded_at.micros())),
        ]);
        let sql = format!(
            "INSERT INTO outbox (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }
}

impl TryFrom<Model> for TimelineLine {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            workspace_id: _,
            account_id,
            sequence,
            at_secs,
            recorded_at,
            cause,
            model_version,
            engagement,
            fit,
            tier,
            mqa,
            priority,
            engaged_people,
        } = row;
        const TABLE: &str = "account_timeline";
        Ok(Self {
            account: AccountId::new(account_id)
                .map_err(|found| StoreError::corrupt(TABLE, found))?,
            sequence,
            at: at_secs,
            recorded_at: Timestamp::from_micros(recorded_at),
            cause: Cause::from_name(&cause).ok_or_else(|| StoreError::corrupt(TABLE, cause))?,
            model_version: model_version.unsigned_abs(),
            engagement: score_of(TABLE, engagement)?,
            fit: score_of(TABLE, fit)?,
            tier: tier_of(tier),
            mqa,
            priority,
            engaged_people: u32::try_from(engaged_people).unwrap_or(u32::MAX),
        })
    }
}
