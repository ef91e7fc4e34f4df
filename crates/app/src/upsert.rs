//! Storing profiles: what accounts, leads and opportunities have in common.

use abm_core::Violation;

use crate::AppError;

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

/// How rows are taken.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpsertOptions {
    /// Lay what is sent over what is stored, instead of replacing it.
    pub merge: bool,
    /// Refuse all rows with one of them.
    pub all_or_nothing: bool,
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

    /// Fails when a row that was good by itself was refused; `list` is the field of the rows.
    pub(crate) fn all_taken(&self, list: &str) -> Result<(), AppError> {
        let refused = self.outcomes.iter().enumerate();
        let refused: Vec<Violation> = refused
            .filter(|(_, outcome)| **outcome == UpsertOutcome::Rejected(too_much()))
            .map(|(index, _)| {
                let Violation { field, message, .. } = too_much();
                Violation::invalid(format!("{list}[{index}].{field}"), message)
            })
            .collect();
        if refused.is_empty() { Ok(()) } else { Err(AppError::Invalid(refused)) }
    }

    /// The outcomes in a form that can be remembered: a letter for each row.
    pub(crate) fn letters(&self) -> String {
        let letter = |outcome: &UpsertOutcome| match outcome {
            UpsertOutcome::Created => 'c',
            UpsertOutcome::Updated => 'u',
            UpsertOutcome::Rejected(violation) if *violation == too_much() => 'm',
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
                'm' => *slot = UpsertOutcome::Rejected(too_much()),
                _ => {}
            }
        }
    }

    pub(crate) fn into_outcomes(self) -> Vec<UpsertOutcome> {
        self.outcomes
    }
}

/// The reason to refuse a row that is good by itself, but not together with what is known.
pub(crate) fn too_much() -> Violation {
    Violation::invalid("merge", "with what is known already, a list of the profile is too long")
}
