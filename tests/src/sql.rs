//! A look past the service, straight at the tables.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

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

    /// The integers of a query's rows.
    pub async fn numbers<const COLUMNS: usize>(&self, sql: &str) -> Vec<[i64; COLUMNS]> {
        let statement = Statement::from_string(self.0.get_database_backend(), sql);
        let rows = self.0.query_all_raw(statement).await;
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let number = |row: &sea_orm::QueryResult, column| {
            row.try_get_by_index(column).unwrap_or_else(|error| panic!("{sql}: {error}"))
        };
        rows.iter().map(|row| std::array::from_fn(|column| number(row, column))).collect()
    }
}
