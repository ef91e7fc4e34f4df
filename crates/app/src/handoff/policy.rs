//! The policy in force, and trying what it would do.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use abm_core::handoff::HandoffCause;
use abm_core::model::Problem;
use abm_core::policy::{DEFAULT_FILE, Load, NURTURE_DAYS, Policy, Routed, parse};
use abm_core::rule::HandoffFacts;
use abm_core::{AccountId, DAY, LeadId, Timestamp, WorkspaceId};
use abm_store::{HandoffClock, Lock, PolicyRecord, StoreError, View, WriteTx};
use quick_cache::sync::Cache;

use super::leads::as_counted;
use super::subject::{Handed, Whom};
use crate::error::first;
use crate::idempotency::RequestKey;
use crate::{App, AppError};

/// Policies by their files: what is compiled stays right, and every commit that hands over asks.
static COMPILED: LazyLock<Cache<String, Arc<Policy>>> = LazyLock::new(|| Cache::new(64));

/// The policy of a record, or the one that is shipped. What is stored was read when it came.
fn compiled(record: Option<&PolicyRecord>) -> Result<Arc<Policy>, StoreError> {
    let file = record.map_or(DEFAULT_FILE, |record| record.file.as_str());
    COMPILED.get_or_insert_with(file, || {
        let policy = parse(file).map_err(|problems| corrupt(first(&problems)))?;
        Ok(Arc::new(policy))
    })
}

fn corrupt(what: String) -> StoreError {
    StoreError::Corrupt { table: "handoff_policy", what }
}

/// The policy in force in a workspace.
pub(super) struct InForce {
    /// 0 for the one that is shipped.
    pub(super) version: u64,
    pub(super) rules: Arc<Policy>,
}

impl InForce {
    pub(super) async fn read(view: &View) -> Result<Self, AppError> {
        let record = view.policy(None).await?;
        let version = record.as_ref().map_or(0, |record| record.version);
        Ok(Self { version, rules: compiled(record.as_ref())? })
    }

    /// The service level and the moments of a clock that starts.
    pub(super) fn clock(
        &self,
        facts: &HandoffFacts<'_>,
        owner: Option<&str>,
        start: Timestamp,
    ) -> (String, HandoffClock) {
        let clock = self.rules.clock(facts, owner, start);
        let moments = HandoffClock {
            warn_at: Some(clock.warn_at),
            due_at: clock.due,
            escalate_at: clock.escalate_at,
            gives_up_at: clock.gives_up_at,
            warned_at: None,
            escalated_at: None,
        };
        (clock.sla, moments)
    }
}

/// A version of the policy; 0 for the one that is shipped.
pub(crate) async fn policy_of(view: &View, version: u64) -> Result<Arc<Policy>, StoreError> {
    let record = match version {
        0 => None,
        _ => {
            let lost = || corrupt(format!("there is no version {version}"));
            Some(view.policy(Some(version)).await?.ok_or_else(lost)?)
        }
    };
    compiled(record.as_ref())
}

/// Days that leads are nurtured of whom nobody says how long.
pub(crate) async fn nurture_days(view: &View) -> Result<u16, AppError> {
    Ok(InForce::read(view).await?.rules.nurture_days)
}

/// Checks up to when leads are to be nurtured, if somebody says so.
pub(crate) fn check_nurture(until: Option<Timestamp>, now: Timestamp) -> Result<(), AppError> {
    let longest = i64::from(NURTURE_DAYS) * DAY;
    if until.is_some_and(|until| until <= now || until > now + longest) {
        let message = format!("is not within the next {NURTURE_DAYS} days");
        return Err(AppError::invalid("nurture_until", message));
    }
    Ok(())
}

/// Who has how much, while handoffs are given out one after the other.
pub(super) struct Loads {
    load: Load,
    /// Whose turn it was, as far as that has changed.
    turns: BTreeMap<String, String>,
}

impl Loads {
    pub(super) async fn read(view: &View) -> Result<Self, AppError> {
        let load =
            Load { open: view.open_handoffs_by_owner().await?, last: view.team_turns().await? };
        Ok(Self { load, turns: BTreeMap::new() })
    }

    /// Reads them for giving out. Nobody else gives out until the transaction ends.
    pub(super) async fn lock(tx: &WriteTx) -> Result<Self, AppError> {
        tx.lock_giving().await?;
        Self::read(tx).await
    }

    /// Gives a handoff to whom the policy says, and counts it.
    pub(super) fn give(
        &mut self,
        policy: &Policy,
        facts: &HandoffFacts<'_>,
        account_owner: Option<&str>,
        now: Timestamp,
    ) -> Routed {
        let routed = policy.route(facts, account_owner, &self.load, now);
        self.count(&routed);
        routed
    }

    /// Takes a late one from who has it and gives it to whom the policy says, and counts that;
    /// `None` when it stays.
    pub(super) fn escalate(
        &mut self,
        policy: &Policy,
        holder: Option<&str>,
        at: Timestamp,
    ) -> Option<Routed> {
        let routed = policy.escalate(holder, &self.load, at)?;
        if let Some(holder) = holder {
            self.load.take(holder);
        }
        self.count(&routed);
        Some(routed)
    }

    fn count(&mut self, routed: &Routed) {
        let Some(owner) = routed.owner() else { return };
        self.load.give(owner, routed.team.as_deref());
        if let Some(team) = &routed.team {
            self.turns.insert(team.clone(), owner.to_owned());
        }
    }

    /// Stores whose turn it was.
    pub(super) async fn store(self, tx: &WriteTx) -> Result<(), AppError> {
        Ok(tx.put_team_turns(&self.turns).await?)
    }
}

/// The policy of a workspace as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyInForce {
    /// The stored version; `None` for the policy that is shipped.
    pub record: Option<PolicyRecord>,
    /// Its file.
    pub file: String,
    /// The position this was read at.
    pub revision: u64,
}

/// Where a handoff would go, and by which clock.
#[derive(Clone, Debug)]
pub struct RouteTried {
    /// Where, and who was passed over.
    pub routed: Routed,
    /// The service level.
    pub sla: String,
    /// Its clock.
    pub clock: HandoffClock,
    /// The position this was read at.
    pub revision: u64,
}

impl App {
    /// Every problem of a policy file; empty for one that can be stored.
    #[must_use]
    pub fn policy_problems(file: &str) -> Vec<Problem> {
        abm_core::policy::validate(file)
    }

    /// The policy in force, or a version of it.
    ///
    /// # Errors
    /// When there is no such version.
    pub async fn policy(
        &self,
        workspace: WorkspaceId,
        version: Option<u64>,
    ) -> Result<PolicyInForce, AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let record = view.policy(version.filter(|version| *version > 0)).await?;
        match (record, version) {
            (None, Some(version)) if version > 0 => Err(AppError::not_found("policy", version)),
            (record, _) => {
                let record = record.filter(|_| version != Some(0));
                let file = record.as_ref().map_or(DEFAULT_FILE, |record| &record.file).to_owned();
                Ok(PolicyInForce { record, file, revision })
            }
        }
    }

    /// Stores a new version of the policy, which holds for what is handed over from now on, if
    /// the version in force is the one that the caller saw.
    ///
    /// # Errors
    /// When the file has problems; when another version came meanwhile.
    pub async fn put_policy(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        base: u64,
        record: PolicyRecord,
    ) -> Result<(u64, u64), AppError> {
        parse(&record.file).map_err(AppError::Policy)?;
        self.writer
            .run(move |inner| async move {
                let (tx, _) = inner.begin(workspace, Lock::Exclusive).await?;
                if let Some(first) = request.first_outcome(&tx).await? {
                    return Ok((first.parse().unwrap_or_default(), tx.revision().await?));
                }
                let current = tx.policy(None).await?.map_or(0, |record| record.version);
                if current != base {
                    return Err(AppError::EtagMismatch {
                        kind: "policy",
                        current: current.to_string(),
                    });
                }
                let now = inner.clock.now();
                let record = PolicyRecord { version: current + 1, created_at: now, ..record };
                tx.add_policy(&record).await?;
                request.remember(&tx, record.version.to_string(), now).await?;
                Ok((record.version, tx.commit().await?))
            })
            .await
    }

    /// Tells where an account or a lead would go if it was handed over now, and writes nothing.
    ///
    /// # Errors
    /// When there is no such account or lead.
    pub async fn try_route(
        &self,
        workspace: WorkspaceId,
        account: Option<AccountId>,
        lead: Option<LeadId>,
        cause: HandoffCause,
    ) -> Result<RouteTried, AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let compiled = self.inner.model_for(&view, None).await?;
        let policy = InForce::read(&view).await?;
        let leads = as_counted(&view, lead.into_iter().collect()).await?;
        let account = match (account, leads.first()) {
            (None, Some(lead)) => {
                let found = view.leads([lead.clone()]).await?.remove(lead);
                found.ok_or_else(|| AppError::not_found("lead", lead))?.account
            }
            (account, _) => account,
        };
        let now = self.clock().now();
        let whom = Whom { account: account.as_ref(), leads: &leads, cause };
        let handed = Handed::read(&view, &compiled, whom, now).await?;
        let mut loads = Loads::read(&view).await?;
        let owner = Some(handed.account_profile.owner.as_str()).filter(|owner| !owner.is_empty());
        let routed = handed.with_facts(|facts| loads.give(&policy.rules, facts, owner, now));
        let (sla, clock) = handed.with_facts(|facts| policy.clock(facts, routed.owner(), now));
        Ok(RouteTried { routed, sla, clock, revision })
    }
}
