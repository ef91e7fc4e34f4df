//! What is to be written, in the order in which it is to be written, and the canonical text of it.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_saphyr::{FlowSeq, ser_options};

use crate::phase::{Phase, Shows};
use crate::rollup::Operator;
use crate::{BuyingRole, Seniority};

/// A value in a file.
#[derive(Debug)]
pub(crate) enum Yaml {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Whole(i128),
    /// A number that is not whole, or too large for it to matter.
    Number(f64),
    /// A text.
    Text(String),
    /// Texts and numbers, on one line.
    Row(Vec<Yaml>),
    /// Values on lines of their own.
    List(Vec<Yaml>),
    /// Names and values, in this order.
    Map(Vec<(String, Yaml)>),
}

/// Largest whole number that every number up to it is exact in: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Serialize for Yaml {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Whole(value) => serializer.serialize_i128(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Row(items) => FlowSeq(items).serialize(serializer),
            Self::List(items) => items.serialize(serializer),
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (name, value) in entries {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl From<f64> for Yaml {
    fn from(value: f64) -> Self {
        // A whole number is written as people do, without `.0`; this also makes -0.0 a 0.
        if value.abs() <= EXACT && value.fract() == 0.0 {
            Self::Whole(value as i128)
        } else {
            Self::Number(value)
        }
    }
}

impl From<&str> for Yaml {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Yaml {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<bool> for Yaml {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

macro_rules! whole {
    ($($number:ty)+) => {$(
        impl From<$number> for Yaml {
            fn from(value: $number) -> Self {
                Self::Whole(value.into())
            }
        }
    )+};
}

macro_rules! names {
    ($($word:ty)+) => {$(
        impl From<$word> for Yaml {
            fn from(value: $word) -> Self {
                value.name().into()
            }
        }
    )+};
}

whole!(u8 u32 u64 i32 i64);
names!(BuyingRole Seniority Phase Shows Operator);

impl From<usize> for Yaml {
    fn from(value: usize) -> Self {
        Self::Whole(value as i128)
    }
}

/// The fields of a map that say something else than leaving them out does.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(String, Yaml)>);

impl Fields {
    /// A field that must be there.
    pub(crate) fn required(mut self, name: &str, value: impl Into<Yaml>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// A field that has a default.
    pub(crate) fn unless<T: Into<Yaml> + PartialEq>(
        self,
        default: T,
        name: &str,
        value: T,
    ) -> Self {
        if value == default { self } else { self.required(name, value) }
    }

    /// A field that may be missing.
    pub(crate) fn given<T: Into<Yaml>>(self, name: &str, value: Option<T>) -> Self {
        match value {
            Some(value) => self.required(name, value),
            None => self,
        }
    }

    /// Values on one line, left out when there are none.
    pub(crate) fn row<T: Into<Yaml>>(self, name: &str, items: impl IntoIterator<Item = T>) -> Self {
        match row(items) {
            Yaml::Row(items) if items.is_empty() => self,
            row => self.required(name, row),
        }
    }

    /// Values on lines of their own, left out when there are none.
    pub(crate) fn list<T>(self, name: &str, items: &[T], write: impl Fn(&T) -> Yaml) -> Self {
        if items.is_empty() { self } else { self.required(name, list(items, write)) }
    }

    /// A map, left out when it is empty.
    pub(crate) fn map(self, name: &str, fields: Self) -> Self {
        if fields.0.is_empty() { self } else { self.required(name, fields) }
    }
}

impl From<Fields> for Yaml {
    fn from(fields: Fields) -> Self {
        Self::Map(fields.0)
    }
}

/// Values on one line.
pub(crate) fn row<T: Into<Yaml>>(items: impl IntoIterator<Item = T>) -> Yaml {
    Yaml::Row(items.into_iter().map(Into::into).collect())
}

/// Values on lines of their own.
pub(crate) fn list<T>(items: &[T], write: impl Fn(&T) -> Yaml) -> Yaml {
    Yaml::List(items.iter().map(write).collect())
}

/// The canonical text of a file.
pub(crate) fn text(file: &Yaml) -> String {
    let options = ser_options! {
        compact_list_indent: false,
        // A rule stays on its line, where problems of it can be pointed at.
        prefer_block_scalars: false,
    };
    // Writing a tree of texts and numbers into memory does not fail.
    serde_saphyr::to_string_with_options(file, options).unwrap_or_default()
}
