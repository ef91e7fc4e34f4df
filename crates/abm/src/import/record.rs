//! The kinds of records that rows become.

mod account;
mod activity;
mod lead;
mod opportunity;

use std::collections::BTreeMap;
use std::fmt::Debug;

use abm_client::Error;
use abm_client::v1::RowVerdict;

use super::destination::Destination;
use super::fault::{Fault, RowError};
use super::time::{TimeError, Times};

/// A kind of record that rows become.
pub(crate) trait Record:
    prost::Message + Default + Clone + PartialEq + Debug + Send + Sync + 'static
{
    /// The kind in messages.
    const NAME: &'static str;
    /// The fields that a map can fill.
    const FIELDS: &'static [&'static str];
    /// Those without which no row is accepted.
    const REQUIRED: &'static [&'static str];
    /// Those that hold a whole number.
    const WHOLE_NUMBERS: &'static [&'static str] = &[];
    /// The one that takes several values from one cell; only it can have `split`.
    const LIST: Option<&'static str> = None;
    /// Rows of one record are folded into one before they are sent.
    const FOLDS: bool;

    /// Fills one of [`Self::FIELDS`] with a text that is not empty. `origin` names its column.
    ///
    /// # Errors
    /// When the text does not stand for a value of that field.
    fn set(
        &mut self,
        field: &'static str,
        text: String,
        origin: &str,
        rules: &Rules,
    ) -> Result<(), RowError>;

    /// The further fields.
    fn attributes(&mut self) -> &mut BTreeMap<String, String>;

    /// What identifies the record; `None` when a part of it is missing.
    fn key(&self) -> Option<String>;

    /// This record after a later row of it, as the service would have it.
    #[must_use]
    fn followed_by(self, later: Self, merge: bool) -> Self;

    /// Sends records, as one call.
    fn send(
        to: impl Destination,
        records: Vec<Self>,
        merge: bool,
    ) -> impl Future<Output = Result<Vec<RowVerdict>, Error>> + Send;
}

/// What is stated about the file as a whole.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// How times are read.
    pub(crate) times: Times,
    /// What stands between the parts of a cell that holds several, when the map says so.
    pub(crate) between: Option<String>,
}

/// A whole number: the text has been read as a number already.
fn whole(field: &'static str, text: &str, origin: &str) -> Result<Option<i64>, RowError> {
    let number = text.parse();
    number.map(Some).map_err(|_| {
        let message = format!("{origin} is not a whole number; the transform `integer` rounds");
        Fault::invalid(field, message).into()
    })
}

/// A value of an enumeration by its name, in any case and with or without the prefix of the
/// contract. `names` lists what there is.
fn named<Named>(
    field: &'static str,
    text: &str,
    origin: &str,
    names: &[&str],
    from_name: impl Fn(&str) -> Option<Named>,
) -> Result<Named, RowError> {
    let prefix = field.to_uppercase();
    let name = text.trim().to_uppercase().replace([' ', '-'], "_");
    let name = name.strip_prefix(&format!("{prefix}_")).unwrap_or(&name);
    let known = names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let value = from_name(&format!("{prefix}_{name}")).filter(|_| known);
    value.ok_or_else(|| {
        let names = names.join(", ");
        let message = format!("{origin} is not one of {names}; `values` translates");
        Fault::invalid(field, message).into()
    })
}

/// The texts in a cell, each once. `between` stands between them, or else blanks and any of the
/// signs that lists are separated by, none of which an id or a host holds.
fn pieces(text: &str, between: Option<&str>) -> Vec<String> {
    let sign = |letter: char| letter.is_whitespace() || ",;|".contains(letter);
    let found: Vec<&str> = match between {
        Some(between) => text.split(between).collect(),
        None => text.split(sign).collect(),
    };
    let mut pieces = Vec::new();
    for piece in found.into_iter().map(str::trim) {
        if !piece.is_empty() && !pieces.iter().any(|known| known == piece) {
            pieces.push(piece.to_owned());
        }
    }
    pieces
}

/// A moment.
fn moment(
    field: &'static str,
    text: &str,
    origin: &str,
    times: &Times,
) -> Result<Option<prost_types::Timestamp>, RowError> {
    times.read(text).map(Some).map_err(|error| match error {
        TimeError::Invalid(problem) => {
            RowError::Reject(Fault::invalid(field, format!("{origin} {problem}")))
        }
        TimeError::Ambiguous(problem) => {
            RowError::Ambiguous(Fault::invalid(field, format!("{origin}: {problem}")))
        }
    })
}

/// Puts a later text over an earlier one, unless it is empty.
fn lay_over(earlier: &mut String, later: String) {
    if !later.is_empty() {
        *earlier = later;
    }
}

/// A field that [`Record::FIELDS`] lists and [`Record::set`] forgot.
fn unknown_field(field: &'static str) -> RowError {
    Fault::invalid(field, "is not a field that can be imported").into()
}
