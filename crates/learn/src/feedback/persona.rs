//! The negative persona: what leads have in common that sales turned down for good, and drafts of
//! rules against them.
//!
//! Each value of a field, and each range of a field of numbers, is held against all other values
//! of that field: is it more frequent among permanent rejections than among the other handoffs that
//! were decided? Whether a field is known at all says nothing here, since many fields are filled in
//! by the one who decides; a handoff of which it is not known is left out for that field.

mod odds;
mod rule;
mod values;

use abm_core::model::file::FitRuleFile;

use crate::measure::Estimate;
use crate::suggest::{Column, Field};

use super::Rate;
use super::significance::q_values;

pub use odds::Counted;
pub use rule::{LEAST_TAKEN, MOST_TAKEN, POINTS_PER_UNIT};
pub use values::Attribute;

/// Fewest permanent rejections, and fewest other handoffs, to learn from.
pub const LEAST_OF_EACH: u64 = 30;
/// Fewest permanent rejections with an attribute.
pub const LEAST_REJECTED: u64 = 10;
/// Most of the attributes found that may be chance, in the mean.
pub const MOST_FALSE: f64 = 0.05;

/// Handoffs that were decided. All lists are of one length: columns that are shorter count as not
/// known where they end.
#[derive(Clone, Debug, Default)]
pub struct Handoffs<'a> {
    /// What was known of the leads and their accounts. An empty text is as not known.
    pub columns: Vec<Column<'a>>,
    /// Whether sales turned them down for good.
    pub permanent: Vec<bool>,
}

/// An attribute that is more frequent among permanent rejections.
#[derive(Clone, Debug, PartialEq)]
pub struct Negative {
    /// The field.
    pub field: Field,
    /// Its value, or a range of it.
    pub attribute: Attribute,
    /// Of the permanent rejections where the field is known: those with the attribute.
    pub permanent: Rate,
    /// The same of the other handoffs.
    pub others: Rate,
    /// The odds of it among permanent rejections against those among the others; see [`Counted`].
    pub odds_ratio: Estimate,
    /// The q-value among all attributes looked at, 0 to 1.
    pub q: f64,
    /// A draft of a rule of fit against it; `None` where the language of rules has no words for it,
    /// for example of a field that it does not know.
    pub rule: Option<FitRuleFile>,
}

/// There is too little to learn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{permanent} handoffs were rejected for good and {others} decided otherwise; to learn takes at \
     least {LEAST_OF_EACH} of each"
)]
pub struct TooFew {
    /// Permanent rejections.
    pub permanent: u64,
    /// Other handoffs that were decided.
    pub others: u64,
}

/// Finds what is more frequent among permanent rejections, the surest first: by the lower end of
/// the odds ratio's interval, then by how many have it, then by field and attribute.
///
/// Looked at is every attribute of at least [`LEAST_REJECTED`] handoffs, rejected or not, so that
/// which ones are looked at does not depend on what became of them.
///
/// # Errors
/// When fewer than [`LEAST_OF_EACH`] were rejected for good, or decided otherwise.
pub fn persona(handoffs: &Handoffs<'_>) -> Result<Vec<Negative>, TooFew> {
    let all = handoffs.permanent.len() as u64;
    let permanent = handoffs.permanent.iter().filter(|permanent| **permanent).count() as u64;
    let others = all - permanent;
    if permanent.min(others) < LEAST_OF_EACH {
        return Err(TooFew { permanent, others });
    }
    let mut looked: Vec<(&Field, Attribute, Counted)> = Vec::new();
    for Column { field, values } in &handoffs.columns {
        let counted = values::count(values, &handoffs.permanent).into_iter();
        let counted = counted.filter(|(_, counted)| counted.tells());
        looked.extend(counted.map(|(attribute, counted)| (field, attribute, counted)));
    }
    let p_values: Vec<f64> = looked.iter().map(|(.., counted)| counted.p_value()).collect();
    let found = looked.into_iter().zip(q_values(&p_values));
    let found = found.filter(|((.., counted), q)| {
        counted.permanent.hits >= LEAST_REJECTED
            && *q <= MOST_FALSE
            && counted.odds_ratio().value > 1.0
    });
    let mut found: Vec<Negative> = found
        .map(|((field, attribute, counted), q)| {
            let odds_ratio = counted.odds_ratio();
            let rule = rule::draft(field, &attribute, odds_ratio.value);
            let Counted { permanent, others } = counted;
            Negative { field: field.clone(), attribute, permanent, others, odds_ratio, q, rule }
        })
        .collect();
    found.sort_by(|one, other| {
        let surely = |found: &Negative| found.odds_ratio.interval.low;
        surely(other)
            .total_cmp(&surely(one))
            .then(other.permanent.hits.cmp(&one.permanent.hits))
            .then_with(|| one.field.cmp(&other.field))
            .then_with(|| one.attribute.to_string().cmp(&other.attribute.to_string()))
    });
    Ok(found)
}

#[cfg(test)]
mod tests;
