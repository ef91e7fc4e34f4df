//! Which accounts claim which domains.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::AccountId;
use abm_core::domain::Domain;
use sea_orm::ConnectionTrait;

use crate::bulk::{Column, Rows};
use crate::{StoreError, View, WriteTx};

/// An account's claim of a domain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// The domain.
    pub domain: String,
    /// Who claims it.
    pub account: AccountId,
}

impl View {
    /// For each of these domains that is claimed, the account it is matched to: of several
    /// that claim it the one with the smallest id, so that the order of arrival does not
    /// matter.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claims(
        &self,
        domains: BTreeSet<String>,
    ) -> Result<BTreeMap<String, AccountId>, StoreError> {
        if domains.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut claims: BTreeMap<String, AccountId> = BTreeMap::new();
        for Claim { domain, account } in
            self.claims_where(Rows::ids("domain", domains), "s.domain = r.domain").await?
        {
            // They come in the order of domain and account.
            claims.entry(domain).or_insert(account);
        }
        Ok(claims)
    }

    /// The claims of some accounts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claims_of(
        &self,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<BTreeSet<Claim>, StoreError> {
        let ids = Rows::ids("account_id", accounts.into_iter().map(AccountId::into_string));
        self.claims_where(ids, "s.account_id = r.account_id").await
    }

    async fn claims_where(&self, rows: Rows, same: &str) -> Result<BTreeSet<Claim>, StoreError> {
        let condition = format!("s.workspace_id = {} AND {same}", self.workspace);
        let columns = "s.domain, s.account_id";
        let query = rows.into_look_up(&self.db(), columns, "account_domain", &condition);
        let mut claims = BTreeSet::new();
        for row in self.db().query_all_raw(query).await? {
            let account: String = row.try_get_by_index(1)?;
            let account = AccountId::new(account)
                .map_err(|found| StoreError::corrupt("account_domain", found))?;
            claims.insert(Claim { domain: row.try_get_by_index(0)?, account });
        }
        Ok(claims)
    }
}

impl WriteTx {
    /// Adds claims.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_claims<'a>(
        &self,
        claims: impl Iterator<Item = &'a Claim>,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO account_domain (workspace_id, {names}) \
                   SELECT {ws}, * FROM {rows} AS r WHERE true ON CONFLICT DO NOTHING";
        self.change_claims(claims, sql).await
    }

    /// Gives claims up.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remove_claims<'a>(
        &self,
        claims: impl Iterator<Item = &'a Claim>,
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM account_domain WHERE workspace_id = {ws} \
                   AND (domain, account_id) IN (SELECT domain, account_id FROM {rows} AS r)";
        self.change_claims(claims, sql).await
    }

    async fn change_claims<'a>(
        &self,
        claims: impl Iterator<Item = &'a Claim>,
        sql: &str,
    ) -> Result<(), StoreError> {
        let (domains, accounts): (Vec<String>, Vec<String>) =
            claims.map(|claim| (claim.domain.clone(), claim.account.to_string())).unzip();
        if domains.is_empty() {
            return Ok(());
        }
        let rows =
            Rows::new(vec![Column::Text("domain", domains), Column::Text("account_id", accounts)]);
        let sql = sql.replace("{ws}", &self.workspace.to_string());
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }
}

impl Claim {
    /// The claims of an account.
    pub fn of<'a>(
        account: &'a AccountId,
        domains: &'a [Domain],
    ) -> impl Iterator<Item = Self> + 'a {
        domains.iter().map(|domain| Self { domain: domain.to_string(), account: account.clone() })
    }
}
