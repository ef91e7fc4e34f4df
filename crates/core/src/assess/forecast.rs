//! What silence does to an account and to a lead.

use super::{
    AccountRules, Assessment, Crowd, LeadRules, Member, Person, account_fit, hold, qualify,
};
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

/// When the account leaves the tier of `now`, which is what it shows at the second `as_of`, if
/// nothing happens after that; `None` when it never does.
#[must_use]
pub fn forecast(
    model: &Model,
    account: &AccountRules,
    people: &[Person],
    visitor: &Ledger,
    now: &Assessment,
    as_of: i64,
) -> Option<Forecast> {
    // The first second in which anything can be different.
    let start = now.changes_at?;
    let so_far = |person: &Person| Person { ledger: person.ledger.until(as_of), ..person.clone() };
    let people: Vec<Person> = people.iter().map(so_far).collect();
    let (people, visitor) = (people.as_slice(), &visitor.until(as_of));
    let tiers = model.tiers_of(account.segment.as_deref());
    let crowd = Crowd::new(model, tiers, people, visitor);
    // From when nothing counts any more and no hold is left, nothing changes.
    let ends = crowd.counting().map(|member| member.reading().ends_at()).max()?;
    let end = ends.max(start).saturating_add(tiers.hold_secs + 2);
    let fit = account_fit(model, account, people).score;
    let tier = |at: i64| hold::tier(&crowd, &crowd.standing_at(fit, at), at);
    let at = first_other(start, &crowd.rises(start, end), end, |at| tier(at) != now.tier)?;
    Some(Forecast { at, tier: tier(at) })
}

/// When a person is not the marketing qualified lead any more that they are at `as_of`, or is one
/// that they are not, if nothing happens after that; `None` when that never changes.
#[must_use]
pub fn forecast_mql(
    model: &Model,
    lead: &LeadRules,
    account: &AccountRules,
    ledger: &Ledger,
    as_of: i64,
) -> Option<i64> {
    let tiers = model.tiers_of(account.segment.as_deref());
    if account.exclusion.is_some() || ledger.is_empty() {
        return None;
    }
    let so_far = ledger.until(as_of);
    let member = Member::of_person(model, lead, &so_far, None);
    let reading = member.reading();
    let end = reading.ends_at().max(as_of).saturating_add(tiers.hold_secs + 2);
    let mql = |at: i64| qualify::qualifies(tiers, &member, reading.engagement(at), at).is_some();
    let now = mql(as_of);
    first_other(as_of, &member.rises(as_of, end), end, |at| mql(at) != now)
}

/// The first second from `start` to before `end` of which `other` says yes. It can change from yes
/// to no only at one of `rises`: between them it is enough to look at both ends, and to halve
/// where they differ.
fn first_other(start: i64, rises: &[i64], end: i64, other: impl Fn(i64) -> bool) -> Option<i64> {
    let mut from = start;
    for &rise in rises.iter().chain([&end]) {
        if other(from) {
            return Some(from);
        }
        let (mut same, mut changed) = (from, rise - 1);
        if other(changed) {
            while changed - same > 1 {
                let middle = same + (changed - same) / 2;
                if other(middle) { changed = middle } else { same = middle }
            }
            return Some(changed);
        }
        from = rise;
    }
    None
}
