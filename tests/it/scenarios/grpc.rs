//! The files held against the service, on both databases.

mod acts;
mod bring;
mod calls;
mod desk;
mod handoffs;
mod stages;
mod stories;
