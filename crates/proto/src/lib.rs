//! The contract `abm.v1` as Rust types: messages, clients and server traits.
//!
//! All of it is generated from the files under `proto/`, which are the reference; their comments
//! are the documentation here. Nothing is converted or checked in this crate: that is done where
//! the messages are served.

#[cfg(test)]
mod tests;

/// Package `abm.v1`.
#[expect(
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::doc_lazy_continuation,
    reason = "generated code: the generators write these attributes and lists"
)]
pub mod v1 {
    tonic::include_proto!("abm.v1");
}

/// The contract as an encoded `FileDescriptorSet`, for reflection: all files with their imports,
/// comments and custom options.
pub const FILE_DESCRIPTOR_SET: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/abm_descriptor.bin"));
