//! What bars ask, and the figures by which points become scores.

use super::super::Stand;
use super::{Named, Seen};
use crate::rollup::Operator;
use crate::tier::Bar;
use crate::{BuyingRole, DAY, Seniority};

/// What the bars ask that lie between where the account stands and where it would, and those of
/// its people.
pub(super) fn asked(seen: &Seen<'_>, stands: Option<(&Stand, &Stand)>) -> Named {
    let mut asked = Named::new();
    if let Some((old, new)) = stands {
        of_account(seen, old, new, &mut asked);
    }
    if let Some(bar) = seen.tiers.mql {
        asked.insert("mql".into(), 1.0);
        asked.insert("mql fit".into(), bar.fit.into());
        asked.insert("mql engagement".into(), bar.engagement.into());
    }
    let least_fit = seen.model.grades.hand_raiser_fit();
    asked.insert("raised hand fit".into(), least_fit.into());
    asked.insert("hold days".into(), seen.tiers.hold_secs as f64 / DAY as f64);
    asked
}

fn of_account(seen: &Seen<'_>, old: &Stand, new: &Stand, asked: &mut Named) {
    // Without a tier is below the third.
    let number = |stand: &Stand| stand.tier.map_or(4, |tier| tier.number());
    let (best, worst) = (number(old).min(number(new)), number(old).max(number(new)));
    for tier in &seen.tiers.bars {
        let name = format!("tier {}", tier.tier.number());
        if (best..worst).contains(&tier.tier.number()) {
            ask(&name, &tier.bar, asked);
        }
        if old.priority != new.priority && seen.tiers.priority.contains(&tier.tier) {
            asked.insert(format!("{name} priority"), 1.0);
        }
    }
    if let Some(bar) = seen.tiers.mqa.as_ref().filter(|_| old.mqa != new.mqa) {
        ask("mqa", bar, asked);
    }
}

fn ask(name: &str, bar: &Bar, asked: &mut Named) {
    asked.insert(name.to_owned(), 1.0);
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
}

/// The figures by which points become scores; of weights those of the people of `sides`.
pub(super) fn figures(seen: &Seen<'_>, sides: &[&Seen<'_>]) -> Named {
    let mut figures = Named::from([("engagement half points".to_owned(), seen.model.half_points)]);
    let Some(account) = &seen.account else { return figures };
    let rollup = &seen.model.rollup;
    let mut add = |name: String, figure: f64| figures.insert(name, figure);
    add("engaged floor".into(), seen.model.engaged_floor.into());
    add("people percent".into(), seen.model.account_fit.people_percent.into());
    add(format!("operator {}", rollup.operator.name()), 1.0);
    add("account half points".into(), rollup.half_points);
    if rollup.operator == Operator::TopKMean {
        add("top".into(), rollup.top as f64);
    }
    if !account.visitor.moments.is_empty() {
        add("weight of unknown visitor".into(), rollup.unknown_visitor_percent.into());
    }
    for person in sides.iter().flat_map(|side| &side.people) {
        let position = &person.rules.position;
        let seniority = position.seniority.map_or(Seniority::Other, |known| known.value);
        let percent = rollup.seniority_percent.get(&seniority).copied().unwrap_or(100);
        add(format!("weight of {}", seniority.name()), percent.into());
        if let Some(role) = position.buying_role.map(|known| known.value) {
            let percent = rollup.buying_role_percent.get(&role).copied().unwrap_or(100);
            add(format!("weight of {}", role.name()), percent.into());
        }
    }
    figures
}
