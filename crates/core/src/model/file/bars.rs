//! What must be reached, as people write it.

use serde::{Deserialize, Serialize};

use crate::BuyingRole;

/// One tier.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TierFile {
    /// 1, 2 or 3.
    pub tier: u8,
    /// Least fit.
    #[serde(default)]
    pub fit: i64,
    /// Least engagement.
    #[serde(default)]
    pub engagement: i64,
    /// Least number of engaged people.
    #[serde(default)]
    pub engaged_people: u32,
    /// Buying roles that engaged people must fill.
    #[serde(default)]
    pub roles: Vec<BuyingRole>,
}

/// What must be reached; what is left out is not asked for.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BarFile {
    /// Least fit.
    #[serde(default)]
    pub fit: i64,
    /// Least engagement.
    #[serde(default)]
    pub engagement: i64,
    /// Least number of engaged people.
    #[serde(default)]
    pub engaged_people: u32,
    /// Buying roles that engaged people must fill.
    #[serde(default)]
    pub roles: Vec<BuyingRole>,
}

/// What a person must reach; what is left out is not asked for.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MqlFile {
    /// Least fit.
    #[serde(default)]
    pub fit: i64,
    /// Least engagement.
    #[serde(default)]
    pub engagement: i64,
}

/// Bars for some of the accounts. What is left out is as for all accounts.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentFile {
    /// Its name; unique.
    pub name: String,
    /// Which accounts belong to it, as a CEL expression over `account`.
    pub when: String,
    /// Tiers, best first.
    pub tiers: Option<Vec<TierFile>>,
    /// The tiers that make a priority account.
    pub priority_tiers: Option<Vec<u8>>,
    /// The bar of a marketing qualified account.
    pub mqa: Option<BarFile>,
    /// The bar of a marketing qualified lead.
    pub mql: Option<MqlFile>,
}

/// What it takes to be in a phase of a purchase.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PhasesFile {
    /// Days that are looked back over.
    pub days: f64,
    /// Least number of activities and patterns of the phase in that time.
    pub activities: usize,
}

impl Default for PhasesFile {
    fn default() -> Self {
        Self { days: 30.0, activities: 1 }
    }
}

/// What the team can work. Lists and simulations look at it, scores do not.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CapacityFile {
    /// Priority accounts at a time.
    pub priority_accounts: Option<u32>,
    /// New leads in a week.
    pub leads_per_week: Option<u32>,
}
