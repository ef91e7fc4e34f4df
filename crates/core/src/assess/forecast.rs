//! What silence does to an account.

use super::{AccountRules, Assessment, Crowd, Person, account_fit, hold};
use crate::Model;
use crate::ledger::Ledger;
use crate::tier::Tier;

/// The moment an account leaves its tier if it stays silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The second in which it leaves.
    pub at: i64,
    /// The tier it is in from then on.
    pub tier: Option<Tier>,
}

/// When the account leaves the tier of `now` if nothing more happens; `None` when it never does.
#[must_use]
pub fn forecast(
    model: &Model,
    account: &AccountRules,
    people: &[Person],
    visitor: &Ledger,
    now: &Assessment,
) -> Option<Forecast> {
    // The first second in which anything can be different.
    let start = now.changes_at?;
    let tiers = model.tiers_of(account.segment.as_deref());
    let crowd = Crowd::new(model, tiers, people, visitor);
    // From when nothing counts any more and no hold is left, nothing changes.
    let ends = crowd.counting().map(|member| member.reading().ends_at()).max()?;
    let end = ends.max(start).saturating_add(tiers.hold_secs + 2);
    let fit = account_fit(model, account, people).score;
    let tier = |at: i64| hold::tier(&crowd, &crowd.standing_at(fit, at), at);
    // Between the moments in which somebody can rise the tier only gets worse, so it is enough
    // to look at both ends, and to halve where they differ.
    let mut from = start;
    for rise in crowd.rises(start, end).into_iter().chain([end]) {
        if tier(from) != now.tier {
            return Some(Forecast { at: from, tier: tier(from) });
        }
        let (mut same, mut other) = (from, rise - 1);
        if tier(other) != now.tier {
            while other - same > 1 {
                let middle = same + (other - same) / 2;
                if tier(middle) == now.tier { same = middle } else { other = middle }
            }
            return Some(Forecast { at: other, tier: tier(other) });
        }
        from = rise;
    }
    None
}
