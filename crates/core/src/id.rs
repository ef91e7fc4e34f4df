//! Ids: the callers' own strings, checked once.

use std::fmt;

use crate::{Violation, limits};

/// Checks the form that every id has: 1 to 128 bytes of `A-Z a-z 0-9 . _ : @ / -`.
///
/// # Errors
/// A violation of `field` when the id is empty, too long or holds another character.
pub fn check_id(field: &str, value: &str) -> Result<(), Violation> {
    if value.is_empty() {
        return Err(Violation::invalid(field, "is required"));
    }
    if value.len() > limits::ID_BYTES {
        return Err(Violation::invalid(
            field,
            format!("is {} bytes long, at most {} are allowed", value.len(), limits::ID_BYTES),
        ));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._:@/-".contains(c);
    match value.chars().find(|&c| !allowed(c)) {
        Some(c) => Err(Violation::invalid(
            field,
            format!("holds `{}`, allowed are A-Z a-z 0-9 . _ : @ / -", c.escape_default()),
        )),
        None => Ok(()),
    }
}

macro_rules! string_id {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks and takes a caller's id.
            ///
            /// # Errors
            /// A violation when the id does not have the form of [`check_id`].
            pub fn new(value: impl Into<String>) -> Result<Self, Violation> {
                let value = value.into();
                check_id($field, &value)?;
                Ok(Self(value))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The id as an owned text.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

string_id!(
    /// The caller's id of a company.
    AccountId,
    "account_id"
);
string_id!(
    /// The caller's id of a person.
    LeadId,
    "lead_id"
);
string_id!(
    /// The caller's id of a sale.
    OpportunityId,
    "opportunity_id"
);

/// One isolated set of records. It comes from the credential, never from a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceId(pub i64);

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What identifies an activity: the system it came from and its id there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActivityKey {
    /// The system the activity came from.
    pub source: String,
    /// The activity's id in that system.
    pub activity_id: String,
}

impl ActivityKey {
    /// Checks and takes a source and an id.
    ///
    /// # Errors
    /// A violation naming `source` or `activity_id`.
    pub fn new(
        source: impl Into<String>,
        activity_id: impl Into<String>,
    ) -> Result<Self, Violation> {
        let key = Self { source: source.into(), activity_id: activity_id.into() };
        check_id("source", &key.source)?;
        check_id("activity_id", &key.activity_id)?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_hold_their_form_at_the_exact_limit() {
        assert!(AccountId::new("a".repeat(128)).is_ok());
        assert!(AccountId::new("a".repeat(129)).is_err());
        assert!(AccountId::new("").is_err());
        assert!(AccountId::new("001A000001Bc-x_y.z:q@h/1").is_ok());
        assert!(AccountId::new("Red Hat").is_err());
        assert!(AccountId::new("a\0").is_err());
    }
}
