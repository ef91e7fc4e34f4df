//! What keeps a row out, or stops the import.

/// Why one row is not sent, or was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The field of the record at fault; empty when the row as a whole is.
    pub(crate) field: String,
    /// The kind of fault, as the contract names it, or one of those below.
    pub(crate) reason: String,
    /// One sentence for a person.
    pub(crate) message: String,
}

/// The reason of the contract for a value that cannot be taken.
pub(crate) const INVALID_FIELD: &str = "INVALID_FIELD";
/// The row cannot be taken apart: wrong number of cells, open quote, no match.
pub(crate) const MALFORMED_ROW: &str = "MALFORMED_ROW";
/// A cell is not text in the encoding of the file.
pub(crate) const INVALID_ENCODING: &str = "INVALID_ENCODING";

impl Fault {
    /// A value that cannot be taken.
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), reason: INVALID_FIELD.into(), message: message.into() }
    }

    /// A row that cannot be taken apart.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self { field: String::new(), reason: MALFORMED_ROW.into(), message: message.into() }
    }
}

/// What reading a row can run into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RowError {
    /// The row is left out, the others go on.
    Reject(Fault),
    /// Nobody stated how to read what stands there, so that every further row would be a guess.
    Ambiguous(Fault),
}

impl From<Fault> for RowError {
    fn from(fault: Fault) -> Self {
        Self::Reject(fault)
    }
}
