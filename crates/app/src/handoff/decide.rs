//! What is handed over by rule: as soon as an activity, a profile or time makes it true.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::handoff::{HandoffCause, HandoffState, RejectionKind};
use abm_core::lifecycle::{Actor, Asked, Move};
use abm_core::policy::Policy;
use abm_core::{AccountId, LeadId, Timestamp};
use abm_store::{HandoffEvent, HandoffLead, HandoffRecord, WriteTx};
use uuid::Uuid;

use super::policy::{InForce, Loads};
use super::subject::{Handed, Whom};
use crate::AppError;
use crate::lifecycle::{Moving, Record};
use crate::models::Compiled;

/// A lead, or an account, that stands where marketing hands over.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    pub(crate) account: Option<AccountId>,
    /// `None` of an account that is marketing qualified as such.
    pub(crate) lead: Option<LeadId>,
    /// The second from which it holds.
    pub(crate) at: i64,
    /// The second in which the lead last asked to be contacted.
    pub(crate) raised_at: Option<i64>,
    /// What the lead or the account shows, 0 to 100.
    pub(crate) engagement: u8,
    pub(crate) fit: u8,
}

impl Reached {
    const fn cause(&self) -> HandoffCause {
        match (&self.lead, self.raised_at) {
            (None, _) => HandoffCause::Account,
            (Some(_), Some(_)) => HandoffCause::HandRaiser,
            (Some(_), None) => HandoffCause::Scores,
        }
    }

    fn evidence(&self) -> String {
        let Self { engagement, fit, raised_at, .. } = self;
        let cause = self.cause().name();
        let evidence = serde_json::json!({
            "cause": cause,
            "engagement": engagement,
            "fit": fit,
            "raised_hand_secs": raised_at,
        });
        evidence.to_string()
    }
}

/// What belongs into one handoff: a lead without an account, or an account with those of its
/// leads who qualified.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Account(AccountId),
    Lead(LeadId),
}

impl Key {
    fn of(reached: &Reached) -> Option<Self> {
        match (&reached.account, &reached.lead) {
            (Some(account), _) => Some(Self::Account(account.clone())),
            (None, Some(lead)) => Some(Self::Lead(lead.clone())),
            (None, None) => None,
        }
    }
}

/// Qualifies leads that reached their bar and hands them over, and accounts that did. Their
/// scores are stored already and their accounts are locked.
pub(crate) async fn decide(
    tx: &WriteTx,
    compiled: &Compiled,
    reached: Vec<Reached>,
    now: Timestamp,
) -> Result<(), AppError> {
    if reached.is_empty() {
        return Ok(());
    }
    let policy = InForce::read(tx).await?;
    let accounts: BTreeSet<AccountId> = reached.iter().filter_map(|r| r.account.clone()).collect();
    let customers = match policy.rules.existing_customers {
        true => BTreeSet::new(),
        false => tx.accounts_that_bought(accounts.iter().cloned()).await?,
    };
    let leads = reached.iter().filter_map(|reached| reached.lead.clone()).collect();
    let mut moving = Moving::begin(tx, leads, now).await?;
    let mut qualified: BTreeMap<Key, Vec<Reached>> = BTreeMap::new();
    for reached in reached {
        let bought = reached.account.as_ref().is_some_and(|id| customers.contains(id));
        let may = reached
            .lead
            .as_ref()
            .is_none_or(|lead| may_qualify(&moving, lead, &reached, &policy.rules));
        if let Some(key) = Key::of(&reached).filter(|_| !bought && may) {
            qualified.entry(key).or_default().push(reached);
        }
    }
    if qualified.is_empty() {
        return Ok(());
    }
    let open = tx.open_handoffs_of_accounts(accounts.iter().cloned()).await?;
    let mut loads = Loads::read(tx, &policy.rules).await?;
    let mut made = Made::default();
    for (key, reached) in qualified {
        let account = match &key {
            Key::Account(account) => Some(account),
            Key::Lead(_) => None,
        };
        let leads: Vec<LeadId> = reached.iter().filter_map(|r| r.lead.clone()).collect();
        let known = account.and_then(|account| open.get(account));
        let id = match known {
            // It goes on with those who qualified meanwhile.
            Some(handoff) if leads.is_empty() => handoff.id.clone(),
            Some(handoff) => made.join(handoff.clone(), &leads, (Actor::Rule, ""), now),
            None if leads.is_empty() && !account_may(tx, account, now).await? => continue,
            None => {
                let cause =
                    reached.iter().map(Reached::cause).min().unwrap_or(HandoffCause::Account);
                let whom = Whom { account, leads: &leads, cause };
                let handed = Handed::read(tx, compiled, whom, now).await?;
                made.hand_over(handed, &policy, &mut loads, (Actor::Rule, ""), now)
            }
        };
        for reached in &reached {
            let Some(lead) = &reached.lead else { continue };
            let asked = asked(&moving, lead, reached, &policy.rules);
            let record = Record {
                model_version: compiled.version,
                handoff: id.clone(),
                evidence: reached.evidence(),
                ..Record::default()
            };
            // What is refused was left out above.
            if moving.step(lead, Move::Qualify, &asked, record).is_ok() {
                made.add_lead(&id, lead, reached.cause(), now);
            }
        }
    }
    moving.store(tx).await?;
    made.store(tx).await
}

fn asked(moving: &Moving, lead: &LeadId, reached: &Reached, policy: &Policy) -> Asked {
    let mut asked = Asked::new(Actor::Rule, Timestamp::from_secs(reached.at));
    let given_up = moving.get(lead).and_then(|stands| stands.given_up_at);
    let since = |raised: i64| given_up.is_none_or(|at| raised > at.secs());
    asked.grounds.raised_hand =
        policy.reenter_on_hand_raise && reached.raised_at.is_some_and(since);
    asked
}

fn may_qualify(moving: &Moving, lead: &LeadId, reached: &Reached, policy: &Policy) -> bool {
    let asked = asked(moving, lead, reached, policy);
    let stands = moving.get(lead);
    stands.is_some_and(|stands| stands.lifecycle.after(Move::Qualify, &asked).is_ok())
}

/// Whether an account without an open handoff is handed over again: not what sales took or
/// turned down for good, and the rest after its date.
async fn account_may(
    tx: &WriteTx,
    account: Option<&AccountId>,
    now: Timestamp,
) -> Result<bool, AppError> {
    let filter = abm_store::HandoffFilter { account: account.cloned(), ..Default::default() };
    let last = tx.handoffs_before(&filter, None, 1).await?.into_iter().next();
    Ok(match last {
        None => true,
        Some(last) if last.state == HandoffState::Accepted => false,
        Some(HandoffRecord { end: Some(end), .. }) => {
            let permanent = end.rejection == Some(RejectionKind::Permanent);
            !permanent && end.nurture_until.is_none_or(|until| until <= now)
        }
        Some(_) => false,
    })
}

/// Handoffs that are made or joined in one transaction.
#[derive(Default)]
pub(super) struct Made {
    handoffs: Vec<HandoffRecord>,
    events: Vec<HandoffEvent>,
    leads: Vec<(String, HandoffLead)>,
}

impl Made {
    /// A new handoff, given to whom the policy says; gives its id.
    pub(super) fn hand_over(
        &mut self,
        handed: Handed,
        policy: &InForce,
        loads: &mut Loads,
        (actor, caller): (Actor, &str),
        now: Timestamp,
    ) -> String {
        let id = Uuid::new_v4().to_string();
        let owner = Some(handed.account_profile.owner.as_str()).filter(|owner| !owner.is_empty());
        let given = handed.with_facts(|facts| loads.give(&policy.rules, facts, owner, now));
        let clock = handed.with_facts(|facts| policy.clock(facts, given.owner(), now));
        let packet = serde_json::to_string(&handed.packet).unwrap_or_default();
        let handoff = HandoffRecord {
            id: id.clone(),
            account: handed.account,
            lead: handed.lead,
            state: HandoffState::Pending,
            cause: handed.cause,
            owner: given.owner().unwrap_or_default().to_owned(),
            queue: given.queue().unwrap_or_default().to_owned(),
            team: given.team.unwrap_or_default(),
            route: given.route.unwrap_or_default(),
            sla: clock.0,
            created_at: now,
            clock: clock.1,
            claimed_at: None,
            attempted_at: None,
            answered_at: None,
            attempts: 0,
            end: None,
            model_version: handed.packet.model_version,
            policy_version: policy.version,
            shown: (handed.engagement, handed.fit, handed.tier),
            packet,
            version: 1,
        };
        self.note(&handoff, "created", actor, caller, "{}".to_owned(), now);
        self.handoffs.push(handoff);
        id
    }

    /// Those who qualified join a handoff that is open; gives its id.
    pub(super) fn join(
        &mut self,
        mut handoff: HandoffRecord,
        leads: &[LeadId],
        (actor, caller): (Actor, &str),
        now: Timestamp,
    ) -> String {
        handoff.version += 1;
        let leads: Vec<&str> = leads.iter().map(LeadId::as_str).collect();
        let details = serde_json::json!({ "leads": leads }).to_string();
        self.note(&handoff, "joined", actor, caller, details, now);
        let id = handoff.id.clone();
        self.handoffs.push(handoff);
        id
    }

    pub(super) fn add_lead(
        &mut self,
        id: &str,
        lead: &LeadId,
        cause: HandoffCause,
        now: Timestamp,
    ) {
        let lead = HandoffLead { lead: lead.clone(), joined_at: now, cause };
        self.leads.push((id.to_owned(), lead));
    }

    fn note(
        &mut self,
        handoff: &HandoffRecord,
        what: &str,
        actor: Actor,
        caller: &str,
        details: String,
        at: Timestamp,
    ) {
        self.events.push(HandoffEvent {
            handoff: handoff.id.clone(),
            version: handoff.version,
            at,
            what: what.to_owned(),
            actor,
            caller: caller.to_owned(),
            details,
        });
    }

    pub(super) async fn store(self, tx: &WriteTx) -> Result<(), AppError> {
        tx.put_handoffs(&self.handoffs, &self.events).await?;
        Ok(tx.add_handoff_leads(&self.leads).await?)
    }
}
