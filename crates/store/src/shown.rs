//! What is shown of an account's scores: what is stored, without what only scoring needs.

use abm_core::tier::Tier;
use abm_core::{AccountId, Phase};
use serde::Deserialize;

use crate::rank::rank;
use crate::state::{phase_of, score_of, tier_of};
use crate::{AccountState, StoreError};

/// The scores of an account as they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountScores {
    /// Whose.
    pub id: AccountId,
    /// The model version it was assessed under; 0 before the first assessment.
    pub model_version: u64,
    /// 0 to 100.
    pub engagement: u8,
    /// 0 to 100.
    pub fit: u8,
    /// How much of what the fit rules ask was known, 0 to 100 percent.
    pub fit_coverage: u8,
    /// Why it is excluded from priority; `None` when it is not.
    pub exclusion: Option<String>,
    /// The tier it is in.
    pub tier: Option<Tier>,
    /// The second in which a tier that is only held ends, unless its bar is met again before.
    pub held_until: Option<i64>,
    /// Whether it is a marketing qualified account.
    pub mqa: bool,
    /// Whether it is a priority account.
    pub priority: bool,
    /// The phase of a purchase it is in.
    pub phase: Option<Phase>,
    /// The segment of the model whose bars hold for it; `None` when those of all accounts do.
    pub segment: Option<String>,
    /// People at or above the engaged floor.
    pub engaged_people: u32,
    /// People in all.
    pub people: u32,
    /// The second of the latest activity.
    pub last_activity: Option<i64>,
    /// The second it was assessed at.
    pub assessed_at: i64,
    /// The first second in which any of this can be different.
    pub changes_at: Option<i64>,
}

impl AccountScores {
    /// The place in lists, the smallest first.
    #[must_use]
    pub fn rank(&self) -> i64 {
        rank(self.priority, self.tier, self.engagement, self.fit)
    }
}

impl From<AccountState> for AccountScores {
    fn from(state: AccountState) -> Self {
        Self {
            id: state.id,
            model_version: state.model_version,
            engagement: state.engagement,
            fit: state.fit,
            fit_coverage: state.rules.fit.coverage,
            exclusion: state.rules.exclusion,
            tier: state.tier,
            held_until: state.held_until,
            mqa: state.mqa,
            priority: state.priority,
            phase: state.phase,
            segment: state.rules.segment,
            engaged_people: state.engaged_people,
            people: state.people,
            last_activity: state.last_activity,
            assessed_at: state.assessed_at,
            changes_at: state.changes_at,
        }
    }
}

/// The columns of [`ScoresRow`], in its order.
pub(crate) const COLUMNS: &[&str] = &[
    "account_id",
    "model_version",
    "engagement",
    "fit",
    "rules_coverage",
    "exclusion",
    "tier",
    "held_until_secs",
    "mqa",
    "priority",
    "engaged_people",
    "people",
    "last_activity_secs",
    "assessed_secs",
    "changes_secs",
    "segment",
    "phase",
];

/// A row of a document.
#[derive(Debug, Deserialize)]
pub(crate) struct ScoresRow {
    account_id: String,
    model_version: u64,
    engagement: i16,
    fit: i16,
    rules_coverage: i16,
    exclusion: Option<String>,
    tier: i16,
    held_until_secs: Option<i64>,
    #[serde(deserialize_with = "crate::document::flag")]
    mqa: bool,
    #[serde(deserialize_with = "crate::document::flag")]
    priority: bool,
    engaged_people: u32,
    people: u32,
    last_activity_secs: Option<i64>,
    assessed_secs: i64,
    changes_secs: Option<i64>,
    segment: Option<String>,
    phase: i16,
}

impl TryFrom<ScoresRow> for AccountScores {
    type Error = StoreError;

    fn try_from(row: ScoresRow) -> Result<Self, StoreError> {
        const TABLE: &str = "account_state";
        Ok(Self {
            id: AccountId::new(row.account_id)
                .map_err(|found| StoreError::corrupt(TABLE, found))?,
            model_version: row.model_version,
            engagement: score_of(TABLE, row.engagement)?,
            fit: score_of(TABLE, row.fit)?,
            fit_coverage: score_of(TABLE, row.rules_coverage)?,
            exclusion: row.exclusion,
            tier: tier_of(row.tier),
            held_until: row.held_until_secs,
            mqa: row.mqa,
            priority: row.priority,
            phase: phase_of(row.phase),
            segment: row.segment,
            engaged_people: row.engaged_people,
            people: row.people,
            last_activity: row.last_activity_secs,
            assessed_at: row.assessed_secs,
            changes_at: row.changes_secs,
        })
    }
}
