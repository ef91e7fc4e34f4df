//! What can be said against a model file.

use std::fmt;

use super::yaml::{Malformed, Node};

/// One thing that is wrong with a model file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Path of the field, for example `signals[3].when`; empty for the file as a whole.
    pub path: String,
    /// Line in the file, from 1, where known.
    pub line: Option<u64>,
    /// Column in the line, from 1, where known.
    pub column: Option<u64>,
    /// One sentence for a person.
    pub message: String,
    /// Whether the file can be used all the same.
    pub severity: Severity,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The file is no model.
    Error,
    /// It is one, and probably does not do what is meant.
    Warning,
}

impl Problem {
    /// A problem without a place.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        let (path, message) = (path.into(), message.into());
        Self { path, line: None, column: None, message, severity: Severity::Error }
    }

    /// The same as a warning.
    pub(super) fn into_warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// With the line and column in the file; until now the column is one in the text at `path`.
    pub(super) fn placed(self, tree: &Node) -> Self {
        let steps = tree.steps(&self.path);
        let (path, place) = tree.locate(&steps, false);
        let in_text = self.column.and_then(|column| tree.place_in_text(&steps, column));
        let place = in_text.unwrap_or(place);
        Self { path, line: Some(place.line), column: Some(place.column), ..self }
    }
}

impl From<Malformed> for Problem {
    fn from(found: Malformed) -> Self {
        let Malformed { place, message } = found;
        Self { line: Some(place.line), column: Some(place.column), ..Self::new("", message) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, "line {line}, column {column}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}
