//! What of a file has errors: of what hangs on it nothing is said.

use crate::problem::Problem;
use crate::yaml::{Node, Value, parse};

/// The places of a file's errors.
pub(in super::super) struct Broken {
    paths: Vec<String>,
    /// Whether an error can be about anything.
    anything: bool,
}

impl Broken {
    pub(in super::super) fn new(errors: &[Problem], file: &str) -> Self {
        let paths: Vec<String> = errors.iter().map(|error| error.path.clone()).collect();
        let whole = (!paths.is_empty()).then(|| parse(file, &mut Vec::new()).ok()).flatten();
        let anything = |path: &String| path.is_empty() || is_part(path, whole.as_ref());
        Self { anything: paths.iter().any(anything), paths }
    }

    /// Whether these parts of the file say what they are meant to say. Rules and names need not
    /// be usable: who has them is there all the same.
    pub(super) fn spares(&self, parts: &[&str]) -> bool {
        let harmless = |path: &str| path.ends_with("].when") || path.ends_with("].name");
        let mut of_parts = self.paths.iter().filter(|path| {
            let part = path.split(['.', '[']).next().unwrap_or_default();
            parts.contains(&part)
        });
        !self.anything && of_parts.all(|path| harmless(path))
    }

    /// Whether a place, or something in or around it, has an error.
    pub(super) fn touches(&self, place: &str) -> bool {
        let inside = |inner: &str, outer: &str| {
            !outer.is_empty()
                && inner
                    .strip_prefix(outer)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.paths.iter().any(|path| inside(path, place) || inside(place, path))
    }
}

/// Whether a path is a whole part of a model: one that is not known may be any that is missing.
fn is_part(path: &str, whole: Option<&Node>) -> bool {
    let Some(Value::Map(parts)) = whole.map(|whole| &whole.value) else { return true };
    let is = |value: &Node| !matches!(value.value, Value::Scalar { .. });
    parts.iter().any(|(key, value)| key.name == path && is(value))
}
