//! What SQLite believes of its tables: with it every index is used that answers a question.

use std::collections::{BTreeMap, BTreeSet};

use abm_tests::{Engine, World};

#[tokio::test]
async fn the_planner_knows_of_every_table_and_index() {
    let world = World::new(Engine::Sqlite).await;
    let sql = world.sql().await;
    let in_use = "SELECT name FROM sqlite_schema \
                  WHERE (type = 'index' AND tbl_name <> 'seaql_migrations') \
                  OR sql LIKE '%WITHOUT ROWID'";
    let all: BTreeSet<String> = sql.texts(in_use).await.into_iter().collect();
    let known = "SELECT idx FROM sqlite_stat1 WHERE idx IS NOT NULL";
    let known: BTreeSet<String> = sql.texts(known).await.into_iter().collect();
    assert_eq!(all, known);
}

#[derive(Debug)]
struct Index {
    table: String,
    /// Empty when it holds every row.
    condition: String,
    /// Each with its place in the primary key, from 1, or 0.
    columns: Vec<(String, usize)>,
}

#[tokio::test]
async fn every_index_is_used_by_who_asks_for_its_columns() {
    let world = World::new(Engine::Sqlite).await;
    let sql = world.sql().await;
    // Index, table, column, its place in the primary key or 0, condition.
    let columns = "SELECT i.name || '\t' || i.tbl_name || '\t' || x.name || '\t' || t.pk || '\t' \
                   || CASE WHEN i.sql LIKE '% WHERE %' \
                      THEN substr(i.sql, instr(i.sql, ' WHERE ') + 7) ELSE '' END \
                   FROM sqlite_schema AS i, pragma_index_info(i.name) AS x, \
                   pragma_table_info(i.tbl_name) AS t \
                   WHERE i.type = 'index' AND i.sql IS NOT NULL AND t.name = x.name \
                   ORDER BY i.name, x.seqno";
    let mut indexes: BTreeMap<String, Index> = BTreeMap::new();
    for line in sql.texts(columns).await {
        let [index, table, column, of_key, condition] = line.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("{line}")
        };
        let new =
            || Index { table: table.into(), condition: condition.into(), columns: Vec::new() };
        let index = indexes.entry(index.to_owned()).or_insert_with(new);
        index.columns.push((column.to_owned(), of_key.parse().unwrap()));
    }
    assert!(indexes.len() >= 15, "{indexes:?}");
    for (index, Index { table, condition, columns }) in indexes {
        // Up to its last column that the primary key has not, or else has in another place.
        let own = columns.iter().rposition(|(_, of_key)| *of_key == 0);
        let moved =
            columns.iter().enumerate().position(|(place, (_, of_key))| *of_key != place + 1);
        let asked = own.or(moved).expect("it is not the primary key");
        let equal = columns.iter().take(asked + 1).map(|(column, _)| format!("{column} = ?"));
        let condition = Some(condition).filter(|condition| !condition.is_empty());
        let all: Vec<String> = equal.chain(condition).collect();
        let query = format!("SELECT * FROM {table} WHERE {}", all.join(" AND "));
        let plan = sql.plan(&query).await;
        assert!(plan.contains(&format!("INDEX {index} ")), "{query}: {plan}");
    }
}

#[tokio::test]
async fn activities_of_somebody_are_found_by_index_and_not_by_walking_back_through_all() {
    let world = World::new(Engine::Sqlite).await;
    let sql = world.sql().await;
    let newest = "occurred_at DESC, source DESC, activity_id DESC LIMIT 10";
    for (of, order, index) in [
        ("lead_id <> '' AND lead_id = 'ada'", "", "activity_by_lead"),
        (
            "lead_id <> '' AND lead_id IN (SELECT value FROM json_each('[]'))",
            "occurred_at + 0 DESC, ",
            "activity_by_lead",
        ),
        ("lead_id = '' AND account_id = 'ibm'", "", "activity_of_visitor"),
    ] {
        let query = format!(
            "SELECT * FROM activity WHERE workspace_id = 1 AND {of} ORDER BY {order}{newest}"
        );
        let plan = sql.plan(&query).await;
        assert!(plan.contains(&format!("INDEX {index} ")), "{query}: {plan}");
    }
}
