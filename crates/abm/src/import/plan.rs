//! A map laid over the columns of a file: what becomes of each row.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::limits;
use anyhow::{Context, bail};

use super::condition::{Condition, ConditionFile};
use super::fault::{Fault, RowError};
use super::header::{Header, close_to};
use super::map::{Field, MapFile, Unmapped};
use super::record::{Record, Rules};
use super::time::Times;
use super::value::{Places, Value};

/// What becomes of each row of one file.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    fields: Vec<(&'static str, Value)>,
    attributes: Vec<(String, Value)>,
    /// Columns that become attributes under their own names.
    unmapped: Vec<(String, usize)>,
    empty_as: Vec<String>,
    only_if: Vec<Condition>,
    skip_if: Vec<Condition>,
    rules: Rules,
    /// Whether later rows add to a record instead of replacing it.
    pub(crate) merge: bool,
}

/// Finds columns, and notes those that the file lacks.
struct Finder<'header> {
    header: &'header Header,
    unknown: Vec<String>,
    used: BTreeSet<usize>,
}

impl Places for Finder<'_> {
    fn place(&mut self, column: &str, optional: bool) -> anyhow::Result<Option<usize>> {
        let place = self.header.find(column)?;
        self.used.extend(place);
        if place.is_none() && !optional {
            self.unknown.push(column.to_owned());
        }
        Ok(place)
    }
}

impl Plan {
    /// Lays a map over the columns of a file.
    ///
    /// # Errors
    /// When the map names a field or a column that does not exist, lacks a field that every record
    /// needs, or contradicts itself. All columns that the file lacks are told at once.
    pub(crate) fn new<R: Record>(map: MapFile, header: &Header) -> anyhow::Result<Self> {
        let times = Times::new(&map.time)?;
        let mark = map.format.decimal;
        let mut finder = Finder { header, unknown: Vec::new(), used: BTreeSet::new() };
        let mut between = None;
        let mut fields = Vec::new();
        for (name, field) in map.fields {
            let known = known_field::<R>(&name)?;
            let spec = field.into_spec();
            if spec.split.is_some() && R::LIST != Some(known) {
                bail!("`fields.{known}` has `split`, which {}", who_splits::<R>());
            }
            between = spec.split.clone().or(between);
            let whole = R::WHOLE_NUMBERS.contains(&known);
            let value = Value::new(spec, &map.empty_as, mark, whole, &mut finder)
                .with_context(|| format!("`fields.{known}`"))?;
            fields.push((known, value));
        }
        let mut attributes = Vec::new();
        for (name, field) in map.attributes {
            let value = attribute::<R>(field, &map.empty_as, mark, &mut finder)
                .with_context(|| format!("`attributes.{name}`"))?;
            attributes.push((name, value));
        }
        let only_if = conditions(map.only_if, &mut finder)?;
        let skip_if = conditions(map.skip_if, &mut finder)?;
        if !finder.unknown.is_empty() {
            bail!("{}", header.unknown(&finder.unknown));
        }
        required::<R>(&fields)?;
        let unmapped = match map.unmapped {
            Unmapped::Ignore => Vec::new(),
            Unmapped::Attributes => rest(header, &finder.used)?,
        };
        Ok(Self {
            fields,
            attributes,
            unmapped,
            empty_as: map.empty_as,
            only_if,
            skip_if,
            rules: Rules { times, between },
            merge: map.merge,
        })
    }

    /// The record of a row; `None` when the row is to be skipped.
    ///
    /// # Errors
    /// When a cell cannot be read.
    pub(crate) fn record<R: Record>(&self, row: &[String]) -> Result<Option<R>, RowError> {
        let holds = |condition: &Condition| {
            condition.holds(row.get(condition.column).map_or("", String::as_str))
        };
        if row.iter().all(String::is_empty)
            || !self.only_if.iter().all(holds)
            || self.skip_if.iter().any(holds)
        {
            return Ok(None);
        }
        let mut record = R::default();
        for (name, value) in &self.fields {
            let text = value.read(row).map_err(|message| Fault::invalid(*name, message))?;
            if !text.is_empty() {
                record.set(name, text, value.origin(), &self.rules)?;
            }
        }
        let attributes = record.attributes();
        for (name, place) in &self.unmapped {
            let cell = row.get(*place).map_or("", String::as_str);
            if !cell.is_empty() && !self.empty_as.iter().any(|nothing| nothing == cell) {
                attributes.insert(name.clone(), cell.to_owned());
            }
        }
        for (name, value) in &self.attributes {
            let fault = |message| Fault::invalid(format!("attributes[{name}]"), message);
            let text = value.read(row).map_err(fault)?;
            if !text.is_empty() {
                attributes.insert(name.clone(), text);
            }
        }
        Ok(Some(record))
    }
}

fn known_field<R: Record>(name: &str) -> anyhow::Result<&'static str> {
    if let Some(known) = R::FIELDS.iter().find(|known| **known == name) {
        return Ok(known);
    }
    let near = match close_to(name, R::FIELDS).as_slice() {
        [] => String::new(),
        near => format!(" (did you mean {}?)", near.join(" or ")),
    };
    let list = R::FIELDS.join(", ");
    bail!("`fields.{name}`: {} have no such field{near}, they have: {list}", R::NAME)
}

fn required<R: Record>(fields: &[(&'static str, Value)]) -> anyhow::Result<()> {
    for required in R::REQUIRED {
        match fields.iter().find(|(name, _)| name == required) {
            None => bail!("`fields` lacks `{required}`, without which no row is accepted"),
            Some((_, value)) if value.is_never_there() => {
                bail!("`fields.{required}`: the file has none of {}", value.origin())
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Which field can have `split`.
fn who_splits<R: Record>() -> String {
    match R::LIST {
        Some(field) => format!("only `{field}` can have"),
        None => format!("no field of {} can have", R::NAME),
    }
}

fn attribute<R: Record>(
    field: Field,
    empty_as: &[String],
    mark: super::map::Mark,
    finder: &mut Finder<'_>,
) -> anyhow::Result<Value> {
    let spec = field.into_spec();
    if spec.split.is_some() {
        bail!("has `split`, which {}", who_splits::<R>());
    }
    Value::new(spec, empty_as, mark, false, finder)
}

fn conditions(
    files: BTreeMap<String, ConditionFile>,
    finder: &mut Finder<'_>,
) -> anyhow::Result<Vec<Condition>> {
    let mut conditions = Vec::new();
    for (column, file) in files {
        let place = finder.place(&column, file.optional)?;
        conditions.extend(place.map(|place| Condition::new(place, file)));
    }
    Ok(conditions)
}

/// The columns with a name that nothing in the map uses, which become attributes.
fn rest(header: &Header, used: &BTreeSet<usize>) -> anyhow::Result<Vec<(String, usize)>> {
    let columns = header.names().iter().enumerate();
    let unused = columns.filter(|(place, name)| !name.is_empty() && !used.contains(place));
    let mut found = Vec::new();
    for (place, name) in unused {
        // Of two columns of one name, one would overwrite the other in every row.
        header.find(name)?;
        let attributes = BTreeMap::from([(name.clone(), String::new())]);
        if let Err(refused) = limits::check_attributes(&attributes) {
            bail!("a column cannot become an attribute: {refused}; name it in the map");
        }
        found.push((name.clone(), place));
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
