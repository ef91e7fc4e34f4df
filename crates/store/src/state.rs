//! What scoring found of accounts and people, and what it needs to find it again.

mod put;

use std::collections::BTreeMap;

use abm_core::assess::{AccountRules, Engagement, LeadRules};
use abm_core::fit::Fit;
use abm_core::tier::Tier;
use abm_core::title::{Known, Position, Source};
use abm_core::{AccountId, BuyingRole, LeadId, Ledger, Phase, Seniority};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult, QueryTrait,
};

use crate::bulk::{Column as Bulk, Rows};
use crate::entity::{account_state, lead_state};
use crate::lead::account_or_none;
use crate::{AccountState, PersonState, Slot, StoreError, View};

/// The stored number of a tier: 4 for none, so that it sorts behind the others.
pub(crate) fn tier_number(tier: Option<Tier>) -> i16 {
    tier.map_or(4, |tier| i16::from(tier.number()))
}

pub(crate) fn tier_of(number: i16) -> Option<Tier> {
    u8::try_from(number).ok().and_then(Tier::from_number)
}

pub(crate) fn score_of(table: &'static str, value: i16) -> Result<u8, StoreError> {
    u8::try_from(value)
        .ok()
        .filter(|&score| score <= 100)
        .ok_or_else(|| StoreError::corrupt(table, format!("score {value}")))
}

/// The stored number of a phase: 0 for none.
fn phase_number(phase: Option<Phase>) -> i64 {
    phase.map_or(0, |phase| phase.number().into())
}

pub(crate) fn phase_of(number: i16) -> Option<Phase> {
    u8::try_from(number).ok().and_then(Phase::from_number)
}

/// The stored confidence of something known of a person: 0 of what a caller sent.
fn confidence<T>(known: Option<Known<T>>) -> i64 {
    match known.map(|known| known.source) {
        Some(Source::Title { confidence }) => confidence.into(),
        Some(Source::Given) | None => 0,
    }
}

pub(crate) fn known<T>(value: Option<T>, confidence: i16) -> Option<Known<T>> {
    let source = match u8::try_from(confidence) {
        Ok(0) | Err(_) => Source::Given,
        Ok(confidence) => Source::Title { confidence },
    };
    value.map(|value| Known { value, source })
}

impl View {
    /// The states of some accounts; those without one are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn account_states(
        &self,
        ids: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<AccountId, AccountState>, StoreError> {
        self.find_account_states(ids, false).await
    }

    async fn find_account_states(
        &self,
        ids: impl IntoIterator<Item = AccountId>,
        lock: bool,
    ) -> Result<BTreeMap<AccountId, AccountState>, StoreError> {
        let ids: Vec<String> = ids.into_iter().map(AccountId::into_string).collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut query = account_state::Entity::find()
            .filter(account_state::Column::WorkspaceId.eq(self.workspace.0))
            .filter(self.is_live())
            .filter(self.is_one_of(account_state::Column::AccountId, ids))
            .order_by_asc(account_state::Column::AccountId);
        if lock && self.is_postgres() {
            QueryTrait::query(&mut query).lock_exclusive();
        }
        let query = query.build(self.db().get_database_backend());
        states_by_id(self.rows::<account_state::Entity>(query).await?)
    }

    /// The states of accounts in the order of their ids, after `after`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn account_states_after(
        &self,
        after: Option<&AccountId>,
        limit: u64,
    ) -> Result<Vec<AccountState>, StoreError> {
        use sea_orm::QuerySelect;
        let mut query = account_state::Entity::find()
            .filter(account_state::Column::WorkspaceId.eq(self.workspace.0))
            .filter(self.is_live());
        if let Some(after) = after {
            query = query.filter(account_state::Column::AccountId.gt(after.as_str()));
        }
        let query = query.order_by_asc(account_state::Column::AccountId).limit(limit);
        query.all(&self.db()).await?.into_iter().map(AccountState::try_from).collect()
    }

    /// The places in lists of some accounts, as they are stored.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ranks(
        &self,
        ids: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<AccountId, i64>, StoreError> {
        use sea_orm::QuerySelect;
        let ids: Vec<String> = ids.into_iter().map(AccountId::into_string).collect();
        let rows: Vec<(String, i64)> = account_state::Entity::find()
            .select_only()
            .columns([account_state::Column::AccountId, account_state::Column::Rank])
            .filter(account_state::Column::WorkspaceId.eq(self.workspace.0))
            .filter(self.is_live())
            .filter(self.is_one_of(account_state::Column::AccountId, ids))
            .into_tuple()
            .all(&self.db())
            .await?;
        let rank = |(id, rank)| {
            let id =
                AccountId::new(id).map_err(|found| StoreError::corrupt("account_state", found));
            Ok((id?, rank))
        };
        rows.into_iter().map(rank).collect()
    }

    /// The people of some accounts, by account and id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn people_of(
        &self,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<AccountId, Vec<PersonState>>, StoreError> {
        let ids: Vec<String> = accounts.into_iter().map(AccountId::into_string).collect();
        let mut people: BTreeMap<AccountId, Vec<PersonState>> = BTreeMap::new();
        if ids.is_empty() {
            return Ok(people);
        }
        let query = lead_state::Entity::find()
            .filter(lead_state::Column::WorkspaceId.eq(self.workspace.0))
            .filter(self.is_live())
            .filter(self.is_one_of(lead_state::Column::AccountId, ids))
            .build(self.db().get_database_backend());
        for row in self.rows::<lead_state::Entity>(query).await? {
            let person = PersonState::try_from(row)?;
            if let Some(account) = person.account.clone() {
                people.entry(account).or_default().push(person);
            }
        }
        for people in people.values_mut() {
            people.sort_unstable_by(|one, other| one.lead.cmp(&other.lead));
        }
        Ok(people)
    }

    /// The states of people by their account (`None` for those without) and id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn people(
        &self,
        keys: impl IntoIterator<Item = (Option<AccountId>, LeadId)>,
    ) -> Result<BTreeMap<LeadId, PersonState>, StoreError> {
        let id = |id: Option<AccountId>| id.map(AccountId::into_string).unwrap_or_default();
        let (accounts, leads): (Vec<_>, Vec<_>) =
            keys.into_iter().map(|(account, lead)| (id(account), lead.into_string())).unzip();
        if leads.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows =
            Rows::new(vec![Bulk::Text("account_id", accounts), Bulk::Text("lead_id", leads)]);
        let condition = format!(
            "s.workspace_id = {} AND s.slot = {} AND s.account_id = r.account_id \
             AND s.lead_id = r.lead_id",
            self.workspace,
            self.slot_of("r.account_id")
        );
        let mut people = BTreeMap::new();
        let query = rows.into_look_up(&self.db(), "s.*", "lead_state", &condition);
        for row in self.rows::<lead_state::Entity>(query).await? {
            let person = PersonState::try_from(row)?;
            people.insert(person.lead.clone(), person);
        }
        Ok(people)
    }

    /// People without an account, in the order of their ids, after `after`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn people_without_account(
        &self,
        after: Option<&LeadId>,
        limit: u64,
    ) -> Result<Vec<PersonState>, StoreError> {
        use sea_orm::QuerySelect;
        let mut query = lead_state::Entity::find()
            .filter(lead_state::Column::WorkspaceId.eq(self.workspace.0))
            .filter(lead_state::Column::Slot.eq(Slot::OF_PEOPLE_WITHOUT_ACCOUNT.number()))
            .filter(lead_state::Column::AccountId.eq(""));
        if let Some(after) = after {
            query = query.filter(lead_state::Column::LeadId.gt(after.as_str()));
        }
        let query = query.order_by_asc(lead_state::Column::LeadId).limit(limit);
        query.all(&self.db()).await?.into_iter().map(PersonState::try_from).collect()
    }

    /// Up to `limit` accounts whose change is due at the second `now`, the most overdue first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn due(&self, now: i64, limit: u64) -> Result<Vec<AccountId>, StoreError> {
        let due = format!("changes_secs <= {now} ORDER BY changes_secs, account_id");
        self.accounts_of_states(&due, limit).await
    }

    /// Up to `limit` accounts of which it is to be looked whom a new version of the model qualifies.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn newly_qualified(&self, limit: u64) -> Result<Vec<AccountId>, StoreError> {
        self.accounts_of_states("newly_qualified ORDER BY assessed_secs, account_id", limit).await
    }

    async fn accounts_of_states(&self, of: &str, limit: u64) -> Result<Vec<AccountId>, StoreError> {
        let sql = format!(
            "SELECT account_id FROM account_state WHERE workspace_id = {} AND slot = {} \
             AND {of} LIMIT {limit}",
            self.workspace,
            self.live_slot()
        );
        let id = |row: &QueryResult| -> Result<AccountId, StoreError> {
            let id: String = row.try_get_by_index(0)?;
            AccountId::new(id).map_err(|found| StoreError::corrupt("account_state", found))
        };
        self.db().query_all_raw(self.statement(&sql, [])).await?.iter().map(id).collect()
    }

    /// How many accounts there are, and how many of them wait to be assessed at `now`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_accounts(&self, now: i64) -> Result<(u64, u64), StoreError> {
        let sql = format!(
            "SELECT COUNT(*), COUNT(CASE WHEN changes_secs <= {now} THEN 1 END) \
             FROM account_state WHERE workspace_id = {} AND slot = {}",
            self.workspace,
            self.live_slot()
        );
        let row = self.db().query_one_raw(self.statement(&sql, [])).await?;
        let Some(row) = row else { return Ok((0, 0)) };
        let (all, due): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        Ok((all.unsigned_abs(), due.unsigned_abs()))
    }
}

pub(crate) fn states_by_id(
    rows: Vec<account_state::Model>,
) -> Result<BTreeMap<AccountId, AccountState>, StoreError> {
    let states = rows.into_iter().map(AccountState::try_from);
    states.map(|state| state.map(|state| (state.id.clone(), state))).collect()
}

impl TryFrom<account_state::Model> for AccountState {
    type Error = StoreError;

    fn try_from(row: account_state::Model) -> Result<Self, StoreError> {
        let account_state::Model {
            workspace_id: _,
            slot: _,
            account_id,
            model_version,
            rules_fit,
            rules_coverage,
            exclusion,
            visitor_ledger,
            matching,
            engagement,
            fit,
            tier,
            tier_met,
            mqa,
            priority,
            engaged_people,
            people,
            rank: _,
            last_activity_secs,
            assessed_secs,
            changes_secs,
            sequence,
            held_until_secs,
            people_stamp,
            segment,
            phase,
            newly_qualified,
        } = row;
        const TABLE: &str = "account_state";
        Ok(Self {
            id: AccountId::new(account_id).map_err(|found| StoreError::corrupt(TABLE, found))?,
            model_version: model_version.unsigned_abs(),
            rules: AccountRules {
                fit: Fit {
                    score: score_of(TABLE, rules_fit)?,
                    coverage: score_of(TABLE, rules_coverage)?,
                },
                exclusion,
                segment,
            },
            visitor: Ledger::decode(&visitor_ledger)
                .map_err(|error| StoreError::corrupt(TABLE, error))?,
            matching,
            engagement: score_of(TABLE, engagement)?,
            fit: score_of(TABLE, fit)?,
            tier: tier_of(tier),
            tier_met: tier_of(tier_met),
            held_until: held_until_secs,
            mqa,
            priority,
            phase: phase_of(phase),
            engaged_people: u32::try_from(engaged_people).unwrap_or(u32::MAX),
            people: u32::try_from(people).unwrap_or(u32::MAX),
            last_activity: last_activity_secs,
            assessed_at: assessed_secs,
            changes_at: changes_secs,
            sequence,
            stamp: people_stamp,
            newly_qualified,
        })
    }
}

impl TryFrom<lead_state::Model> for PersonState {
    type Error = StoreError;

    fn try_from(row: lead_state::Model) -> Result<Self, StoreError> {
        let lead_state::Model {
            workspace_id: _,
            slot: _,
            account_id,
            lead_id,
            fit,
            coverage,
            percent,
            buying_role,
            ledger,
            matching,
            engagement,
            changes_secs,
            last_activity_secs,
            peak,
            effective_seniority,
            seniority_confidence,
            role_confidence,
            exclusion,
            mql,
        } = row;
        const TABLE: &str = "lead_state";
        Ok(Self {
            lead: LeadId::new(lead_id).map_err(|found| StoreError::corrupt(TABLE, found))?,
            account: account_or_none(TABLE, account_id)?,
            rules: LeadRules {
                fit: Fit { score: score_of(TABLE, fit)?, coverage: score_of(TABLE, coverage)? },
                percent: u32::try_from(percent)
                    .map_err(|_| StoreError::corrupt(TABLE, format!("weight {percent}")))?,
                position: Position {
                    seniority: known(
                        Seniority::from_name(&effective_seniority),
                        seniority_confidence,
                    ),
                    buying_role: known(BuyingRole::from_name(&buying_role), role_confidence),
                },
                exclusion,
            },
            ledger: Ledger::decode(&ledger).map_err(|error| StoreError::corrupt(TABLE, error))?,
            matching,
            engagement: Engagement {
                score: score_of(TABLE, engagement)?,
                changes_at: changes_secs,
                peak: score_of(TABLE, peak)?,
            },
            mql,
            last_activity: last_activity_secs,
        })
    }
}
