//! Backtests.

use abm_app::{
    Backtest, BacktestOutcome, BacktestQuestion, BacktestScore, BacktestedDate, BacktestedRules,
    Comparison, ModelChoice, OutcomeWindows,
};
use abm_core::{DAY, Timestamp, Violation};
use abm_learn::measure::Segment;
use abm_proto::v1;

use super::{enumeration, measure, time};

/// Most days from one date to the next.
const STEP_DAYS: i32 = 366;
/// Most dates.
const DATES: i32 = 24;

pub(crate) fn question(
    message: v1::BacktestModelRequest,
    rules: ModelChoice,
) -> Result<BacktestQuestion, Vec<Violation>> {
    let mut found = Vec::new();
    let dates = dates(&message.as_of, message.series.as_ref(), &mut found);
    let outcome = outcome(message.outcome, &message.activity_rule, &mut found);
    let score = enumeration("score", message.score, score, &mut found);
    let mut natural = |field: &str, number: i64| {
        u64::try_from(number).unwrap_or_else(|_| {
            found.push(Violation::invalid(field, "is negative"));
            0
        })
    };
    let capacity = natural("capacity", message.capacity);
    let window_days = natural("window_days", message.window_days.into());
    match (outcome, score) {
        (Some(outcome), Some(score)) if found.is_empty() => Ok(BacktestQuestion {
            rules,
            against: Some(message.compare_version).filter(|version| *version > 0),
            windows: OutcomeWindows {
                dates,
                is_series: message.series.is_some(),
                window_days: u32::try_from(window_days).unwrap_or(u32::MAX),
                outcome,
            },
            score,
            segment: message.segment_rule,
            capacity: Some(capacity).filter(|capacity| *capacity > 0),
        }),
        _ => Err(found),
    }
}

/// Dates, given one by one or as a series.
pub(super) fn dates(
    given: &[prost_types::Timestamp],
    series: Option<&v1::BacktestSeries>,
    found: &mut Vec<Violation>,
) -> Vec<Timestamp> {
    let mut moment = |field: &str, time: Option<&prost_types::Timestamp>| {
        let moment = time::from_proto(field, time).unwrap_or_else(|violation| {
            found.push(violation);
            None
        });
        moment.unwrap_or_default()
    };
    let Some(series) = series else {
        // So many are looked at that one too many is told of.
        let given = given.iter().take(usize::try_from(DATES).unwrap_or(0) + 1).enumerate();
        return given.map(|(n, date)| moment(&format!("as_of[{n}]"), Some(date))).collect();
    };
    let start = moment("series.start", series.start.as_ref());
    if series.start.is_none() {
        found.push(Violation::invalid("series.start", "is required"));
    }
    if !given.is_empty() {
        found.push(Violation::invalid("series", "give either dates or a series"));
    }
    for (field, value, most) in
        [("step_days", series.step_days, STEP_DAYS), ("count", series.count, DATES)]
    {
        if !(1..=most).contains(&value) {
            let message = format!("must be 1 to {most}");
            found.push(Violation::invalid(format!("series.{field}"), message));
        }
    }
    let step = i64::from(series.step_days) * DAY;
    (0..series.count.clamp(0, DATES)).map(|n| start + step * i64::from(n)).collect()
}

/// What to look for.
pub(super) fn outcome(
    outcome: i32,
    activity_rule: &str,
    found: &mut Vec<Violation>,
) -> Option<BacktestOutcome> {
    use v1::BacktestOutcome as Asked;
    let asked = enumeration("outcome", outcome, Some::<Asked>, found)?;
    let rule = activity_rule.to_owned();
    if asked != Asked::Activity && !rule.is_empty() {
        let message = "goes with BACKTEST_OUTCOME_ACTIVITY only";
        found.push(Violation::invalid("activity_rule", message));
    }
    match asked {
        Asked::Unspecified => {
            found.push(Violation::invalid("outcome", "is required"));
            None
        }
        Asked::OpportunityCreated => Some(BacktestOutcome::Created),
        Asked::OpportunityWon => Some(BacktestOutcome::Won),
        Asked::Activity => Some(BacktestOutcome::Activity(rule)),
    }
}

fn score(score: v1::BacktestScore) -> Option<BacktestScore> {
    Some(match score {
        v1::BacktestScore::Engagement => BacktestScore::Engagement,
        v1::BacktestScore::Fit => BacktestScore::Fit,
        v1::BacktestScore::Rank | v1::BacktestScore::Unspecified => BacktestScore::Rank,
    })
}

pub(crate) fn to_proto(found: &Backtest, revision: String) -> v1::BacktestModelResponse {
    v1::BacktestModelResponse {
        tried: Some(rules(&found.tried)),
        compared: found.against.as_ref().map(rules),
        comparison: found.comparison.map(comparison),
        accounts: measure::count(found.accounts),
        accounts_with_outcome: measure::count(found.accounts_with_outcome),
        capacity: measure::count(found.capacity.unwrap_or(0)),
        revision,
    }
}

fn comparison(found: Comparison) -> v1::BacktestComparison {
    let auc_gain = Some(measure::estimate(found.auc_gain));
    v1::BacktestComparison { auc_gain, text: found.to_string() }
}

fn rules(rules: &BacktestedRules) -> v1::BacktestedRules {
    v1::BacktestedRules {
        version: rules.version,
        dates: rules.dates.iter().map(date).collect(),
        pooled: Some(measure::to_proto(&rules.pooled)),
        segments: rules.pooled.segments.iter().map(segment).collect(),
    }
}

fn date(date: &BacktestedDate) -> v1::BacktestedDate {
    let BacktestedDate { as_of, until, left_out, measures } = date;
    v1::BacktestedDate {
        as_of: Some(time::to_proto(*as_of)),
        until: Some(time::to_proto(*until)),
        measures: Some(measure::to_proto(measures)),
        segments: measures.segments.iter().map(segment).collect(),
        left_out_had_outcome: measure::count(left_out.had_outcome),
        left_out_not_there: measure::count(left_out.not_there),
        left_out_moment_unknown: measure::count(left_out.vague),
    }
}

fn segment(segment: &Segment) -> v1::BacktestedSegment {
    v1::BacktestedSegment {
        name: segment.name.clone(),
        rows: measure::count(segment.rows),
        positives: measure::count(segment.positives),
        auc: segment.auc.map(measure::estimate),
        verdict: measure::verdict(segment.verdict).into(),
        verdict_text: segment.verdict.to_string(),
    }
}
