//! Is there room: refused at once when not, so that what is admitted stays fast.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use abm_app::Caller;
use abm_core::WorkspaceId;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::{Code, Status};

use crate::ServerConfig;
use crate::error::{overloaded, refusal};

/// Places for calls in work, of all and of each workspace, and the rate of each credential.
pub(super) struct Admission {
    all: Arc<Semaphore>,
    workspaces: Mutex<HashMap<WorkspaceId, Arc<Semaphore>>>,
    of_workspace: usize,
    rate: DefaultKeyedRateLimiter<String>,
    calls_per_second: u32,
}

impl std::fmt::Debug for Admission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Admission")
    }
}

/// The places that a call holds.
#[derive(Debug)]
pub(super) struct Permit {
    _all: OwnedSemaphorePermit,
    _workspace: OwnedSemaphorePermit,
}

impl Admission {
    pub(super) fn new(config: &ServerConfig) -> Self {
        let at_least_one = |value| NonZeroU32::new(value).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(config.calls_per_second))
            .allow_burst(at_least_one(config.calls_at_once));
        Self {
            all: Arc::new(Semaphore::new(config.in_flight)),
            workspaces: Mutex::new(HashMap::new()),
            of_workspace: config.in_flight_of_workspace,
            rate: RateLimiter::keyed(quota),
            calls_per_second: config.calls_per_second,
        }
    }

    pub(super) fn admit(&self, caller: &Caller) -> Result<Permit, Status> {
        // Without a credential there is nobody to be slowed down: that is development.
        if !caller.key_id.is_empty()
            && let Err(early) = self.rate.check_key(&caller.key_id)
        {
            let wait = early.wait_time_from(DefaultClock::default().now());
            return Err(self.too_fast(wait));
        }
        let _workspace = self.workspace(caller.workspace).try_acquire_owned();
        let _workspace = _workspace.map_err(|_| overloaded())?;
        let _all = Arc::clone(&self.all).try_acquire_owned().map_err(|_| overloaded())?;
        Ok(Permit { _all, _workspace })
    }

    fn workspace(&self, id: WorkspaceId) -> Arc<Semaphore> {
        let mut workspaces = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
        let places = workspaces.entry(id);
        Arc::clone(places.or_insert_with(|| Arc::new(Semaphore::new(self.of_workspace))))
    }

    fn too_fast(&self, wait: Duration) -> Status {
        let limit = self.calls_per_second;
        let message = format!("the credential may call {limit} times a second");
        let metadata = [("limit", limit.to_string())];
        refusal(Code::ResourceExhausted, "RATE_LIMITED", message, metadata, |details| {
            details.add_quota_failure_violation("credential", format!("{limit} calls a second"));
            details.set_retry_info(Some(wait));
        })
    }
}
