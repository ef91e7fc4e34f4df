//! The ways of leads from marketing to sales and beyond, for reports.

use std::collections::BTreeMap;

use abm_core::{LeadId, OpportunityState, Timestamp};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::opportunity::state_number;
use crate::{StoreError, View};

/// A lead that was marketing qualified, and when it was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedLead {
    /// Who.
    pub lead: LeadId,
    /// When it was first marketing qualified.
    pub mql_at: Timestamp,
    /// When it was first sales qualified.
    pub sql_at: Option<Timestamp>,
}

/// When the opportunities of a lead were opened and won, the first of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstSale {
    /// When one was opened; when it was decided or sent, where that is not known.
    pub opened_at: Option<Timestamp>,
    /// When one was won; when it was sent, where that is not known.
    pub won_at: Option<Timestamp>,
}

impl View {
    /// Leads that were marketing qualified from `from` to before `until`, by that moment and their
    /// ids, after the place `after`. Who is merged counts with the survivor.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn passed_leads(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<&(Timestamp, LeadId)>,
        limit: u64,
    ) -> Result<Vec<PassedLead>, StoreError> {
        let [first, end, lead] = [1, 2, 3].map(|number| self.number(number));
        // Row values, so that a page is a range of the index however deep it is.
        let sql = format!(
            "SELECT lead_id, mql_at, sql_at FROM lead_lifecycle WHERE workspace_id = {} \
             AND mql_at IS NOT NULL AND (mql_at, lead_id) > ({first}, {lead}) AND mql_at < {end} \
             AND NOT EXISTS (SELECT 1 FROM lead_alias AS s WHERE s.workspace_id = {} \
             AND s.lead_id = lead_lifecycle.lead_id) ORDER BY mql_at, lead_id LIMIT {limit}",
            self.workspace, self.workspace
        );
        let (from, last) = match after {
            Some((at, lead)) => (at.micros(), lead.as_str()),
            None => (from.micros(), ""),
        };
        let values = [from.into(), until.micros().into(), last.into()];
        let rows = self.db().query_all_raw(self.statement(&sql, values)).await?;
        let passed = rows.iter().map(|row| {
            Ok(PassedLead {
                lead: lead_in(row, "lead_lifecycle")?,
                mql_at: Timestamp::from_micros(row.try_get_by_index(1)?),
                sql_at: moment(row, 2)?,
            })
        });
        passed.collect()
    }

    /// The first sales of leads that have any.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn first_sales(
        &self,
        leads: impl IntoIterator<Item = LeadId>,
    ) -> Result<BTreeMap<LeadId, FirstSale>, StoreError> {
        let names = self.names_of(leads).await?;
        let sql = format!(
            "SELECT r.lead_id, COALESCE(o.opened_at, o.closed_at, o.created_at), \
             CASE WHEN o.state = {won} THEN COALESCE(o.closed_at, o.created_at) END \
             FROM {{rows}} AS r CROSS JOIN opportunity_person AS p CROSS JOIN opportunity AS o \
             WHERE p.workspace_id = {workspace} AND p.lead_id = r.lead_id \
             AND o.workspace_id = {workspace} AND o.opportunity_id = p.opportunity_id",
            won = state_number(OpportunityState::Won),
            workspace = self.workspace
        );
        let mut sales: BTreeMap<LeadId, FirstSale> = BTreeMap::new();
        for row in names.rows().query(&self.db(), &sql).await? {
            let first = sales.entry(names.of(&row, "opportunity_person")?).or_default();
            let earlier = |one: Option<Timestamp>, other| one.into_iter().chain(other).min();
            first.opened_at = earlier(first.opened_at, moment(&row, 1)?);
            first.won_at = earlier(first.won_at, moment(&row, 2)?);
        }
        Ok(sales)
    }

    /// The ids of the first handoffs that leads were part of.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn first_handoffs(
        &self,
        leads: impl IntoIterator<Item = LeadId>,
    ) -> Result<BTreeMap<LeadId, String>, StoreError> {
        const TABLE: &str = "handoff_lead";
        let names = self.names_of(leads).await?;
        let condition = format!("s.workspace_id = {} AND s.lead_id = r.lead_id", self.workspace);
        let columns = "s.lead_id, s.joined_at, s.handoff_id";
        let query = names.rows().into_look_up(&self.db(), columns, TABLE, &condition);
        let mut first: BTreeMap<LeadId, (i64, String)> = BTreeMap::new();
        for row in self.db().query_all_raw(query).await? {
            let found = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            let known = first.entry(names.of(&row, TABLE)?).or_insert_with(|| found.clone());
            if found < *known {
                *known = found;
            }
        }
        Ok(first.into_iter().map(|(lead, (_, handoff))| (lead, handoff)).collect())
    }
}

fn lead_in(row: &QueryResult, table: &'static str) -> Result<LeadId, StoreError> {
    let id: String = row.try_get_by_index(0)?;
    LeadId::new(id).map_err(|found| StoreError::corrupt(table, found))
}

fn moment(row: &QueryResult, column: usize) -> Result<Option<Timestamp>, StoreError> {
    let micros: Option<i64> = row.try_get_by_index(column)?;
    Ok(micros.map(Timestamp::from_micros))
}
