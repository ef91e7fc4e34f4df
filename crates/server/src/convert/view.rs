//! Account views and entries of ranked lists.

use abm_app::{AccountView, RankedAccount, TopPerson};
use abm_core::missing::Missing;
use abm_proto::v1;

use super::{account, handoff, lead, lifecycle, missing, opportunity, score, time};

/// An account as marketing and sales see it. Who may not see personal fields gets none.
pub(crate) fn to_proto(view: AccountView, personal: bool) -> v1::AccountView {
    let AccountView {
        account,
        scores,
        label,
        raw_points,
        momentum,
        visits,
        reasons,
        people,
        shares,
        opportunities,
        stage,
        handoff,
        revision: _,
    } = view;
    let mut account = account::to_proto(account);
    let people = people.iter().zip(shares);
    let mut people: Vec<v1::PersonView> = people.map(|(one, share)| person(one, share)).collect();
    let mut handoff = handoff.map(handoff::to_proto);
    if !personal {
        account.owner.clear();
        if let Some(handoff) = &mut handoff {
            handoff.owner.clear();
            handoff.comment.clear();
        }
        people.iter_mut().for_each(|person| person.title.clear());
    }
    v1::AccountView {
        account: Some(account),
        engagement: scores.engagement.into(),
        fit: scores.fit.into(),
        fit_coverage: scores.fit_coverage.into(),
        label: label.to_string(),
        fit_grade: score::fit_grade(label).into(),
        engagement_grade: score::engagement_grade(label).into(),
        tier: score::tier(scores.tier).into(),
        tier_held_until: scores.held_until.map(time::from_secs),
        mqa: scores.mqa,
        priority: scores.priority,
        excluded: scores.exclusion.is_some(),
        engaged_people: count(scores.engaged_people),
        people: count(scores.people),
        raw_points,
        last_activity_at: scores.last_activity.map(time::from_secs),
        assessed_at: Some(time::from_secs(scores.assessed_at)),
        changes_at: scores.changes_at.map(time::from_secs),
        model_version: scores.model_version,
        exclusion_reason: scores.exclusion.unwrap_or_default(),
        reasons,
        top_people: people,
        phase: score::phase(scores.phase).into(),
        segment: scores.segment.unwrap_or_default(),
        momentum: momentum.map(|momentum| v1::Momentum {
            week: momentum.week.into(),
            four_weeks: momentum.four_weeks.into(),
        }),
        visits: visits.map(|visits| v1::Visits {
            first: i64::try_from(visits.first).unwrap_or(i64::MAX),
            returning: i64::try_from(visits.returning).unwrap_or(i64::MAX),
        }),
        opportunities: Some(opportunity::totals(&opportunities)),
        stage: stage.map_or(0, |stage| lead::stage_to_proto(stage).into()),
        handoff,
    }
}

pub(crate) fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn person(person: &TopPerson, share: f64) -> v1::PersonView {
    let position = lead::position(person.position);
    v1::PersonView {
        lead_id: person.lead.to_string(),
        title: person.title.clone(),
        seniority: position.seniority,
        buying_role: position.buying_role,
        engagement: person.engagement.into(),
        fit: person.fit.into(),
        weight_percent: count(person.percent),
        share,
        last_activity_at: person.last_activity.map(time::from_secs),
        seniority_confidence: position.seniority_confidence,
        buying_role_confidence: position.buying_role_confidence,
        mql: person.mql,
        exclusion_reason: person.exclusion.clone().unwrap_or_default(),
        stage: lead::stage_to_proto(person.lifecycle.stage()).into(),
        mark: lifecycle::mark(person.lifecycle.shown_mark()),
        nurture_until: person.lifecycle.nurture_until.map(time::to_proto),
    }
}

/// An entry of a ranked list.
pub(crate) fn ranked(
    account: RankedAccount,
    lacks: &[Missing],
    personal: bool,
) -> v1::PriorityAccount {
    let RankedAccount { row, label, why } = account;
    let scores = row.scores;
    v1::PriorityAccount {
        account_id: scores.id.to_string(),
        name: row.name,
        owner: if personal { row.owner } else { String::new() },
        engagement: scores.engagement.into(),
        fit: scores.fit.into(),
        fit_coverage: scores.fit_coverage.into(),
        label: label.to_string(),
        fit_grade: score::fit_grade(label).into(),
        engagement_grade: score::engagement_grade(label).into(),
        tier: score::tier(scores.tier).into(),
        tier_held_until: scores.held_until.map(time::from_secs),
        mqa: scores.mqa,
        priority: scores.priority,
        excluded: scores.exclusion.is_some(),
        exclusion_reason: scores.exclusion.unwrap_or_default(),
        engaged_people: count(scores.engaged_people),
        people: count(scores.people),
        last_activity_at: scores.last_activity.map(time::from_secs),
        assessed_at: Some(time::from_secs(scores.assessed_at)),
        model_version: scores.model_version,
        why,
        missing: missing::to_proto(lacks),
        phase: score::phase(scores.phase).into(),
        segment: scores.segment.unwrap_or_default(),
    }
}
