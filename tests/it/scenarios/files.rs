//! What the files say. A word that nobody knows is refused.

pub(super) mod handoffs;
pub(super) mod stages;
pub(super) mod stories;
pub(super) mod ways;

use std::fs;
use std::path::PathBuf;

use serde::de::DeserializeOwned;

/// Makes an enumeration of words as the files write them.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
        pub(in crate::scenarios) enum $name { $(#[serde(rename = $text)] $variant),+ }

        impl $name {
            /// All of them.
            pub(in crate::scenarios) const ALL: &[Self] = &[$(Self::$variant),+];
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $(Self::$variant => $text),+ })
            }
        }
    };
}

use words;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

/// The text of a file.
pub(super) fn text(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    serde_saphyr::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The policy that everything is told under.
pub(super) fn policy() -> String {
    text("policy.yaml")
}

/// Expects that something is told in a sentence.
fn is_sentence(means: &str) {
    let begins = means.starts_with(char::is_uppercase);
    assert!(begins && means.ends_with('.'), "`{means}` is no sentence");
}
