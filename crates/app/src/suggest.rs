//! Drafts of models, learned from outcomes.

mod fit;
mod history;
mod points;

use abm_core::Violation;

use crate::AppError;

pub use fit::{SuggestQuestion, Suggested};
pub use points::{PointsQuestion, PointsSuggested};

/// Where all random draws begin: equal questions have equal answers.
const SEED: u64 = 1;

/// Refuses names in the lists of a question that nothing is called by: they are misspelt, and what
/// was meant would be used or left out against the will of the caller.
fn check_names(
    kind: &str,
    leave_out: &[String],
    allow: &[String],
    is_known: impl Fn(&str) -> bool,
) -> Result<(), AppError> {
    let mut found = Vec::new();
    for (list, names) in [("leave_out_fields", leave_out), ("allow_fields", allow)] {
        for (place, name) in names.iter().enumerate().filter(|(_, name)| !is_known(name)) {
            let message = format!("no {kind} is called `{name}`");
            found.push(Violation::invalid(format!("{list}[{place}]"), message));
        }
    }
    if found.is_empty() { Ok(()) } else { Err(AppError::Invalid(found)) }
}
