//! A look past the service, straight at the tables.

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult,
    Statement,
};

use crate::World;

/// A connection to a world's database.
#[derive(Debug)]
pub struct Sql(DatabaseConnection);

impl World {
    /// A connection beside the service's.
    pub async fn sql(&self) -> Sql {
        let mut options = ConnectOptions::new(self.database.url());
        options.max_connections(1).sqlx_logging(false);
        Sql(Database::connect(options).await.expect("the database opens"))
    }
}

impl Sql {
    /// Runs statements.
    pub async fn execute(&self, sql: &str) {
        self.0.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The texts of a query's only column.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let text = |row: &QueryResult| row.try_get_by_index(0);
        let texts: Result<_, _> = self.rows(sql).await.iter().map(text).collect();
        texts.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The tables that have a column.
    pub async fn tables_with(&self, column: &str) -> Vec<String> {
        let sql = match self.0.get_database_backend() {
            DbBackend::Postgres => format!(
                "SELECT table_name::text FROM information_schema.columns \
                 WHERE table_schema = 'public' AND column_name = '{column}' ORDER BY 1"
            ),
            _ => format!(
                "SELECT t.name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c \
                 WHERE t.type = 'table' AND c.name = '{column}' ORDER BY 1"
            ),
        };
        self.texts(&sql).await
    }

    /// How SQLite would answer a query.
    pub async fn plan(&self, query: &str) -> String {
        let steps = self.rows(&format!("EXPLAIN QUERY PLAN {query}")).await;
        let steps: Result<Vec<String>, _> =
            steps.iter().map(|row| row.try_get("", "detail")).collect();
        steps.unwrap_or_else(|error| panic!("{query}: {error}")).join("; ")
    }

    async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let statement = Statement::from_string(self.0.get_database_backend(), sql);
        let rows = self.0.query_all_raw(statement).await;
        rows.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The integers of a query's rows.
    pub async fn numbers<const COLUMNS: usize>(&self, sql: &str) -> Vec<[i64; COLUMNS]> {
        let rows = self.rows(sql).await;
        let number = |row: &QueryResult, column| {
            row.try_get_by_index(column).unwrap_or_else(|error| panic!("{sql}: {error}"))
        };
        rows.iter().map(|row| std::array::from_fn(|column| number(row, column))).collect()
    }
}
