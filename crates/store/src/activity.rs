//! Activities and the receipts that keep an id from being used twice.

mod list;

use std::collections::{BTreeMap, BTreeSet};

use abm_core::{AccountId, Activity, ActivityKey, DAY, LeadId, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryTrait, Select,
};

use crate::account::attributes_json;
use crate::bulk::{Column as Bulk, Rows};
use crate::entity::activity::{Column, Entity, Model};
use crate::lead::account_or_none;
use crate::{StoreError, StoredActivity, View, WriteTx};

pub use list::{ActivityPlace, ActivitySubject};

/// Seconds of one bucket of receipts. Three buckets are looked at, so that an id sent again
/// with another time is seen for at least 32 days.
const BUCKET_SECS: i64 = 16 * DAY;

/// The bucket of a moment of receipt.
pub(crate) fn bucket(received_at: Timestamp) -> i64 {
    received_at.secs().div_euclid(BUCKET_SECS)
}

/// An activity that is to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewActivity<'a> {
    /// As it counts: with the lead, or the unknown visitor's account, that it counts for.
    pub counted: &'a Activity,
    /// As it was sent.
    pub sent: &'a Activity,
    /// The hash of what was sent.
    pub content_hash: i64,
}

impl View {
    /// All activities of some people, in canonical order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn activities_of_leads(
        &self,
        leads: impl IntoIterator<Item = LeadId>,
    ) -> Result<Vec<StoredActivity>, StoreError> {
        let leads: Vec<String> = leads.into_iter().map(LeadId::into_string).collect();
        let one_of = self.is_one_of(Column::LeadId, leads);
        self.all_activities(Condition::all().add(Column::LeadId.ne("")).add(one_of)).await
    }

    /// All activities of the unknown visitors of some accounts, in canonical order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn activities_of_visitors(
        &self,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<Vec<StoredActivity>, StoreError> {
        let accounts: Vec<String> = accounts.into_iter().map(AccountId::into_string).collect();
        let one_of = self.is_one_of(Column::AccountId, accounts);
        self.all_activities(Condition::all().add(Column::LeadId.eq("")).add(one_of)).await
    }

    async fn all_activities(&self, of: Condition) -> Result<Vec<StoredActivity>, StoreError> {
        let query = Entity::find().filter(Column::WorkspaceId.eq(self.workspace.0)).filter(of);
        self.in_order(query).await
    }

    /// The activities of a query by time, and of one moment by their keys.
    pub(crate) async fn in_order(
        &self,
        query: Select<Entity>,
    ) -> Result<Vec<StoredActivity>, StoreError> {
        let query = query.build(self.db().get_database_backend());
        let rows = self.rows::<Entity>(query).await?.into_iter().map(StoredActivity::try_from);
        let mut found: Vec<StoredActivity> = rows.collect::<Result<_, _>>()?;
        found.sort_unstable_by(|one, other| {
            let (one, other) = (&one.activity, &other.activity);
            (one.occurred_at, &one.key).cmp(&(other.occurred_at, &other.key))
        });
        Ok(found)
    }

    /// The time of the latest activity of all, without those taken back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn latest_activity(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = format!(
            "SELECT occurred_at FROM activity WHERE workspace_id = {} AND retracted_at IS NULL \
             ORDER BY workspace_id DESC, occurred_at DESC LIMIT 1",
            self.workspace
        );
        let row = self.db().query_one_raw(self.statement(&sql, [])).await?;
        let micros: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(micros.map(Timestamp::from_micros))
    }
}

impl WriteTx {
    /// Enters ids into the receipts, which makes other transactions with the same ids wait for
    /// this one, and gives for each id the times it was received with lately, its own
    /// included.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn receive(
        &self,
        keys: &BTreeMap<i64, Timestamp>,
        now: Timestamp,
    ) -> Result<BTreeSet<(i64, Timestamp)>, StoreError> {
        let table = || {
            Rows::new(vec![
                Bulk::Int("key_hash", keys.keys().copied().collect()),
                Bulk::Int("occurred_at", keys.values().map(|at| at.micros()).collect()),
            ])
        };
        let (workspace, bucket) = (self.workspace, bucket(now));
        // The map is sorted: writers that meet on several ids meet in the same order.
        let insert = format!(
            "INSERT INTO activity_receipt (workspace_id, bucket, {{names}}) \
             SELECT {workspace}, {bucket}, * FROM {{rows}} AS r WHERE true ON CONFLICT DO NOTHING"
        );
        table().execute(&self.db(), &insert).await?;
        let condition = format!(
            "s.workspace_id = {workspace} AND s.bucket IN ({}, {}, {bucket}, {}) \
             AND s.key_hash = r.key_hash",
            bucket - 2,
            bucket - 1,
            // Received by a clock that is ahead of this one.
            bucket + 1
        );
        let columns = "s.key_hash, s.occurred_at";
        let query = table().into_look_up(&self.db(), columns, "activity_receipt", &condition);
        let mut found = BTreeSet::new();
        for row in self.db().query_all_raw(query).await? {
            let at = Timestamp::from_micros(row.try_get_by_index(1)?);
            found.insert((row.try_get_by_index(0)?, at));
        }
        Ok(found)
    }

    /// Takes receipts of this moment back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unreceive(
        &self,
        keys: &BTreeMap<i64, Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let rows = Rows::new(vec![
            Bulk::Int("key_hash", keys.keys().copied().collect()),
            Bulk::Int("occurred_at", keys.values().map(|at| at.micros()).collect()),
        ]);
        let sql = format!(
            "DELETE FROM activity_receipt WHERE workspace_id = {} AND bucket = {} \
             AND (key_hash, occurred_at) IN (SELECT key_hash, occurred_at FROM {{rows}} AS r)",
            self.workspace,
            bucket(now)
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }

    /// The content hashes of those of these activities that are stored.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn stored_hashes(
        &self,
        keys: impl Iterator<Item = (Timestamp, ActivityKey)>,
    ) -> Result<BTreeMap<(Timestamp, ActivityKey), i64>, StoreError> {
        let (mut times, mut sources, mut ids) = (Vec::new(), Vec::new(), Vec::new());
        for (at, key) in keys {
            times.push(at.micros());
            sources.push(key.source);
            ids.push(key.activity_id);
        }
        let mut found = BTreeMap::new();
        if times.is_empty() {
            return Ok(found);
        }
        let rows = Rows::new(vec![
            Bulk::Int("occurred_at", times),
            Bulk::Text("source", sources),
            Bulk::Text("activity_id", ids),
        ]);
        let condition = format!(
            "s.workspace_id = {} AND s.occurred_at = r.occurred_at AND s.source = r.source \
             AND s.activity_id = r.activity_id",
            self.workspace
        );
        let columns = "s.occurred_at, s.source, s.activity_id, s.content_hash";
        let query = rows.into_look_up(&self.db(), columns, "activity", &condition);
        for row in self.db().query_all_raw(query).await? {
            let key = ActivityKey {
                source: row.try_get_by_index(1)?,
                activity_id: row.try_get_by_index(2)?,
            };
            let at = Timestamp::from_micros(row.try_get_by_index(0)?);
            found.insert((at, key), row.try_get_by_index(3)?);
        }
        Ok(found)
    }

    /// Stores new activities.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of them is there already.
    pub async fn add_activities<'a>(
        &self,
        activities: impl IntoIterator<Item = NewActivity<'a>>,
        received_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut sorted: Vec<NewActivity<'_>> = activities.into_iter().collect();
        if sorted.is_empty() {
            return Ok(());
        }
        sorted.sort_unstable_by_key(|new| (new.counted.occurred_at, &new.counted.key));
        let text = |get: fn(&Activity) -> String| sorted.iter().map(|n| get(n.counted)).collect();
        let int = |get: fn(&NewActivity<'_>) -> i64| sorted.iter().map(get).collect();
        let mut columns = vec![
            Bulk::Int("occurred_at", int(|new| new.counted.occurred_at.micros())),
            Bulk::Text("source", text(|a| a.key.source.clone())),
            Bulk::Text("activity_id", text(|a| a.key.activity_id.clone())),
            Bulk::Text("type", text(|a| a.kind.clone())),
            Bulk::Text(
                "lead_id",
                text(|a| a.lead.as_ref().map(ToString::to_string).unwrap_or_default()),
            ),
            Bulk::Text(
                "account_id",
                text(|a| a.account.as_ref().map(ToString::to_string).unwrap_or_default()),
            ),
            Bulk::Text("email", text(|a| a.email.clone())),
            Bulk::Text("campaign", text(|a| a.campaign.clone())),
            Bulk::Text("attributes", text(|a| attributes_json(&a.attributes))),
            Bulk::Int("content_hash", int(|new| new.content_hash)),
        ];
        // Hardly ever, and not sent to the database otherwise.
        if sorted.iter().any(|new| new.counted != new.sent) {
            let lead = |a: &Activity| a.lead.as_ref().map(ToString::to_string);
            let account = |a: &Activity| a.account.as_ref().map(ToString::to_string);
            let differing = |get: &dyn Fn(&Activity) -> Option<String>| {
                let sent = |new: &NewActivity<'_>| {
                    get(new.sent).filter(|sent| Some(sent) != get(new.counted).as_ref())
                };
                sorted.iter().map(sent).collect()
            };
            columns.push(Bulk::TextOrNull("sent_lead_id", differing(&lead)));
            columns.push(Bulk::TextOrNull("sent_account_id", differing(&account)));
        }
        let rows = Rows::new(columns);
        let sql = format!(
            "INSERT INTO activity (workspace_id, received_at, {{names}}) \
             SELECT {}, {}, * FROM {{rows}} AS r WHERE true ON CONFLICT DO NOTHING",
            self.workspace,
            received_at.micros()
        );
        let count = sorted.len() as u64;
        let stored = rows.execute(&self.db(), &sql).await?.rows_affected();
        if stored == count { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

impl TryFrom<Model> for StoredActivity {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            workspace_id: _,
            occurred_at,
            source,
            activity_id,
            kind,
            lead_id,
            account_id,
            email,
            campaign,
            attributes,
            content_hash: _,
            received_at,
            retracted_at: _,
            sent_lead_id,
            sent_account_id,
        } = row;
        let corrupt = |what: String| StoreError::corrupt("activity", what);
        let lead = if lead_id.is_empty() { None } else { Some(LeadId::new(lead_id)) };
        Ok(Self {
            activity: Activity {
                key: ActivityKey { source, activity_id },
                kind,
                occurred_at: Timestamp::from_micros(occurred_at),
                lead: lead.transpose().map_err(|found| corrupt(found.to_string()))?,
                account: account_or_none("activity", account_id)?,
                email,
                campaign,
                attributes: serde_json::from_str(&attributes)
                    .map_err(|error| corrupt(error.to_string()))?,
            },
            sent_lead: sent_lead_id
                .map(LeadId::new)
                .transpose()
                .map_err(|found| corrupt(found.to_string()))?,
            sent_account: account_or_none("activity", sent_account_id.unwrap_or_default())?,
            received_at: Timestamp::from_micros(received_at),
        })
    }
}
