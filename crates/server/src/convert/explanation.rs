//! Explanations.

use std::collections::BTreeMap;

use abm_app::{AccountExplained, Depth, LeadExplained, Opened, ScoreKind};
use abm_core::LeadId;
use abm_core::explain::{Line, What};
use abm_core::rule::Answer;
use abm_proto::v1;

use super::{missing, score, time};

/// Most activities of one signal with a line of their own.
const ACTIVITY_LINES: usize = 1_000;
/// Most activities with a line of their own in a whole explanation: with the longest ids and
/// names about 3 MiB.
const ALL_ACTIVITY_LINES: usize = 5_000;

/// An account's score opened. Beyond `people` persons share one line.
pub(crate) fn account(
    id: &str,
    kind: ScoreKind,
    explained: AccountExplained,
    people: usize,
) -> v1::Explanation {
    let AccountExplained { opened, people: mut details, visitor, missing, forecast, tier, .. } =
        explained;
    let mut context = Context::new(explained.as_of, explained.model_version);
    let mut explanation = context.explanation(opened, kind);
    explanation.account_id = id.to_owned();
    for line in &mut explanation.lines {
        if line.kind() == v1::LineKind::Person {
            line.detail = detail(&mut context, &mut details, &line.lead_id);
        } else if line.kind() == v1::LineKind::UnknownVisitor {
            let opened = visitor.clone();
            line.detail = opened.map(|opened| context.explanation(opened, ScoreKind::Engagement));
        }
    }
    share_a_line(&mut explanation.lines, people);
    explanation.missing = missing::to_proto(&missing);
    explanation.forecast = forecast.map(|forecast| v1::TierForecast {
        tier: score::tier(tier).into(),
        leaves_at: Some(time::from_secs(forecast.at)),
        next_tier: score::tier(forecast.tier).into(),
    });
    explanation
}

/// A person's score opened.
pub(crate) fn lead(id: &str, kind: ScoreKind, explained: LeadExplained) -> v1::Explanation {
    let mut context = Context::new(explained.as_of, explained.model_version);
    let mut explanation = context.explanation(explained.opened, kind);
    explanation.lead_id = id.to_owned();
    explanation.missing = missing::to_proto(explained.missing.as_slice());
    explanation.mql_forecast = Some(v1::MqlForecast {
        mql: explained.mql,
        changes_at: explained.mql_changes_at.map(time::from_secs),
    });
    explanation
}

fn detail(
    context: &mut Context,
    details: &mut BTreeMap<LeadId, Opened>,
    lead: &str,
) -> Option<v1::Explanation> {
    let id = LeadId::new(lead).ok()?;
    let mut explanation = context.explanation(details.remove(&id)?, ScoreKind::Engagement);
    explanation.lead_id = lead.to_owned();
    Some(explanation)
}

/// Puts the people beyond the first `most` into one line.
fn share_a_line(lines: &mut Vec<v1::ExplanationLine>, most: usize) {
    let mut seen = 0;
    let mut others = v1::ExplanationLine {
        kind: v1::LineKind::OtherPeople.into(),
        label: "other people".to_owned(),
        ..v1::ExplanationLine::default()
    };
    lines.retain(|line| {
        if line.kind() != v1::LineKind::Person {
            return true;
        }
        seen += 1;
        if seen > most {
            others.micropoints += line.micropoints;
            others.share += line.share;
            others.count += 1;
        }
        seen <= most
    });
    if others.count > 0 {
        let people = lines.iter().take_while(|line| line.kind() == v1::LineKind::Person).count();
        lines.insert(people, others);
    }
}

/// What all lines of an explanation share.
struct Context {
    as_of: abm_core::Timestamp,
    model_version: u64,
    /// How many more activities can have a line of their own.
    activity_lines: usize,
}

impl Context {
    fn new(as_of: abm_core::Timestamp, model_version: u64) -> Self {
        Self { as_of, model_version, activity_lines: ALL_ACTIVITY_LINES }
    }

    fn explanation(&mut self, opened: Opened, kind: ScoreKind) -> v1::Explanation {
        let Opened { explanation, mut activities } = opened;
        let mut lines = Vec::with_capacity(explanation.lines.len());
        for line in &explanation.lines {
            let mut message = line_to_proto(line);
            for inner in &line.lines {
                let mut inner_message = line_to_proto(inner);
                if let What::Occurrence { .. } = inner.what {
                    inner_message.signal.clone_from(&message.signal);
                }
                if let What::Activity { time: at, signal, .. } = inner.what {
                    inner_message.signal.clone_from(&message.signal);
                    let found = activities.get_mut(&(at, signal)).and_then(|all| all.pop_front());
                    if let Some(activity) = found {
                        inner_message.source = activity.key.source;
                        inner_message.activity_id = activity.key.activity_id;
                        inner_message.occurred_at = Some(time::to_proto(activity.occurred_at));
                    }
                }
                message.lines.push(inner_message);
            }
            let most = ACTIVITY_LINES.min(self.activity_lines);
            self.activity_lines -= message.lines.len().min(most);
            shorten(&mut message, most);
            lines.push(message);
        }
        let kind = match kind {
            ScoreKind::Engagement => v1::ScoreKind::Engagement,
            ScoreKind::Fit => v1::ScoreKind::Fit,
        };
        v1::Explanation {
            kind: kind.into(),
            score: explanation.score.into(),
            as_of: Some(time::to_proto(self.as_of)),
            model_version: self.model_version,
            lines,
            raw_points: explanation.raw_points,
            ..v1::Explanation::default()
        }
    }
}

/// Puts the oldest of more than `most` activities into one line.
fn shorten(signal: &mut v1::ExplanationLine, most: usize) {
    let beyond = signal.lines.len().saturating_sub(most);
    if beyond == 0 {
        return;
    }
    let cut = signal.lines.drain(..beyond);
    let micropoints = cut.map(|line| line.micropoints).sum();
    signal.lines.push(v1::ExplanationLine {
        kind: v1::LineKind::OtherActivities.into(),
        label: format!("{beyond} older activities"),
        micropoints,
        signal: signal.signal.clone(),
        count: i64::try_from(beyond).unwrap_or(i64::MAX),
        ..v1::ExplanationLine::default()
    });
}

fn line_to_proto(line: &Line) -> v1::ExplanationLine {
    let mut message =
        v1::ExplanationLine { micropoints: line.micropoints, ..v1::ExplanationLine::default() };
    let kind = match &line.what {
        What::Person { lead, engagement, percent, share } => {
            message.lead_id = lead.to_string();
            message.label = format!("engagement {engagement}");
            message.weight_percent = i32::try_from(*percent).unwrap_or(i32::MAX);
            message.share = *share;
            v1::LineKind::Person
        }
        What::UnknownVisitor { engagement, percent, share } => {
            message.label = format!("unknown visitor, engagement {engagement}");
            message.weight_percent = i32::try_from(*percent).unwrap_or(i32::MAX);
            message.share = *share;
            v1::LineKind::UnknownVisitor
        }
        What::Signal { name, count } => {
            message.label = format!("{name}, {count} times");
            message.signal.clone_from(name);
            message.count = i64::try_from(*count).unwrap_or(i64::MAX);
            v1::LineKind::Signal
        }
        What::Activity { time: at, signal: _, points, age_secs, factor } => {
            message.occurred_at = Some(time::from_secs(*at));
            message.points = *points;
            message.age_seconds = *age_secs;
            message.decay_factor = *factor;
            message.label = format!("{:.1} days ago", *age_secs as f64 / abm_core::DAY as f64);
            v1::LineKind::Activity
        }
        What::Pattern { name, count } => {
            message.label = format!("{name}, {count} times");
            message.signal.clone_from(name);
            message.count = i64::try_from(*count).unwrap_or(i64::MAX);
            v1::LineKind::Pattern
        }
        What::Occurrence { time: at, points, age_secs, factor } => {
            message.occurred_at = Some(time::from_secs(*at));
            message.points = *points;
            message.age_seconds = *age_secs;
            message.decay_factor = *factor;
            message.label = format!("{:.1} days ago", *age_secs as f64 / abm_core::DAY as f64);
            v1::LineKind::Occurrence
        }
        What::DayCap { name, count } => {
            message.label = format!("{name}: {count} more in a day than count");
            message.signal.clone_from(name);
            message.count = i64::try_from(*count).unwrap_or(i64::MAX);
            v1::LineKind::DayCap
        }
        What::GroupCap { name } => {
            message.label = format!("cap of {name}");
            v1::LineKind::GroupCap
        }
        What::Floor => {
            message.label = "not below 0".to_owned();
            v1::LineKind::Floor
        }
        What::Curve => {
            message.label = "curve from points to 0..100".to_owned();
            v1::LineKind::Curve
        }
        What::Rounding => {
            message.label = "rounding".to_owned();
            v1::LineKind::Rounding
        }
        What::FitRule { name, answer } => {
            message.label.clone_from(name);
            message.points = line.micropoints as f64 / 1e6;
            message.input_unknown = *answer == Answer::Unknown;
            v1::LineKind::FitRule
        }
        What::Clamp => {
            message.label = "limit of 0..100".to_owned();
            v1::LineKind::Clamp
        }
        What::RulesShare { percent } => {
            message.label = format!("rules count {percent} percent");
            message.weight_percent = i32::from(*percent);
            v1::LineKind::Weight
        }
        What::PeopleFit { percent, top_mean, roles } => {
            let roles = roles * 100.0;
            message.label = format!(
                "people count {percent} percent: best fits {top_mean:.1} on average, \
                 {roles:.0} percent of required roles filled"
            );
            message.weight_percent = i32::from(*percent);
            v1::LineKind::PeopleFit
        }
    };
    message.kind = kind.into();
    message
}

/// How far to open, of a message.
pub(crate) fn depth(depth: v1::ExplanationDepth) -> Depth {
    match depth {
        v1::ExplanationDepth::Account | v1::ExplanationDepth::People => Depth::People,
        v1::ExplanationDepth::Unspecified | v1::ExplanationDepth::Signals => Depth::Signals,
        v1::ExplanationDepth::Activities => Depth::Activities,
    }
}

#[cfg(test)]
mod tests {
    use abm_core::Timestamp;
    use abm_core::explain::Explanation;

    use super::*;

    fn of_activities(signals: usize, each: i64) -> Opened {
        let activity = |time| Line {
            what: What::Activity { time, signal: 0, points: 1.0, age_secs: 0, factor: 1.0 },
            micropoints: 1,
            lines: Vec::new(),
        };
        let signal = |number: usize| Line {
            what: What::Signal { name: format!("s{number}"), count: each as usize },
            micropoints: each,
            lines: (0..each).map(activity).collect(),
        };
        let lines = (0..signals).map(signal).collect();
        let explanation = Explanation { score: 0, raw_points: None, lines };
        Opened { explanation, activities: BTreeMap::new() }
    }

    #[test]
    fn the_activities_of_all_people_together_have_no_more_lines_than_a_reply_holds() {
        let mut context = Context::new(Timestamp::from_secs(0), 1);
        let mut own = 0;
        for _ in 0..4 {
            let opened = of_activities(3, 1_100);
            let explanation = context.explanation(opened, ScoreKind::Engagement);
            for signal in &explanation.lines {
                let sum: i64 = signal.lines.iter().map(|line| line.micropoints).sum();
                assert_eq!(sum, signal.micropoints, "nothing is lost");
                let others =
                    |line: &&v1::ExplanationLine| line.kind() == v1::LineKind::OtherActivities;
                let told: i64 = signal.lines.iter().filter(others).map(|line| line.count).sum();
                let lines = signal.lines.len() - 1;
                assert_eq!(lines as i64 + told, 1_100);
                own += lines;
            }
        }
        assert_eq!(own, ALL_ACTIVITY_LINES);
    }
}
