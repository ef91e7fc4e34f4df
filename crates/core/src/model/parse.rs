//! From a model file to a model, or to everything that is wrong with it.

use super::compile::Checker;
use super::file::ModelFile;
use super::{Model, Problem, sense};
use crate::yaml::{Node, in_order, load};

/// Reads, checks and compiles a model file.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file. A problem of one rule does not
/// hide those of others; what cannot be read as YAML at all is the only problem told.
pub fn parse(file: &str) -> Result<Model, Vec<Problem>> {
    parse_with_tree(file).map(|(model, _)| model)
}

/// Everything that can be said against a model file: its errors or, if it has none, what makes
/// no sense in it.
#[must_use]
pub fn validate(file: &str) -> Vec<Problem> {
    match parse_with_tree(file) {
        Ok((model, tree)) => {
            let found = sense::check(&model).into_iter();
            in_order(found.map(|problem| problem.placed(&tree)).collect())
        }
        Err(found) => found,
    }
}

/// Reads a model file without compiling it: what it says, be it valid or not.
///
/// # Errors
/// Everything in it that is no field of a model file or holds another kind of value.
pub fn read_file(file: &str) -> Result<ModelFile, Vec<Problem>> {
    let mut found = Vec::new();
    match load::<ModelFile>(file, &mut found) {
        Some((_, read)) if found.is_empty() => Ok(read),
        _ => Err(in_order(found)),
    }
}

fn parse_with_tree(file: &str) -> Result<(Model, Node), Vec<Problem>> {
    let mut found = Vec::new();
    let Some((tree, read)) = load::<ModelFile>(file, &mut found) else {
        return Err(in_order(found));
    };
    let mut checker = Checker::default();
    // Before any rule is compiled: that is what costs.
    checker.rules(&read);
    if checker.found.0.is_empty() {
        let model = checker.model(read);
        if found.is_empty() && checker.found.0.is_empty() {
            return Ok((model, tree));
        }
    }
    found.extend(checker.found.0.into_iter().map(|problem| problem.placed(&tree)));
    Err(in_order(found))
}
