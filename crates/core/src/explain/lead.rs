//! A person's engagement and fit, opened.

use std::collections::BTreeMap;

use super::{Explanation, Line, What, finish, micro, total};
use crate::engagement::{GroupTerms, Reading, curve};
use crate::fit::RuleFit;
use crate::ledger::{DAY_ENTRIES, Ledger};
use crate::model::FitRule;
use crate::rule::{AccountFacts, LeadFacts};
use crate::time::day_of;
use crate::{DAY, LeadProfile, Model};

/// Opens the engagement of a ledger at a second.
#[must_use]
pub fn explain_lead_engagement(model: &Model, ledger: &Ledger, as_of: i64) -> Explanation {
    let reading = Reading::new(model, ledger);
    let mut lines = Vec::new();
    for group in &reading.groups {
        let first = lines.len();
        for terms in group.terms.chunk_by(|one, other| one.signal == other.signal) {
            lines.extend(signal_line(model, &reading, terms, as_of));
        }
        let sum = total(lines.get(first..).unwrap_or_default());
        lines.extend(group_cap_line(model, group, sum));
    }
    lines.extend(day_cap_lines(model, ledger, &reading, as_of));
    let sum = total(&lines);
    if sum < 0 {
        lines.push(Line::new(What::Floor, -sum));
    }
    let raw = reading.raw(as_of);
    finish(lines, What::Curve, curve(raw, model.half_points), Some(raw))
}

fn signal_line(
    model: &Model,
    reading: &Reading,
    terms: &[crate::engagement::Term],
    as_of: i64,
) -> Option<Line> {
    let position = terms.first()?.signal;
    let (name, worth) = model.worth(position)?;
    let is_pattern = model.signals.get(position).is_none();
    let in_sight = |time: i64| (0..=reading.look_back_secs()).contains(&(as_of - time));
    let activities: Vec<Line> = terms
        .iter()
        .filter(|term| in_sight(term.time))
        .map(|term| {
            let value = term.at(as_of, reading.look_back_secs());
            let (time, points, age_secs) = (term.time, worth.points, as_of - term.time);
            let factor = libm::exp2(-(age_secs as f64) / worth.half_life_secs);
            let what = match is_pattern {
                true => What::Occurrence { time, points, age_secs, factor },
                false => What::Activity { time, signal: position, points, age_secs, factor },
            };
            Line::new(what, micro(value))
        })
        .collect();
    if activities.is_empty() {
        return None;
    }
    let (name, count) = (name.to_owned(), activities.len());
    let what = match is_pattern {
        true => What::Pattern { name, count },
        false => What::Signal { name, count },
    };
    Some(Line::sum(what, activities))
}

fn group_cap_line(model: &Model, group: &GroupTerms, sum: i64) -> Option<Line> {
    let name = &model.signals.groups().get(group.group?)?.name;
    let cut = micro(group.cap) - sum;
    (cut < 0).then(|| Line::new(What::GroupCap { name: name.clone() }, cut))
}

/// One line per signal or pattern of which more happened in a day than counts. Of what the
/// ledger only counts the second is not known: it is told as soon as the entries of its day are
/// over.
fn day_cap_lines(model: &Model, ledger: &Ledger, reading: &Reading, as_of: i64) -> Vec<Line> {
    let since = as_of - model.look_back_secs;
    let mut days: BTreeMap<(i64, u16), usize> = BTreeMap::new();
    let mut cut: BTreeMap<u16, u64> = BTreeMap::new();
    let entries = ledger.entries().iter().map(|entry| (entry.time, entry.signal));
    let entries = entries.take_while(|(time, _)| *time <= as_of);
    let occurrences = reading.occurrences.iter().copied().take_while(|(time, _)| *time <= as_of);
    for (time, position) in entries.chain(occurrences) {
        let rank = days.entry((day_of(time), position)).or_default();
        *rank += 1;
        let beyond = model.worth(position).is_some_and(|(_, worth)| *rank > worth.daily_cap);
        if beyond && time >= since {
            *cut.entry(position).or_default() += 1;
        }
    }
    for (key, &more) in ledger.overflow() {
        let (day, signal) = *key;
        if days.get(key) == Some(&DAY_ENTRIES) && (day + 1) * DAY > since {
            *cut.entry(signal).or_default() += more;
        }
    }
    cut.into_iter()
        .filter_map(|(position, count)| {
            let name = model.worth(position)?.0.to_owned();
            Some(Line::new(What::DayCap { name, count }, 0))
        })
        .collect()
}

/// Opens the fit of a person.
#[must_use]
pub fn explain_lead_fit(model: &Model, lead: &LeadProfile, account: &AccountFacts) -> Explanation {
    let rules =
        RuleFit::new(&model.lead_fit, &LeadFacts::new(lead, &model.titles.read(lead), account));
    let lines = rule_lines(&model.lead_fit, &rules);
    finish(lines, What::Clamp, f64::from(rules.fit().score), None)
}

/// A line for each rule that holds or cannot be answered.
pub(super) fn rule_lines(rules: &[FitRule], fit: &RuleFit) -> Vec<Line> {
    use crate::rule::Answer;
    rules
        .iter()
        .zip(&fit.answers)
        .filter(|(_, answer)| **answer != Answer::No)
        .map(|(rule, &answer)| {
            let points = if answer == Answer::Yes { i64::from(rule.points) } else { 0 };
            Line::new(What::FitRule { name: rule.name.clone(), answer }, points * 1_000_000)
        })
        .collect()
}
