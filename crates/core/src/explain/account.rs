//! An account's engagement and fit, opened.

use super::lead::rule_lines;
use super::{Explanation, Line, What, finish, micro, total};
use crate::assess::{Person, fits_and_roles};
use crate::engagement::Reading;
use crate::fit::{RuleFit, account_fit_parts};
use crate::ledger::Ledger;
use crate::rollup::Part;
use crate::rule::AccountFacts;
use crate::{AccountProfile, Model};

/// Opens an account's engagement at a second into its people, the most important first, and
/// its unknown visitor. Who adds nothing, or is excluded, has no line.
#[must_use]
pub fn explain_account_engagement(
    model: &Model,
    people: &[Person],
    visitor: &Ledger,
    as_of: i64,
) -> Explanation {
    let mut parts = Vec::with_capacity(people.len() + 1);
    let members = people.iter().filter(|person| person.rules.exclusion.is_none());
    for person in members.clone() {
        let engagement = Reading::new(model, &person.ledger).engagement(as_of);
        parts.push(Part { engagement, percent: person.rules.percent });
    }
    let visitor_percent = model.rollup.unknown_visitor_percent;
    if visitor.last_at(as_of).is_some() {
        let engagement = Reading::new(model, visitor).engagement(as_of);
        parts.push(Part { engagement, percent: visitor_percent });
    }
    let combined = model.rollup.combine(&parts);
    let shares = model.rollup.shares(&parts);
    let leads = members.map(|person| Some(&person.lead)).chain([None]);
    let mut lines: Vec<Line> = leads
        .zip(parts.iter().zip(combined.shares.iter().zip(shares)))
        .filter(|(_, (_, (adds, _)))| **adds > 0.0)
        .map(|(lead, (&Part { engagement, percent }, (&adds, share)))| {
            let what = match lead {
                Some(lead) => What::Person { lead: lead.clone(), engagement, percent, share },
                None => What::UnknownVisitor { engagement, percent, share },
            };
            Line::new(what, micro(adds))
        })
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.micropoints));
    let raw = crate::assess::raw_points(model, people, visitor, as_of);
    finish(lines, What::Curve, combined.score, Some(raw))
}

/// Opens an account's fit into rules and people.
#[must_use]
pub fn explain_account_fit(
    model: &Model,
    account: &AccountProfile,
    people: &[Person],
) -> Explanation {
    let rules = RuleFit::new(&model.account_fit.rules, &AccountFacts::new(account));
    let parts = account_fit_parts(model, rules.fit(), &fits_and_roles(people));
    let percent = model.account_fit.people_percent;
    let mut lines = rule_lines(&model.account_fit.rules, &rules);
    let clamp = i64::from(parts.rules) * 1_000_000 - total(&lines);
    if clamp != 0 {
        lines.push(Line::new(What::Clamp, clamp));
    }
    if percent > 0 {
        let taken = -micro(f64::from(parts.rules) * f64::from(percent) / 100.0);
        let what = What::RulesShare { percent: 100_u8.saturating_sub(percent) };
        lines.push(Line::new(what, taken));
        let what = What::PeopleFit { percent, top_mean: parts.top_mean, roles: parts.roles };
        lines.push(Line::new(what, micro(parts.people * f64::from(percent) / 100.0)));
    }
    finish(lines, What::Rounding, parts.score(model), None)
}
