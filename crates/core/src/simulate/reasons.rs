//! The rules that move an account: those that give it something else under another model.

use std::collections::BTreeMap;

use super::{Side, Stand};
use crate::engagement::Reading;
use crate::fit::{RuleFit, account_fit_parts};
use crate::model::FitRule;
use crate::rule::{AccountFacts, Answer};
use crate::tier::{Bar, Tiers};
use crate::{BuyingRole, Model};

/// A rule and what it gives an account under both models.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// What kind of rule.
    pub kind: ReasonKind,
    /// Its name.
    pub rule: String,
    /// What it gives, or asks, under the first model; 0 when it is not there.
    pub before: f64,
    /// The same under the second model.
    pub after: f64,
}

/// What kind of rule a reason is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonKind {
    /// A rule that excludes the account; 1 where it does.
    Exclusion,
    /// A segment whose bars hold for the account; 1 where they do.
    Segment,
    /// A bar, in its own unit: what it asks.
    Bar,
    /// A signal or pattern, in weighted raw points.
    Signal,
    /// The cap of a group, in weighted raw points; what it takes off is negative.
    Group,
    /// A rule of the account's fit, in points.
    FitRule,
    /// The fit of the account's people, in points of fit.
    PeopleFit,
    /// How raw points and people are put together: a figure of the model.
    RollUp,
}

/// The rules that give an account something else, by kind, the weightiest of a kind first.
pub(super) fn find(
    before: &Side<'_>,
    after: &Side<'_>,
    stands: (&Stand, &Stand),
    as_of: i64,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut compare = |kind, before: BTreeMap<String, f64>, after: BTreeMap<String, f64>| {
        let mut found: Vec<Reason> = Vec::new();
        let gone = before.keys().filter(|rule| !after.contains_key(*rule));
        for rule in after.keys().chain(gone) {
            let of = |side: &BTreeMap<String, f64>| side.get(rule).copied().unwrap_or(0.0);
            let (before, after) = (of(&before), of(&after));
            // Sums of the same figures may differ in their last bits.
            if (before - after).abs() > 1e-9 {
                found.push(Reason { kind, rule: rule.clone(), before, after });
            }
        }
        found.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
        reasons.extend(found);
    };
    let one = |name: &Option<String>| name.iter().map(|name| (name.clone(), 1.0)).collect();
    compare(ReasonKind::Exclusion, one(&before.rules.exclusion), one(&after.rules.exclusion));
    compare(ReasonKind::Segment, one(&before.rules.segment), one(&after.rules.segment));
    compare(ReasonKind::Bar, bars(before, stands), bars(after, stands));
    let (given_before, cuts_before) = points(before, as_of);
    let (given_after, cuts_after) = points(after, as_of);
    compare(ReasonKind::Signal, given_before, given_after);
    compare(ReasonKind::FitRule, fit_rules(before), fit_rules(after));
    compare(ReasonKind::PeopleFit, people_fit(before), people_fit(after));
    compare(ReasonKind::Group, cuts_before, cuts_after);
    compare(ReasonKind::RollUp, roll_up(before.model), roll_up(after.model));
    reasons
}

fn weight(reason: &Reason) -> f64 {
    (reason.after - reason.before).abs()
}

/// What the bars ask that lie between where the account stands and where it would.
fn bars(side: &Side<'_>, (old, new): (&Stand, &Stand)) -> BTreeMap<String, f64> {
    let tiers: &Tiers = side.model.tiers_of(side.rules.segment.as_deref());
    let mut asked = BTreeMap::new();
    let mut ask = |name: &str, bar: &Bar| {
        for (part, figure) in [
            ("fit", f64::from(bar.fit)),
            ("engagement", f64::from(bar.engagement)),
            ("engaged people", f64::from(bar.engaged_people)),
        ] {
            asked.insert(format!("{name} {part}"), figure);
        }
        for role in &bar.roles {
            asked.insert(format!("{name} role {}", BuyingRole::name(*role)), 1.0);
        }
    };
    if old.tier != new.tier {
        // Without a tier is below the third.
        let number = |stand: &Stand| stand.tier.map_or(4, |tier| tier.number());
        let (best, worst) = (number(old).min(number(new)), number(old).max(number(new)));
        for bar in &tiers.bars {
            if (best..worst).contains(&bar.tier.number()) {
                ask(&format!("tier {}", bar.tier.number()), &bar.bar);
            }
        }
    }
    if let Some(bar) = tiers.mqa.as_ref().filter(|_| old.mqa != new.mqa) {
        ask("mqa", bar);
    }
    if let Some(bar) = tiers.mql {
        asked.insert("mql fit".into(), bar.fit.into());
        asked.insert("mql engagement".into(), bar.engagement.into());
    }
    asked.insert("hold days".into(), tiers.hold_secs as f64 / crate::DAY as f64);
    asked
}

type Named = BTreeMap<String, f64>;

/// Weighted raw points by signal or pattern, and what caps take off by group.
fn points(side: &Side<'_>, as_of: i64) -> (Named, Named) {
    let (mut given, mut cuts) = (Named::new(), Named::new());
    let mut add = |percent: u32, reading: &Reading| {
        let share = f64::from(percent) / 100.0;
        let (parts, caps) = reading.parts(as_of);
        for (position, points) in parts {
            if let Some(name) = name_of(side.model, position) {
                *given.entry(name.to_owned()).or_default() += share * points;
            }
        }
        for (group, cut) in caps {
            if let Some(group) = side.model.signals.groups().get(group) {
                *cuts.entry(group.name.clone()).or_default() += share * cut;
            }
        }
    };
    for person in side.people.iter().filter(|person| person.rules.exclusion.is_none()) {
        add(person.rules.percent, &Reading::new(side.model, &person.ledger));
    }
    let visitor = Reading::new(side.model, side.visitor);
    add(side.model.rollup.unknown_visitor_percent, &visitor);
    (given, cuts)
}

/// The name of the signal or pattern at a position.
fn name_of(model: &Model, position: u16) -> Option<&str> {
    let signals = model.signals.all();
    let position = usize::from(position);
    match signals.get(position) {
        Some(signal) => Some(&signal.name),
        None => model.patterns.all().get(position - signals.len()).map(|p| p.name.as_str()),
    }
}

/// What the rules of the account's fit give.
fn fit_rules(side: &Side<'_>) -> Named {
    let rules: &[FitRule] = &side.model.account_fit.rules;
    let found = RuleFit::new(rules, &AccountFacts::new(side.profile));
    let holding = rules.iter().zip(&found.answers).filter(|(_, answer)| **answer == Answer::Yes);
    holding.map(|(rule, _)| (rule.name.clone(), f64::from(rule.points))).collect()
}

/// What its people add to the account's fit.
fn people_fit(side: &Side<'_>) -> Named {
    let people = crate::assess::fits_and_roles(side.people);
    let parts = account_fit_parts(side.model, side.rules.fit, &people);
    let share = f64::from(side.model.account_fit.people_percent) / 100.0;
    Named::from([("people".to_owned(), parts.people * share)])
}

/// The figures by which points become scores.
fn roll_up(model: &Model) -> Named {
    Named::from([
        ("engagement half points".to_owned(), model.half_points),
        ("engaged floor".to_owned(), model.engaged_floor.into()),
        ("account half points".to_owned(), model.rollup.half_points),
        (format!("operator {}", model.rollup.operator.name()), 1.0),
    ])
}
