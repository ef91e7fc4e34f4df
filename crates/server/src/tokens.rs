//! Opaque tokens of the contract: revisions and pages.

use abm_core::{DAY, Timestamp, WorkspaceId};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use tonic::{Code, Status};

use crate::error::{internal, invalid_field, refusal};

/// How long a page token is valid, in seconds.
const PAGE_SECS: i64 = 3 * DAY;
/// Longest page token, in bytes.
const PAGE_BYTES: usize = 1_024;
/// Bytes of a revision's tag.
const TAG_BYTES: usize = 8;

/// Makes and reads tokens; replicas share the secret.
pub(crate) struct Tokens {
    page: LessSafeKey,
    revision: hmac::Key,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

/// What a page token belongs to: it is refused with anything else.
#[derive(Clone, Debug)]
pub(crate) struct List {
    pub(crate) workspace: WorkspaceId,
    pub(crate) method: &'static str,
    /// The filter in a canonical form.
    pub(crate) filter: String,
}

impl Tokens {
    /// Bytes of the secret.
    pub(crate) const SECRET_BYTES: usize = 32;

    pub(crate) fn new(secret: &[u8]) -> Option<Self> {
        // Two keys from one secret, so that one token never passes for the other.
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let page = hmac::sign(&root, b"page");
        let page = UnboundKey::new(&CHACHA20_POLY1305, page.as_ref()).ok()?;
        let revision = hmac::sign(&root, b"revision");
        Some(Self {
            page: LessSafeKey::new(page),
            revision: hmac::Key::new(hmac::HMAC_SHA256, revision.as_ref()),
        })
    }

    /// A position of a workspace as it is told to callers.
    pub(crate) fn revision(&self, workspace: WorkspaceId, position: u64) -> String {
        format!("{position:x}.{}", self.tag(workspace, position))
    }

    /// The position that a caller was told; `None` when none is given.
    pub(crate) fn position(
        &self,
        workspace: WorkspaceId,
        revision: &str,
    ) -> Result<Option<u64>, Status> {
        if revision.is_empty() {
            return Ok(None);
        }
        let read = || {
            let (position, tag) = revision.split_once('.')?;
            let position = u64::from_str_radix(position, 16).ok()?;
            (self.tag(workspace, position) == tag).then_some(position)
        };
        read()
            .map(Some)
            .ok_or_else(|| invalid_field("min_revision", "is not a revision of this workspace"))
    }

    fn tag(&self, workspace: WorkspaceId, position: u64) -> String {
        let mut content = workspace.0.to_be_bytes().to_vec();
        content.extend(position.to_be_bytes());
        let tag = hmac::sign(&self.revision, &content);
        hex::encode(tag.as_ref().get(..TAG_BYTES).unwrap_or_default())
    }

    /// A token for the page after `place`.
    pub(crate) fn page(
        &self,
        list: &List,
        place: &[String],
        now: Timestamp,
    ) -> Result<String, Status> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| internal())?;
        let mut sealed = now.secs().to_be_bytes().to_vec();
        sealed.extend(place.join("\n").into_bytes());
        let own = Nonce::assume_unique_for_key(nonce);
        let aad = Aad::from(list.bytes());
        self.page.seal_in_place_append_tag(own, aad, &mut sealed).map_err(|_| internal())?;
        Ok(hex::encode(nonce) + &hex::encode(sealed))
    }

    /// The place that a page begins after; `None` for the first page.
    pub(crate) fn place(
        &self,
        list: &List,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Vec<String>>, Status> {
        if token.is_empty() {
            return Ok(None);
        }
        self.open(list, token, now).map(Some).ok_or_else(page_token_invalid)
    }

    fn open(&self, list: &List, token: &str, now: Timestamp) -> Option<Vec<String>> {
        if token.len() > PAGE_BYTES {
            return None;
        }
        let bytes = hex::decode(token).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let aad = Aad::from(list.bytes());
        let opened = self.page.open_in_place(nonce, aad, &mut sealed).ok()?;
        let (made, place) = opened.split_at_checked(8)?;
        let made = i64::from_be_bytes(made.try_into().ok()?);
        if now.secs() - made > PAGE_SECS {
            return None;
        }
        Some(std::str::from_utf8(place).ok()?.split('\n').map(str::to_owned).collect())
    }
}

/// A page token that is forged, expired, or of another list.
pub(crate) fn page_token_invalid() -> Status {
    let message = "the page token is not valid for this list";
    refusal(Code::InvalidArgument, "PAGE_TOKEN_INVALID", message, [], |details| {
        details.add_bad_request_violation("page_token", "is not valid for this list");
    })
}

impl List {
    fn bytes(&self) -> Vec<u8> {
        format!("{}\n{}\n{}", self.workspace, self.method, self.filter).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(workspace: i64, filter: &str) -> List {
        List { workspace: WorkspaceId(workspace), method: "ListAccounts", filter: filter.into() }
    }

    #[test]
    fn a_page_token_is_good_for_its_own_list_only_and_for_three_days() {
        let tokens = Tokens::new(&[7; 32]).expect("a key");
        let place = vec!["17".to_owned(), "acme".to_owned()];
        let token = tokens.page(&list(1, "x"), &place, Timestamp::from_secs(0)).expect("sealed");
        assert!(token.len() <= PAGE_BYTES);
        let later = Timestamp::from_secs(PAGE_SECS);
        assert_eq!(tokens.open(&list(1, "x"), &token, later), Some(place));
        assert_eq!(tokens.open(&list(1, "x"), &token, later + 1), None, "expired");
        assert_eq!(tokens.open(&list(2, "x"), &token, later), None, "another workspace");
        assert_eq!(tokens.open(&list(1, "y"), &token, later), None, "another filter");
        assert_eq!(tokens.open(&list(1, "x"), &token.replace('0', "1"), later), None, "forged");
        let other = Tokens::new(&[8; 32]).expect("a key");
        assert_eq!(other.open(&list(1, "x"), &token, later), None, "another installation");
    }

    #[test]
    fn a_revision_is_good_for_its_own_workspace_only() {
        let tokens = Tokens::new(&[7; 32]).expect("a key");
        let revision = tokens.revision(WorkspaceId(1), 42);
        assert_eq!(tokens.position(WorkspaceId(1), &revision).expect("good"), Some(42));
        assert!(tokens.position(WorkspaceId(2), &revision).is_err());
        assert!(tokens.position(WorkspaceId(1), "43.0000000000000000").is_err());
        assert_eq!(tokens.position(WorkspaceId(1), "").expect("none"), None);
    }
}
