//! Workspaces.

use abm_core::model::DEFAULT_FILE;
use abm_core::{WorkspaceId, model};
use abm_store::{Lock, ModelRecord, ModelState, Publication, Slot, View, WorkspaceRecord, WriteTx};

use crate::{App, AppError, Inner};

/// The workspace of an installation that has only one.
const DEFAULT_ID: WorkspaceId = WorkspaceId(1);

impl App {
    /// The workspace of a name; made, with the default model, when it is not there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn workspace_or_new(&self, name: &str) -> Result<WorkspaceRecord, AppError> {
        let store = &self.inner.store;
        if let Some(found) = store.workspace_named(name).await? {
            return Ok(found);
        }
        let now = self.clock().now();
        let record = WorkspaceRecord {
            id: DEFAULT_ID,
            name: name.to_owned(),
            model_version: 1,
            creates_accounts: true,
            live: Slot::default(),
            publishing: None,
            standby_used: false,
            merged_leads: 0,
            merged_accounts: 0,
        };
        let default = model::parse(DEFAULT_FILE).map_err(AppError::Model)?;
        let first = ModelRecord {
            version: 1,
            name: default.name,
            file: DEFAULT_FILE.to_owned(),
            comment: "the default model".to_owned(),
            created_at: now,
            created_by: "abm".to_owned(),
            state: ModelState::Published(Publication { at: now, by: "abm".to_owned() }),
        };
        let made = async {
            let tx = store.begin_workspace(&record, now).await?;
            tx.add_model(&first).await?;
            tx.commit().await
        };
        if let Err(error) = made.await {
            // Another replica may have started at the same moment and made it.
            return store.workspace_named(name).await?.ok_or(AppError::Store(error));
        }
        Ok(record)
    }
}

impl Inner {
    /// The records of a workspace as they are at this moment: for readers that ask more than
    /// once, and must not see half of a change.
    pub(crate) async fn snapshot(&self, workspace: WorkspaceId) -> Result<View, AppError> {
        Ok(self.store.snapshot(workspace).await?)
    }

    /// The workspace of a view, read through it: a reader that holds one connection and waits
    /// for another can wait for ever.
    pub(crate) async fn workspace(&self, view: &View) -> Result<WorkspaceRecord, AppError> {
        let found = view.workspace().await?;
        found.ok_or_else(|| AppError::not_found("workspace", view.workspace_id()))
    }

    /// Begins a write under the workspace's lock.
    pub(crate) async fn begin(
        &self,
        workspace: WorkspaceId,
        lock: Lock,
    ) -> Result<(WriteTx, WorkspaceRecord), AppError> {
        let begun = self.store.begin(workspace, lock).await?;
        begun.ok_or_else(|| AppError::not_found("workspace", workspace))
    }
}
