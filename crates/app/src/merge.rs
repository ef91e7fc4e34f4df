//! Merging leads and accounts that turn out to be one, and splitting them again.
//!
//! A merged record is no record of its own any more. What callers send of it is kept, and
//! everything that names it counts for the survivor, now and in future, until it is split off.
//! Then all is as if it had never been merged.

mod accounts;
mod leads;

use std::collections::{BTreeMap, BTreeSet};

use abm_core::lifecycle::Actor;
use abm_core::{Timestamp, limits};
use abm_store::{Adjusted, Adjustment, Mergeable, WriteTx};

use crate::AppError;

/// Most records that one call merges.
pub const MERGE_MOST: usize = 100;

/// Most records that are merged into one, by however many calls.
pub const MERGED_MOST: usize = 1_000;

/// Who corrects something by hand, and why.
#[derive(Clone, Debug)]
pub struct Note {
    /// Who.
    pub by: String,
    /// On whose behalf.
    pub actor: Actor,
    /// Why; may be empty where nothing asks for it.
    pub reason: String,
}

impl Note {
    /// Checks the reason.
    ///
    /// # Errors
    /// When it is too long.
    pub(crate) fn check(&self) -> Result<(), AppError> {
        let checked = limits::check_free_text("reason", &self.reason);
        checked.map_err(|violation| AppError::Invalid(vec![violation]))
    }

    /// Checks a reason that is required.
    fn check_given(&self) -> Result<(), AppError> {
        if self.reason.trim().is_empty() {
            return Err(AppError::invalid("reason", "is required"));
        }
        self.check()
    }

    /// What is kept of it.
    pub(crate) fn adjustment(
        &self,
        id: impl ToString,
        what: Adjusted,
        value: impl ToString,
        at: Timestamp,
    ) -> Adjustment {
        Adjustment {
            id: id.to_string(),
            what,
            value: value.to_string(),
            at,
            by: self.by.clone(),
            reason: self.reason.clone(),
        }
    }
}

/// Checks what a call wants to merge, by itself.
fn check_others<Id: Mergeable>(survivor: &Id, others: &[Id]) -> Result<(), AppError> {
    if others.is_empty() || others.len() > MERGE_MOST {
        let message = format!("has {} entries, 1 to {MERGE_MOST} are allowed", others.len());
        return Err(AppError::invalid(format!("{}_ids", Id::KIND), message));
    }
    match others.iter().position(|other| other == survivor) {
        Some(index) => {
            let field = format!("{}_ids[{index}]", Id::KIND);
            Err(AppError::invalid(field, "is the survivor itself"))
        }
        None => Ok(()),
    }
}

/// What is to be merged.
struct Plan<Id> {
    /// Into which.
    survivor: Id,
    /// Those that are not there yet.
    others: BTreeSet<Id>,
}

/// Finds what is to be merged, as things stand. `known` are those of all that are not merged.
async fn plan_merge<Id: Mergeable>(
    tx: &WriteTx,
    survivor: Id,
    others: Vec<Id>,
    known: impl AsyncFnOnce(Vec<Id>) -> Result<BTreeSet<Id>, AppError>,
) -> Result<Plan<Id>, AppError> {
    let all = others.iter().cloned().chain([survivor.clone()]);
    let merged = tx.survivors(all.clone()).await?;
    let survivor = merged.get(&survivor).cloned().unwrap_or(survivor);
    let known = known(all.chain([survivor.clone()]).collect()).await?;
    if !known.contains(&survivor) {
        return Err(AppError::not_found(Id::KIND, survivor));
    }
    let mut found = BTreeSet::new();
    for other in others {
        match merged.get(&other) {
            // It is there already.
            Some(there) if *there == survivor => {}
            Some(_) => {
                let message = "is merged into yet another one: merge that, or split it off first";
                return Err(forbids(&other, message.to_owned()));
            }
            None if other == survivor => {
                let message = "is what the survivor is merged into".to_owned();
                return Err(forbids(&other, message));
            }
            None if known.contains(&other) => {
                found.insert(other);
            }
            None => return Err(AppError::not_found(Id::KIND, other)),
        }
    }
    let with = tx.merged_into(found.iter().cloned().chain([survivor.clone()])).await?;
    if with.len() + found.len() > MERGED_MOST {
        let message = format!("would have more than {MERGED_MOST} merged into it");
        return Err(forbids(&survivor, message));
    }
    Ok(Plan { survivor, others: found })
}

/// What is to be split off.
struct Cut<Id> {
    /// From which.
    survivor: Id,
    /// What was merged into it, or into that, and goes with it.
    with: BTreeSet<Id>,
}

/// Finds what goes with a merged record when it is split off. `known` tells whether it is a
/// record of its own.
async fn plan_split<Id: Mergeable>(
    tx: &WriteTx,
    id: &Id,
    known: impl AsyncFnOnce() -> Result<bool, AppError>,
) -> Result<Cut<Id>, AppError> {
    let Some(survivor) = tx.survivors([id.clone()]).await?.remove(id) else {
        return Err(match known().await? {
            true => forbids(id, "is not merged".to_owned()),
            false => AppError::not_found(Id::KIND, id),
        });
    };
    let tree = tx.merged_into([survivor.clone()]).await?;
    Ok(Cut { survivor, with: below(&tree, id) })
}

/// All that were merged into a record, or into what was.
fn below<Id: Ord + Clone>(tree: &BTreeMap<Id, Id>, id: &Id) -> BTreeSet<Id> {
    let mut children: BTreeMap<&Id, Vec<&Id>> = BTreeMap::new();
    for (child, parent) in tree {
        children.entry(parent).or_default().push(child);
    }
    let (mut found, mut next) = (BTreeSet::new(), vec![id]);
    while let Some(parent) = next.pop() {
        // Each has one record that it was merged into, so that none is met twice.
        for child in children.remove(parent).into_iter().flatten() {
            found.insert(child.clone());
            next.push(child);
        }
    }
    found
}

fn forbids<Id: Mergeable>(id: &Id, message: String) -> AppError {
    let kind = Id::KIND;
    AppError::StateForbids {
        subject: format!("{kind} {id}"),
        message: format!("{kind} `{id}` {message}"),
    }
}
