//! Which rows count: `only_if` and `skip_if`.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

/// What is asked of a cell, as the map says it: a text, a list of texts, or a mapping.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConditionFile {
    /// The cell is one of these, in any case. `empty` and `not_empty` ask whether it is.
    is: Option<Vec<String>>,
    /// The cell is none of these.
    not: Option<Vec<String>>,
    /// A column that the file lacks asks nothing instead of stopping the import.
    pub(crate) optional: bool,
}

/// The mapping form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    is: Option<OneOrMore>,
    not: Option<OneOrMore>,
    #[serde(default)]
    optional: bool,
}

/// What is asked of the cell of one column.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) column: usize,
    test: ConditionFile,
}

impl Condition {
    pub(crate) const fn new(column: usize, test: ConditionFile) -> Self {
        Self { column, test }
    }

    /// Whether a cell, without surrounding blanks, is what is asked.
    pub(crate) fn holds(&self, cell: &str) -> bool {
        let is_one = |list: &Vec<String>| list.iter().any(|wanted| matches(wanted, cell));
        self.test.is.as_ref().is_none_or(is_one) && !self.test.not.as_ref().is_some_and(is_one)
    }
}

fn matches(wanted: &str, cell: &str) -> bool {
    match wanted {
        "empty" => cell.is_empty(),
        "not_empty" => !cell.is_empty(),
        wanted => cell.to_lowercase() == wanted.to_lowercase(),
    }
}

struct OneOrMore(Vec<String>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let file = deserializer.deserialize_any(ConditionVisitor { mapping: false })?;
        Ok(Self(file.is.unwrap_or_default()))
    }
}

impl<'de> Deserialize<'de> for ConditionFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ConditionVisitor { mapping: true })
    }
}

struct ConditionVisitor {
    mapping: bool,
}

fn one(text: impl ToString) -> ConditionFile {
    ConditionFile { is: Some(vec![text.to_string()]), ..ConditionFile::default() }
}

impl<'de> Visitor<'de> for ConditionVisitor {
    type Value = ConditionFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a list of texts, or a mapping such as {not: [a, b]}")
    }

    fn visit_str<E>(self, text: &str) -> Result<ConditionFile, E> {
        Ok(one(text))
    }

    fn visit_bool<E>(self, value: bool) -> Result<ConditionFile, E> {
        Ok(one(value))
    }

    fn visit_u64<E>(self, number: u64) -> Result<ConditionFile, E> {
        Ok(one(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<ConditionFile, E> {
        Ok(one(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<ConditionFile, E> {
        Ok(one(number))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<ConditionFile, A::Error> {
        let list = Vec::<String>::deserialize(SeqAccessDeserializer::new(list))?;
        Ok(ConditionFile { is: Some(list), ..ConditionFile::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ConditionFile, A::Error> {
        if !self.mapping {
            return Err(serde::de::Error::invalid_type(serde::de::Unexpected::Map, &self));
        }
        let Parts { is, not, optional } = Parts::deserialize(MapAccessDeserializer::new(map))?;
        Ok(ConditionFile { is: is.map(|is| is.0), not: not.map(|not| not.0), optional })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(yaml: &str, cell: &str) -> bool {
        let file = serde_saphyr::from_str::<ConditionFile>(yaml).unwrap();
        Condition::new(0, file).holds(cell)
    }

    #[test]
    fn a_condition_is_a_text_a_list_or_a_mapping() {
        assert!(holds("not_empty", "x") && !holds("not_empty", ""));
        assert!(holds("empty", "") && !holds("empty", "x"));
        assert!(holds("true", "TRUE") && !holds("true", "FALSE"), "in any case");
        assert!(holds("7", "7") && !holds("7", "07"));
        assert!(holds("[a, b]", "B") && !holds("[a, b]", "c"));
        assert!(holds("{not: [a, empty]}", "c") && !holds("{not: [a, empty]}", ""));
        assert!(holds("{is: not_empty, not: a}", "b") && !holds("{is: not_empty, not: a}", "a"));
    }
}
