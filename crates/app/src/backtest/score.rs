//! One number for an account at a moment.

use abm_core::assess::Assessment;
use abm_core::tier::Tier;

use super::BacktestScore;

impl BacktestScore {
    /// The number; more is better.
    pub(super) fn of(self, found: &Assessment) -> u32 {
        match self {
            Self::Engagement => found.engagement.into(),
            Self::Fit => found.fit.score.into(),
            Self::Rank => rank(found.priority, found.tier, found.engagement, found.fit.score),
        }
    }
}

/// The order of ranked lists as a number that can be read: for priority accounts 4 million, for
/// tiers 3, 2 and 1 million from the best down, 1,000 for each point of engagement, 1 for each of
/// fit.
fn rank(priority: bool, tier: Option<Tier>, engagement: u8, fit: u8) -> u32 {
    let tier = tier.map_or(0, |tier| 4 - u32::from(tier.number()));
    let place = tier + if priority { 4 } else { 0 };
    place * 1_000_000 + u32::from(engagement) * 1_000 + u32::from(fit)
}

#[cfg(test)]
mod tests {
    use abm_core::AccountId;
    use abm_store::AccountScores;

    use super::*;
    use crate::fold::unassessed;

    #[test]
    fn ranks_stand_in_the_order_of_lists() {
        let mut ranked = Vec::new();
        for priority in [true, false] {
            for tier in [None, Some(Tier::One), Some(Tier::Two), Some(Tier::Three)] {
                for engagement in [0, 1, 50, 99, 100] {
                    for fit in [0, 1, 99, 100] {
                        let mut state = unassessed(&AccountId::new("a").unwrap());
                        (state.priority, state.tier) = (priority, tier);
                        (state.engagement, state.fit) = (engagement, fit);
                        let place = AccountScores::from(state).rank();
                        ranked.push((place, rank(priority, tier, engagement, fit)));
                    }
                }
            }
        }
        ranked.sort_unstable();
        // The first in a list has the highest number, and no two places share one.
        assert!(ranked.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1));
    }
}
