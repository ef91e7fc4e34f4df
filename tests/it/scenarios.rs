//! The files of `tests/scenarios`, which say in words how leads and handoffs move, held against the
//! rules of the core and against the service over gRPC.

mod core;
mod files;
mod grpc;
mod place;
mod story;
