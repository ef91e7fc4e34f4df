//! Many rows as one document: a row costs on its way through the driver, a document does not.
//!
//! The database puts rows together as JSON, an array of its columns' values for each. It is the
//! way back of [`crate::bulk`].

use std::borrow::Borrow;

use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, Iterable,
    Statement,
};
use serde::de::{self, DeserializeOwned, Deserializer, Visitor};

use crate::StoreError;
use crate::view::View;

/// The columns of an entity as a document has them: bytes as hexadecimal digits.
fn columns_of<E: EntityTrait>(backend: DbBackend) -> Vec<String> {
    let column = |column: E::Column| {
        let name = column.as_str();
        match (column.def().get_column_type(), backend) {
            (ColumnType::VarBinary(_), DbBackend::Postgres) => format!("encode(r.{name}, 'hex')"),
            (ColumnType::VarBinary(_), _) => format!("hex(r.{name})"),
            _ => format!("r.{name}"),
        }
    };
    E::Column::iter().map(column).collect()
}

/// An expression for an array of values.
pub(crate) fn array(backend: DbBackend, values: &[impl Borrow<str>]) -> String {
    let values = values.join(", ");
    match backend {
        DbBackend::Postgres => format!("json_build_array({values})"),
        _ => format!("json_array({values})"),
    }
}

/// An expression for a document of the rows of a query; `row` is made of its columns, under the
/// name `r`. The rows are in no certain order.
pub(crate) fn expression(backend: DbBackend, row: &str, query: &str) -> String {
    match backend {
        DbBackend::Postgres => {
            format!("(SELECT COALESCE(json_agg({row})::text, '[]') FROM ({query}) AS r)")
        }
        _ => format!("(SELECT json_group_array({row}) FROM ({query}) AS r)"),
    }
}

/// Reads a document.
pub(crate) fn parse<T: DeserializeOwned>(document: &str) -> Result<Vec<T>, StoreError> {
    serde_json::from_str(document).map_err(|error| StoreError::corrupt("document", error))
}

impl View {
    /// The rows that a query for all columns of an entity gives, in no certain order.
    pub(crate) async fn rows<E>(&self, query: Statement) -> Result<Vec<E::Model>, StoreError>
    where
        E: EntityTrait,
        E::Model: DeserializeOwned,
    {
        let backend = self.db().get_database_backend();
        let row = array(backend, &columns_of::<E>(backend));
        let sql = expression(backend, &row, &query.sql);
        let statement = Statement { sql: format!("SELECT {sql}"), ..query };
        match self.db().query_one_raw(statement).await? {
            Some(row) => parse(&row.try_get_by_index::<String>(0)?),
            None => Ok(Vec::new()),
        }
    }
}

/// A yes or no as either database writes it.
pub(crate) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    struct Flag;
    impl Visitor<'_> for Flag {
        type Value = bool;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a yes or no")
        }

        fn visit_bool<E: de::Error>(self, value: bool) -> Result<bool, E> {
            Ok(value)
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<bool, E> {
            Ok(value != 0)
        }
    }
    from.deserialize_any(Flag)
}
