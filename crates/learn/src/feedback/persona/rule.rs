//! Drafts of rules of fit against an attribute.

use abm_core::limits::NAME_BYTES;
use abm_core::model::file::FitRuleFile;
use abm_core::rule::{Rule, Scope};

use crate::suggest::Field;
use crate::suggest::binning::Bin;
use crate::suggest::field::literal;
use crate::suggest::rules::expression;

use super::Attribute;

/// Points taken for each unit of log odds, that is for odds 2.7 times as high. Half of the most
/// that a draft of fit gives for one: attributes overlap (a student has a free address as well),
/// and each is judged here as if the others were not.
pub const POINTS_PER_UNIT: f64 = 10.0;
/// Fewest points that a rule takes, also where the odds say fewer: less is not worth a rule.
pub const LEAST_TAKEN: f64 = 5.0;
/// Most points that a rule takes: half of the scale, so that no single one decides alone.
pub const MOST_TAKEN: f64 = 50.0;

/// The draft: `-round(10 ln(odds ratio))` points, from -50 to -5.
pub(super) fn draft(field: &Field, attribute: &Attribute, odds_ratio: f64) -> Option<FitRuleFile> {
    let when = condition(field, attribute)?;
    let name = format!("negative: {} = {attribute}", field.expression());
    let is_name = name.len() <= NAME_BYTES && !name.chars().any(char::is_control);
    let is_rule = Rule::compile(&when, Scope::Lead).is_ok();
    let points = points(odds_ratio);
    (is_name && is_rule).then_some(FitRuleFile { name, when, points })
}

fn points(odds_ratio: f64) -> i32 {
    let taken = (POINTS_PER_UNIT * libm::log(odds_ratio)).round();
    -(taken.clamp(LEAST_TAKEN, MOST_TAKEN) as i32)
}

/// The condition: the same handoffs that were counted.
fn condition(field: &Field, attribute: &Attribute) -> Option<String> {
    let field_is = field.expression();
    match attribute {
        Attribute::Range { low, high } => expression(field, &Bin::Range { low: *low, high: *high }),
        Attribute::Is(text) if text.chars().any(char::is_alphabetic) => {
            let pattern = format!("(?i)^{}$", regex::escape(text));
            Some(format!("{field_is}.matches({})", literal(&pattern)))
        }
        Attribute::Is(text) => Some(format!("{field_is} == {}", literal(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_follow_the_log_odds_between_five_and_fifty() {
        let odds = [1.01, 2.0, std::f64::consts::E, 10.0, 100.0, 1e9];
        assert_eq!(odds.map(points), [-5, -7, -10, -23, -46, -50]);
    }
}
