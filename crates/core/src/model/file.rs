//! The model file: YAML as people write it. Fields that are left out have the defaults given
//! here; fields that do not exist are refused.

#[cfg(any(test, feature = "proptest"))]
mod any;
mod bars;
mod pattern;
mod people;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::phase::{Phase, Shows};
use crate::rollup::Operator;
use crate::{BuyingRole, Seniority};

#[cfg(any(test, feature = "proptest"))]
pub use any::any_file;
pub use bars::{BarFile, CapacityFile, MqlFile, PhasesFile, SegmentFile, TierFile};
pub use pattern::{PartFile, PatternFile, VisitSpanFile, VisitsFile};
pub use people::{TitleRuleFile, TitlesFile};

/// A whole model file.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// Name of the model, for people.
    pub name: String,
    /// Figures that hold for all signals.
    #[serde(default)]
    pub engagement: EngagementFile,
    /// Caps shared by several signals, by name.
    #[serde(default)]
    pub groups: BTreeMap<String, GroupFile>,
    /// What activities mean; the first that matches takes the activity.
    #[serde(default)]
    pub signals: Vec<SignalFile>,
    /// What several activities together mean.
    #[serde(default)]
    pub patterns: Vec<PatternFile>,
    /// What a visit is.
    #[serde(default)]
    pub visits: VisitsFile,
    /// What titles tell.
    #[serde(default)]
    pub titles: TitlesFile,
    /// Rules of a person's fit.
    #[serde(default)]
    pub lead_fit: Vec<FitRuleFile>,
    /// Rules of an account's fit.
    #[serde(default)]
    pub account_fit: AccountFitFile,
    /// Rules that exclude accounts from priority.
    #[serde(default)]
    pub exclusions: Vec<ExclusionFile>,
    /// Rules that keep people out of their account's scores.
    #[serde(default)]
    pub lead_exclusions: Vec<ExclusionFile>,
    /// From people to accounts.
    #[serde(default)]
    pub rollup: RollupFile,
    /// Letters and digits of labels.
    #[serde(default)]
    pub grades: GradesFile,
    /// Tiers, best first.
    #[serde(default)]
    pub tiers: Vec<TierFile>,
    /// The tiers that make a priority account.
    #[serde(default)]
    pub priority_tiers: Vec<u8>,
    /// Days that a tier is kept after its bar was last met, 0 to 365.
    #[serde(default = "ModelFile::hold_days")]
    pub hold_days: f64,
    /// The bar of a marketing qualified account.
    #[serde(default)]
    pub mqa: Option<BarFile>,
    /// The bar of a marketing qualified lead.
    #[serde(default)]
    pub mql: Option<MqlFile>,
    /// Other bars for some of the accounts; the first that matches holds.
    #[serde(default)]
    pub segments: Vec<SegmentFile>,
    /// What it takes to be in a phase of a purchase.
    #[serde(default)]
    pub phases: PhasesFile,
    /// What the team can work.
    #[serde(default)]
    pub capacity: CapacityFile,
}

impl ModelFile {
    /// Days that a tier is kept where a file does not say so.
    pub const HOLD_DAYS: f64 = 14.0;

    const fn hold_days() -> f64 {
        Self::HOLD_DAYS
    }
}

const fn interest() -> Shows {
    Shows::Interest
}

/// Figures that hold for all signals.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct EngagementFile {
    /// Days after which an activity is worth half.
    pub half_life_days: f64,
    /// Activities of one signal that count in a UTC day, 1 to 100.
    pub daily_cap: usize,
    /// Raw points at which a person's engagement is 50.
    pub half_points: f64,
    /// Days after which an activity counts nothing.
    pub look_back_days: f64,
    /// Engagement from which a person counts as engaged, 0 to 100.
    pub engaged_floor: i64,
}

impl Default for EngagementFile {
    fn default() -> Self {
        Self {
            half_life_days: 30.0,
            daily_cap: 20,
            half_points: 40.0,
            look_back_days: 1_095.0,
            engaged_floor: 20,
        }
    }
}

/// A cap that several signals share.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GroupFile {
    /// The most raw points the group's signals give together.
    pub cap: f64,
}

/// One signal.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignalFile {
    /// Its name; unique.
    pub name: String,
    /// Which activities it is, as a CEL expression over `activity`.
    pub when: String,
    /// Points of one activity when it happens.
    #[serde(default)]
    pub points: f64,
    /// Half-life of its own.
    pub half_life_days: Option<f64>,
    /// Daily cap of its own.
    pub daily_cap: Option<usize>,
    /// The group it belongs to.
    pub group: Option<String>,
    /// Whether its activities count nothing.
    #[serde(default)]
    pub ignore: bool,
    /// Whether the person asks to be called.
    #[serde(default)]
    pub hand_raiser: bool,
    /// What it shows of the person.
    #[serde(default = "interest")]
    pub shows: Shows,
    /// The phase of a purchase that it stands for.
    pub phase: Option<Phase>,
}

/// One rule of fit.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FitRuleFile {
    /// Its name; unique in its list.
    pub name: String,
    /// When it applies, as a CEL expression over `account`, for people also `lead`.
    pub when: String,
    /// Points of fit, -100 to 100.
    pub points: i32,
}

/// An account's fit.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountFitFile {
    /// Firmographic rules.
    pub rules: Vec<FitRuleFile>,
    /// Share of people fit in the whole, 0 to 100.
    pub people_percent: i64,
    /// How many best-fitting people make people fit.
    pub top_people: usize,
    /// Share of role coverage in people fit, 0 to 100.
    pub roles_percent: i64,
    /// Buying roles that should be known at an account.
    pub required_roles: Vec<BuyingRole>,
}

impl Default for AccountFitFile {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            people_percent: 30,
            top_people: 3,
            roles_percent: 0,
            required_roles: Vec::new(),
        }
    }
}

/// A rule that excludes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExclusionFile {
    /// The reason shown.
    pub name: String,
    /// When it applies, as a CEL expression over `account`, for people also `lead`.
    pub when: String,
}

/// From people to accounts. Without weights everybody counts 100 percent.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct RollupFile {
    /// How people's engagement is put together.
    pub operator: Operator,
    /// Weighted engagement points at which an account's engagement is 50.
    pub half_points: f64,
    /// How many people `top_k_mean` looks at.
    pub top: usize,
    /// Weight by seniority, in percent; 100 where not given.
    pub seniority_percent: BTreeMap<Seniority, u32>,
    /// Weight by buying role, in percent, on top of seniority; 100 where not given.
    pub buying_role_percent: BTreeMap<BuyingRole, u32>,
    /// Weight of the account's unknown visitor, in percent.
    pub unknown_visitor_percent: u32,
}

impl Default for RollupFile {
    fn default() -> Self {
        Self {
            operator: Operator::SaturatingSum,
            half_points: 100.0,
            top: 3,
            seniority_percent: BTreeMap::new(),
            buying_role_percent: BTreeMap::new(),
            unknown_visitor_percent: 100,
        }
    }
}

/// The bars of labels.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct GradesFile {
    /// Letters of fit.
    pub fit: FitGradesFile,
    /// Digits of engagement.
    pub engagement: EngagementGradesFile,
}

/// From which fit a letter is given; below `c` it is D.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FitGradesFile {
    /// From here A.
    pub a: i64,
    /// From here B.
    pub b: i64,
    /// From here C.
    pub c: i64,
}

impl Default for FitGradesFile {
    fn default() -> Self {
        Self { a: 75, b: 50, c: 25 }
    }
}

/// From which engagement a digit is given; below `medium` it is 3.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EngagementGradesFile {
    /// From here 1.
    pub high: i64,
    /// From here 2.
    pub medium: i64,
}

impl Default for EngagementGradesFile {
    fn default() -> Self {
        Self { high: 60, medium: 25 }
    }
}
