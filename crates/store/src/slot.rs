//! The two slots of scores: the live one, which everybody reads, and the standby one, which is
//! filled while another version of the model comes into force.
//!
//! A score is found under its slot, so that to put a version in force is to change one row.

use sea_orm::sea_query::{Expr, SimpleExpr};

use crate::View;

/// One of the two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slot {
    /// The one that a workspace begins with.
    #[default]
    First,
    /// The other.
    Second,
}

impl Slot {
    /// Where people without an account are kept, whichever slot is live: they have a ledger and
    /// no scores that are stored.
    pub(crate) const OF_PEOPLE_WITHOUT_ACCOUNT: Self = Self::First;

    pub(crate) const fn from_number(number: i16) -> Self {
        if number == 0 { Self::First } else { Self::Second }
    }

    pub(crate) const fn number(self) -> i16 {
        match self {
            Self::First => 0,
            Self::Second => 1,
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

impl View {
    /// An expression for the number of the live slot: within a statement it cannot change.
    pub(crate) fn live_slot(&self) -> String {
        match self.live {
            Some(slot) => slot.number().to_string(),
            None => {
                format!("(SELECT slot FROM workspace WHERE workspace_id = {})", self.workspace)
            }
        }
    }

    /// An expression for the number of the slot of somebody whose account is `account`.
    pub(crate) fn slot_of(&self, account: &str) -> String {
        let alone = Slot::OF_PEOPLE_WITHOUT_ACCOUNT.number();
        format!("CASE WHEN {account} = '' THEN {alone} ELSE {} END", self.live_slot())
    }

    /// The condition that a row is in the live slot.
    pub(crate) fn is_live(&self) -> SimpleExpr {
        Expr::cust(format!("slot = {}", self.live_slot()))
    }
}
