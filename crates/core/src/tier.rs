//! Tiers, the bar of a marketing qualified account, and the hold that keeps them from
//! flickering.

use crate::BuyingRole;

/// How much effort an account is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// The best.
    One,
    /// The second.
    Two,
    /// The third.
    Three,
}

impl Tier {
    /// The tier of a number from 1 to 3.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            3 => Some(Self::Three),
            _ => None,
        }
    }

    /// 1 to 3.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
        }
    }
}

/// What an account must reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Least fit.
    pub fit: u8,
    /// Least engagement.
    pub engagement: u8,
    /// Least number of engaged people.
    pub engaged_people: u32,
    /// Buying roles that engaged people must fill.
    pub roles: Vec<BuyingRole>,
}

/// The bar of one tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierBar {
    /// Which tier.
    pub tier: Tier,
    /// What it takes.
    pub bar: Bar,
}

/// The tiers and bars of a model, for all accounts or for those of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers {
    /// Best first.
    pub bars: Vec<TierBar>,
    /// The tiers that make a priority account.
    pub priority: Vec<Tier>,
    /// Seconds that a tier is kept after its bar was last met.
    pub hold_secs: i64,
    /// The bar of a marketing qualified account; `None` when the model knows none.
    pub mqa: Option<Bar>,
    /// The bar of a marketing qualified lead; `None` when the model knows none.
    pub mql: Option<MqlBar>,
}

/// What a person must reach to be a marketing qualified lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MqlBar {
    /// Least fit.
    pub fit: u8,
    /// Least engagement.
    pub engagement: u8,
}

/// What an account shows at one moment, as bars look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Account fit.
    pub fit: u8,
    /// Account engagement.
    pub engagement: u8,
    /// People at or above the engaged floor.
    pub engaged_people: u32,
    /// Buying roles that engaged people fill.
    pub roles: Vec<BuyingRole>,
}

impl Bar {
    /// Whether an account that shows this meets the bar.
    #[must_use]
    pub fn is_met_by(&self, standing: &Standing) -> bool {
        standing.fit >= self.fit
            && standing.engagement >= self.engagement
            && standing.engaged_people >= self.engaged_people
            && self.roles.iter().all(|role| standing.roles.contains(role))
    }
}
