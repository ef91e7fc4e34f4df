//! What is handed over by rule: as soon as an activity, a profile or time makes it true.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::handoff::{HandoffCause, HandoffState, RejectionKind};
use abm_core::lifecycle::{Actor, Asked, Move};
use abm_core::policy::Policy;
use abm_core::{AccountId, LeadId, Timestamp};
use abm_store::{HandoffFilter, HandoffRecord, WriteTx};

use super::contact::Contacts;
use super::made::Made;
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

    const fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Account(account) => Some(account),
            Self::Lead(_) => None,
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
    let customers = match policy.rules.existing_customers {
        true => BTreeSet::new(),
        false => {
            let accounts = reached.iter().filter_map(|reached| reached.account.clone());
            tx.accounts_that_bought(accounts.collect::<BTreeSet<_>>()).await?
        }
    };
    let leads = reached.iter().filter_map(|reached| reached.lead.clone()).collect();
    let moving = Moving::begin(tx, leads, now).await?;
    let mut qualified: BTreeMap<Key, Vec<Reached>> = BTreeMap::new();
    // Who asks to be contacted though sales has them already.
    let mut asking: BTreeMap<Key, LeadId> = BTreeMap::new();
    for reached in reached {
        let Some(key) = Key::of(&reached) else { continue };
        let bought = reached.account.as_ref().is_some_and(|id| customers.contains(id));
        let may = reached
            .lead
            .as_ref()
            .is_none_or(|lead| may_qualify(&moving, lead, &reached, &policy.rules));
        if !bought && may {
            qualified.entry(key).or_default().push(reached);
        } else if let (Some(lead), Some(_)) = (reached.lead, reached.raised_at)
            && moving.get(&lead).is_some_and(|stands| stands.lifecycle.is_mql())
        {
            asking.insert(key, lead);
        }
    }
    if qualified.is_empty() && asking.is_empty() {
        return Ok(());
    }
    let leads = qualified.values().flatten().filter_map(|reached| reached.lead.clone());
    let part_of = tx.open_handoffs_of_leads(leads.chain(asking.values().cloned())).await?;
    let open = open_handoffs(tx, qualified.keys().chain(asking.keys()), &part_of).await?;
    let loads = match policy.rules.takes_turns() {
        true => Loads::lock(tx).await?,
        false => Loads::read(tx).await?,
    };
    let made = Made::default();
    let mut deciding = Deciding { tx, compiled, policy, open, part_of, loads, moving, made, now };
    for (key, reached) in qualified {
        if let Some(lead) = deciding.pass_on(&key, &reached).await? {
            asking.insert(key, lead);
        }
    }
    for (key, lead) in asking {
        deciding.hurry(&key, lead).await?;
    }
    deciding.loads.store(tx).await?;
    deciding.moving.store(tx).await?;
    deciding.made.store(tx).await
}

/// Handing over, one account or lead after the other.
struct Deciding<'a> {
    tx: &'a WriteTx,
    compiled: &'a Compiled,
    policy: InForce,
    /// As they were before.
    open: BTreeMap<Key, HandoffRecord>,
    /// The open handoffs that leads are part of: who was given up and qualifies again before theirs
    /// ends, or has another account by now.
    part_of: BTreeMap<LeadId, String>,
    loads: Loads,
    moving: Moving,
    made: Made,
    now: Timestamp,
}

impl Deciding<'_> {
    /// Hands over those who qualified, or has them join what is open; gives one of them who asks to
    /// be contacted where they joined.
    async fn pass_on(
        &mut self,
        key: &Key,
        reached: &[Reached],
    ) -> Result<Option<LeadId>, AppError> {
        let account = key.account();
        let is_new = |lead: &LeadId| !self.part_of.contains_key(lead);
        let leads = reached.iter().filter_map(|reached| reached.lead.clone());
        let leads: Vec<LeadId> = leads.filter(is_new).collect();
        let mut asking = None;
        let id = match self.open.get(key) {
            Some(handoff) => {
                let raised = reached.iter().find(|reached| reached.raised_at.is_some());
                asking = raised.and_then(|reached| reached.lead.clone());
                if leads.is_empty() {
                    // It goes on.
                    handoff.id.clone()
                } else {
                    self.made.join(handoff.clone(), &leads, (Actor::Rule, ""), self.now)
                }
            }
            None if leads.is_empty() => {
                let as_account = reached.iter().any(|reached| reached.lead.is_none());
                match as_account && account_may(self.tx, account, self.now).await? {
                    true => self.hand_over(account, &leads, HandoffCause::Account).await?,
                    false => String::new(),
                }
            }
            None => {
                let causes = reached.iter().map(Reached::cause);
                let cause = causes.min().unwrap_or(HandoffCause::Account);
                self.hand_over(account, &leads, cause).await?
            }
        };
        for reached in reached {
            let Some(lead) = &reached.lead else { continue };
            let part_of = self.part_of.get(lead);
            let asked = asked(&self.moving, lead, reached, &self.policy.rules);
            let record = Record {
                model_version: self.compiled.version,
                handoff: part_of.unwrap_or(&id).clone(),
                evidence: reached.evidence(),
                ..Record::default()
            };
            // What is refused was left out before.
            let moved = self.moving.step(lead, Move::Qualify, &asked, record).is_ok();
            if moved && part_of.is_none() {
                self.made.add_lead(&id, lead, reached.cause(), self.now);
            }
        }
        Ok(asking)
    }

    async fn hand_over(
        &mut self,
        account: Option<&AccountId>,
        leads: &[LeadId],
        cause: HandoffCause,
    ) -> Result<String, AppError> {
        let whom = Whom { account, leads, cause };
        let handed = Handed::read(self.tx, self.compiled, whom, self.now).await?;
        let by = (Actor::Rule, "");
        Ok(self.made.hand_over(handed, &self.policy, &mut self.loads, by, self.now))
    }

    /// Somebody asks to be contacted whom sales has, and nobody has tried to reach.
    async fn hurry(&mut self, key: &Key, lead: LeadId) -> Result<(), AppError> {
        let Some(handoff) = self.open.get(key) else { return Ok(()) };
        let (account, leads, cause) = (key.account(), [lead], HandoffCause::HandRaiser);
        if handoff.cause == cause || handoff.attempted_at.is_some() {
            return Ok(());
        }
        let whom = Whom { account, leads: &leads, cause };
        let handed = Handed::read(self.tx, self.compiled, whom, self.now).await?;
        self.made.hurry(handoff, &handed, &self.policy, self.now);
        Ok(())
    }
}

/// The open handoffs of accounts, and of leads without one, who are part of some.
async fn open_handoffs(
    tx: &WriteTx,
    keys: impl Iterator<Item = &Key>,
    part_of: &BTreeMap<LeadId, String>,
) -> Result<BTreeMap<Key, HandoffRecord>, AppError> {
    let (mut accounts, mut leads) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            Key::Account(account) => accounts.push(account.clone()),
            Key::Lead(lead) => leads.extend(part_of.get(lead).map(|id| (lead.clone(), id))),
        }
    }
    let of_accounts = tx.open_handoffs_of_accounts(accounts).await?;
    let mut open: BTreeMap<Key, HandoffRecord> =
        of_accounts.into_iter().map(|(id, handoff)| (Key::Account(id), handoff)).collect();
    if leads.is_empty() {
        return Ok(open);
    }
    let found = tx.handoffs_by_id(leads.iter().map(|(_, id)| (*id).clone())).await?;
    let found: BTreeMap<&str, &HandoffRecord> =
        found.iter().map(|handoff| (handoff.id.as_str(), handoff)).collect();
    let of_leads = leads.into_iter().filter_map(|(lead, id)| {
        let handoff = found.get(id.as_str())?;
        Some((Key::Lead(lead), HandoffRecord::clone(handoff)))
    });
    open.extend(of_leads);
    Ok(open)
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

/// Whether an account without an open handoff is handed over (again): not what sales took or
/// turned down for good, the rest after its date, and none of which nobody is left to contact.
async fn account_may(
    tx: &WriteTx,
    account: Option<&AccountId>,
    now: Timestamp,
) -> Result<bool, AppError> {
    let Some(account) = account else { return Ok(false) };
    let filter = HandoffFilter { account: Some(account.clone()), ..HandoffFilter::default() };
    let last = tx.handoffs_before(&filter, None, 1).await?.into_iter().next();
    let again = match last {
        None => true,
        Some(last) if last.state == HandoffState::Accepted => false,
        Some(HandoffRecord { end: Some(end), .. }) => {
            let permanent = end.rejection == Some(RejectionKind::Permanent);
            !permanent && end.nurture_until.is_none_or(|until| until <= now)
        }
        Some(_) => false,
    };
    Ok(again && !Contacts::read(tx, [account.clone()], now).await?.nobody_is_left(account))
}
