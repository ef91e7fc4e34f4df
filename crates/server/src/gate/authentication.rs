//! Who calls.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use abm_app::{App, AppError, Caller, Role};
use abm_core::WorkspaceId;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use ring::digest::{SHA256, digest};
use tokio::time::Instant;
use tonic::Status;

use crate::error::{credentials, status_of};

/// How long a credential that was looked up is trusted: a revoked one is dead after this.
const TRUSTED: Duration = Duration::from_secs(4);

/// Most credentials remembered at a time.
const REMEMBERED: usize = 10_000;

/// Longest credential, in bytes.
const CREDENTIAL_BYTES: usize = 512;

/// Callers by the hash of their credential, and since when they are known.
type Known = HashMap<Vec<u8>, (Instant, Arc<Caller>)>;

/// Looks credentials up, and remembers the good ones for seconds, by their hash.
#[derive(Debug)]
pub(super) struct Authentication {
    app: App,
    /// The workspace of callers without a credential, in development.
    open: Option<Arc<Caller>>,
    known: Mutex<Known>,
}

impl Authentication {
    pub(super) fn new(app: App, open: Option<WorkspaceId>) -> Self {
        let open = open.map(|workspace| {
            let name = "development".to_owned();
            Arc::new(Caller { workspace, role: Role::Admin, name, key_id: String::new() })
        });
        Self { app, open, known: Mutex::new(HashMap::new()) }
    }

    /// The caller of a request. One without a credential is let in only in development; a
    /// credential that is given must be good even then.
    pub(super) async fn caller(&self, headers: &HeaderMap) -> Result<Arc<Caller>, Status> {
        let Some(value) = headers.get(AUTHORIZATION) else {
            return self.open.clone().ok_or_else(credentials);
        };
        let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
        let token =
            token.filter(|token| token.len() <= CREDENTIAL_BYTES).ok_or_else(credentials)?;
        let key = digest(&SHA256, token.as_bytes()).as_ref().to_vec();
        if let Some((since, caller)) = self.known().get(&key)
            && since.elapsed() < TRUSTED
        {
            return Ok(Arc::clone(caller));
        }
        match self.app.authenticate(token).await {
            Ok(caller) => {
                let caller = Arc::new(caller);
                let mut known = self.known();
                if known.len() >= REMEMBERED {
                    known.retain(|_, (since, _)| since.elapsed() < TRUSTED);
                }
                known.insert(key, (Instant::now(), Arc::clone(&caller)));
                Ok(caller)
            }
            Err(AppError::Credentials) => {
                self.known().remove(&key);
                Err(credentials())
            }
            Err(error) => Err(status_of(error)),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
