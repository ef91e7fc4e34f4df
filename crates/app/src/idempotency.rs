//! Request ids: a retry gets the first outcome.

use abm_core::Timestamp;
use abm_store::{FirstOutcome, View, WriteTx};
use ring::digest::{SHA256, digest};

use crate::AppError;

/// A request id and what the request asks for.
#[derive(Clone, Debug)]
pub struct RequestKey {
    id: String,
    content_hash: Vec<u8>,
}

impl RequestKey {
    /// A request by its id and its content in a canonical form.
    #[must_use]
    pub fn new(id: &str, content: &[u8]) -> Self {
        // UUIDs are the same in upper and lower case.
        let content_hash = digest(&SHA256, content).as_ref().to_vec();
        Self { id: id.to_ascii_lowercase(), content_hash }
    }

    /// What the request did the first time; `None` when this is the first.
    ///
    /// # Errors
    /// [`AppError::IdReused`] when the id was used for something else.
    pub(crate) async fn first_outcome(&self, view: &View) -> Result<Option<String>, AppError> {
        match view.first_outcome(&self.id).await? {
            None => Ok(None),
            Some(first) if first.content_hash == self.content_hash => {
                Ok(Some(String::from_utf8_lossy(&first.reply).into_owned()))
            }
            Some(_) => Err(AppError::IdReused { kind: "request_id", id: self.id.clone() }),
        }
    }

    pub(crate) async fn remember(
        &self,
        tx: &WriteTx,
        reply: String,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let outcome =
            FirstOutcome { content_hash: self.content_hash.clone(), reply: reply.into_bytes() };
        Ok(tx.remember_outcome(&self.id, outcome, now).await?)
    }
}
