//! The ways of leads from marketing to sales and beyond, for reports.

use std::collections::BTreeMap;

use abm_core::{LeadId, OpportunityState, Timestamp};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::bulk::Rows;
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
    /// ids, after the place `after`.
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
             ORDER BY mql_at, lead_id LIMIT {limit}",
            self.workspace
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
        let rows = Rows::ids("lead_id", leads.into_iter().map(LeadId::into_string));
        let sql = format!(
            "SELECT r.lead_id, MIN(COALESCE(o.opened_at, o.closed_at, o.created_at)), \
             MIN(CASE WHEN o.state = {won} THEN COALESCE(o.closed_at, o.created_at) END) \
             FROM {{rows}} AS r CROSS JOIN opportunity_person AS p CROSS JOIN opportunity AS o \
             WHERE p.workspace_id = {workspace} AND p.lead_id = r.lead_id \
             AND o.workspace_id = {workspace} AND o.opportunity_id = p.opportunity_id \
             GROUP BY r.lead_id",
            won = state_number(OpportunityState::Won),
            workspace = self.workspace
        );
        let mut sales = BTreeMap::new();
        for row in rows.query(&self.db(), &sql).await? {
            let sale = FirstSale { opened_at: moment(&row, 1)?, won_at: moment(&row, 2)? };
            sales.insert(lead_in(&row, "opportunity_person")?, sale);
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
        let rows = Rows::ids("lead_id", leads.into_iter().map(LeadId::into_string));
        let sql = format!(
            "SELECT r.lead_id, (SELECT s.handoff_id FROM handoff_lead AS s \
             WHERE s.workspace_id = {} AND s.lead_id = r.lead_id \
             ORDER BY s.joined_at, s.handoff_id LIMIT 1) FROM {{rows}} AS r",
            self.workspace
        );
        let mut handoffs = BTreeMap::new();
        for row in rows.query(&self.db(), &sql).await? {
            if let Some(handoff) = row.try_get_by_index::<Option<String>>(1)? {
                handoffs.insert(lead_in(&row, "handoff_lead")?, handoff);
            }
        }
        Ok(handoffs)
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
