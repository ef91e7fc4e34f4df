//! The files of `tests/scenarios`, which say in words how leads and handoffs move, held against the
//! rules of the core.

mod core;
mod files;
mod place;
mod story;
