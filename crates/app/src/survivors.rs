//! Whom merged leads and accounts count for.

use std::collections::BTreeMap;

use abm_core::WorkspaceId;
use abm_store::{Mergeable, StoreError, View};

use crate::{AppError, Inner};

/// Whom those of some records count for that are merged.
pub(crate) struct Survivors<Id>(BTreeMap<Id, Id>);

impl<Id: Mergeable> Survivors<Id> {
    /// Looks records up; where none of the workspace is `merged`, there is nothing to look for.
    pub(crate) async fn load(
        view: &View,
        merged: u64,
        ids: impl IntoIterator<Item = Id>,
    ) -> Result<Self, StoreError> {
        Ok(Self(if merged == 0 { BTreeMap::new() } else { view.survivors(ids).await? }))
    }

    /// Whom a record counts for: itself, unless it is merged.
    pub(crate) fn of<'a>(&'a self, id: &'a Id) -> &'a Id {
        self.0.get(id).unwrap_or(id)
    }

    /// Whether every record counts for itself.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Inner {
    /// Whom to read instead of a record that was not found: the one it counts for, or itself once
    /// more, should it have been split off meanwhile. `None` when it was found. A record that is
    /// there is not merged, so that nothing is looked up for it.
    pub(crate) async fn instead<Id: Mergeable>(
        &self,
        workspace: WorkspaceId,
        id: &Id,
        failure: Option<&AppError>,
    ) -> Result<Option<Id>, AppError> {
        if !matches!(failure, Some(AppError::NotFound { kind, .. }) if *kind == Id::KIND) {
            return Ok(None);
        }
        let survivor = self.store.view(workspace).survivors([id.clone()]).await?.remove(id);
        Ok(Some(survivor.unwrap_or_else(|| id.clone())))
    }
}
