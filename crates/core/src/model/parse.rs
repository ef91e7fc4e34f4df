//! From a model file to a model, or to everything that is wrong with it.

use super::compile::Checker;
use super::file::ModelFile;
use super::yaml::{self, Node};
use super::{Model, Problem, sense};

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
    match read(file, &mut found) {
        Some((_, read)) if found.is_empty() => Ok(read),
        _ => Err(in_order(found)),
    }
}

fn parse_with_tree(file: &str) -> Result<(Model, Node), Vec<Problem>> {
    let mut found = Vec::new();
    let Some((tree, read)) = read(file, &mut found) else { return Err(in_order(found)) };
    let mut checker = Checker::default();
    // Before any rule is compiled: that is what costs.
    checker.rules(&read);
    if checker.found.is_empty() {
        let model = checker.model(read);
        if found.is_empty() && checker.found.is_empty() {
            return Ok((model, tree));
        }
    }
    found.extend(checker.found.into_iter().map(|problem| problem.placed(&tree)));
    Err(in_order(found))
}

/// Reads a file as far as it goes, and gives it with the tree it was read from.
fn read(file: &str, found: &mut Vec<Problem>) -> Option<(Node, ModelFile)> {
    let mut malformed = Vec::new();
    let tree = yaml::parse(file, &mut malformed);
    match tree {
        Ok(tree) => {
            found.extend(malformed.into_iter().map(Problem::from));
            read_tree(tree, found)
        }
        Err(unreadable) => {
            found.push(unreadable.into());
            None
        }
    }
}

/// Reads a model from a tree. What does not fit is noted and taken out of the tree, so that
/// everything else is looked at as well.
fn read_tree(mut tree: Node, found: &mut Vec<Problem>) -> Option<(Node, ModelFile)> {
    while found.len() < MISFITS {
        let misfit = match yaml::read::<ModelFile>(&tree) {
            Ok(file) => return Some((tree, file)),
            Err(misfit) => misfit,
        };
        let (path, place) = tree.locate(&misfit.path, misfit.is_name);
        found.push(Problem {
            line: Some(place.line),
            column: Some(place.column),
            ..Problem::new(path, misfit.message)
        });
        let mended = match (misfit.path.is_empty(), misfit.missing) {
            (false, _) => tree.remove(&misfit.path),
            (true, Some(field)) => tree.add_text(field),
            (true, None) => false,
        };
        if !mended {
            return None;
        }
    }
    None
}

/// Most things that do not fit which are told of one file.
const MISFITS: usize = 200;

fn in_order(mut found: Vec<Problem>) -> Vec<Problem> {
    found.sort_by_key(|problem| (problem.line, problem.column));
    found
}
