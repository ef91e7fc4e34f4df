//! Reports.

use std::collections::BTreeMap;

use abm_app::{Persona, ReviewPack, ReviewedHandoff};
use abm_learn::feedback::clock::Service;
use abm_learn::feedback::funnel::{Cohort, Lag, Problems};
use abm_learn::feedback::persona::Negative;
use abm_learn::feedback::rules::{Findings, Outcomes, ReasonCount, RuleOutcomes, Standing};
use abm_learn::feedback::{Dimension, GroupBy, Spread};
use abm_proto::v1;

use super::handoff;
use super::measure::estimate;
use super::operation::count;

/// By what to group.
pub(crate) const fn group_by(group: v1::FunnelGroup) -> GroupBy {
    match group {
        v1::FunnelGroup::Unspecified => GroupBy::All,
        v1::FunnelGroup::Month => GroupBy::Month,
        v1::FunnelGroup::Week => GroupBy::Week,
        v1::FunnelGroup::Origin => GroupBy::Key(Dimension::Origin),
        v1::FunnelGroup::Owner => GroupBy::Key(Dimension::Owner),
        v1::FunnelGroup::Tier => GroupBy::Key(Dimension::Tier),
        v1::FunnelGroup::Engagement => GroupBy::Key(Dimension::Engagement),
        v1::FunnelGroup::ModelVersion => GroupBy::Key(Dimension::ModelVersion),
        v1::FunnelGroup::Campaign => GroupBy::Key(Dimension::Campaign),
    }
}

/// What became of a group.
pub(crate) fn cohort(cohort: Cohort) -> v1::FunnelCohort {
    let rates = cohort.rates;
    v1::FunnelCohort {
        group: cohort.group.to_string(),
        mqls: count(cohort.mqls),
        sqls: count(cohort.sqls),
        opportunities: count(cohort.opportunities),
        won: count(cohort.won),
        mql_to_sql: rates.mql_to_sql.estimate().map(estimate),
        mql_to_won: rates.mql_to_won.estimate().map(estimate),
        sql_to_won: rates.sql_to_won.estimate().map(estimate),
        to_sql: lag(&cohort.to_sql),
        to_opportunity: lag(&cohort.to_opportunity),
        to_won: lag(&cohort.to_won),
        problems: problems(&cohort.problems),
    }
}

fn lag(lag: &Lag) -> Option<v1::FunnelLag> {
    let days = lag.days?;
    Some(v1::FunnelLag {
        count: count(days.count),
        negative: count(days.negative),
        p25_days: days.p25,
        median_days: days.median,
        p75_days: days.p75,
        p90_days: days.p90,
        within_30_days: count(lag.within_30_days),
        within_90_days: count(lag.within_90_days),
    })
}

fn problems(found: &Problems) -> BTreeMap<String, i64> {
    // No `..`: a new problem does not compile until someone tells it.
    let Problems {
        leads,
        sql_before_mql,
        opportunity_before_mql,
        won_before_mql,
        opportunity_before_sql,
        won_before_sql,
        won_before_opportunity,
        opportunity_without_sql,
        won_without_sql,
        won_without_opportunity,
    } = *found;
    let all = [
        ("leads", leads),
        ("sql_before_mql", sql_before_mql),
        ("opportunity_before_mql", opportunity_before_mql),
        ("won_before_mql", won_before_mql),
        ("opportunity_before_sql", opportunity_before_sql),
        ("won_before_sql", won_before_sql),
        ("won_before_opportunity", won_before_opportunity),
        ("opportunity_without_sql", opportunity_without_sql),
        ("won_without_sql", won_without_sql),
        ("won_without_opportunity", won_without_opportunity),
    ];
    let there = all.into_iter().filter(|(_, number)| *number > 0);
    there.map(|(name, number)| (name.to_owned(), count(number))).collect()
}

/// How rules did.
pub(crate) fn findings(found: Findings, revision: String) -> v1::GetRuleReportResponse {
    v1::GetRuleReportResponse {
        all: Some(outcomes(found.all, &found.reasons)),
        rules: found.rules.into_iter().map(rule).collect(),
        revision,
    }
}

fn rule(found: RuleOutcomes) -> v1::RuleOutcomes {
    let (standing, explained_by) = match found.standing {
        Standing::Bad => (v1::RuleStanding::Bad, String::new()),
        Standing::ExplainedBy(rule) => (v1::RuleStanding::Explained, rule),
        Standing::Ordinary => (v1::RuleStanding::Ordinary, String::new()),
    };
    v1::RuleOutcomes {
        rule: found.rule,
        outcomes: Some(outcomes(found.outcomes, &found.reasons)),
        excess: found.excess.map(estimate),
        standing: standing.into(),
        explained_by,
    }
}

fn outcomes(found: Outcomes, reasons: &[ReasonCount]) -> v1::HandoffOutcomes {
    let mut by_reason: BTreeMap<String, i64> = BTreeMap::new();
    for reason in reasons {
        *by_reason.entry(reason.reason.clone()).or_default() += count(reason.count);
    }
    v1::HandoffOutcomes {
        handoffs: count(found.handoffs),
        accepted: count(found.accepted),
        rejected_temporarily: count(found.rejected_temporarily),
        rejected_permanently: count(found.rejected_permanently),
        expired: count(found.expired),
        recycled: count(found.recycled),
        open: count(found.open),
        won: count(found.won),
        acceptance: found.acceptance().estimate().map(estimate),
        reasons: by_reason,
    }
}

/// How the handoffs of a group were kept to time.
pub(crate) fn service_level(found: Service) -> v1::ServiceLevel {
    v1::ServiceLevel {
        group: found.group.to_string(),
        handoffs: count(found.handed_over),
        within: count(found.within),
        late: count(found.late),
        never: count(found.never),
        not_due: count(found.not_due),
        kept: found.kept.estimate().map(estimate),
        to_claim: found.to_claim.map(working_time),
        to_try: found.to_try.map(working_time),
    }
}

fn working_time(found: Spread) -> v1::WorkingTime {
    v1::WorkingTime {
        count: count(found.count),
        p25_secs: found.p25,
        median_secs: found.median,
        p75_secs: found.p75,
        p90_secs: found.p90,
    }
}

/// What leads have in common that sales turned down for good.
pub(crate) fn persona(found: Persona, revision: String) -> v1::GetNegativePersonaResponse {
    let handoffs = count(found.handoffs);
    let (traits, too_few) = match found.found {
        Ok(traits) => (traits, String::new()),
        Err(few) => (Vec::new(), few.to_string()),
    };
    let traits = traits.into_iter().map(negative_trait).collect();
    v1::GetNegativePersonaResponse { traits, handoffs, too_few, draft: found.draft, revision }
}

fn negative_trait(found: Negative) -> v1::NegativeTrait {
    let (rule_when, rule_points) =
        found.rule.map_or_else(Default::default, |rule| (rule.when, rule.points));
    v1::NegativeTrait {
        field: found.field.expression(),
        value: found.attribute.to_string(),
        rejected: count(found.permanent.of),
        rejected_with: count(found.permanent.hits),
        others: count(found.others.of),
        others_with: count(found.others.hits),
        odds_ratio: Some(estimate(found.odds_ratio)),
        q_value: found.q,
        rule_when,
        rule_points,
    }
}

/// Handoffs to talk about.
pub(crate) fn review_pack(pack: ReviewPack, revision: String) -> v1::GetReviewPackResponse {
    let all = |list: Vec<ReviewedHandoff>| list.into_iter().map(reviewed).collect();
    v1::GetReviewPackResponse {
        good: all(pack.good),
        bad: all(pack.bad),
        missed: all(pack.missed),
        revision,
    }
}

fn reviewed(found: ReviewedHandoff) -> v1::ReviewedHandoff {
    v1::ReviewedHandoff {
        handoff: Some(handoff::to_proto(found.handoff)),
        reasons: found.reasons,
        won: found.won,
    }
}
