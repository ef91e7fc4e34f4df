//! Reading one workspace.

use abm_core::WorkspaceId;
use sea_orm::sea_query::{ArrayType, Expr, SimpleExpr, Value};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseExecutor, DatabaseTransaction,
    DbBackend, Iden, IsolationLevel, Statement, TransactionOptions, TransactionTrait,
};

use crate::{Engine, Slot, Store, StoreError};

/// A workspace as its records are now, or as a transaction sees them.
#[derive(Debug)]
pub struct View {
    pub(crate) conn: Conn,
    /// Whose records these are: every query starts with it.
    pub(crate) workspace: WorkspaceId,
    /// The slot of scores that is live, where it is known.
    pub(crate) live: Option<Slot>,
}

#[derive(Debug)]
pub(crate) enum Conn {
    Pool(DatabaseConnection),
    Tx(DatabaseTransaction),
}

impl Store {
    /// The records of a workspace.
    #[must_use]
    pub fn view(&self, workspace: WorkspaceId) -> View {
        View { conn: Conn::Pool(self.pool.clone()), workspace, live: None }
    }
}

impl Store {
    /// The records of a workspace as they are at this moment, whatever is written meanwhile.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn snapshot(&self, workspace: WorkspaceId) -> Result<View, StoreError> {
        let options = TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            sqlite_transaction_mode: None,
        };
        let options = match self.engine() {
            Engine::Postgres => options,
            Engine::Sqlite => TransactionOptions::default(),
        };
        let tx = self.pool.begin_with_options(options).await?;
        Ok(View { conn: Conn::Tx(tx), workspace, live: None })
    }
}

impl View {
    /// Whose records these are.
    #[must_use]
    pub fn workspace_id(&self) -> WorkspaceId {
        self.workspace
    }

    pub(crate) fn db(&self) -> DatabaseExecutor<'_> {
        match &self.conn {
            Conn::Pool(pool) => pool.into(),
            Conn::Tx(transaction) => transaction.into(),
        }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.db().get_database_backend() == DbBackend::Postgres
    }

    pub(crate) fn statement(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Statement {
        Statement::from_sql_and_values(self.db().get_database_backend(), sql, values)
    }

    pub(crate) async fn execute(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<u64, StoreError> {
        Ok(self.db().execute_raw(self.statement(sql, values)).await?.rows_affected())
    }

    /// The parameter of a number in a statement that has several.
    pub(crate) fn number(&self, number: usize) -> String {
        format!("{}{number}", if self.is_postgres() { "$" } else { "?" })
    }

    /// A condition that a text column is one of the values in the parameter of a number, and that
    /// parameter.
    pub(crate) fn one_of(
        &self,
        column: &str,
        number: usize,
        values: impl IntoIterator<Item = impl ToString>,
    ) -> (String, Value) {
        let (number, values) = (self.number(number), values.into_iter());
        if self.is_postgres() {
            let values = values.map(|value| value.to_string().into()).collect();
            let array = Value::Array(ArrayType::String, Some(Box::new(values)));
            return (format!("{column} = ANY({number})"), array);
        }
        let values: Vec<String> = values.map(|value| value.to_string()).collect();
        let json = serde_json::Value::from(values).to_string();
        (format!("{column} IN (SELECT value FROM json_each({number}))"), json.into())
    }

    /// A condition that a text column is one of many values, as one parameter.
    pub(crate) fn is_one_of(&self, column: impl Iden, values: Vec<String>) -> SimpleExpr {
        let column = column.to_string();
        if self.is_postgres() {
            let values = values.into_iter().map(Value::from).collect();
            let array = Value::Array(ArrayType::String, Some(Box::new(values)));
            return Expr::cust_with_values(format!("{column} = ANY($1)"), [array]);
        }
        let json = serde_json::Value::from(values).to_string();
        Expr::cust_with_values(format!("{column} IN (SELECT value FROM json_each(?))"), [json])
    }
}
