//! Schema steps for SQLite and PostgreSQL, as plain SQL.
//!
//! A step that landed is never edited; a change is a new step, and the version of the service
//! before it keeps working on the schema after it (expand, move, contract later).

mod step;

use sea_orm_migration::prelude::*;

pub use sea_orm_migration::MigratorTrait;

/// Every step, in order.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(step::Step {
                name: "m20261122_000001_initial",
                sqlite: include_str!("sql/sqlite/m20261122_000001_initial.sql"),
                postgres: include_str!("sql/postgres/m20261122_000001_initial.sql"),
            }),
            Box::new(step::Step {
                name: "m20261122_000002_hold",
                sqlite: include_str!("sql/sqlite/m20261122_000002_hold.sql"),
                postgres: include_str!("sql/postgres/m20261122_000002_hold.sql"),
            }),
            Box::new(step::Step {
                name: "m20261122_000003_model",
                sqlite: include_str!("sql/sqlite/m20261122_000003_model.sql"),
                postgres: include_str!("sql/postgres/m20261122_000003_model.sql"),
            }),
            Box::new(step::Step {
                name: "m20261122_000004_opportunity",
                sqlite: include_str!("sql/sqlite/m20261122_000004_opportunity.sql"),
                postgres: include_str!("sql/postgres/m20261122_000004_opportunity.sql"),
            }),
            Box::new(step::Step {
                name: "m20261122_000005_retraction",
                sqlite: include_str!("sql/sqlite/m20261122_000005_retraction.sql"),
                postgres: include_str!("sql/postgres/m20261122_000005_retraction.sql"),
            }),
            Box::new(step::Step {
                name: "m20261122_000006_publishing",
                sqlite: include_str!("sql/sqlite/m20261122_000006_publishing.sql"),
                postgres: include_str!("sql/postgres/m20261122_000006_publishing.sql"),
            }),
            Box::new(step::Step {
                name: "m20261123_000007_merge",
                sqlite: include_str!("sql/sqlite/m20261123_000007_merge.sql"),
                postgres: include_str!("sql/postgres/m20261123_000007_merge.sql"),
            }),
            Box::new(step::Step {
                name: "m20261123_000008_statistics",
                sqlite: include_str!("sql/sqlite/m20261123_000008_statistics.sql"),
                postgres: include_str!("sql/postgres/m20261123_000008_statistics.sql"),
            }),
            Box::new(step::Step {
                name: "m20261128_000009_handoff",
                sqlite: include_str!("sql/sqlite/m20261128_000009_handoff.sql"),
                postgres: include_str!("sql/postgres/m20261128_000009_handoff.sql"),
            }),
            Box::new(step::Step {
                name: "m20261128_000010_newly_qualified",
                sqlite: include_str!("sql/sqlite/m20261128_000010_newly_qualified.sql"),
                postgres: include_str!("sql/postgres/m20261128_000010_newly_qualified.sql"),
            }),
            Box::new(step::Step {
                name: "m20261128_000011_early_contact",
                sqlite: include_str!("sql/sqlite/m20261128_000011_early_contact.sql"),
                postgres: include_str!("sql/postgres/m20261128_000011_early_contact.sql"),
            }),
            Box::new(step::Step {
                name: "m20261128_000012_turns",
                sqlite: include_str!("sql/sqlite/m20261128_000012_turns.sql"),
                postgres: include_str!("sql/postgres/m20261128_000012_turns.sql"),
            }),
        ]
    }
}
