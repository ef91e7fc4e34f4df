//! What silence does to an account.

use super::{AccountRules, Assessment, Person, assess};
use crate::Model;
use crate::ledger::Ledger;
use crate::tier::Tier;

/// How many changes are followed before a forecast gives up.
const CHANGES: usize = 10_000;

/// The moment an account leaves its tier if it stays silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The second in which it leaves.
    pub at: i64,
    /// The tier it is in from then on.
    pub tier: Option<Tier>,
}

/// When the account leaves the tier of `now` if nothing more happens; `None` when that is not
/// in sight.
#[must_use]
pub fn forecast(
    model: &Model,
    account: &AccountRules,
    people: &[Person],
    visitor: &Ledger,
    now: &Assessment,
) -> Option<Forecast> {
    let silent: Vec<Person> =
        people.iter().cloned().map(|person| Person { known: None, ..person }).collect();
    let mut next = now.changes_at;
    for _ in 0..CHANGES {
        let at = next?;
        let then = assess(model, account, &silent, visitor, at);
        if then.tier != now.tier {
            return Some(Forecast { at, tier: then.tier });
        }
        next = then.changes_at;
    }
    None
}
