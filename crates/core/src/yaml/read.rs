//! From a tree to typed values, with the path of what does not fit.

use std::fmt;

use granit_parser::ScalarStyle;
use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde::{Deserializer, forward_to_deserialize_any};

use super::{Key, Node, Step, Value};

/// A value that does not fit.
#[derive(Debug)]
pub(crate) struct Mismatch {
    /// From the outermost step to the value.
    pub(crate) path: Vec<Step>,
    pub(crate) message: String,
    /// The field that is missing at the path, if that is what is wrong.
    pub(crate) missing: Option<&'static str>,
    /// Whether it is the name of the field that does not fit, not its value.
    pub(crate) is_name: bool,
}

/// Reads a value from a tree.
pub(crate) fn read<T: DeserializeOwned>(node: &Node) -> Result<T, Mismatch> {
    T::deserialize(node).map_err(|mut found: Mismatch| {
        found.path.reverse();
        found
    })
}

impl Mismatch {
    fn under(mut self, step: Step) -> Self {
        self.path.push(step);
        self
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Mismatch {}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { path: Vec::new(), message: message.to_string(), missing: None, is_name: false }
    }

    fn missing_field(field: &'static str) -> Self {
        let message = format!("`{field}` is missing");
        Self { path: Vec::new(), message, missing: Some(field), is_name: false }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format!("`{field}` is not known here, only {}", listed(expected)))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format!("`{variant}` is not one of {}", listed(expected)))
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::custom(format!("is {unexpected}, must be {expected}"))
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Node {
    /// The text of a plain scalar, which may stand for something else than a text.
    fn plain(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, style: ScalarStyle::Plain } => Some(text),
            _ => None,
        }
    }

    fn is_nothing(&self) -> bool {
        self.plain().is_some_and(|text| matches!(text, "" | "~" | "null" | "Null" | "NULL"))
    }

    fn unexpected(&self) -> Unexpected<'_> {
        match &self.value {
            Value::Scalar { .. } if self.is_nothing() => Unexpected::Other("empty"),
            Value::Scalar { text, .. } => Unexpected::Str(text),
            Value::List(_) => Unexpected::Seq,
            Value::Map(_) => Unexpected::Map,
        }
    }

    fn number(&self) -> Option<f64> {
        match self.plain()? {
            ".inf" | "+.inf" => Some(f64::INFINITY),
            "-.inf" => Some(f64::NEG_INFINITY),
            ".nan" => Some(f64::NAN),
            text if text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c)) => {
                text.parse().ok()
            }
            _ => None,
        }
    }
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $what:literal)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            match self.plain().and_then(|text| text.parse().ok()) {
                Some(number) => visitor.$visit(number),
                None => Err(de::Error::invalid_type(self.unexpected(), &$what)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match &self.value {
            Value::Scalar { .. } if self.is_nothing() => visitor.visit_unit(),
            Value::Scalar { text, .. } => visitor.visit_borrowed_str(text),
            Value::List(_) => self.deserialize_seq(visitor),
            Value::Map(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.plain() {
            Some("true") => visitor.visit_bool(true),
            Some("false") => visitor.visit_bool(false),
            _ => Err(de::Error::invalid_type(self.unexpected(), &"true or false")),
        }
    }

    whole_numbers! {
        deserialize_u8 visit_u8 "a whole number from 0 to 255"
        deserialize_u16 visit_u16 "a whole number, not negative"
        deserialize_u32 visit_u32 "a whole number, not negative"
        deserialize_u64 visit_u64 "a whole number, not negative"
        deserialize_i32 visit_i32 "a whole number"
        deserialize_i64 visit_i64 "a whole number"
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.number() {
            Some(number) => visitor.visit_f64(number),
            None => Err(de::Error::invalid_type(self.unexpected(), &"a number")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match &self.value {
            Value::Scalar { text, .. } if !self.is_nothing() => visitor.visit_borrowed_str(text),
            _ => Err(de::Error::invalid_type(self.unexpected(), &"a text")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.is_nothing() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match &self.value {
            Value::List(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            _ if self.is_nothing() => visitor.visit_seq(Items([].iter().enumerate())),
            _ => Err(de::Error::invalid_type(self.unexpected(), &"a list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match &self.value {
            Value::Map(entries) => visitor.visit_map(Entries { left: entries.iter(), value: None }),
            _ if self.is_nothing() => visitor.visit_map(Entries { left: [].iter(), value: None }),
            _ => Err(de::Error::invalid_type(self.unexpected(), &"a map of names and values")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match &self.value {
            Value::Scalar { text, .. } => {
                let text: StrDeserializer<'_, Mismatch> = text.as_str().into_deserializer();
                visitor.visit_enum(text)
            }
            _ => Err(de::Error::invalid_type(self.unexpected(), &"one of some names")),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u128 f32 char bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct
        identifier ignored_any
    }
}

struct Items<'de>(std::iter::Enumerate<std::slice::Iter<'de, (usize, Node)>>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Mismatch> {
        let Some((position, (_, item))) = self.0.next() else { return Ok(None) };
        seed.deserialize(item).map(Some).map_err(|found| found.under(Step::Item(position)))
    }
}

struct Entries<'de> {
    left: std::slice::Iter<'de, (Key, Node)>,
    value: Option<(&'de str, &'de Node)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Mismatch> {
        let Some((key, value)) = self.left.next() else { return Ok(None) };
        self.value = Some((&key.name, value));
        let name: StrDeserializer<'_, Mismatch> = key.name.as_str().into_deserializer();
        let key = seed.deserialize(name).map(Some);
        key.map_err(|found| {
            let found: Mismatch = found.under(Step::Field(self.name()));
            Mismatch { is_name: true, ..found }
        })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        let Some((_, value)) = self.value else {
            return Err(de::Error::custom("a value without a name"));
        };
        seed.deserialize(value).map_err(|found| found.under(Step::Field(self.name())))
    }
}

impl Entries<'_> {
    fn name(&self) -> String {
        self.value.map(|(name, _)| name.to_owned()).unwrap_or_default()
    }
}
