//! Writing one workspace.

use std::ops::Deref;
use std::sync::Arc;

use abm_core::WorkspaceId;
use sea_orm::{ConnectionTrait, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use crate::entity::workspace;
use crate::people::KeptPeople;
use crate::view::Conn;
use crate::{Slot, Store, StoreError, View, WorkspaceRecord};

/// Who else may write the workspace meanwhile. On SQLite there is one writer in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Others that change no matching and no model: activities, timers. They lock the accounts
    /// they touch.
    Shared,
    /// Nobody.
    Exclusive,
}

/// A transaction on one workspace. Dropped without a commit it leaves nothing behind.
#[derive(Debug)]
pub struct WriteTx {
    view: View,
    pub(crate) kept: Arc<KeptPeople>,
    /// Whether the standby slot is being filled.
    pub(crate) publishing: bool,
}

/// Where the advisory locks of workspaces begin. Locks of a row do not queue: who shares it goes
/// ahead of who waits to have it alone, who would wait for ever while several replicas record.
/// Advisory locks queue, and the lock of the row behind them makes it the latest one.
const QUEUES: i64 = 0x6162_6d5f_0000_0000;

impl Store {
    /// Begins a transaction and reads the workspace under its lock; `None` when there is no
    /// such workspace.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(
        &self,
        workspace: WorkspaceId,
        lock: Lock,
    ) -> Result<Option<(WriteTx, WorkspaceRecord)>, StoreError> {
        let mut tx = self.begin_raw(workspace).await?;
        let sql = match (tx.is_postgres(), lock) {
            (false, _) => format!("SELECT * FROM workspace WHERE workspace_id = {workspace}"),
            // Statements over many rows are planned for the rows they get: a plan for any number
            // of them may join the wrong way round.
            (true, lock) => {
                let (queue, row) = match lock {
                    Lock::Shared => ("pg_advisory_xact_lock_shared", "FOR SHARE"),
                    Lock::Exclusive => ("pg_advisory_xact_lock", "FOR UPDATE"),
                };
                let key = QUEUES.wrapping_add(workspace.0);
                format!(
                    "SELECT *, set_config('plan_cache_mode', 'force_custom_plan', true), \
                     {queue}({key}) FROM workspace WHERE workspace_id = {workspace} {row}"
                )
            }
        };
        let row = tx.db().query_one_raw(tx.statement(&sql, [])).await?;
        let Some(row) = row else { return Ok(None) };
        use sea_orm::FromQueryResult;
        let record: WorkspaceRecord = workspace::Model::from_query_result(&row, "")?.into();
        tx.set_live(record.live);
        tx.publishing = record.publishing.is_some();
        Ok(Some((tx, record)))
    }

    /// Begins a transaction that writes from the start: on SQLite one that only turns writer
    /// later can be refused at that moment.
    pub(crate) async fn begin_raw(&self, workspace: WorkspaceId) -> Result<WriteTx, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = self.pool.begin_with_options(options).await?;
        let view = View { conn: Conn::Tx(tx), workspace, live: None };
        Ok(WriteTx { view, kept: Arc::clone(&self.kept), publishing: false })
    }
}

impl WriteTx {
    pub(crate) fn set_live(&mut self, live: Slot) {
        self.view.live = Some(live);
    }

    /// Commits, and gives the position that reads can ask for.
    ///
    /// # Errors
    /// [`StoreError::OutcomeUnknown`] when the answer was lost; any other error means that
    /// nothing was written.
    pub async fn commit(self) -> Result<u64, StoreError> {
        let before = self.next_revision().await?;
        let Conn::Tx(tx) = self.view.conn else {
            return Err(StoreError::corrupt("transaction", "it is not open"));
        };
        tx.commit().await.map_err(StoreError::of_commit)?;
        Ok(before)
    }
}

impl WriteTx {
    /// Undoes everything and waits until that is done: dropped, its locks may last a moment
    /// longer.
    ///
    /// # Errors
    /// When the database does not answer; nothing was written then either.
    pub async fn roll_back(self) -> Result<(), StoreError> {
        match self.view.conn {
            Conn::Tx(tx) => Ok(tx.rollback().await?),
            Conn::Pool(_) => Ok(()),
        }
    }
}

impl Deref for WriteTx {
    type Target = View;

    fn deref(&self) -> &View {
        &self.view
    }
}
