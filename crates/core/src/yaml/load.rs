//! From a file to typed values, and everything in it that does not fit.

use serde::de::DeserializeOwned;

use super::{Node, parse, read};
use crate::problem::Problem;

/// Most things that do not fit which are told of one file.
const MISFITS: usize = 200;

/// Reads a file as far as it goes, and gives it with the tree it was read from.
pub(crate) fn load<T: DeserializeOwned>(file: &str, found: &mut Vec<Problem>) -> Option<(Node, T)> {
    let mut malformed = Vec::new();
    let tree = parse(file, &mut malformed);
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

/// Reads a value from a tree. What does not fit is noted and taken out of the tree, so that
/// everything else is looked at as well.
fn read_tree<T: DeserializeOwned>(mut tree: Node, found: &mut Vec<Problem>) -> Option<(Node, T)> {
    while found.len() < MISFITS {
        let misfit = match read::<T>(&tree) {
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

/// Problems in the order of the file.
pub(crate) fn in_order(mut found: Vec<Problem>) -> Vec<Problem> {
    found.sort_by_key(|problem| (problem.line, problem.column));
    found
}
