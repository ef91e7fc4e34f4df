//! From a model file to a model, or to everything that is wrong with it.

use super::compile::Checker;
use super::file::ModelFile;
use super::sense::{self, Broken};
use super::{Model, Problem};
use crate::yaml::{Node, in_order, load};

/// Reads, checks and compiles a model file.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file. A problem of one rule does not
/// hide those of others; what cannot be read as YAML at all is the only problem told.
pub fn parse(file: &str) -> Result<Model, Vec<Problem>> {
    let Read { made, errors } = read_through(file);
    match made {
        Some((model, _)) if errors.is_empty() => Ok(model),
        _ => Err(in_order(errors)),
    }
}

/// Everything that can be said against a model file, in the order of the file: its errors, and
/// what makes no sense in the rest of it.
#[must_use]
pub fn validate(file: &str) -> Vec<Problem> {
    let Read { made, errors } = read_through(file);
    let warnings = match &made {
        Some((model, tree)) => sense::check(model, tree, &Broken::new(&errors, file)),
        None => Vec::new(),
    };
    in_order(errors.into_iter().chain(warnings).collect())
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

/// What reading a file gave.
struct Read {
    /// The model as far as it could be made, and the tree that it was read from.
    made: Option<(Model, Node)>,
    errors: Vec<Problem>,
}

fn read_through(file: &str) -> Read {
    let mut errors = Vec::new();
    let Some((tree, read)) = load::<ModelFile>(file, &mut errors) else {
        return Read { made: None, errors };
    };
    let mut checker = Checker::default();
    // Before any rule is compiled: that is what costs.
    checker.rules(&read);
    let model = checker.found.0.is_empty().then(|| checker.model(read));
    errors.extend(checker.found.0.into_iter().filter_map(|problem| problem.placed(&tree)));
    Read { made: model.map(|model| (model, tree)), errors }
}
