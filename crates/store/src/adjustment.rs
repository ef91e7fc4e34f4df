//! What people corrected by hand: who, when and why.

use abm_core::Timestamp;
use sea_orm::ConnectionTrait;

use crate::bulk::{Column as Bulk, Rows};
use crate::{Mergeable, StoreError, View, WriteTx};

/// What a person corrected of a lead or an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// Of which.
    pub id: String,
    /// What.
    pub what: Adjusted,
    /// The record it was merged into or split off, the account, the parent or the buying role;
    /// empty for none.
    pub value: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// What can be corrected by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjusted {
    /// It was merged into another one.
    Merge,
    /// It was split off again.
    Split,
    /// The account that a lead belongs to.
    Account,
    /// The account that an account belongs to.
    Parent,
    /// The part that a lead plays in a purchase.
    BuyingRole,
}

impl Adjusted {
    const ALL: [Self; 5] =
        [Self::Merge, Self::Split, Self::Account, Self::Parent, Self::BuyingRole];

    const fn name(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Split => "split",
            Self::Account => "account",
            Self::Parent => "parent",
            Self::BuyingRole => "buying_role",
        }
    }
}

impl View {
    /// What was corrected of a record, or merged into it and split off again, the latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn adjustments<Id: Mergeable>(
        &self,
        id: &Id,
        limit: u64,
    ) -> Result<Vec<Adjustment>, StoreError> {
        // Each part by its index; whatever is the latest of both is the latest of one.
        let part = |by: &str| {
            format!(
                "SELECT * FROM (SELECT * FROM adjustment WHERE workspace_id = {} AND kind = '{}' \
                 AND {by} ORDER BY seq DESC LIMIT {limit}) AS part",
                self.workspace,
                Id::KIND
            )
        };
        let number = self.number(1);
        let own = part(&format!("record_id = {number}"));
        let others = part(&format!("value = {number} AND what IN ('merge', 'split')"));
        let sql = format!(
            "SELECT record_id, what, value, made_at, made_by, reason \
             FROM ({own} UNION ALL {others}) AS a ORDER BY seq DESC LIMIT {limit}"
        );
        let rows = self.db().query_all_raw(self.statement(&sql, [id.to_string().into()])).await?;
        let adjustments = rows.iter().map(|row| {
            let what: String = row.try_get_by_index(1)?;
            let found = Adjusted::ALL.into_iter().find(|known| known.name() == what);
            Ok(Adjustment {
                id: row.try_get_by_index(0)?,
                what: found.ok_or_else(|| StoreError::corrupt("adjustment", what))?,
                value: row.try_get_by_index(2)?,
                at: Timestamp::from_micros(row.try_get_by_index(3)?),
                by: row.try_get_by_index(4)?,
                reason: row.try_get_by_index(5)?,
            })
        });
        adjustments.collect()
    }
}

impl WriteTx {
    /// Adds what was corrected, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_adjustments<Id: Mergeable>(
        &self,
        adjustments: &[Adjustment],
    ) -> Result<(), StoreError> {
        if adjustments.is_empty() {
            return Ok(());
        }
        let text = |get: fn(&Adjustment) -> &str| {
            adjustments.iter().map(|adjustment| get(adjustment).to_owned()).collect()
        };
        let rows = Rows::new(vec![
            Bulk::Text("record_id", text(|a| &a.id)),
            Bulk::Text("what", text(|a| a.what.name())),
            Bulk::Text("value", text(|a| &a.value)),
            Bulk::Int("made_at", adjustments.iter().map(|a| a.at.micros()).collect()),
            Bulk::Text("made_by", text(|a| &a.by)),
            Bulk::Text("reason", text(|a| &a.reason)),
        ]);
        let sql = format!(
            "INSERT INTO adjustment (workspace_id, kind, {{names}}) \
             SELECT {}, '{}', * FROM {{rows}} AS r",
            self.workspace,
            Id::KIND
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }
}
