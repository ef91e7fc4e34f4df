//! What names leads and accounts: pointed to the survivor by a merge, and back by a split.

use std::collections::BTreeSet;

use abm_core::{AccountId, LeadId, OpportunityId};

use super::Mergeable;
use crate::{StoreError, WriteTx};

/// A column that names a record.
#[derive(Debug)]
pub struct Reference {
    table: &'static str,
    column: &'static str,
    /// The column of what was sent, where that is another one.
    sent: &'static str,
    /// The condition of the index on the column, which is repeated where it is to be used.
    indexed: &'static str,
}

/// What is named by columns of other records.
pub trait Referred {
    /// The columns.
    const REFERENCES: &'static [Reference];
}

impl Referred for LeadId {
    const REFERENCES: &'static [Reference] = &[Reference {
        table: "activity",
        column: "lead_id",
        sent: "sent_lead_id",
        indexed: "lead_id <> ''",
    }];
}

const PARENT: Reference = Reference {
    table: "account",
    column: "parent_account_id",
    sent: "sent_parent_id",
    indexed: "parent_account_id IS NOT NULL",
};

const BUYER: Reference = Reference {
    table: "opportunity",
    column: "account_id",
    sent: "sent_account_id",
    indexed: "account_id <> ''",
};

const HANDED_OVER: Reference = Reference {
    table: "handoff",
    column: "account_id",
    sent: "sent_account_id",
    indexed: "account_id <> ''",
};

/// An account beside a lead in an activity is no reference: it is a hint of the lead's, which is
/// looked up where leads are matched.
const VISITED: Reference = Reference {
    table: "activity",
    column: "account_id",
    sent: "sent_account_id",
    indexed: "lead_id = ''",
};

impl Referred for AccountId {
    const REFERENCES: &'static [Reference] = &[PARENT, BUYER, HANDED_OVER, VISITED];
}

impl WriteTx {
    /// Points what names some records to their survivor.
    pub(super) async fn point_to_survivor<Id: Mergeable + Referred>(
        &self,
        survivor: &Id,
        others: &BTreeSet<Id>,
    ) -> Result<(), StoreError> {
        let workspace = self.workspace;
        for Reference { table, column, sent, indexed } in Id::REFERENCES {
            let survivor_number = self.number(1);
            let (others, list) = self.one_of(column, 2, others);
            let sql = format!(
                "UPDATE {table} SET {sent} = COALESCE({sent}, {column}), \
                 {column} = {survivor_number} \
                 WHERE workspace_id = {workspace} AND {indexed} AND {others}"
            );
            self.execute(&sql, [survivor.to_string().into(), list]).await?;
        }
        Ok(())
    }

    /// Points what was sent for some records, and counts for `survivor`, to the first of them.
    pub(super) async fn point_back<Id: Mergeable + Referred>(
        &self,
        first: &Id,
        all: &BTreeSet<Id>,
        survivor: &Id,
    ) -> Result<(), StoreError> {
        let workspace = self.workspace;
        for Reference { table, column, sent, indexed } in Id::REFERENCES {
            let (first_number, survivor_number) = (self.number(1), self.number(2));
            let (all, list) = self.one_of(sent, 3, all);
            let sql = format!(
                "UPDATE {table} SET {column} = {first_number}, \
                 {sent} = NULLIF({sent}, {first_number}) WHERE workspace_id = {workspace} \
                 AND {indexed} AND {column} = {survivor_number} AND {all}"
            );
            let values = [first.to_string().into(), survivor.to_string().into(), list];
            self.execute(&sql, values).await?;
        }
        Ok(())
    }

    /// Points the parents of accounts that were just stored to whom they count for.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn point_parents<'a>(
        &self,
        accounts: impl IntoIterator<Item = &'a AccountId>,
    ) -> Result<(), StoreError> {
        self.point_new(&PARENT, "account_id", accounts).await
    }

    /// Points the accounts of opportunities that were just stored to whom they count for.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn point_opportunities<'a>(
        &self,
        opportunities: impl IntoIterator<Item = &'a OpportunityId>,
    ) -> Result<(), StoreError> {
        self.point_new(&BUYER, "opportunity_id", opportunities).await
    }

    async fn point_new(
        &self,
        of: &Reference,
        key: &str,
        ids: impl IntoIterator<Item = impl ToString>,
    ) -> Result<(), StoreError> {
        let (Reference { table, column, sent, .. }, workspace) = (of, self.workspace);
        let survivor = format!(
            "(SELECT s.survivor_id FROM account_alias AS s WHERE s.workspace_id = {workspace} \
             AND s.account_id = {table}.{column})"
        );
        let (new, list) = self.one_of(key, 1, ids);
        let sql = format!(
            "UPDATE {table} SET {sent} = {column}, {column} = {survivor} \
             WHERE workspace_id = {workspace} AND {new} AND {survivor} IS NOT NULL"
        );
        self.execute(&sql, [list]).await?;
        Ok(())
    }
}
