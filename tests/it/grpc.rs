//! What only a real connection shows: credentials, errors on the wire, limits, stopping.

mod backtest;
mod errors;
mod handoffs;
mod matrix;
mod merge;
mod models;
mod outcomes;
mod peers;
mod recording;
mod suggest;
mod views;
