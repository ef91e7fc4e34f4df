//! Something that happened.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::violation::Refusal;
use crate::{AccountId, ActivityKey, LeadId, Timestamp, Violation, id, limits};

/// Something that a person did, or that was seen of an account without a known person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// What identifies it.
    pub key: ActivityKey,
    /// What kind of thing happened, in the sender's words, for example `page_view`.
    pub kind: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Who did it; `None` for anonymous account activity.
    pub lead: Option<LeadId>,
    /// The account of anonymous activity; for a known person only a first hint.
    pub account: Option<AccountId>,
    /// The person's address, used while the person is not known otherwise.
    pub email: String,
    /// The campaign it belongs to.
    pub campaign: String,
    /// Further fields, for rules.
    pub attributes: BTreeMap<String, String>,
}

impl Activity {
    /// Checks every field against its limit, and the time against `now`.
    ///
    /// # Errors
    /// All violations found.
    pub fn check(&self, now: Timestamp) -> Result<(), Vec<Violation>> {
        let mut found = Vec::new();
        found.extend(id::check_id("type", &self.kind).err());
        if self.lead.is_none() && self.account.is_none() {
            found.push(Violation::invalid("lead_id", "neither a lead nor an account is named"));
        }
        if !self.email.is_empty() {
            if self.lead.is_none() {
                found.push(Violation::invalid("email", "needs a lead_id beside it"));
            } else if let Err(error) = crate::domain::Domain::from_email(&self.email) {
                found.push(Violation::invalid("email", error.to_string()));
            }
        }
        found.extend(limits::check_text("campaign", &self.campaign).err());
        found.extend(limits::check_attributes(&self.attributes).err());
        if self.occurred_at > now + limits::FUTURE_SECS {
            found.push(Violation {
                field: "occurred_at".into(),
                reason: Refusal::FutureTime,
                message: "lies more than 10 minutes in the future".into(),
            });
        }
        if self.occurred_at < now - limits::PAST_SECS {
            found.push(Violation {
                field: "occurred_at".into(),
                reason: Refusal::TooOld,
                message: "lies more than 20 years in the past".into(),
            });
        }
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    /// A hash of everything but the key: two activities of one key are the same exactly when
    /// it is equal. The first 8 bytes of SHA-256 over the fields, each with its length.
    #[must_use]
    pub fn content_hash(&self) -> i64 {
        let mut hasher = Hasher::new();
        hasher.text(&self.kind);
        hasher.number(self.occurred_at.micros());
        hasher.text(self.lead.as_ref().map_or("", LeadId::as_str));
        hasher.text(self.account.as_ref().map_or("", AccountId::as_str));
        hasher.text(&self.email);
        hasher.text(&self.campaign);
        for (key, value) in &self.attributes {
            hasher.text(key);
            hasher.text(value);
        }
        hasher.finish()
    }
}

impl ActivityKey {
    /// A short stand-in for the key in indexes; equal keys have equal hashes, and whoever uses
    /// it compares the keys themselves before calling two activities the same.
    #[must_use]
    pub fn hash(&self) -> i64 {
        let mut hasher = Hasher::new();
        hasher.text(&self.source);
        hasher.text(&self.activity_id);
        hasher.finish()
    }
}

/// SHA-256 over fields that cannot run into each other.
struct Hasher(Sha256);

impl Hasher {
    fn new() -> Self {
        Self(Sha256::new())
    }

    fn text(&mut self, value: &str) {
        self.0.update((value.len() as u64).to_be_bytes());
        self.0.update(value.as_bytes());
    }

    fn number(&mut self, value: i64) {
        self.0.update(value.to_be_bytes());
    }

    fn finish(self) -> i64 {
        let digest = self.0.finalize();
        digest.iter().take(8).fold(0, |hash, &byte| (hash << 8) | i64::from(byte))
    }
}
