//! Many rows in one statement: a statement costs, not a row.
//!
//! A list of rows travels as one parameter of JSON (SQLite) or one array per column
//! (PostgreSQL), so that the statement's text, and with it its prepared form, is the same for
//! any number of rows.

use sea_orm::sea_query::{ArrayType, Value};
use sea_orm::{ConnectionTrait, DatabaseExecutor, DbBackend, ExecResult, QueryResult, Statement};
use serde_json::Value as Json;

use crate::StoreError;

/// One column of many rows.
pub(crate) enum Column {
    Text(&'static str, Vec<String>),
    TextOrNull(&'static str, Vec<Option<String>>),
    Int(&'static str, Vec<i64>),
    IntOrNull(&'static str, Vec<Option<i64>>),
    Bool(&'static str, Vec<bool>),
    Bytes(&'static str, Vec<Vec<u8>>),
}

impl Column {
    fn name(&self) -> &'static str {
        match self {
            Self::Text(name, _)
            | Self::TextOrNull(name, _)
            | Self::Int(name, _)
            | Self::IntOrNull(name, _)
            | Self::Bool(name, _)
            | Self::Bytes(name, _) => name,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(_, values) => values.len(),
            Self::TextOrNull(_, values) => values.len(),
            Self::Int(_, values) => values.len(),
            Self::IntOrNull(_, values) => values.len(),
            Self::Bool(_, values) => values.len(),
            Self::Bytes(_, values) => values.len(),
        }
    }

    fn json(&self, row: usize) -> Json {
        let found = match self {
            Self::Text(_, values) => values.get(row).map(|value| Json::from(value.as_str())),
            Self::TextOrNull(_, values) => values.get(row).map(|value| value.as_deref().into()),
            Self::Int(_, values) => values.get(row).map(|&value| value.into()),
            Self::IntOrNull(_, values) => values.get(row).map(|&value| value.into()),
            Self::Bool(_, values) => values.get(row).map(|&value| Json::from(u8::from(value))),
            Self::Bytes(_, values) => values.get(row).map(|value| hex::encode(value).into()),
        };
        found.unwrap_or(Json::Null)
    }

    const fn postgres_type(&self) -> &'static str {
        match self {
            Self::Text(..) | Self::TextOrNull(..) => "text",
            Self::Int(..) | Self::IntOrNull(..) => "bigint",
            Self::Bool(..) => "boolean",
            Self::Bytes(..) => "bytea",
        }
    }

    /// The column as an array, and a second one that tells which of its values are there: the
    /// library's arrays hold no nulls.
    fn arrays(self) -> (Value, Option<Value>) {
        match self {
            Self::Text(_, values) => (array(ArrayType::String, values), None),
            Self::TextOrNull(_, values) => with_nulls(ArrayType::String, values),
            Self::Int(_, values) => (array(ArrayType::BigInt, values), None),
            Self::IntOrNull(_, values) => with_nulls(ArrayType::BigInt, values),
            Self::Bool(_, values) => (array(ArrayType::Bool, values), None),
            Self::Bytes(_, values) => (array(ArrayType::Bytes, values), None),
        }
    }
}

fn array<T: Into<Value>>(kind: ArrayType, values: Vec<T>) -> Value {
    Value::Array(kind, Some(Box::new(values.into_iter().map(Into::into).collect())))
}

fn with_nulls<T: Into<Value> + Default>(
    kind: ArrayType,
    values: Vec<Option<T>>,
) -> (Value, Option<Value>) {
    let there = array(ArrayType::Bool, values.iter().map(Option::is_some).collect());
    let values = values.into_iter().map(Option::unwrap_or_default).collect();
    (array(kind, values), Some(there))
}

/// Rows of the same length, as a table called `rows` in the statement that uses them.
pub(crate) struct Rows(Vec<Column>);

impl Rows {
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        debug_assert!(columns.windows(2).all(|pair| match pair {
            [one, other] => one.len() == other.len(),
            _ => true,
        }));
        Self(columns)
    }

    pub(crate) fn ids(name: &'static str, ids: impl IntoIterator<Item = String>) -> Self {
        Self::new(vec![Column::Text(name, ids.into_iter().collect())])
    }

    /// The names of the columns, joined for an insert.
    pub(crate) fn names(&self) -> String {
        self.0.iter().map(Column::name).collect::<Vec<_>>().join(", ")
    }

    /// `column = excluded.column` for all columns but `keys`, joined for an upsert.
    pub(crate) fn updates(&self, keys: &[&str]) -> String {
        let columns = self.0.iter().map(Column::name).filter(|name| !keys.contains(name));
        columns.map(|name| format!("{name} = excluded.{name}")).collect::<Vec<_>>().join(", ")
    }

    /// The table and its parameters. It comes first in a statement, so that its parameters do.
    fn table(self, backend: DbBackend) -> (String, Vec<Value>) {
        if backend == DbBackend::Postgres {
            return self.unnested();
        }
        let columns = self.0.iter().enumerate().map(|(position, column)| match column {
            Column::Bytes(name, _) => format!("unhex(value->>{position}) AS {name}"),
            column => format!("value->>{position} AS {}", column.name()),
        });
        let columns = columns.collect::<Vec<_>>().join(", ");
        let length = self.0.first().map_or(0, Column::len);
        let row = |row| Json::Array(self.0.iter().map(|column| column.json(row)).collect());
        let json = Json::Array((0..length).map(row).collect()).to_string();
        (format!("(SELECT {columns} FROM json_each(?))"), vec![json.into()])
    }

    /// The table as PostgreSQL takes it: an array for each column.
    fn unnested(self) -> (String, Vec<Value>) {
        let (mut columns, mut arrays, mut names) = (Vec::new(), Vec::new(), Vec::new());
        let mut values = Vec::with_capacity(self.0.len());
        for column in self.0 {
            let (name, kind) = (column.name(), column.postgres_type());
            let (array, there) = column.arrays();
            values.push(array);
            arrays.push(format!("${}::{kind}[]", values.len()));
            names.push(name.to_owned());
            let Some(there) = there else {
                columns.push(name.to_owned());
                continue;
            };
            values.push(there);
            arrays.push(format!("${}::boolean[]", values.len()));
            names.push(format!("{name}_there"));
            columns.push(format!("CASE WHEN {name}_there THEN {name} END AS {name}"));
        }
        let (columns, arrays, names) = (columns.join(", "), arrays.join(", "), names.join(", "));
        (format!("(SELECT {columns} FROM UNNEST({arrays}) AS t({names}))"), values)
    }

    /// Runs a statement in which `{rows}` stands for this table and `{names}` for its columns.
    pub(crate) async fn execute(
        self,
        db: &DatabaseExecutor<'_>,
        sql: &str,
    ) -> Result<ExecResult, StoreError> {
        Ok(db.execute_raw(self.into_statement(db, sql)).await?)
    }

    /// Asks a query in which `{rows}` stands for this table.
    pub(crate) async fn query(
        self,
        db: &DatabaseExecutor<'_>,
        sql: &str,
    ) -> Result<Vec<QueryResult>, StoreError> {
        Ok(db.query_all_raw(self.into_statement(db, sql)).await?)
    }

    /// A query for what a table, called `s`, holds under each of these rows, called `r`: looked
    /// up by index row by row, whatever the planner believes of the table.
    pub(crate) fn into_look_up(
        self,
        db: &DatabaseExecutor<'_>,
        columns: &str,
        table: &str,
        condition: &str,
    ) -> Statement {
        let found = match db.get_database_backend() {
            DbBackend::Postgres => {
                format!("LATERAL (SELECT * FROM {table} AS s WHERE {condition} OFFSET 0) AS s")
            }
            _ => format!("{table} AS s WHERE {condition}"),
        };
        self.into_statement(db, &format!("SELECT {columns} FROM {{rows}} AS r CROSS JOIN {found}"))
    }

    pub(crate) fn into_statement(self, db: &DatabaseExecutor<'_>, sql: &str) -> Statement {
        let backend = db.get_database_backend();
        let sql = sql.replace("{names}", &self.names());
        let (table, values) = self.table(backend);
        Statement::from_sql_and_values(backend, sql.replace("{rows}", &table), values)
    }
}
