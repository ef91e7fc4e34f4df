//! Who gets something, as people write it: `account_owner`, or `{team: emea}`, `{owner: ann}`,
//! `{queue: inbox}`.

use std::fmt;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

/// Who gets something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetFile {
    /// The owner of the account.
    AccountOwner,
    /// Somebody of a team, in turn.
    Team(String),
    /// One owner.
    Owner(String),
    /// A queue, from which people claim.
    Queue(String),
}

/// The fields of a target.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Field {
    Team,
    Owner,
    Queue,
}

impl TargetFile {
    /// Stands for the owner of the account.
    pub const ACCOUNT_OWNER: &'static str = "account_owner";

    /// The field and the name in it; `None` for the owner of the account.
    #[must_use]
    pub fn field(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::AccountOwner => None,
            Self::Team(name) => Some(("team", name)),
            Self::Owner(id) => Some(("owner", id)),
            Self::Queue(name) => Some(("queue", name)),
        }
    }
}

impl Serialize for TargetFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some((field, name)) = self.field() else {
            return serializer.serialize_str(Self::ACCOUNT_OWNER);
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(field, name)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for TargetFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = TargetFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`account_owner`, or one of `team`, `owner` and `queue`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<TargetFile, E> {
        if text == TargetFile::ACCOUNT_OWNER {
            return Ok(TargetFile::AccountOwner);
        }
        Err(E::invalid_type(de::Unexpected::Str(text), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TargetFile, A::Error> {
        let Some(field) = map.next_key::<Field>()? else {
            return Err(de::Error::invalid_type(de::Unexpected::Map, &self));
        };
        let name: String = map.next_value()?;
        if map.next_key::<Field>()?.is_some() {
            return Err(de::Error::custom("names more than one"));
        }
        Ok(match field {
            Field::Team => TargetFile::Team(name),
            Field::Owner => TargetFile::Owner(name),
            Field::Queue => TargetFile::Queue(name),
        })
    }
}
