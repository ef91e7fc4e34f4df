//! How much accounts had of each signal at past dates, and what became of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use abm_core::Model;
use abm_core::assess::{Person, amounts};
use abm_learn::AccountExamples;
use abm_learn::split;
use abm_learn::suggest::points::SignalColumn;

use super::SEED;
use crate::backtest::past::{Fate, Past};
use crate::backtest::windows::Windows;
use crate::models::Compiled;
use crate::subject::Subject;

/// Most examples: accounts at dates. Of more, accounts are drawn by their ids.
const EXAMPLES: usize = 60_000;

/// An account at a date.
#[derive(Debug)]
struct Example {
    /// How much there was of each signal and pattern, by position.
    amounts: BTreeMap<u16, f64>,
    outcome: bool,
}

/// What is learned from: accounts with their dates, in an order that has nothing to do with them.
#[derive(Debug, Default)]
pub(super) struct History {
    accounts: BTreeMap<(u64, String), Vec<Example>>,
    examples: usize,
}

impl History {
    /// Takes up accounts as the first of the rules sees them. Those that are excluded from
    /// priority are nobody's prospects.
    pub(super) fn add(
        &mut self,
        windows: &Windows,
        tried: &[Arc<Compiled>],
        seen: &[Vec<Subject>],
        past: &[Past],
    ) {
        let (Some(compiled), Some(subjects)) = (tried.first(), seen.first()) else { return };
        for (subject, past) in subjects.iter().zip(past) {
            if subject.rules.exclusion.is_some() {
                continue;
            }
            let examples = examples(&compiled.model, windows, subject, past);
            if examples.is_empty() {
                continue;
            }
            self.examples += examples.len();
            let id = subject.account.id.as_str().to_owned();
            self.accounts.insert((split::place(SEED, &id), id), examples);
            while self.examples > EXAMPLES
                && let Some((_, dropped)) = self.accounts.pop_last()
            {
                self.examples -= dropped.len();
            }
        }
    }

    /// The examples, as they are learned from.
    pub(super) fn into_examples(self, model: &Model) -> AccountExamples {
        let mut found = AccountExamples { signals: columns(model), ..AccountExamples::default() };
        for (account, examples) in (0..).zip(self.accounts.into_values()) {
            for Example { amounts, outcome } in examples {
                let row = found.outcomes.len();
                for (signal, amount) in amounts {
                    if let Some(column) = found.signals.get_mut(usize::from(signal)) {
                        column.amounts.resize(row, 0.0);
                        column.amounts.push(amount);
                    }
                }
                found.accounts.push(account);
                found.outcomes.push(outcome);
            }
        }
        // What counts nothing is not learned.
        let signals = model.signals.all().iter().map(|signal| signal.ignore);
        let mut ignored = signals.chain(model.patterns.all().iter().map(|_| false));
        found.signals.retain(|_| !ignored.next().unwrap_or_default());
        found
    }
}

/// An account at the dates at which it was a prospect, as those who were there then made it.
fn examples(model: &Model, windows: &Windows, subject: &Subject, past: &Past) -> Vec<Example> {
    let mut found = Vec::new();
    for &date in &windows.dates {
        let Fate::Prospect(outcome) = past.at(date, windows.window_secs) else { continue };
        let there = subject.people.iter().filter(|person| past.holds(&person.lead, date));
        let people: Vec<Person> = there.cloned().collect();
        let amounts = amounts(model, &people, &subject.visitor, date);
        found.push(Example { amounts, outcome });
    }
    found
}

fn columns(model: &Model) -> Vec<SignalColumn> {
    let signals = model.signals.all().iter().map(|signal| (&signal.name, &signal.worth));
    let patterns = model.patterns.all().iter().map(|pattern| (&pattern.name, &pattern.worth));
    let column = |(name, worth): (&String, &abm_core::model::Worth)| SignalColumn {
        name: name.clone(),
        base_points: worth.points,
        amounts: Vec::new(),
    };
    signals.chain(patterns).map(column).collect()
}
