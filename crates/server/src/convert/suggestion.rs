//! Drafts learned from outcomes.

use abm_app::{SuggestQuestion, Suggested};
use abm_core::{Violation, limits};
use abm_learn::suggest::{Class, LeftOut, SuggestedRule};
use abm_proto::v1;

use super::measure;

/// Most fields that a request names in one list.
const FIELDS: usize = 1_000;
/// Most unused fields that are told.
const UNUSED: usize = 2_000;

pub(crate) fn question(
    message: v1::SuggestModelRequest,
) -> Result<SuggestQuestion, Vec<Violation>> {
    let mut found = Vec::new();
    for (field, names) in
        [("leave_out_fields", &message.leave_out_fields), ("allow_fields", &message.allow_fields)]
    {
        if names.len() > FIELDS {
            let message = format!("has {} entries, at most {FIELDS} are allowed", names.len());
            found.push(Violation::invalid(field, message));
        }
        found.extend(names.iter().find_map(|name| limits::check_text(field, name).err()));
    }
    let capacity = u64::try_from(message.capacity);
    if capacity.is_err() {
        found.push(Violation::invalid("capacity", "is negative"));
    }
    if !found.is_empty() {
        return Err(found);
    }
    Ok(SuggestQuestion {
        outcome: message.outcome_rule,
        train: message.train_rule,
        leave_out: message.leave_out_fields,
        allow: message.allow_fields,
        base: Some(message.base_version).filter(|version| *version > 0),
        capacity: capacity.ok().filter(|capacity| *capacity > 0),
    })
}

pub(crate) fn to_proto(suggested: Suggested, revision: String) -> v1::SuggestModelResponse {
    let Suggested { file, base, suggestion, draft, current, revision: _ } = suggested;
    v1::SuggestModelResponse {
        model_file: file,
        base_version: base,
        rules: suggestion.rules.into_iter().map(rule).collect(),
        unused_fields: suggestion.left_out.into_iter().take(UNUSED).map(unused).collect(),
        learned_rows: count(suggestion.rows),
        learned_positives: count(suggestion.positives),
        draft: Some(measure::to_proto(&draft)),
        base: Some(measure::to_proto(&current)),
        revision,
    }
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

fn rule(rule: SuggestedRule) -> v1::SuggestedRule {
    v1::SuggestedRule {
        name: rule.name,
        when: rule.when,
        points: rule.points,
        rows: count(rule.rows),
        positives: count(rule.positives),
        lift: rule.lift,
        coefficient: rule.coefficient,
    }
}

fn unused(left: LeftOut) -> v1::UnusedField {
    let class = match left.reason.class() {
        Class::NotUsed => v1::UnusedFieldClass::NotUsed,
        Class::Refused => v1::UnusedFieldClass::Refused,
        Class::Suspicious => v1::UnusedFieldClass::Suspicious,
    };
    v1::UnusedField { name: left.name, class: class.into(), reason: left.reason.to_string() }
}
