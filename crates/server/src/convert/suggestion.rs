//! Drafts learned from outcomes.

use abm_app::{OutcomeWindows, PointsQuestion, PointsSuggested, SuggestQuestion, Suggested};
use abm_core::{Violation, limits};
use abm_learn::suggest::points::SuggestedSignal;
use abm_learn::suggest::{Class, LeftOut, SuggestedRule};
use abm_proto::v1;

use super::{backtest, measure};

/// Most fields that a request names in one list.
const FIELDS: usize = 1_000;
/// Most unused fields that are told.
const UNUSED: usize = 2_000;

/// What is asked for.
pub(crate) enum Question {
    /// Rules of a person's fit.
    Fit(SuggestQuestion),
    /// Points of signals.
    Points(PointsQuestion),
}

pub(crate) fn question(message: v1::SuggestModelRequest) -> Result<Question, Vec<Violation>> {
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
    let (leave_out, allow) = (message.leave_out_fields, message.allow_fields);
    let base = Some(message.base_version).filter(|version| *version > 0);
    let capacity = capacity.ok().filter(|capacity| *capacity > 0);
    let Some(history) = message.history else {
        let (outcome, train) = (message.outcome_rule, message.train_rule);
        let question = SuggestQuestion { outcome, train, leave_out, allow, base, capacity };
        return if found.is_empty() { Ok(Question::Fit(question)) } else { Err(found) };
    };
    for (field, rule) in
        [("outcome_rule", &message.outcome_rule), ("train_rule", &message.train_rule)]
    {
        if !rule.is_empty() {
            found.push(Violation::invalid(field, "does not go with history"));
        }
    }
    let mut of_history = Vec::new();
    let dates = backtest::dates(&history.as_of, history.series.as_ref(), &mut of_history);
    let outcome = backtest::outcome(history.outcome, &history.activity_rule, &mut of_history);
    let window_days = u32::try_from(history.window_days).unwrap_or_else(|_| {
        of_history.push(Violation::invalid("window_days", "is negative"));
        0
    });
    found.extend(of_history.into_iter().map(|violation| violation.inside("history")));
    match outcome {
        Some(outcome) if found.is_empty() => Ok(Question::Points(PointsQuestion {
            windows: OutcomeWindows {
                dates,
                is_series: history.series.is_some(),
                window_days,
                outcome,
            },
            leave_out,
            allow,
            base,
            capacity,
        })),
        _ => Err(found),
    }
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
        ..Default::default()
    }
}

pub(crate) fn points_to_proto(
    found: PointsSuggested,
    revision: String,
) -> v1::SuggestModelResponse {
    let PointsSuggested { file, base, learned, backtest: measured } = found;
    v1::SuggestModelResponse {
        model_file: file,
        base_version: base,
        unused_fields: learned.left_out.into_iter().take(UNUSED).map(unused).collect(),
        learned_rows: count(learned.rows),
        learned_positives: count(learned.positives),
        signals: learned.signals.into_iter().map(signal).collect(),
        backtest: Some(backtest::to_proto(&measured, revision.clone())),
        revision,
        ..Default::default()
    }
}

fn signal(signal: SuggestedSignal) -> v1::SuggestedSignal {
    v1::SuggestedSignal {
        name: signal.name,
        points: signal.points,
        base_points: signal.base_points,
        rows: count(signal.rows),
        positives: count(signal.positives),
        lift: signal.lift,
        coefficient: signal.coefficient,
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
