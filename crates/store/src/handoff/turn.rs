//! Whose turn it was last in each team.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;

use crate::bulk::{Column as Bulk, Rows};
use crate::{StoreError, View, WriteTx};

/// The first number of the lock on giving handoffs out; the second is the workspace.
const GIVING: i32 = 1_094_861_908;

impl View {
    /// Of each team that was given a handoff, who had the last turn.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn team_turns(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let sql =
            format!("SELECT team, owner FROM team_turn WHERE workspace_id = {}", self.workspace);
        let rows = self.db().query_all_raw(self.statement(&sql, [])).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }
}

impl WriteTx {
    /// Makes all others wait who want to give handoffs of the workspace out, until the transaction
    /// ends: what owners have and whose turn it is does not change meanwhile. To be taken before
    /// handoffs are locked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lock_giving(&self) -> Result<(), StoreError> {
        // SQLite has one writer.
        if self.is_postgres() {
            let sql = "SELECT pg_advisory_xact_lock($1, hashint8($2))";
            let values = [GIVING.into(), self.workspace.0.into()];
            self.db().query_all_raw(self.statement(sql, values)).await?;
        }
        Ok(())
    }

    /// Stores whose turn it was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_team_turns(&self, turns: &BTreeMap<String, String>) -> Result<(), StoreError> {
        if turns.is_empty() {
            return Ok(());
        }
        let rows = Rows::new(vec![
            Bulk::Text("team", turns.keys().cloned().collect()),
            Bulk::Text("owner", turns.values().cloned().collect()),
        ]);
        let sql = format!(
            "INSERT INTO team_turn (workspace_id, {{names}}) SELECT {}, * FROM {{rows}} AS r \
             WHERE true ORDER BY team ON CONFLICT (workspace_id, team) DO UPDATE SET owner = excluded.owner",
            self.workspace
        );
        rows.execute(&self.db(), &sql).await?;
        Ok(())
    }
}
