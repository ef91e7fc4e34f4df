//! A model file with a part replaced, and everything else as its authors wrote it.

mod lead_fit;
mod points;

use serde_json::Value as Json;

use super::file::ModelFile;
use super::parse::read_file;

pub use lead_fit::with_lead_fit;
pub use points::{SignalPoints, with_points};

/// What was written, if it says what is wanted; else that as JSON, which is YAML, without comments.
fn or_as_json(written: Option<String>, wanted: &ModelFile) -> String {
    let says = |written: &String| read_file(written).is_ok_and(|read| json(&read) == json(wanted));
    written.filter(says).unwrap_or_else(|| format!("{:#}\n", json(wanted)))
}

fn json(file: &ModelFile) -> Json {
    serde_json::to_value(file).unwrap_or_default()
}
