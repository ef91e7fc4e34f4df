//! What became of sales, by account: totals for those who look, single outcomes for those who
//! judge a model by them.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::{AccountId, Amount, LeadId, OpportunityState, Timestamp, lifecycle};
use sea_orm::{ConnectionTrait, Statement};
use serde::Deserialize;

use crate::bulk::Rows;
use crate::document;
use crate::opportunity::{currency_of, state_number, state_of};
use crate::{StoreError, View};

const MICROS: i128 = 1_000_000;

/// Opportunities, counted and summed up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpportunityTotals {
    /// Those under way.
    pub open: u64,
    /// Those won.
    pub won: u64,
    /// Those lost.
    pub lost: u64,
    /// What the won ones are worth, by currency in order; a sum too large for its type is the
    /// largest of it.
    pub won_amounts: Vec<Amount>,
    /// When one was won last, of those whose moment is known.
    pub last_won_at: Option<Timestamp>,
}

impl OpportunityTotals {
    /// Adds others to these.
    pub fn add(&mut self, other: &Self) {
        self.open += other.open;
        self.won += other.won;
        self.lost += other.lost;
        for amount in &other.won_amounts {
            self.add_amount(*amount);
        }
        self.last_won_at = self.last_won_at.max(other.last_won_at);
    }

    /// What they say of how far the account has come.
    #[must_use]
    pub const fn outcome(&self) -> Option<lifecycle::Outcome> {
        match (self.won, self.open) {
            (1.., _) => Some(lifecycle::Outcome::Won),
            (0, 1..) => Some(lifecycle::Outcome::Open),
            (0, 0) => None,
        }
    }

    fn add_amount(&mut self, amount: Amount) {
        let place = self.won_amounts.binary_search_by_key(&amount.currency, |sum| sum.currency);
        match place {
            Ok(place) => {
                if let Some(sum) = self.won_amounts.get_mut(place) {
                    sum.micros = sum.micros.saturating_add(amount.micros);
                }
            }
            Err(place) => self.won_amounts.insert(place, amount),
        }
    }
}

/// What became of one sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it stands.
    pub state: OpportunityState,
    /// When it was opened.
    pub opened_at: Option<Timestamp>,
    /// When it was won or lost.
    pub closed_at: Option<Timestamp>,
}

/// The opportunities of one account, one state and one currency.
#[derive(Debug, Deserialize)]
pub(crate) struct TotalsRow {
    account_id: String,
    state: i16,
    currency: String,
    count: u64,
    units: Option<i64>,
    micros: Option<i64>,
    last_closed: Option<i64>,
}

impl TotalsRow {
    pub(crate) const COLUMNS: &[&str] =
        &["account_id", "state", "currency", "count", "units", "micros", "last_closed"];

    /// What a query for these rows selects of `opportunity`, called `s`. Units and their parts
    /// are summed apart: a sum of millionths alone could outgrow its type.
    pub(crate) const SELECT: &str = "s.account_id, s.state, s.currency, COUNT(*) AS count, \
         SUM(s.amount_micros / 1000000) AS units, SUM(s.amount_micros % 1000000) AS micros, \
         MAX(s.closed_at) AS last_closed";

    /// How such a query ends.
    pub(crate) const GROUP: &str = "GROUP BY s.account_id, s.state, s.currency";

    fn add_to(self, totals: &mut OpportunityTotals) -> Result<(), StoreError> {
        match state_of(self.state)? {
            OpportunityState::Open => totals.open += self.count,
            OpportunityState::Lost => totals.lost += self.count,
            OpportunityState::Won => {
                totals.won += self.count;
                totals.last_won_at =
                    totals.last_won_at.max(self.last_closed.map(Timestamp::from_micros));
                if let (Some(units), Some(micros)) = (self.units, self.micros) {
                    let sum = i128::from(units) * MICROS + i128::from(micros);
                    totals.add_amount(Amount {
                        micros: i64::try_from(sum).unwrap_or(i64::MAX),
                        currency: currency_of(&self.currency)?,
                    });
                }
            }
        }
        Ok(())
    }
}

/// Rows of one account as its totals.
pub(crate) fn totals_of(rows: Vec<TotalsRow>) -> Result<OpportunityTotals, StoreError> {
    let mut totals = OpportunityTotals::default();
    rows.into_iter().try_for_each(|row| row.add_to(&mut totals))?;
    Ok(totals)
}

impl View {
    /// Which of some accounts have bought: an opportunity of theirs was won.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn accounts_that_bought(
        &self,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeSet<AccountId>, StoreError> {
        let rows = Rows::ids("account_id", accounts.into_iter().map(AccountId::into_string));
        let sql = format!(
            "SELECT r.account_id FROM {{rows}} AS r WHERE EXISTS (SELECT 1 FROM opportunity AS s \
             WHERE s.workspace_id = {} AND s.account_id <> '' AND s.account_id = r.account_id \
             AND s.state = {})",
            self.workspace,
            state_number(OpportunityState::Won)
        );
        let mut bought = BTreeSet::new();
        for row in rows.query(&self.db(), &sql).await? {
            let id: String = row.try_get_by_index(0)?;
            bought.insert(
                AccountId::new(id).map_err(|found| StoreError::corrupt("opportunity", found))?,
            );
        }
        Ok(bought)
    }

    /// What the opportunities of leads say, as far as they have any: their states, whichever of
    /// merged leads they name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn opportunity_states_of_leads(
        &self,
        leads: impl IntoIterator<Item = LeadId>,
    ) -> Result<BTreeMap<LeadId, Vec<OpportunityState>>, StoreError> {
        let names = self.names_of(leads).await?;
        let sql = format!(
            "SELECT r.lead_id, o.state FROM {{rows}} AS r \
             CROSS JOIN opportunity_person AS p CROSS JOIN opportunity AS o \
             WHERE p.workspace_id = {workspace} AND p.lead_id = r.lead_id \
             AND o.workspace_id = {workspace} AND o.opportunity_id = p.opportunity_id",
            workspace = self.workspace
        );
        let mut states: BTreeMap<LeadId, Vec<OpportunityState>> = BTreeMap::new();
        for row in names.rows().query(&self.db(), &sql).await? {
            let lead = names.of(&row, "opportunity_person")?;
            states.entry(lead).or_default().push(state_of(row.try_get_by_index(1)?)?);
        }
        Ok(states)
    }

    /// The opportunities of some accounts, counted; accounts without any are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn opportunity_totals(
        &self,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<AccountId, OpportunityTotals>, StoreError> {
        let backend = self.db().get_database_backend();
        let Some(found) = self.of_accounts(accounts, "s.*") else { return Ok(BTreeMap::new()) };
        let query =
            format!("SELECT {} FROM ({}) AS s {}", TotalsRow::SELECT, found.sql, TotalsRow::GROUP);
        let row = document::array(backend, TotalsRow::COLUMNS);
        let sql = format!("SELECT {}", document::expression(backend, &row, &query));
        let mut totals: BTreeMap<AccountId, OpportunityTotals> = BTreeMap::new();
        if let Some(row) = self.db().query_one_raw(Statement { sql, ..found }).await? {
            let rows: Vec<TotalsRow> = document::parse(&row.try_get_by_index::<String>(0)?)?;
            for row in rows {
                let account = account_of(&row.account_id)?;
                row.add_to(totals.entry(account).or_default())?;
            }
        }
        Ok(totals)
    }

    /// What became of the opportunities of some accounts, in the order of their ids; accounts
    /// without any are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn outcomes(
        &self,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeMap<AccountId, Vec<Outcome>>, StoreError> {
        let columns = "s.account_id, s.opportunity_id, s.state, s.opened_at, s.closed_at";
        let Some(mut found) = self.of_accounts(accounts, columns) else {
            return Ok(BTreeMap::new());
        };
        found.sql.push_str(" ORDER BY s.account_id, s.opportunity_id");
        let mut outcomes: BTreeMap<AccountId, Vec<Outcome>> = BTreeMap::new();
        for row in self.db().query_all_raw(found).await? {
            let account = account_of(&row.try_get_by_index::<String>(0)?)?;
            let moment = |value: Option<i64>| value.map(Timestamp::from_micros);
            outcomes.entry(account).or_default().push(Outcome {
                state: state_of(row.try_get_by_index(2)?)?,
                opened_at: moment(row.try_get_by_index(3)?),
                closed_at: moment(row.try_get_by_index(4)?),
            });
        }
        Ok(outcomes)
    }

    /// A query for the opportunities of some accounts; `None` when there are no accounts.
    fn of_accounts(
        &self,
        accounts: impl IntoIterator<Item = AccountId>,
        columns: &str,
    ) -> Option<Statement> {
        let accounts: Vec<String> = accounts.into_iter().map(AccountId::into_string).collect();
        if accounts.is_empty() {
            return None;
        }
        // Repeats the condition of the index, without which it is not used.
        let condition = format!(
            "s.workspace_id = {} AND s.account_id <> '' AND s.account_id = r.account_id",
            self.workspace
        );
        let rows = Rows::ids("account_id", accounts);
        Some(rows.into_look_up(&self.db(), columns, "opportunity", &condition))
    }
}

fn account_of(id: &str) -> Result<AccountId, StoreError> {
    AccountId::new(id).map_err(|found| StoreError::corrupt("opportunity", found))
}
