//! Signals: what an activity means to us.

use std::collections::HashMap;

use super::Worth;
use crate::rule::{ActivityFacts, Answer, Rule};
use crate::{Activity, DAY};

/// What activities of one kind mean.
#[derive(Debug)]
pub struct Signal {
    /// Its name, for people; unique in the model.
    pub name: String,
    /// Which activities it is; the first signal that matches takes the activity.
    pub when: Rule,
    /// What one activity gives.
    pub worth: Worth,
    /// Whether its activities are kept but count nothing.
    pub ignore: bool,
}

/// Signals that share a cap.
#[derive(Debug, PartialEq)]
pub struct Group {
    /// Its name, for people.
    pub name: String,
    /// The most points its signals give together; `INFINITY` for signals without a group.
    pub cap: f64,
}

/// What an activity was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It counts as the signal at this position.
    Counts(u16),
    /// It is the signal at this position, which counts nothing.
    Ignored(u16),
    /// No signal matches it.
    None,
}

/// The signals of a model, indexed so that few are asked about one activity.
#[derive(Debug, Default)]
pub struct SignalRules {
    signals: Vec<Signal>,
    groups: Vec<Group>,
    /// The signals that an activity of a given type can be, in order.
    by_type: HashMap<String, Vec<u16>>,
    /// The signals that an activity of any other type can be, in order.
    any_type: Vec<u16>,
}

impl SignalRules {
    pub(super) fn new(signals: Vec<Signal>, groups: Vec<Group>) -> Self {
        let mut by_type: HashMap<String, Vec<u16>> = HashMap::new();
        let types = signals.iter().filter_map(|signal| signal.when.types());
        for kind in types.flatten() {
            by_type.entry(kind.clone()).or_default();
        }
        let mut any_type = Vec::new();
        for (position, signal) in (0..).zip(&signals) {
            match signal.when.types() {
                Some(types) => {
                    for kind in types {
                        by_type.entry(kind.clone()).or_default().push(position);
                    }
                }
                None => {
                    any_type.push(position);
                    by_type.values_mut().for_each(|candidates| candidates.push(position));
                }
            }
        }
        Self { signals, groups, by_type, any_type }
    }

    /// Every signal, in the model's order: positions are what ledgers hold.
    #[must_use]
    pub fn all(&self) -> &[Signal] {
        &self.signals
    }

    /// The groups, in the model's order.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The signal at a position of a ledger.
    #[must_use]
    pub fn get(&self, position: u16) -> Option<&Signal> {
        self.signals.get(usize::from(position))
    }

    /// What an activity is: the first signal whose rule holds.
    #[must_use]
    pub fn classify(&self, activity: &Activity) -> Match {
        let candidates = self.by_type.get(&activity.kind).unwrap_or(&self.any_type);
        let mut facts = None;
        for &position in candidates {
            let Some(signal) = self.get(position) else { continue };
            // The type was compared by the look-up already.
            let holds = signal.when.is_only_type()
                || signal.when.answer(facts.get_or_insert_with(|| ActivityFacts::new(activity)))
                    == Answer::Yes;
            if holds {
                return if signal.ignore {
                    Match::Ignored(position)
                } else {
                    Match::Counts(position)
                };
            }
        }
        Match::None
    }
}

/// Days as seconds.
pub(super) fn days(value: f64) -> f64 {
    value * DAY as f64
}
