//! How much an account has of each signal: what points are learned from.

use std::collections::BTreeMap;

use super::{Crowd, Person};
use crate::{Ledger, Model};

/// How much of each signal or pattern an account has at a second, by its position (patterns stand
/// after all signals): what [`Reading::amounts`](crate::engagement::Reading::amounts) says of its
/// people and unknown visitor, each by their weight, of those who are part of it.
#[must_use]
pub fn amounts(
    model: &Model,
    people: &[Person],
    visitor: &Ledger,
    as_of: i64,
) -> BTreeMap<u16, f64> {
    let crowd = Crowd::new(model, &model.tiers, people, visitor);
    let mut amounts = BTreeMap::new();
    for member in crowd.counting() {
        let weight = f64::from(member.percent) / 100.0;
        for (signal, amount) in member.reading().amounts(as_of) {
            *amounts.entry(signal).or_insert(0.0) += weight * amount;
        }
    }
    amounts
}
