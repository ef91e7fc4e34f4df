//! The contract that both databases keep, a module for each subject.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod backtest;
mod crash;
mod durability;
mod explain;
mod extremes;
mod golden;
mod groups;
mod grpc;
mod handoff;
mod lists;
mod matching;
mod merge;
mod models;
mod moments;
mod once;
mod opportunities;
mod order;
mod plans;
mod publish;
mod reading;
mod refusal;
mod replicas;
mod requests;
mod retraction;
mod scenarios;
mod simulate;
mod suggest_points;
mod time;
mod timeline;
mod tokens;
mod verify;
mod writer;
mod year;
