//! Storing profiles: what accounts and leads have in common.

use abm_core::Violation;

/// A profile as it came: readable, or refused with its reasons.
pub type Upsert<Id, Profile> = Result<(Id, Profile), Vec<Violation>>;

/// What became of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpsertOutcome {
    /// It was not known.
    Created,
    /// It was known otherwise.
    Updated,
    /// It was known like this.
    Unchanged,
    /// Refused.
    Rejected(Violation),
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upserted {
    /// One outcome for each row, in the order sent.
    pub rows: Vec<UpsertOutcome>,
    /// The position after it.
    pub revision: u64,
}

/// The good rows of a call, and the outcomes of the others.
pub(crate) struct Rows<Id, Profile> {
    pub(crate) good: Vec<(usize, Id, Profile)>,
    outcomes: Vec<UpsertOutcome>,
}

impl<Id, Profile> Rows<Id, Profile> {
    pub(crate) fn new(rows: Vec<Upsert<Id, Profile>>) -> Self {
        let mut sorted = Self { good: Vec::new(), outcomes: Vec::new() };
        for (index, row) in rows.into_iter().enumerate() {
            sorted.outcomes.push(match row {
                Ok((id, profile)) => {
                    sorted.good.push((index, id, profile));
                    UpsertOutcome::Unchanged
                }
                Err(violations) => {
                    let unnamed = || Violation::invalid("row", "cannot be read");
                    UpsertOutcome::Rejected(violations.into_iter().next().unwrap_or_else(unnamed))
                }
            });
        }
        sorted
    }

    /// Notes what became of a good row.
    pub(crate) fn note(&mut self, index: usize, outcome: UpsertOutcome) {
        if let Some(slot) = self.outcomes.get_mut(index) {
            *slot = outcome;
        }
    }

    /// The outcomes in a form that can be remembered: a letter for each row.
    pub(crate) fn letters(&self) -> String {
        let letter = |outcome: &UpsertOutcome| match outcome {
            UpsertOutcome::Created => 'c',
            UpsertOutcome::Updated => 'u',
            UpsertOutcome::Unchanged | UpsertOutcome::Rejected(_) => '-',
        };
        self.outcomes.iter().map(letter).collect()
    }

    /// Takes remembered outcomes over; what was refused is refused again for the same reason.
    pub(crate) fn recall(&mut self, letters: &str) {
        for (slot, letter) in self.outcomes.iter_mut().zip(letters.chars()) {
            match letter {
                'c' => *slot = UpsertOutcome::Created,
                'u' => *slot = UpsertOutcome::Updated,
                _ => {}
            }
        }
    }

    pub(crate) fn into_outcomes(self) -> Vec<UpsertOutcome> {
        self.outcomes
    }
}
