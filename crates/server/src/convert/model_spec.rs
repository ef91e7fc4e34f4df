//! Scoring models as messages. What a spec says is what a model file says, and is checked as one.

mod read;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use read::from_proto;
pub(crate) use write::to_proto;
