//! The clock of handoffs: warnings, what is late, and what is given up, each at its own moment
//! however late it is found.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use abm_core::handoff::Act;
use abm_core::lifecycle::{Actor, Grounds};
use abm_core::policy::{Assignee, Policy};
use abm_core::{AccountId, DAY, LeadId, Timestamp, WorkspaceId};
use abm_store::{
    Cause, HandoffEnd, HandoffEvent, HandoffRecord, LeadRecord, Lock, StoreError, View, WriteTx,
};

use super::leads::Leads;
use super::policy::{Loads, policy_of};
use crate::due::pass_time;
use crate::gather::{Alone, News, fold_accounts, ledgers_of_leads};
use crate::lots::Due;
use crate::models::Compiled;
use crate::regroup::{Accounts, lock_accounts};
use crate::{App, AppError, Inner};

impl App {
    /// Lets the clocks of handoffs do what is due by now, leads qualify again whose nurturing is
    /// over, and hands over whom a new version of the model qualifies. Gives how many handoffs it
    /// went through. What cannot be done of one is logged, and keeps no other from it.
    ///
    /// # Errors
    /// When the database does not answer; what was done before stays.
    pub async fn apply_handoffs(&self, workspace: WorkspaceId) -> Result<u64, AppError> {
        let done = self.in_lots::<DueHandoffs>(workspace).await?;
        self.in_lots::<NurturedLeads>(workspace).await?;
        self.in_lots::<NewlyQualified>(workspace).await?;
        Ok(done)
    }
}

/// Handoffs whose clock does something.
struct DueHandoffs;

impl Due for DueHandoffs {
    const WHAT: &str = "handoff";
    const LOT: u64 = 200;
    type Id = String;

    async fn due(view: &View, now: Timestamp, limit: u64) -> Result<Vec<String>, StoreError> {
        view.due_handoffs(now, limit).await
    }

    async fn apply(
        inner: &Inner,
        workspace: WorkspaceId,
        only: Option<String>,
    ) -> Result<Option<u64>, AppError> {
        let now = inner.clock.now();
        let (tx, record) = inner.begin(workspace, Lock::Shared).await?;
        let loads = Loads::lock(&tx).await?;
        let due = match only {
            Some(id) => tx.lock_handoff(&id).await?.into_iter().collect(),
            None => tx.lock_due_handoffs(now, Self::LOT).await?,
        };
        let policies = BTreeMap::new();
        let model_version = record.model_version;
        let mut ticking = Ticking { tx: &tx, policies, model_version, loads, events: Vec::new() };
        let mut after = Vec::with_capacity(due.len());
        for mut handoff in due {
            let stood = handoff.version;
            while let Some(at) = handoff.next_at().filter(|at| *at <= now) {
                ticking.tick(&mut handoff, at).await?;
            }
            if handoff.version != stood {
                after.push(handoff);
            }
        }
        if after.is_empty() {
            return Ok(None);
        }
        let Ticking { loads, events, .. } = ticking;
        loads.store(&tx).await?;
        tx.put_handoffs(&after, &events).await?;
        tx.commit().await?;
        Ok(Some(after.len() as u64))
    }
}

struct Ticking<'a> {
    tx: &'a WriteTx,
    /// Those that handoffs were made under, by version.
    policies: BTreeMap<u64, Arc<Policy>>,
    model_version: u64,
    loads: Loads,
    events: Vec<HandoffEvent>,
}

impl Ticking<'_> {
    /// Does what the clock says at a moment.
    async fn tick(&mut self, handoff: &mut HandoffRecord, at: Timestamp) -> Result<(), AppError> {
        let policy = self.policy_of(handoff).await?;
        if at == handoff.clock.gives_up_at {
            return self.give_up(handoff, &policy, at).await;
        }
        let what = if handoff.clock.escalate_at == Some(at) {
            handoff.clock.escalated_at = Some(at);
            if self.escalate(handoff, &policy, at) { "escalated" } else { "overdue" }
        } else {
            handoff.clock.warned_at = Some(at);
            "warned"
        };
        self.note(handoff, what, at);
        Ok(())
    }

    /// The policy that a handoff was made under: what its clock does was agreed then.
    async fn policy_of(&mut self, handoff: &HandoffRecord) -> Result<Arc<Policy>, AppError> {
        let version = handoff.policy_version;
        if let Some(known) = self.policies.get(&version) {
            return Ok(known.clone());
        }
        let policy = policy_of(self.tx, version).await?;
        Ok(self.policies.entry(version).or_insert(policy).clone())
    }

    /// Gives a late handoff to somebody else. Tells whether there was somebody.
    fn escalate(&mut self, handoff: &mut HandoffRecord, policy: &Policy, at: Timestamp) -> bool {
        let holder = Some(handoff.owner.as_str()).filter(|owner| !owner.is_empty());
        let Ok(state) = Act::Reassign.leads_to(handoff.state, holder, Actor::Time) else {
            return false;
        };
        let Some(routed) = self.loads.escalate(policy, holder, at) else { return false };
        handoff.state = state;
        (handoff.owner, handoff.queue) = match routed.to {
            Assignee::Owner(owner) => (owner, String::new()),
            Assignee::Queue(queue) => (String::new(), queue),
        };
        handoff.team = routed.team.unwrap_or_default();
        true
    }

    async fn give_up(
        &mut self,
        handoff: &mut HandoffRecord,
        policy: &Policy,
        at: Timestamp,
    ) -> Result<(), AppError> {
        let state = Act::GiveUp.leads_to(handoff.state, None, Actor::Time);
        // Only open ones have a next moment.
        let Ok(state) = state else { return Ok(()) };
        let nurture_until = at + i64::from(policy.nurture_days) * DAY;
        let grounds = Grounds { nurture_until: Some(nurture_until), ..Grounds::default() };
        if let Some(step) = Act::GiveUp.moves_lead() {
            let (actor, caller, reason) = (Actor::Time, "", "");
            let leads = Leads { handoff, step, grounds: &grounds, actor, caller, reason };
            // Leads that have moved on by themselves stay where they are.
            leads.go(self.tx, self.model_version, at).await?;
        }
        handoff.state = state;
        handoff.end =
            Some(HandoffEnd { at, nurture_until: Some(nurture_until), ..HandoffEnd::default() });
        self.note(handoff, state.name(), at);
        Ok(())
    }

    fn note(&mut self, handoff: &mut HandoffRecord, what: &str, at: Timestamp) {
        handoff.version += 1;
        let details = serde_json::json!({ "owner": handoff.owner, "queue": handoff.queue });
        self.events.push(HandoffEvent {
            handoff: handoff.id.clone(),
            version: handoff.version,
            at,
            what: what.to_owned(),
            actor: Actor::Time,
            caller: String::new(),
            details: details.to_string(),
        });
    }
}

/// Leads whose nurturing is over: they may qualify again, and it is looked whether they do.
struct NurturedLeads;

impl Due for NurturedLeads {
    const WHAT: &str = "nurtured lead";
    const LOT: u64 = 200;
    type Id = LeadId;

    async fn due(view: &View, now: Timestamp, limit: u64) -> Result<Vec<LeadId>, StoreError> {
        view.nurtured_until(now, limit).await
    }

    async fn apply(
        inner: &Inner,
        workspace: WorkspaceId,
        only: Option<LeadId>,
    ) -> Result<Option<u64>, AppError> {
        let now = inner.clock.now();
        let (tx, record) = inner.begin(workspace, Lock::Shared).await?;
        let over = match only {
            Some(lead) => vec![lead],
            None => tx.nurtured_until(now, Self::LOT).await?,
        };
        let compiled = inner.models.get(&tx, record.model_version).await?;
        let mut leads = tx.leads(over.iter().cloned()).await?;
        let accounts = leads.values().filter_map(|lead| lead.account.clone()).collect();
        let mut states = lock_accounts(&tx, &compiled, accounts, Accounts::new(), now).await?;
        let ended = tx.end_nurturing(over, now).await?;
        if ended.is_empty() {
            // Another replica came to them first.
            return Ok(None);
        }
        leads.retain(|id, _| ended.contains(id));
        let accounts: BTreeSet<&AccountId> =
            leads.values().filter_map(|lead| lead.account.as_ref()).collect();
        states.retain(|id, _| accounts.contains(id));
        let alone = leads.values().filter(|lead| lead.account.is_none()).cloned().collect();
        let news = News { alone: alone_now(&tx, &compiled, alone).await?, ..News::default() };
        fold_accounts(&tx, &compiled, states, news, Cause::Time, now).await?;
        tx.commit().await?;
        Ok(Some(ended.len() as u64))
    }
}

/// People without an account with what they did, by the matching rules in force.
async fn alone_now(
    tx: &WriteTx,
    compiled: &Compiled,
    leads: Vec<LeadRecord>,
) -> Result<Vec<Alone>, AppError> {
    let mut people = tx.people(leads.iter().map(|lead| (None, lead.id.clone()))).await?;
    let stale = people.values().filter(|state| state.matching != compiled.matching);
    let stale = stale.map(|state| state.lead.clone()).collect();
    for (lead, ledger) in ledgers_of_leads(tx, compiled, stale).await? {
        if let Some(state) = people.get_mut(&lead) {
            (state.ledger, state.matching) = (ledger, compiled.matching);
        }
    }
    let alone = leads
        .into_iter()
        .filter_map(|lead| Some(Alone { state: people.remove(&lead.id)?, profile: lead.profile }));
    Ok(alone.collect())
}

/// Accounts of whom a new version of the model qualifies somebody: it is looked who is handed over.
struct NewlyQualified;

impl Due for NewlyQualified {
    const WHAT: &str = "newly qualified account";
    const LOT: u64 = 200;
    type Id = AccountId;

    async fn due(view: &View, _now: Timestamp, limit: u64) -> Result<Vec<AccountId>, StoreError> {
        view.newly_qualified(limit).await
    }

    async fn apply(
        inner: &Inner,
        workspace: WorkspaceId,
        only: Option<AccountId>,
    ) -> Result<Option<u64>, AppError> {
        let now = inner.clock.now();
        let (tx, record) = inner.begin(workspace, Lock::Shared).await?;
        let mut states = match only {
            Some(account) => tx.lock_account_states([account]).await?,
            None => tx.lock_newly_qualified(Self::LOT).await?,
        };
        states.retain(|_, state| state.newly_qualified);
        pass_time(inner, tx, record.model_version, states, now).await
    }
}
