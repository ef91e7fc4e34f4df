//! From a file to typed values, and everything in it that does not fit.

use serde::de::DeserializeOwned;

use super::{Node, Step, parse, read};
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

/// Reads a value from a tree. What does not fit is noted and taken out of the tree, and something
/// stands in for what is then missing, so that everything else is looked at as well.
fn read_tree<T: DeserializeOwned>(mut tree: Node, found: &mut Vec<Problem>) -> Option<(Node, T)> {
    // The maps that a field was taken out of, and its name.
    let mut taken: Vec<(Vec<Step>, String)> = Vec::new();
    while found.len() < MISFITS {
        let misfit = match read::<T>(&tree) {
            Ok(file) => return Some((tree, file)),
            Err(misfit) => misfit,
        };
        let (path, missing) = (&misfit.path, misfit.missing);
        let was_told = tree.stands_in(path)
            || missing
                .is_some_and(|field| taken.iter().any(|(map, name)| map == path && name == field));
        if !was_told {
            let (path, place) = tree.locate(path, misfit.is_name);
            found.push(Problem {
                line: Some(place.line),
                column: Some(place.column),
                ..Problem::new(path, misfit.message)
            });
        }
        let mended = match (missing, path.split_last()) {
            (Some(field), _) => tree.add_stand_in(path, field),
            (None, _) if tree.next_stand_in(path) => true,
            (None, Some((last, map))) => {
                if let Step::Field(name) = last {
                    taken.push((map.to_vec(), name.clone()));
                }
                // What nothing can stand in for goes with all around it.
                let whole = if tree.stands_in(path) { map } else { path };
                tree.remove(whole)
            }
            (None, None) => false,
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
