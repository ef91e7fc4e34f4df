//! What is well formed and makes no sense: rules that can never apply, bars that nobody can meet.

mod bars;
mod broken;
mod patterns;
mod reach;

use std::collections::{HashMap, HashSet};

use super::{Model, Problem, Signal};
use crate::yaml::Node;

pub(super) use broken::Broken;

/// Everything about a model that can never come to pass, as warnings with their places. Of a
/// model that is broken somewhere only what no mending of it changes.
pub(super) fn check(model: &Model, tree: &Node, broken: &Broken) -> Vec<Problem> {
    let mut found = Vec::new();
    signals_that_others_take(model.signals.all(), &mut found);
    if broken.spares(&["signals", "patterns", "visits"]) {
        patterns::check(model, &mut found);
    }
    bars::check(model, broken, &mut found);
    let placed = found.into_iter().filter_map(|problem| problem.into_warning().placed(tree));
    placed.filter(|warning| !broken.touches(&warning.path)).collect()
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
        if let Some(by) = by {
            let message = match by.is_empty() {
                true => "no activity is this signal: its rule holds for no type".to_owned(),
                false => taken(by),
            };
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

/// What is told of a signal that others take.
fn taken(mut by: Vec<&str>) -> String {
    by.sort_unstable();
    let names = by.iter().map(|by| format!("`{by}`")).collect::<Vec<_>>().join(" and ");
    let take = if by.len() == 1 { "takes" } else { "take" };
    format!("no activity comes to this signal: {names} before it {take} them all")
}

#[cfg(test)]
mod soundness;
#[cfg(test)]
mod tests;
