//! Why an account is where it is, in sentences.

use abm_core::tier::{Bar, Tier};
use abm_store::AccountScores;

use crate::models::Compiled;

/// Why an account is where it is: its tier and the figures that meet the bar, the hold, the
/// qualification, the exclusion.
pub(super) fn reasons(compiled: &Compiled, scores: &AccountScores) -> Vec<String> {
    let tiers = compiled.model.tiers_of(scores.segment.as_deref());
    let mut reasons = Vec::new();
    if let Some(reason) = &scores.exclusion {
        reasons.push(format!("excluded from priority: {reason}"));
    }
    let figures = |bar: &Bar| {
        format!(
            "fit {} (bar {}), engagement {} (bar {}), {} engaged people (bar {})",
            scores.fit,
            bar.fit,
            scores.engagement,
            bar.engagement,
            scores.engaged_people,
            bar.engaged_people
        )
    };
    let bar_of = |tier: Tier| tiers.bars.iter().find(|bar| bar.tier == tier);
    match scores.tier.and_then(bar_of) {
        Some(bar) if scores.held_until.is_none() => {
            reasons.push(format!("tier {}: {}", bar.tier.number(), figures(&bar.bar)));
        }
        Some(bar) => {
            let days = tiers.hold_secs / abm_core::DAY;
            let number = bar.tier.number();
            reasons.push(format!(
                "tier {number} is held, its bar was met within the last {days} days: {}",
                figures(&bar.bar)
            ));
        }
        None => reasons.push(format!(
            "no tier: fit {}, engagement {}, {} engaged people",
            scores.fit, scores.engagement, scores.engaged_people
        )),
    }
    if scores.mqa {
        reasons.push("marketing qualified".into());
    }
    if let Some(segment) = &scores.segment {
        reasons.push(format!("the bars are those of segment `{segment}`"));
    }
    if let Some(phase) = scores.phase {
        reasons.push(format!("in the phase of {}", phase.name()));
    }
    reasons
}
