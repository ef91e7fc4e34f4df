//! The map file: which column is what. `maps/README.md` explains it with examples.
//!
//! Everything that is not here is refused by name, so that a misspelt word is found before the
//! first row is read.

mod field;
mod format;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

pub(crate) use self::field::{Field, Spec, Transform};
pub(crate) use self::format::{Encoding, Format, Mark};
use super::args::{ImportArgs, Kind};
use super::condition::ConditionFile;
use super::time::DateOrder;

/// A whole map file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MapFile {
    /// What the rows are, where the map suits one kind only; importing another kind is refused.
    pub(crate) kind: Option<Kind>,

    /// How the file is written.
    #[serde(default)]
    pub(crate) format: Format,

    /// How times are written.
    #[serde(default)]
    pub(crate) time: TimeFile,

    /// Accounts and leads: several files contribute to one record, so empty fields keep what is
    /// stored, and domains and attributes are added. `false` replaces the record.
    #[serde(default = "yes")]
    pub(crate) merge: bool,

    /// Cells that mean "nothing", for example `NULL`; a field can have its own list.
    #[serde(default)]
    pub(crate) empty_as: Vec<String>,

    /// Field of the record to where it comes from.
    pub(crate) fields: BTreeMap<String, Field>,

    /// Attribute of the record to where it comes from.
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, Field>,

    /// Column to condition: a row counts only when all hold, else it is skipped.
    #[serde(default)]
    pub(crate) only_if: BTreeMap<String, ConditionFile>,

    /// Column to condition: a row is skipped when any holds.
    #[serde(default)]
    pub(crate) skip_if: BTreeMap<String, ConditionFile>,

    /// What becomes of the columns that nothing above names.
    #[serde(default)]
    pub(crate) unmapped: Unmapped,
}

/// How times are written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimeFile {
    /// The zone of times without an offset: a name such as `Europe/Berlin`, `UTC`, or `+02:00`.
    pub(crate) zone: Option<String>,
    /// What comes first in dates such as `01-02-2018`.
    pub(crate) order: Option<DateOrder>,
    /// The ways that times are written, tried in order: `iso`, `numeric`, `epoch_s`, `epoch_ms`,
    /// or a pattern such as `%d.%m.%Y %H:%M`. `iso` and `numeric` when empty.
    #[serde(default)]
    pub(crate) formats: Vec<String>,
}

/// What becomes of columns that the map does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unmapped {
    /// Nothing.
    #[default]
    Ignore,
    /// They become attributes under their own names.
    Attributes,
}

const fn yes() -> bool {
    true
}

impl MapFile {
    /// Reads a map file.
    ///
    /// # Errors
    /// When it cannot be read, is not YAML, or holds what no map has; the message names it.
    pub(crate) fn load(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the map {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("the map {} is not valid", path.display()))
    }

    /// Reads the text of a map file.
    ///
    /// # Errors
    /// When it is not YAML or holds what no map has.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let map: Self = serde_saphyr::from_str(text)?;
        map.format.check()?;
        Ok(map)
    }

    /// Lays what the command line states over the map.
    ///
    /// # Errors
    /// When the map is for another kind of rows.
    pub(crate) fn state(&mut self, args: &ImportArgs) -> anyhow::Result<()> {
        if let Some(kind) = self.kind
            && kind != args.kind
        {
            let map = args.map.display();
            bail!("the map {map} is for {}, not for {}", kind.name(), args.kind.name());
        }
        if args.time_zone.is_some() {
            self.time.zone.clone_from(&args.time_zone);
        }
        self.time.order = args.date_order.or(self.time.order);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        format!("{:#}", MapFile::parse(text).unwrap_err())
    }

    #[test]
    fn what_no_map_has_is_refused_by_name() {
        let cases = [
            ("feilds: {}", "feilds"),
            ("fields: {name: {colum: x}}", "colum"),
            ("fields: {name: {column: x, transform: [shout]}}", "shout"),
            ("fields: {}\nformat: {encoding: utf-7}", "utf-7"),
            ("fields: {}\nformat: {delimiter: '::'}", "delimiter"),
            ("fields: {}\ntime: {zoen: UTC}", "zoen"),
            ("fields: {}\nskip_if: {x: {isnt: y}}", "isnt"),
            ("fields: {}\nunmapped: keep", "keep"),
            ("fields: {name: a, name: b}", "name"),
        ];
        for (text, word) in cases {
            assert!(refused(text).contains(word), "{text}: {}", refused(text));
        }
    }

    #[test]
    fn scalars_need_no_quotes() {
        let map = MapFile::parse("fields: {type: {column: 2020, values: {1: page_view}}}").unwrap();
        let spec = map.fields.get("type").cloned().unwrap().into_spec();
        assert_eq!(spec.column.as_deref(), Some("2020"));
        assert_eq!(spec.values.get("1").map(String::as_str), Some("page_view"));
    }
}
