//! Where the value of one field comes from.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

/// Where the value of one field comes from: the name of a column, or more.
#[derive(Clone, Debug)]
pub(crate) enum Field {
    /// The cell of that column.
    Column(String),
    /// What the parts say.
    Spec(Box<Spec>),
}

/// Where a value comes from and what is done to it, in this order: the cell without surrounding
/// blanks, `empty_as`, `transform` from first to last, `values`, `default`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    /// The cell of this column.
    pub(crate) column: Option<String>,
    /// The first cell of these columns that is not empty.
    pub(crate) columns: Option<Vec<String>>,
    /// This text, in every row.
    #[serde(rename = "const")]
    pub(crate) constant: Option<String>,
    /// Cells within a text: `{contact_id}@{email_domain}`. Empty when one of them is; `{{` and
    /// `}}` stand for braces.
    pub(crate) template: Option<String>,
    /// A digest of these cells, 32 hexadecimal digits: an id for rows that have none. The same
    /// cells give the same id, so that importing again changes nothing; two things that happened
    /// and agree in all of them become one.
    pub(crate) hash_of: Option<Vec<String>>,
    /// Columns that the file lacks count as empty instead of stopping the import.
    #[serde(default)]
    pub(crate) optional: bool,
    /// Cells that mean "nothing", instead of the list that holds for the whole map.
    pub(crate) empty_as: Option<Vec<String>>,
    /// What is done to the text.
    #[serde(default)]
    pub(crate) transform: Vec<Transform>,
    /// Text to text, in any case.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, String>,
    /// What a text becomes that `values` does not list; it stays when this is absent.
    pub(crate) otherwise: Option<String>,
    /// What stands in for nothing.
    pub(crate) default: Option<String>,
    /// `domains` and `lead_ids` only: what stands between them, instead of blanks and any of `,` `;` `|`.
    pub(crate) split: Option<String>,
}

/// Something done to a text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Transform {
    /// Takes blanks off both ends.
    Trim,
    /// Makes it lower case.
    Lower,
    /// Makes it upper case.
    Upper,
    /// Makes an id of it: `AT&T` becomes `at-t`.
    Slug,
    /// Decodes HTML entities: `Lowe&#8217;s`.
    Html,
    /// Reads a number as people write it: `1,556,000` becomes `1556000`.
    Number,
    /// The same, rounded to a whole number.
    Integer,
    /// Multiplies a number, for example millions by 1000000.
    Scale(String),
    /// The part before this separator.
    First(String),
    /// The host of a web address, without `www.`.
    Host,
    /// The value under this name in a cell that holds a JSON object, or a list of `name` and
    /// `value`.
    Json(String),
}

impl Field {
    /// The field in its long form.
    pub(crate) fn into_spec(self) -> Spec {
        match self {
            Self::Column(column) => Spec { column: Some(column), ..Spec::default() },
            Self::Spec(spec) => *spec,
        }
    }
}

/// Not derived: an untagged enum would hide which word of a map is wrong.
impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a column, or a mapping such as {column: Name, transform: [slug]}")
    }

    fn visit_str<E>(self, name: &str) -> Result<Field, E> {
        Ok(Field::Column(name.to_owned()))
    }

    fn visit_u64<E>(self, name: u64) -> Result<Field, E> {
        Ok(Field::Column(name.to_string()))
    }

    fn visit_i64<E>(self, name: i64) -> Result<Field, E> {
        Ok(Field::Column(name.to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Field, A::Error> {
        let spec = Spec::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Field::Spec(Box::new(spec)))
    }
}
