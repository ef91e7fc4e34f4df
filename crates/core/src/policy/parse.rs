//! From a policy file to a policy, or to everything that is wrong with it.

use super::compile::Checker;
use super::file::PolicyFile;
use super::{Policy, sense};
use crate::problem::Problem;
use crate::yaml::{Node, in_order, load};

/// Reads, checks and compiles a policy file.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file. A problem of one rule does not
/// hide those of others; what cannot be read as YAML at all is the only problem told.
pub fn parse(file: &str) -> Result<Policy, Vec<Problem>> {
    compiled(file).map(|(policy, ..)| policy)
}

/// Everything that can be said against a policy file: its errors or, if it has none, what makes
/// no sense in it.
#[must_use]
pub fn validate(file: &str) -> Vec<Problem> {
    match compiled(file) {
        Ok((_, read, tree)) => {
            let found = sense::check(&read).into_iter();
            in_order(found.filter_map(|problem| problem.placed(&tree)).collect())
        }
        Err(found) => found,
    }
}

/// Reads a policy file without compiling it: what it says, be it valid or not.
///
/// # Errors
/// Everything in it that is no field of a policy file or holds another kind of value.
pub fn read_file(file: &str) -> Result<PolicyFile, Vec<Problem>> {
    let mut found = Vec::new();
    match load(file, &mut found) {
        Some((_, read)) if found.is_empty() => Ok(read),
        _ => Err(in_order(found)),
    }
}

fn compiled(file: &str) -> Result<(Policy, PolicyFile, Node), Vec<Problem>> {
    let mut found = Vec::new();
    let Some((tree, read)) = load::<PolicyFile>(file, &mut found) else {
        return Err(in_order(found));
    };
    let mut checker = Checker::default();
    // Before any rule is compiled: that is what costs.
    checker.sizes(&read);
    if checker.found.0.is_empty() {
        let policy = checker.policy(&read);
        if found.is_empty()
            && checker.found.0.is_empty()
            && let Some(policy) = policy
        {
            return Ok((policy, read, tree));
        }
    }
    found.extend(checker.found.0.into_iter().filter_map(|problem| problem.placed(&tree)));
    Err(in_order(found))
}
