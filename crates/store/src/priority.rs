//! Lists of accounts by rank, and single accounts as they are shown.

use abm_core::AccountId;
use abm_core::tier::Tier;
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult};

use crate::entity::{account, account_state};
use crate::state::RANK_PRIORITY_END;
use crate::{AccountRecord, AccountState, StoreError, View};

/// Which accounts a ranked list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriorityFilter {
    /// Also accounts that are not priority accounts.
    pub include_all: bool,
    /// Only marketing qualified ones.
    pub mqa_only: bool,
    /// Only these tiers; empty for any.
    pub tiers: Vec<Option<Tier>>,
}

/// An account in a ranked list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriorityRow {
    /// What was found of it.
    pub state: AccountState,
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner: String,
}

impl PriorityFilter {
    /// The ranges of ranks that the list runs through, in order. A range is contiguous in the
    /// index, so that the cost of a page does not depend on what the filter leaves out.
    fn ranges(&self) -> Vec<(i64, i64)> {
        let ends = if self.include_all { vec![true, false] } else { vec![true] };
        if self.tiers.is_empty() {
            let end = if self.include_all { i64::MAX } else { RANK_PRIORITY_END };
            return vec![(0, end)];
        }
        let mut ranges: Vec<(i64, i64)> = Vec::new();
        for priority in ends {
            for &tier in &self.tiers {
                let first = AccountState::first_rank(priority, tier);
                ranges.push((first, AccountState::end_rank(priority, tier)));
            }
        }
        ranges.sort_unstable();
        ranges.dedup();
        ranges
    }
}

impl View {
    /// Accounts by rank, the best first, after the place `after`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn by_rank(
        &self,
        filter: &PriorityFilter,
        after: Option<(i64, AccountId)>,
        limit: u64,
    ) -> Result<Vec<PriorityRow>, StoreError> {
        let mut found = Vec::new();
        let (from, id) = match after {
            Some((rank, id)) => (rank, id.into_string()),
            None => (-1, String::new()),
        };
        for (first, end) in filter.ranges() {
            let left = limit.saturating_sub(found.len() as u64);
            if left == 0 || end <= from {
                continue;
            }
            let mqa = if filter.mqa_only { "AND s.mqa " } else { "" };
            let place = if self.is_postgres() { "($1, $2)" } else { "(?, ?)" };
            let sql = format!(
                "SELECT s.*, a.name, a.owner FROM account_state AS s \
                 JOIN account AS a ON a.workspace_id = s.workspace_id \
                 AND a.account_id = s.account_id \
                 WHERE s.workspace_id = {} AND s.rank >= {first} AND s.rank < {end} {mqa}\
                 AND (s.rank, s.account_id) > {place} ORDER BY s.rank, s.account_id LIMIT {left}",
                self.workspace
            );
            let values: [sea_orm::Value; 2] = [from.into(), id.clone().into()];
            for row in self.db().query_all_raw(self.statement(&sql, values)).await? {
                found.push(PriorityRow {
                    state: state_of(&row)?,
                    name: row.try_get("", "name")?,
                    owner: row.try_get("", "owner")?,
                });
            }
        }
        Ok(found)
    }

    /// An account, what was found of it, and the position this was read at: one statement.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn account_with_state(
        &self,
        id: &AccountId,
    ) -> Result<Option<(AccountRecord, AccountState, u64)>, StoreError> {
        let value = if self.is_postgres() { "$1" } else { "?" };
        // The state comes second, under names of its own where both tables use one.
        let sql = format!(
            "SELECT s.*, a.name, a.domains, a.website, a.industry, a.employees, \
             a.annual_revenue_usd, a.country, a.region, a.city, a.parent_account_id, a.owner, \
             a.attributes, a.origin, a.created_at, a.updated_at, {} AS revision \
             FROM account AS a JOIN account_state AS s \
             ON s.workspace_id = a.workspace_id AND s.account_id = a.account_id \
             WHERE a.workspace_id = {} AND a.account_id = {value}",
            self.revision_column(),
            self.workspace
        );
        let statement = self.statement(&sql, [id.as_str().into()]);
        let Some(row) = self.db().query_one_raw(statement).await? else { return Ok(None) };
        let record = account::Model::from_query_result(&row, "")?.try_into()?;
        let revision: i64 = row.try_get("", "revision")?;
        Ok(Some((record, state_of(&row)?, revision.unsigned_abs())))
    }

    /// The people of an account who add most to it, with their titles, the most important
    /// first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn top_people(
        &self,
        account: &AccountId,
        limit: u32,
    ) -> Result<Vec<TopPerson>, StoreError> {
        let value = if self.is_postgres() { "$1" } else { "?" };
        let sql = format!(
            "SELECT s.lead_id, s.engagement, s.fit, s.percent, s.buying_role, \
             s.last_activity_secs, l.title, l.seniority FROM lead_state AS s JOIN lead AS l \
             ON l.workspace_id = s.workspace_id AND l.lead_id = s.lead_id \
             WHERE s.workspace_id = {} AND s.account_id = {value} \
             ORDER BY s.engagement * s.percent DESC, s.lead_id LIMIT {limit}",
            self.workspace
        );
        let statement = self.statement(&sql, [account.as_str().into()]);
        let rows = self.db().query_all_raw(statement).await?;
        rows.iter().map(TopPerson::read).collect()
    }
}

fn state_of(row: &QueryResult) -> Result<AccountState, StoreError> {
    account_state::Model::from_query_result(row, "")?.try_into()
}

/// One of the people who add most to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopPerson {
    /// Who.
    pub lead: abm_core::LeadId,
    /// Job title.
    pub title: String,
    /// Seniority.
    pub seniority: Option<abm_core::Seniority>,
    /// Buying role.
    pub buying_role: Option<abm_core::BuyingRole>,
    /// 0 to 100.
    pub engagement: u8,
    /// 0 to 100.
    pub fit: u8,
    /// Weight in percent.
    pub percent: u32,
    /// The second of the latest activity.
    pub last_activity: Option<i64>,
}

impl TopPerson {
    fn read(row: &QueryResult) -> Result<Self, StoreError> {
        const TABLE: &str = "lead_state";
        let lead: String = row.try_get_by_index(0)?;
        let (role, seniority): (String, String) =
            (row.try_get_by_index(4)?, row.try_get_by_index(7)?);
        let percent: i64 = row.try_get_by_index(3)?;
        Ok(Self {
            lead: abm_core::LeadId::new(lead).map_err(|found| StoreError::corrupt(TABLE, found))?,
            engagement: crate::state::score_of(TABLE, row.try_get_by_index(1)?)?,
            fit: crate::state::score_of(TABLE, row.try_get_by_index(2)?)?,
            percent: u32::try_from(percent)
                .map_err(|_| StoreError::corrupt(TABLE, format!("weight {percent}")))?,
            buying_role: abm_core::BuyingRole::from_name(&role),
            last_activity: row.try_get_by_index(5)?,
            title: row.try_get_by_index(6)?,
            seniority: abm_core::Seniority::from_name(&seniority),
        })
    }
}
