//! What is wrong with a value that a caller sent.

use std::fmt;

/// One field that cannot be accepted, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field as the caller knows it, for example `activities[3].occurred_at`.
    pub field: String,
    /// What kind of refusal it is.
    pub reason: Refusal,
    /// One sentence for a person: lower case, without a final stop, naming the limit.
    pub message: String,
}

/// The kinds of refusal that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The value is missing, malformed, too long or out of range.
    InvalidField,
    /// The activity happened later than the clock of the service allows.
    FutureTime,
    /// The activity is older than any score looks back.
    TooOld,
    /// The same id was received before with other content.
    IdReused,
}

impl Refusal {
    /// The stable name of this reason in the contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidField => "INVALID_FIELD",
            Self::FutureTime => "FUTURE_TIME",
            Self::TooOld => "TOO_OLD",
            Self::IdReused => "ID_REUSED",
        }
    }
}

impl Violation {
    /// A malformed, missing or oversized field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), reason: Refusal::InvalidField, message: message.into() }
    }

    /// The same violation, told about a field that lies inside `parent`.
    #[must_use]
    pub fn inside(mut self, parent: &str) -> Self {
        self.field = format!("{parent}.{}", self.field);
        self
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}
