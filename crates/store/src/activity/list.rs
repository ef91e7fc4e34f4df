//! Pages of the activities of a person or an account, the newest first.

use abm_core::{AccountId, ActivityKey, LeadId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::entity::activity::{Column, Entity};
use crate::entity::lead;
use crate::{StoreError, StoredActivity, View};

/// Which activities to list.
#[derive(Clone, Debug)]
pub enum ActivitySubject {
    /// Of one person.
    Lead(LeadId),
    /// Of an account: its people as matched now, and its unknown visitor.
    Account(AccountId),
}

/// Where a page of activities begins: after this one, going back in time.
pub type ActivityPlace = (Timestamp, ActivityKey);

impl View {
    /// Activities of a subject, the newest first. Costs what the subject did, whatever others did.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn activities(
        &self,
        subject: &ActivitySubject,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        after: Option<ActivityPlace>,
        limit: u64,
    ) -> Result<Vec<StoredActivity>, StoreError> {
        let page = page(from, until, after);
        let page = self.of_workspace().filter(page).limit(limit);
        let found = match subject {
            ActivitySubject::Lead(lead) => {
                let own = known_person().add(Column::LeadId.eq(lead.as_str()));
                newest_first(page.filter(own)).all(&self.db()).await?
            }
            ActivitySubject::Account(account) => {
                let own = known_person()
                    .add(self.is_one_of(Column::LeadId, self.people_ids(account).await?));
                // Of many people no index has the order. If it were asked for by the columns of
                // the primary key, the planner could walk through what everybody did.
                let by_time = Expr::col(Column::OccurredAt).add(0);
                let people = page.clone().filter(own).order_by(by_time, Order::Desc);
                let mut found = newest_first(people).all(&self.db()).await?;
                let visitor = Condition::all()
                    .add(Column::LeadId.eq(""))
                    .add(Column::AccountId.eq(account.as_str()));
                found.extend(newest_first(page.filter(visitor)).all(&self.db()).await?);
                found
            }
        };
        let found = found.into_iter().map(StoredActivity::try_from);
        let mut found: Vec<StoredActivity> = found.collect::<Result<_, _>>()?;
        found.sort_unstable_by(|one, other| {
            let (one, other) = (&one.activity, &other.activity);
            (other.occurred_at, &other.key).cmp(&(one.occurred_at, &one.key))
        });
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }

    fn of_workspace(&self) -> Select<Entity> {
        Entity::find().filter(Column::WorkspaceId.eq(self.workspace.0))
    }

    /// The ids of the people of an account.
    async fn people_ids(&self, account: &AccountId) -> Result<Vec<String>, StoreError> {
        let query = lead::Entity::find()
            .select_only()
            .column(lead::Column::LeadId)
            .filter(lead::Column::WorkspaceId.eq(self.workspace.0))
            .filter(lead::Column::AccountId.eq(account.as_str()));
        Ok(query.into_tuple().all(&self.db()).await?)
    }
}

/// The condition of the index by lead.
fn known_person() -> Condition {
    Condition::all().add(Column::LeadId.ne(""))
}

fn newest_first(query: Select<Entity>) -> Select<Entity> {
    query
        .order_by_desc(Column::OccurredAt)
        .order_by_desc(Column::Source)
        .order_by_desc(Column::ActivityId)
}

/// The part of time that a page is of.
fn page(
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    after: Option<ActivityPlace>,
) -> Condition {
    let place = after.map(|(occurred_at, key)| {
        let place = Expr::tuple([
            Expr::col(Column::OccurredAt),
            Expr::col(Column::Source),
            Expr::col(Column::ActivityId),
        ]);
        place.lt(Expr::tuple([
            occurred_at.micros().into(),
            key.source.into(),
            key.activity_id.into(),
        ]))
    });
    Condition::all()
        .add_option(from.map(|from| Column::OccurredAt.gte(from.micros())))
        .add_option(until.map(|until| Column::OccurredAt.lt(until.micros())))
        .add_option(place)
}
