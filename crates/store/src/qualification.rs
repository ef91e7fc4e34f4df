//! What sales found out about leads.

use std::collections::BTreeMap;

use abm_core::qualification::Criterion;
use abm_core::{LeadId, Timestamp};
use sea_orm::ConnectionTrait;

use crate::bulk::{Column as Bulk, Rows};
use crate::lifecycle::name;
use crate::{StoreError, View, WriteTx};

/// What is known of one criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qualification {
    /// Which.
    pub criterion: Criterion,
    /// What was found, in the caller's words.
    pub value: String,
    /// Where it is known from; empty when not said.
    pub source: String,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub caller: String,
}

impl View {
    /// Of leads the latest that is known of each criterion.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn qualifications(
        &self,
        leads: impl IntoIterator<Item = LeadId>,
    ) -> Result<BTreeMap<LeadId, BTreeMap<Criterion, Qualification>>, StoreError> {
        const TABLE: &str = "qualification";
        let names = self.names_of(leads).await?;
        let condition = format!("s.workspace_id = {} AND s.lead_id = r.lead_id", self.workspace);
        let columns = "s.lead_id, s.criterion, s.value, s.source, s.at, s.caller";
        let query = names.rows().into_look_up(&self.db(), columns, TABLE, &condition);
        let mut found: BTreeMap<LeadId, BTreeMap<Criterion, Qualification>> = BTreeMap::new();
        for row in self.db().query_all_raw(query).await? {
            let lead = names.of(&row, TABLE)?;
            let criterion: String = row.try_get_by_index(1)?;
            let known = Qualification {
                criterion: name(TABLE, &criterion, Criterion::from_name)?,
                value: row.try_get_by_index(2)?,
                source: row.try_get_by_index(3)?,
                at: Timestamp::from_micros(row.try_get_by_index(4)?),
                caller: row.try_get_by_index(5)?,
            };
            let of_lead = found.entry(lead).or_default();
            let latest = of_lead.entry(known.criterion).or_insert_with(|| known.clone());
            if latest.at < known.at {
                *latest = known;
            }
        }
        Ok(found)
    }
}

impl WriteTx {
    /// Stores what was found out about a lead.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_qualifications(
        &self,
        lead: &LeadId,
        found: &[Qualification],
    ) -> Result<(), StoreError> {
        if found.is_empty() {
            return Ok(());
        }
        let text = |get: fn(&Qualification) -> &str| -> Vec<String> {
            found.iter().map(|known| get(known).to_owned()).collect()
        };
        let rows = Rows::new(vec![
            Bulk::Text("lead_id", vec![lead.to_string(); found.len()]),
            Bulk::Text("criterion", text(|known| known.criterion.name())),
            Bulk::Int("at", found.iter().map(|known| known.at.micros()).collect()),
            Bulk::Text("value", text(|known| &known.value)),
            Bulk::Text("source", text(|known| &known.source)),
            Bulk::Text("caller", text(|known| &known.caller)),
        ]);
        // Said twice in a moment, the later word counts.
        let sql = format!(
            "INSERT INTO qualification (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r \
             WHERE true ON CONFLICT (workspace_id, lead_id, criterion, at) DO UPDATE \
             SET value = excluded.value, source = excluded.source, caller = excluded.caller",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }
}
