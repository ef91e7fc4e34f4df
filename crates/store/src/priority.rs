//! Lists of accounts by rank, and single accounts as they are shown.

use std::cmp::Ordering;

use abm_core::lifecycle::Lifecycle;
use abm_core::rollup::Part;
use abm_core::tier::Tier;
use abm_core::title::Position;
use abm_core::{AccountId, BuyingRole, LeadId, Ledger, Seniority};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Deserialize;

use crate::document;
use crate::entity::account;
use crate::lifecycle::LifecycleRow;
use crate::outcome::{OpportunityTotals, TotalsRow, totals_of};
use crate::rank::{RANK_PRIORITY_END, ranks_of};
use crate::shown::{COLUMNS, ScoresRow};
use crate::state::{known, score_of};
use crate::{AccountRecord, AccountScores, StoreError, View};

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
    pub scores: AccountScores,
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner: String,
}

/// An account as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownAccount {
    /// Its profile.
    pub account: AccountRecord,
    /// What was found of it.
    pub scores: AccountScores,
    /// The people who add most to it, the most important first.
    pub people: Vec<TopPerson>,
    /// Everybody who is part of its engagement, in the order of their ids.
    pub members: Vec<(LeadId, Part)>,
    /// What its unknown visitor did.
    pub visitor: Ledger,
    /// Its opportunities.
    pub opportunities: OpportunityTotals,
    /// Where its people stand, each way once.
    pub lifecycles: Vec<Lifecycle>,
    /// Whether a handoff of it is open.
    pub is_handed_over: bool,
    /// The position this was read at.
    pub revision: u64,
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
                ranges.push(ranks_of(priority, tier));
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
        let backend = self.db().get_database_backend();
        let row = document::array(backend, &[&*document::array(backend, COLUMNS), "name", "owner"]);
        let mut found: Vec<PriorityRow> = Vec::new();
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
            let query = format!(
                "SELECT s.*, a.name, a.owner FROM account_state AS s \
                 JOIN account AS a ON a.workspace_id = s.workspace_id \
                 AND a.account_id = s.account_id \
                 WHERE s.workspace_id = {} AND s.slot = {} AND s.rank >= {first} AND s.rank < {end} {mqa}\
                 AND (s.rank, s.account_id) > {place} ORDER BY s.rank, s.account_id LIMIT {left}",
                self.workspace,
                self.live_slot()
            );
            let sql = format!("SELECT {}", document::expression(backend, &row, &query));
            let values: [sea_orm::Value; 2] = [from.into(), id.clone().into()];
            let found_row = self.db().query_one_raw(self.statement(&sql, values)).await?;
            let Some(document) = found_row else { continue };
            let rows: Vec<(ScoresRow, String, String)> =
                document::parse(&document.try_get_by_index::<String>(0)?)?;
            let rows = rows.into_iter().map(|(scores, name, owner)| {
                Ok::<_, StoreError>(PriorityRow { scores: scores.try_into()?, name, owner })
            });
            let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
            rows.sort_by_cached_key(|row| (row.scores.rank(), row.scores.id.clone()));
            found.append(&mut rows);
        }
        Ok(found)
    }

    /// An account with its scores, the `people` who add most to it, the most important first,
    /// its opportunities in short, and the position this was read at: one statement.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn account_as_shown(
        &self,
        id: &AccountId,
        people: u32,
    ) -> Result<Option<ShownAccount>, StoreError> {
        let backend = self.db().get_database_backend();
        let value = if self.is_postgres() { "$1" } else { "?1" };
        let of_account =
            format!("WHERE s.workspace_id = {} AND s.account_id = {value}", self.workspace);
        let live = format!("{of_account} AND s.slot = {}", self.live_slot());
        let scores = document::expression(
            backend,
            &document::array(backend, COLUMNS),
            &format!("SELECT s.* FROM account_state AS s {live}"),
        );
        let lifecycle: Vec<String> =
            LifecycleRow::COLUMNS.iter().map(|column| format!("c.{column}")).collect();
        let lifecycle = lifecycle.join(", ");
        let of_lead = "LEFT JOIN lead_lifecycle AS c ON c.workspace_id = s.workspace_id \
                       AND c.lead_id = s.lead_id";
        let people = document::expression(
            backend,
            &document::array(backend, TopPersonRow::COLUMNS),
            &format!(
                "SELECT s.*, l.title, {lifecycle} FROM lead_state AS s JOIN lead AS l \
                 ON l.workspace_id = s.workspace_id AND l.lead_id = s.lead_id {of_lead} {live} \
                 ORDER BY s.engagement * s.percent DESC, s.lead_id LIMIT {people}"
            ),
        );
        let members = document::expression(
            backend,
            &document::array(backend, &["lead_id", "engagement", "percent"]),
            &format!("SELECT s.* FROM lead_state AS s {live} AND s.exclusion IS NULL"),
        );
        let lifecycles = document::expression(
            backend,
            &document::array(backend, LifecycleRow::COLUMNS),
            &format!("SELECT DISTINCT {lifecycle} FROM lead_state AS s {of_lead} {live}"),
        );
        let sales = document::expression(
            backend,
            &document::array(backend, TotalsRow::COLUMNS),
            &format!(
                "SELECT {} FROM opportunity AS s {of_account} AND s.account_id <> '' {}",
                TotalsRow::SELECT,
                TotalsRow::GROUP
            ),
        );
        let sql = format!(
            "SELECT a.*, {scores} AS scores, {people} AS people, {members} AS members, \
             (SELECT s.visitor_ledger FROM account_state AS s {live}) AS visitor, \
             {lifecycles} AS lifecycles, {sales} AS sales, EXISTS (SELECT 1 FROM handoff AS s {of_account} AND s.is_open \
             AND s.account_id <> '') AS is_handed_over, {} AS revision FROM account AS a WHERE a.workspace_id = {} AND a.account_id = {value}",
            self.revision_column(),
            self.workspace
        );
        let statement = self.statement(&sql, [id.as_str().into()]);
        let Some(row) = self.db().query_one_raw(statement).await? else { return Ok(None) };
        let scores: Vec<ScoresRow> = document::parse(&row.try_get::<String>("", "scores")?)?;
        let Some(scores) = scores.into_iter().next() else { return Ok(None) };
        let people: Vec<TopPersonRow> = document::parse(&row.try_get::<String>("", "people")?)?;
        let people: Result<Vec<_>, _> = people.into_iter().map(TopPerson::try_from).collect();
        let mut people = people?;
        people.sort_unstable_by(TopPerson::compare);
        let members = document::parse(&row.try_get::<String>("", "members")?)?;
        let visitor: Vec<u8> = row.try_get("", "visitor")?;
        let sales = document::parse(&row.try_get::<String>("", "sales")?)?;
        let lifecycles =
            document::parse::<LifecycleRow>(&row.try_get::<String>("", "lifecycles")?)?;
        let lifecycles: Result<Vec<_>, _> =
            lifecycles.into_iter().map(Lifecycle::try_from).collect();
        let revision: i64 = row.try_get("", "revision")?;
        Ok(Some(ShownAccount {
            account: account::Model::from_query_result(&row, "")?.try_into()?,
            scores: scores.try_into()?,
            people,
            members: members_of(members)?,
            visitor: Ledger::decode(&visitor)
                .map_err(|found| StoreError::corrupt("account_state", found))?,
            opportunities: totals_of(sales)?,
            lifecycles: lifecycles?,
            is_handed_over: row.try_get("", "is_handed_over")?,
            revision: revision.unsigned_abs(),
        }))
    }
}

/// Who is part of an account's engagement, by id.
fn members_of(rows: Vec<(String, i16, u32)>) -> Result<Vec<(LeadId, Part)>, StoreError> {
    const TABLE: &str = "lead_state";
    let member = |(id, engagement, percent): (String, i16, u32)| {
        let lead = LeadId::new(id).map_err(|found| StoreError::corrupt(TABLE, found))?;
        Ok((lead, Part { engagement: score_of(TABLE, engagement)?, percent }))
    };
    let mut members: Vec<_> = rows.into_iter().map(member).collect::<Result<_, StoreError>>()?;
    members.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    Ok(members)
}

/// One of the people who add most to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopPerson {
    /// Who.
    pub lead: LeadId,
    /// Job title.
    pub title: String,
    /// How senior they are and which part they play, and from where that is known.
    pub position: Position,
    /// Why they are no part of the account's scores; `None` when they are.
    pub exclusion: Option<String>,
    /// Whether they are a marketing qualified lead.
    pub mql: bool,
    /// 0 to 100.
    pub engagement: u8,
    /// 0 to 100.
    pub fit: u8,
    /// Weight in percent.
    pub percent: u32,
    /// The second of the latest activity.
    pub last_activity: Option<i64>,
    /// Where they stand between marketing and sales.
    pub lifecycle: Lifecycle,
}

impl TopPerson {
    /// Who adds more to the account comes first.
    pub fn compare(&self, other: &Self) -> Ordering {
        let adds = |person: &Self| u64::from(person.engagement) * u64::from(person.percent);
        adds(other).cmp(&adds(self)).then_with(|| self.lead.cmp(&other.lead))
    }
}

/// A row of a document.
#[derive(Debug, Deserialize)]
struct TopPersonRow {
    lead_id: String,
    title: String,
    effective_seniority: String,
    seniority_confidence: i16,
    buying_role: String,
    role_confidence: i16,
    exclusion: Option<String>,
    #[serde(deserialize_with = "crate::document::flag")]
    mql: bool,
    engagement: i16,
    fit: i16,
    percent: u32,
    last_activity_secs: Option<i64>,
    // A row is a list of values: those of a nested one would be a list of their own.
    decided: Option<String>,
    mark: Option<String>,
    outcome: Option<String>,
    nurture_until: Option<i64>,
}

impl TopPersonRow {
    const COLUMNS: &[&str] = &[
        "lead_id",
        "title",
        "effective_seniority",
        "seniority_confidence",
        "buying_role",
        "role_confidence",
        "exclusion",
        "mql",
        "engagement",
        "fit",
        "percent",
        "last_activity_secs",
        "decided",
        "mark",
        "outcome",
        "nurture_until",
    ];
}

impl TryFrom<TopPersonRow> for TopPerson {
    type Error = StoreError;

    fn try_from(row: TopPersonRow) -> Result<Self, StoreError> {
        const TABLE: &str = "lead_state";
        Ok(Self {
            lead: LeadId::new(row.lead_id).map_err(|found| StoreError::corrupt(TABLE, found))?,
            title: row.title,
            position: Position {
                seniority: known(
                    Seniority::from_name(&row.effective_seniority),
                    row.seniority_confidence,
                ),
                buying_role: known(BuyingRole::from_name(&row.buying_role), row.role_confidence),
            },
            exclusion: row.exclusion,
            mql: row.mql,
            engagement: score_of(TABLE, row.engagement)?,
            fit: score_of(TABLE, row.fit)?,
            percent: row.percent,
            last_activity: row.last_activity_secs,
            lifecycle: LifecycleRow {
                decided: row.decided,
                mark: row.mark,
                outcome: row.outcome,
                nurture_until: row.nurture_until,
            }
            .try_into()?,
        })
    }
}
