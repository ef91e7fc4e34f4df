//! What can be said against a file that a planner writes, be it a model or a policy.

use std::collections::HashSet;
use std::fmt;

use crate::limits;
use crate::rule::{PatternBudget, Rule, Scope};
use crate::yaml::{Malformed, Node};

/// One thing that is wrong with a file.
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
    /// The file cannot be used.
    Error,
    /// It can be used, and probably does not do what is meant.
    Warning,
}

impl Problem {
    /// A problem without a place.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        let (path, message) = (path.into(), message.into());
        Self { path, line: None, column: None, message, severity: Severity::Error }
    }

    /// The same as a warning.
    pub(crate) fn into_warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// With the line and column in the file; until now the column is one in the text at `path`.
    /// `None` where it speaks of what the file does not say: that was told already.
    pub(crate) fn placed(self, tree: &Node) -> Option<Self> {
        let steps = tree.steps(&self.path);
        if tree.stands_in(&steps) {
            return None;
        }
        let (path, place) = tree.locate(&steps, false);
        let in_text = self.column.and_then(|column| tree.place_in_text(&steps, column));
        let place = in_text.unwrap_or(place);
        Some(Self { path, line: Some(place.line), column: Some(place.column), ..self })
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

/// The problems of a file, as they are found, and what its patterns have cost.
#[derive(Debug, Default)]
pub(crate) struct Problems(pub(crate) Vec<Problem>, pub(crate) PatternBudget);

impl Problems {
    /// Notes a problem.
    pub(crate) fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem::new(path, message));
    }

    /// Checks a name, which is a short text and there once among those `seen`.
    pub(crate) fn name<'a>(&mut self, path: &str, name: &'a str, seen: &mut HashSet<&'a str>) {
        if name.is_empty() {
            self.add(path, "is empty");
        } else if let Err(violation) = limits::check_text(path, name) {
            self.add(path, violation.message);
        }
        if !seen.insert(name) {
            self.add(path, format!("`{name}` is there twice"));
        }
    }

    /// Compiles a rule, or has another stand in for it: a file with a problem is used for nothing
    /// but finding more of them.
    pub(crate) fn rule_or_unusable(&mut self, path: &str, source: &str, scope: Scope) -> Rule {
        self.rule(path, source, scope).unwrap_or_else(|| Rule::unusable(source))
    }

    /// Compiles a rule; each problem of it has its column.
    pub(crate) fn rule(&mut self, path: &str, source: &str, scope: Scope) -> Option<Rule> {
        let found = match Rule::compile_within(source, scope, &mut self.1) {
            Ok(rule) => return Some(rule),
            Err(found) => found,
        };
        self.0.extend(found.into_iter().map(|problem| Problem {
            column: problem.column.map(u64::from),
            ..Problem::new(path, problem.to_string())
        }));
        None
    }
}
