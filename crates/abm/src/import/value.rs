//! The value of one field in one row.

mod host;
mod html;
mod json;
mod number;
mod slug;
mod step;
mod template;

use std::collections::BTreeMap;

use anyhow::bail;
use sha2::{Digest, Sha256};

pub(crate) use self::host::host;
pub(crate) use self::number::Decimal;
pub(crate) use self::slug::slug;
use self::step::{Step, is_numeric, steps};
use self::template::{Piece, pieces};
use super::map::{Mark, Spec, Transform};

/// Where a value comes from and what is done to it, with columns as places in the row.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    source: Source,
    /// The source as messages name it.
    origin: String,
    empty_as: Vec<String>,
    steps: Vec<Step>,
    /// Keys in lower case.
    values: BTreeMap<String, String>,
    otherwise: Option<String>,
    default: Option<String>,
}

#[derive(Clone, Debug)]
enum Source {
    Const(String),
    /// The first cell that is not empty.
    Columns(Vec<usize>),
    Template(Vec<Piece>),
    Hash(Vec<usize>),
}

/// Finds the place of a column; `None` when it is optional and not there.
pub(crate) trait Places {
    /// Notes the column as unknown when the file lacks it and it is not optional.
    fn place(&mut self, column: &str, optional: bool) -> anyhow::Result<Option<usize>>;
}

impl Value {
    /// Prepares what a map says of a field. `whole_number` reads the text as a number even when
    /// the map does not say so.
    ///
    /// # Errors
    /// When the parts of the field contradict each other.
    pub(crate) fn new(
        spec: Spec,
        empty_as: &[String],
        mark: Mark,
        whole_number: bool,
        places: &mut impl Places,
    ) -> anyhow::Result<Self> {
        let (source, origin) = source(&spec, places)?;
        if spec.otherwise.is_some() && spec.values.is_empty() {
            bail!("`otherwise` needs `values` beside it");
        }
        let mut transforms = spec.transform;
        if whole_number && !transforms.iter().any(is_numeric) {
            transforms.push(Transform::Number);
        }
        let values = spec.values.into_iter();
        Ok(Self {
            source,
            origin,
            empty_as: spec.empty_as.unwrap_or_else(|| empty_as.to_vec()),
            steps: steps(transforms, mark)?,
            values: values.map(|(from, to)| (from.to_lowercase(), to)).collect(),
            otherwise: spec.otherwise,
            default: spec.default,
        })
    }

    /// The value in a row, empty when there is none.
    ///
    /// # Errors
    /// One sentence that says which column cannot be read, and why.
    pub(crate) fn read(&self, row: &[String]) -> Result<String, String> {
        let mut text = self.raw(row);
        for step in &self.steps {
            if text.is_empty() {
                break;
            }
            text = step.apply(text).map_err(|problem| format!("{} {problem}", self.origin))?;
        }
        if text.is_empty() {
            return Ok(self.default.clone().unwrap_or_default());
        }
        match (self.values.get(&text.to_lowercase()), &self.otherwise) {
            (Some(value), _) | (None, Some(value)) => Ok(value.clone()),
            (None, None) => Ok(text),
        }
    }

    /// The source as messages name it.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether the file has none of its columns, so that no row has a value.
    pub(crate) fn is_never_there(&self) -> bool {
        let nowhere = match &self.source {
            Source::Columns(places) | Source::Hash(places) => places.is_empty(),
            Source::Const(_) | Source::Template(_) => false,
        };
        nowhere && self.default.is_none()
    }

    fn raw(&self, row: &[String]) -> String {
        match &self.source {
            Source::Const(text) => text.clone(),
            Source::Columns(places) => {
                let mut cells = places.iter().map(|&place| self.cell(row, place));
                cells.find(|cell| !cell.is_empty()).unwrap_or_default().to_owned()
            }
            Source::Template(pieces) => self.filled(pieces, row),
            Source::Hash(places) => self.hash(places, row),
        }
    }

    /// A cell, empty when the map says that it means nothing.
    fn cell<'row>(&self, row: &'row [String], place: usize) -> &'row str {
        let cell = row.get(place).map_or("", String::as_str);
        if self.empty_as.iter().any(|nothing| nothing == cell) { "" } else { cell }
    }

    fn filled(&self, pieces: &[Piece], row: &[String]) -> String {
        let mut filled = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Cell(place) => match self.cell(row, *place) {
                    "" => return String::new(),
                    cell => filled.push_str(cell),
                },
            }
        }
        filled
    }

    fn hash(&self, places: &[usize], row: &[String]) -> String {
        let cells: Vec<&str> = places.iter().map(|&place| self.cell(row, place)).collect();
        if cells.iter().all(|cell| cell.is_empty()) {
            return String::new();
        }
        let mut hasher = Sha256::new();
        for cell in cells {
            // Each with its length, so that `a, bc` and `ab, c` differ.
            hasher.update((cell.len() as u64).to_be_bytes());
            hasher.update(cell.as_bytes());
        }
        hex(&hasher.finalize(), 16)
    }
}

fn source(spec: &Spec, places: &mut impl Places) -> anyhow::Result<(Source, String)> {
    let given = [
        spec.column.is_some(),
        spec.columns.is_some(),
        spec.constant.is_some(),
        spec.template.is_some(),
        spec.hash_of.is_some(),
    ];
    if given.iter().filter(|&&given| given).count() != 1 {
        bail!("needs exactly one of `column`, `columns`, `const`, `template` and `hash_of`");
    }
    if let Some(constant) = &spec.constant {
        return Ok((Source::Const(constant.clone()), format!("the constant `{constant}`")));
    }
    if let Some(template) = &spec.template {
        let pieces = pieces(template, spec.optional, places)?;
        return Ok((Source::Template(pieces), format!("the template `{template}`")));
    }
    let listed = spec.columns.as_ref().or(spec.hash_of.as_ref());
    let columns: Vec<&String> = spec.column.iter().chain(listed.into_iter().flatten()).collect();
    if columns.is_empty() {
        bail!("names no column");
    }
    let mut found = Vec::new();
    for column in &columns {
        found.extend(places.place(column, spec.optional)?);
    }
    let names = columns.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let origin = format!("column {names}");
    if spec.hash_of.is_some() {
        return Ok((Source::Hash(found), origin));
    }
    Ok((Source::Columns(found), origin))
}

/// The first `bytes` of a digest in hexadecimal digits.
pub(crate) fn hex(digest: &[u8], bytes: usize) -> String {
    digest.iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
