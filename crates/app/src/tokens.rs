//! Credentials: made once, checked on every call.
//!
//! A token is `abm_` + environment + `_` + key id + `_` + 256 random bits + `_` + checksum. The
//! secret is shown once and stored as its SHA-256.

use abm_core::{DAY, Timestamp, WorkspaceId};
use abm_store::TokenRecord;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

use crate::{App, AppError};

/// Days that a token is valid, unless asked otherwise.
pub const DEFAULT_DAYS: i64 = 90;
/// Most days that a token is valid.
const MOST_DAYS: i64 = 365;

/// What a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Puts activities, accounts and people.
    Ingest,
    /// Reads everything, changes rules.
    Marketing,
    /// Reads everything, works handoffs.
    Sales,
    /// Plans campaigns; sees no personal fields.
    Planner,
    /// Everything.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Ingest, Self::Marketing, Self::Sales, Self::Planner, Self::Admin];

    /// The name stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Marketing => "marketing",
            Self::Sales => "sales",
            Self::Planner => "planner",
            Self::Admin => "admin",
        }
    }

    /// The role of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The workspace the credential opens.
    pub workspace: WorkspaceId,
    /// What the caller may do.
    pub role: Role,
    /// The caller, for the record.
    pub name: String,
    /// Names the credential without telling the secret.
    pub key_id: String,
}

/// A new token; the only time its text is known.
#[derive(Clone)]
pub struct NewToken {
    /// The whole token, to be given to its caller.
    pub text: String,
    /// Names the token.
    pub key_id: String,
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewToken({})", self.key_id)
    }
}

impl App {
    /// Makes a token for a caller.
    ///
    /// # Errors
    /// When the days are out of range, or the database does not answer.
    pub async fn create_token(
        &self,
        workspace: WorkspaceId,
        role: Role,
        caller: &str,
        days: i64,
    ) -> Result<NewToken, AppError> {
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(AppError::invalid("days", format!("must be from 1 to {MOST_DAYS}")));
        }
        let (key_id, secret) = (random_hex::<6>()?, random_hex::<32>()?);
        let now = self.clock().now();
        let record = TokenRecord {
            key_id: key_id.clone(),
            workspace,
            secret_hash: hash(&secret),
            role: role.name().to_owned(),
            caller: caller.to_owned(),
            created_at: now,
            expires_at: now + days * DAY,
            revoked_at: None,
        };
        self.inner.store.add_token(&record).await?;
        let body = format!("abm_live_{key_id}_{secret}");
        Ok(NewToken { text: format!("{body}_{}", checksum(&body)), key_id })
    }

    /// The first admin token of a workspace that has none; `None` when it has one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn first_token(&self, workspace: WorkspaceId) -> Result<Option<NewToken>, AppError> {
        if self.inner.store.has_tokens(workspace).await? {
            return Ok(None);
        }
        self.create_token(workspace, Role::Admin, "first admin", DEFAULT_DAYS).await.map(Some)
    }

    /// Ends a token. Ending one that has ended changes nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke_token(&self, key_id: &str) -> Result<bool, AppError> {
        Ok(self.inner.store.revoke_token(key_id, self.clock().now()).await?)
    }

    /// Who a token belongs to.
    ///
    /// # Errors
    /// [`AppError::Credentials`] for all that is wrong with it, without telling what.
    pub async fn authenticate(&self, token: &str) -> Result<Caller, AppError> {
        let (key_id, secret) = parse(token).ok_or(AppError::Credentials)?;
        let record = self.inner.store.token(key_id).await?.ok_or(AppError::Credentials)?;
        let now: Timestamp = self.clock().now();
        let ended = record.revoked_at.is_some() || record.expires_at <= now;
        if !equal(&hash(secret), &record.secret_hash) || ended {
            return Err(AppError::Credentials);
        }
        let role = Role::from_name(&record.role).ok_or(AppError::Credentials)?;
        Ok(Caller { workspace: record.workspace, role, name: record.caller, key_id: record.key_id })
    }
}

/// Key id and secret of a token whose form and checksum are right.
fn parse(token: &str) -> Option<(&str, &str)> {
    let (body, sum) = token.rsplit_once('_')?;
    if !equal(checksum(body).as_bytes(), sum.as_bytes()) {
        return None;
    }
    let (key_id, secret) = body.strip_prefix("abm_live_")?.split_once('_')?;
    Some((key_id, secret))
}

fn hash(secret: &str) -> Vec<u8> {
    digest(&SHA256, secret.as_bytes()).as_ref().to_vec()
}

fn checksum(body: &str) -> String {
    hex::encode(
        digest(&SHA256, body.as_bytes()).as_ref().iter().take(4).copied().collect::<Vec<_>>(),
    )
}

/// Compares in a time that does not tell where two texts differ.
fn equal(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

fn random_hex<const BYTES: usize>() -> Result<String, AppError> {
    let mut bytes = [0_u8; BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_| AppError::Broken)?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_with_a_wrong_letter_is_refused_before_it_is_looked_up() {
        let body = "abm_live_0011_2233";
        let token = format!("{body}_{}", checksum(body));
        assert_eq!(parse(&token), Some(("0011", "2233")));
        assert_eq!(parse(&token.replace("22", "23")), None);
        assert_eq!(parse("abm_live_"), None);
        assert_eq!(parse(""), None);
    }
}
