//! Scores, grades and tiers.

use abm_app::{Cause, LeadScore, TimelineLine};
use abm_core::Phase;
use abm_core::grade::Label;
use abm_core::tier::Tier;
use abm_proto::v1;

use super::time;

pub(crate) fn fit_grade(label: Label) -> v1::FitGrade {
    match label.fit {
        'A' => v1::FitGrade::A,
        'B' => v1::FitGrade::B,
        'C' => v1::FitGrade::C,
        _ => v1::FitGrade::D,
    }
}

pub(crate) fn engagement_grade(label: Label) -> v1::EngagementGrade {
    match label.engagement {
        1 => v1::EngagementGrade::EngagementGrade1,
        2 => v1::EngagementGrade::EngagementGrade2,
        _ => v1::EngagementGrade::EngagementGrade3,
    }
}

pub(crate) fn tier(tier: Option<Tier>) -> v1::Tier {
    match tier {
        Some(Tier::One) => v1::Tier::Tier1,
        Some(Tier::Two) => v1::Tier::Tier2,
        Some(Tier::Three) => v1::Tier::Tier3,
        None => v1::Tier::None,
    }
}

/// The tier of a message; outer `None` when it is unspecified.
pub(crate) fn tier_from_proto(tier: v1::Tier) -> Option<Option<Tier>> {
    match tier {
        v1::Tier::Unspecified => None,
        v1::Tier::Tier1 => Some(Some(Tier::One)),
        v1::Tier::Tier2 => Some(Some(Tier::Two)),
        v1::Tier::Tier3 => Some(Some(Tier::Three)),
        v1::Tier::None => Some(None),
    }
}

pub(crate) fn lead_score(score: &LeadScore) -> v1::LeadScore {
    v1::LeadScore {
        engagement: score.engagement.into(),
        fit: score.fit.score.into(),
        fit_coverage: score.fit.coverage.into(),
        label: score.label.to_string(),
        fit_grade: fit_grade(score.label).into(),
        engagement_grade: engagement_grade(score.label).into(),
        last_activity_at: score.last_activity.map(time::from_secs),
        assessed_at: Some(time::from_secs(score.assessed_at)),
        model_version: score.model_version,
        mql: score.mql,
        excluded: score.exclusion.is_some(),
        exclusion_reason: score.exclusion.clone().unwrap_or_default(),
    }
}

pub(crate) fn phase(phase: Option<Phase>) -> v1::Phase {
    match phase {
        Some(Phase::Awareness) => v1::Phase::Awareness,
        Some(Phase::Consideration) => v1::Phase::Consideration,
        Some(Phase::Decision) => v1::Phase::Decision,
        None => v1::Phase::Unspecified,
    }
}

/// A line of an account's history.
pub(crate) fn change(line: &TimelineLine) -> v1::ScoreChange {
    let cause = match line.cause {
        Cause::Activity => v1::ScoreChangeCause::Activity,
        Cause::Time => v1::ScoreChangeCause::Time,
        Cause::Profile => v1::ScoreChangeCause::Profile,
        Cause::Model => v1::ScoreChangeCause::Model,
        Cause::Retraction => v1::ScoreChangeCause::Retraction,
        Cause::Merge => v1::ScoreChangeCause::Merge,
    };
    v1::ScoreChange {
        sequence: line.sequence,
        at: Some(time::from_secs(line.at)),
        recorded_at: Some(time::to_proto(line.recorded_at)),
        cause: cause.into(),
        model_version: line.model_version,
        engagement: line.engagement.into(),
        fit: line.fit.into(),
        tier: tier(line.tier).into(),
        mqa: line.mqa,
        priority: line.priority,
        engaged_people: i32::try_from(line.engaged_people).unwrap_or(i32::MAX),
    }
}
