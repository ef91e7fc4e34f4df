//! Learning from outcomes: was a score any good, and what would a better one look like?
//!
//! [`measure()`] holds scores against what became of people: how well they order, what the top
//! tenth holds, how often a score comes true, with intervals and a verdict in plain words.
//! [`suggest()`] learns rules of fit from examples, in the form in which people write them, and
//! says of each field it left out why; [`suggest_points()`] does the same for the points of
//! signals. [`feedback`] tells marketing what became of the leads it
//! handed to sales.
//!
//! Everything here is a function of its arguments: no I/O, no async, no clock, no database.
//! What is drawn at random is drawn from a seed, so that equal questions have equal answers.

pub mod feedback;
pub mod measure;
pub mod split;
pub mod suggest;

pub use measure::{Measures, Scored, Verdict, measure};

pub use suggest::points::{AccountExamples, SuggestedPoints, suggest_points};
pub use suggest::{Examples, Suggestion, suggest};
