//! Between the contract's messages and the core's words, one file each way per resource.
//!
//! What a message says wrongly is told field by field; nothing is guessed.

pub(crate) mod account;
pub(crate) mod activity;
pub(crate) mod adjustment;
pub(crate) mod backtest;
pub(crate) mod explanation;
pub(crate) mod group;
pub(crate) mod handoff;
pub(crate) mod lead;
pub(crate) mod lifecycle;
pub(crate) mod measure;
pub(crate) mod mirrored;
pub(crate) mod missing;
pub(crate) mod model;
pub(crate) mod model_spec;
pub(crate) mod operation;
pub(crate) mod opportunity;
pub(crate) mod report;
pub(crate) mod retraction;
pub(crate) mod score;
pub(crate) mod simulation;
pub(crate) mod suggestion;
pub(crate) mod time;
pub(crate) mod verdict;
pub(crate) mod view;

use abm_core::Violation;

/// Refuses a field that only the service may set.
pub(crate) fn server_owned(field: &str, is_set: bool, found: &mut Vec<Violation>) {
    if is_set {
        found.push(Violation::invalid(field, "is set by the service only; leave it out"));
    }
}

/// The value of a number of an enum; a number that is not one of it is a violation, and the
/// unspecified value is none.
pub(crate) fn enumeration<E: TryFrom<i32>, T>(
    field: &str,
    number: i32,
    of: impl Fn(E) -> Option<T>,
    found: &mut Vec<Violation>,
) -> Option<T> {
    match E::try_from(number) {
        Ok(value) => of(value),
        Err(_) => {
            found.push(Violation::invalid(field, format!("{number} is not a known value")));
            None
        }
    }
}
