//! What is well formed and makes no sense: rules that can never apply, bars that nobody can meet.

use std::collections::{HashMap, HashSet};

use super::{FitRule, Model, Problem, Signal};
use crate::engagement::round;
use crate::fit::{Fit, account_fit_parts};
use crate::tier::Bar;

/// Everything about a model that can never come to pass, as warnings.
pub(super) fn check(model: &Model) -> Vec<Problem> {
    let mut found = Vec::new();
    signals_that_others_take(model.signals.all(), &mut found);
    let bars: Vec<(String, &Bar)> = model
        .tiers
        .bars
        .iter()
        .enumerate()
        .map(|(position, tier)| (format!("tiers[{position}]"), &tier.bar))
        .chain(model.tiers.mqa.iter().map(|mqa| ("mqa".to_owned(), mqa)))
        .collect();
    let most = best_fit(model);
    let gives_points = model.signals.all().iter().any(|signal| signal.worth.points > 0.0);
    for (path, bar) in &bars {
        if bar.fit > most {
            let message =
                format!("asks for {}, and the fit rules give an account {most} at most", bar.fit);
            found.push(Problem::new(format!("{path}.fit"), message));
        }
        if !gives_points && bar.engagement > 0 {
            let message = "asks for engagement, and no signal gives points";
            found.push(Problem::new(format!("{path}.engagement"), message));
        }
        if !gives_points && bar.engaged_people > 0 {
            let message = "asks for engaged people, and no signal gives points";
            found.push(Problem::new(format!("{path}.engaged_people"), message));
        }
    }
    for (position, tier) in model.tiers.bars.iter().enumerate() {
        let better = model.tiers.bars.iter().take(position);
        if let Some(taker) = better.into_iter().find(|better| asks_no_more(&better.bar, &tier.bar))
        {
            let (worse, better) = (tier.tier.number(), taker.tier.number());
            let message =
                format!("whoever meets the bar of tier {worse} meets that of tier {better}");
            found.push(Problem::new(format!("tiers[{position}]"), message));
        }
    }
    found.into_iter().map(Problem::into_warning).collect()
}

/// Whether everybody who meets `other` meets `bar`.
fn asks_no_more(bar: &Bar, other: &Bar) -> bool {
    bar.fit <= other.fit
        && bar.engagement <= other.engagement
        && bar.engaged_people <= other.engaged_people
        && bar.roles.iter().all(|role| other.roles.contains(role))
}

/// Signals that no activity can be, because one before takes it.
fn signals_that_others_take(signals: &[Signal], found: &mut Vec<Problem>) {
    let mut types: HashMap<&str, &str> = HashMap::new();
    let mut sources: HashMap<&str, &str> = HashMap::new();
    let mut everything: Option<&str> = None;
    for (position, signal) in signals.iter().enumerate() {
        let (source, name) = (signal.when.source().trim(), signal.name.as_str());
        let taken_whole: Option<HashSet<&str>> = signal
            .when
            .types()
            .and_then(|own| own.iter().map(|kind| types.get(kind.as_str()).copied()).collect());
        let by = everything
            .map(|by| vec![by])
            .or_else(|| sources.get(source).map(|by| vec![*by]))
            .or_else(|| taken_whole.map(|by| by.into_iter().collect()));
        if let Some(mut by) = by {
            by.sort_unstable();
            let by = by.iter().map(|by| format!("`{by}`")).collect::<Vec<_>>().join(" and ");
            let message =
                format!("no activity comes to this signal: {by} before it takes them all");
            found.push(Problem::new(format!("signals[{position}].when"), message));
        }
        sources.entry(source).or_insert(name);
        if source == "true" {
            everything.get_or_insert(name);
        }
        if signal.when.is_only_type() {
            for kind in signal.when.types().unwrap_or_default() {
                types.entry(kind).or_insert(name);
            }
        }
    }
}

/// The best fit that the rules can give an account.
fn best_fit(model: &Model) -> u8 {
    let most = |rules: &[FitRule]| -> u8 {
        let sum: i64 = rules.iter().map(|rule| i64::from(rule.points.max(0))).sum();
        u8::try_from(sum.min(100)).unwrap_or(100)
    };
    let account = Fit { score: most(&model.account_fit.rules), coverage: 100 };
    let lead = most(&model.lead_fit);
    let people: Vec<_> = if model.account_fit.required_roles.is_empty() {
        vec![(lead, None)]
    } else {
        let roles = model.account_fit.required_roles.iter().map(|role| (lead, Some(*role)));
        // As many of the best as are looked at.
        roles
            .chain(std::iter::repeat_n((lead, None), model.account_fit.top_people.min(100)))
            .collect()
    };
    round(account_fit_parts(model, account, &people).score(model))
}

#[cfg(test)]
mod tests {
    use crate::model;

    fn problems(file: &str) -> Vec<String> {
        assert!(model::parse(file).is_ok(), "it can be used all the same");
        let found = model::validate(file);
        assert!(found.iter().all(|problem| problem.severity == model::Severity::Warning));
        found
            .iter()
            .map(|problem| format!("{}:{}", problem.line.unwrap_or(0), problem.path))
            .collect()
    }

    #[test]
    fn a_signal_that_others_take_is_told() {
        let file = r#"name: x
signals:
  - {name: a, when: 'activity.type in ["x", "y"]', points: 1}
  - {name: b, when: 'activity.type == "x" && activity.source == "web"', points: 1}
  - {name: c, when: 'activity.type == "z" && activity.source == "web"', points: 1}
  - {name: d, when: 'activity.type == "z" && activity.source == "web"', points: 1}
  - {name: e, when: 'true', points: 1}
  - {name: f, when: 'activity.source == "crm"', points: 1}
"#;
        assert_eq!(problems(file), ["4:signals[1].when", "6:signals[3].when", "8:signals[5].when"]);
    }

    #[test]
    fn a_bar_that_nobody_can_meet_is_told() {
        let file = r#"name: x
account_fit:
  people_percent: 30
  rules: [{name: a, when: 'account.employees > 1', points: 60}]
lead_fit: [{name: b, when: 'lead.title != ""', points: 50}]
tiers:
  - {tier: 1, fit: 58}
  - {tier: 2, fit: 57, engagement: 1, engaged_people: 1}
mqa: {fit: 57}
"#;
        assert_eq!(
            problems(file),
            ["7:tiers[0].fit", "8:tiers[1].engagement", "8:tiers[1].engaged_people"]
        );
    }

    #[test]
    fn a_tier_that_a_better_one_takes_is_told() {
        let file = "name: x
signals: [{name: a, when: 'true', points: 1}]
tiers:
  - {tier: 1, engagement: 20}
  - {tier: 2, engagement: 30, engaged_people: 1}
";
        assert_eq!(problems(file), ["5:tiers[1]"]);
    }
}
