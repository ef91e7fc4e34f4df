//! The files held against the rules of the core, without a service.

mod company;
mod handoffs;
mod stages;
mod stories;
