//! The place of accounts in lists: one integer, the smallest first.

use abm_core::tier::Tier;

use crate::state::tier_number;

/// How many ranks a tier has: all pairs of engagement and fit.
const RANKS_OF_TIER: i64 = 101 * 101;

/// Ranks below this are those of priority accounts.
pub const RANK_PRIORITY_END: i64 = 4 * RANKS_OF_TIER;

/// Priority accounts before others, then by tier, engagement and fit.
pub(crate) fn rank(priority: bool, tier: Option<Tier>, engagement: u8, fit: u8) -> i64 {
    let (first, _) = ranks_of(priority, tier);
    first + (100 - i64::from(engagement)) * 101 + (100 - i64::from(fit))
}

/// The first rank of a tier, inside or outside priority, and the first one after it.
pub(crate) fn ranks_of(priority: bool, tier: Option<Tier>) -> (i64, i64) {
    let outside = if priority { 0 } else { 4 };
    let first = (outside + i64::from(tier_number(tier)) - 1) * RANKS_OF_TIER;
    (first, first + RANKS_OF_TIER)
}
