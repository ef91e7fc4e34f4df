//! Taking activities back: the records are then as if these had never come, and their ids stay
//! used, so that one sent again stays away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use abm_core::assess::{AccountRules, AssessedLead, LeadRules, assess_lead};
use abm_core::rule::{AccountFacts, ActivityFacts, Answer, Rule};
use abm_core::tier::Tier;
use abm_core::{AccountId, AccountProfile, Activity, LeadId, Timestamp, WorkspaceId};
use abm_store::{
    AccountState, ActivityFilter, ActivityPlace, Cause, LeadRecord, Lock, PersonState, View,
    WorkspaceRecord, WriteTx,
};

use crate::derive::derive;
use crate::idempotency::RequestKey;
use crate::models::Compiled;
use crate::regroup::Change;
use crate::tries::{Awaited, Turn};
use crate::{App, AppError, Inner};

/// Most activities that one call takes back.
pub const RETRACT_MOST: usize = 10_000;

/// Most activities that one call looks through, whether they pass the filter or not.
const LOOKED_AT: u64 = 1_000_000;

/// Activities that are looked through together.
const CHUNK: u64 = 5_000;

/// Which activities to take back.
#[derive(Debug)]
pub enum Retraction {
    /// These.
    Places(Vec<ActivityPlace>),
    /// Those that pass a filter and satisfy a rule over `activity`.
    Filter(ActivityFilter, Option<Rule>),
}

/// What an account shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// 0 to 100.
    pub engagement: u8,
    /// 0 to 100.
    pub fit: u8,
    /// The tier.
    pub tier: Option<Tier>,
    /// Whether it is a marketing qualified account.
    pub mqa: bool,
}

impl From<&AccountState> for Shown {
    fn from(state: &AccountState) -> Self {
        Self { engagement: state.engagement, fit: state.fit, tier: state.tier, mqa: state.mqa }
    }
}

/// What a retraction did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retracted {
    /// Activities taken back.
    pub activities: u64,
    /// Accounts touched, before and after; `None` after for one that is gone.
    pub accounts: BTreeMap<AccountId, (Shown, Option<Shown>)>,
    /// People touched, before and after; `None` after for one who is gone.
    pub leads: BTreeMap<LeadId, (AssessedLead, Option<AssessedLead>)>,
    /// The open handoffs of accounts that stop to be marketing qualified by it.
    pub handoffs_of_accounts: BTreeMap<AccountId, String>,
    /// The open handoffs of people who stop to be marketing qualified by it, or are gone.
    pub handoffs_of_leads: BTreeMap<LeadId, String>,
    /// How many accounts and people there are of them; more than are listed when the call is
    /// sent again.
    pub totals: (u64, u64),
    /// There may be more from this moment on.
    pub next_from: Option<Timestamp>,
    /// The position after it.
    pub revision: u64,
}

impl App {
    /// Takes activities back, up to [`RETRACT_MOST`] of them, and scores what they touched as
    /// if they had never come. With `dry_run` nothing is written. Which they are is found before
    /// anybody is kept from writing; one that comes meanwhile has not come yet. Looking for what a
    /// filter means ends early when nobody waits for it any more.
    ///
    /// # Errors
    /// When the request id was used for something else; of a filter, while others read the whole
    /// base here already ([`AppError::Overloaded`]).
    pub async fn retract_activities(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        retraction: Retraction,
        dry_run: bool,
        awaited: Awaited,
    ) -> Result<Retracted, AppError> {
        let view = self.inner.store.view(workspace);
        // What was done already is not looked for again.
        if let Some(first) = request.first_outcome(&view).await? {
            let revision = view.revision().await?;
            return Ok(Retracted { revision, ..recall(&first) });
        }
        let found = match retraction {
            Retraction::Places(places) => {
                // One that is named twice is one.
                let places: BTreeSet<ActivityPlace> = places.into_iter().collect();
                (places.into_iter().collect(), None)
            }
            Retraction::Filter(filter, rule) => {
                find(&view, &filter, rule.as_ref(), &self.turn(awaited)?).await?
            }
        };
        self.writer
            .run(move |inner| async move {
                retract(&inner, workspace, request, found, dry_run).await
            })
            .await
    }
}

async fn retract(
    inner: &Inner,
    workspace: WorkspaceId,
    request: RequestKey,
    (places, next_from): Found,
    dry_run: bool,
) -> Result<Retracted, AppError> {
    let now = inner.clock.now();
    let (tx, workspace) = inner.begin(workspace, Lock::Exclusive).await?;
    if let Some(first) = request.first_outcome(&tx).await? {
        let revision = tx.revision().await?;
        return Ok(Retracted { revision, ..recall(&first) });
    }
    let compiled = inner.models.get(&tx, workspace.model_version).await?;
    // Some may have been taken back, or point elsewhere, since they were found.
    let found = tx.activities_at(&places).await?;
    let found: Vec<Activity> = found.into_iter().map(|stored| stored.activity).collect();
    let mut done = take_back(&tx, &compiled, &workspace, &found, now).await?;
    done.next_from = next_from;
    if dry_run {
        // Dropped, the transaction leaves nothing behind.
        done.revision = tx.revision().await?;
        return Ok(done);
    }
    request.remember(&tx, letters(&done), now).await?;
    done.revision = tx.commit().await?;
    Ok(done)
}

/// The figures of a first outcome, in a form that can be remembered.
fn letters(done: &Retracted) -> String {
    let next = done.next_from.map(|at| at.micros().to_string()).unwrap_or_default();
    format!("{} {} {} {next}", done.activities, done.totals.0, done.totals.1)
}

fn recall(letters: &str) -> Retracted {
    let mut words = letters.split(' ');
    let mut number = || words.next().and_then(|word| word.parse::<i64>().ok());
    let count = |number: Option<i64>| number.unwrap_or_default().unsigned_abs();
    Retracted {
        activities: count(number()),
        totals: (count(number()), count(number())),
        next_from: number().map(Timestamp::from_micros),
        ..Retracted::default()
    }
}

/// Where the activities to take back are, and from when on there may be more.
type Found = (Vec<ActivityPlace>, Option<Timestamp>);

/// Looks for what passes a filter and satisfies a rule.
async fn find(
    view: &View,
    filter: &ActivityFilter,
    rule: Option<&Rule>,
    turn: &Turn,
) -> Result<Found, AppError> {
    let meets = |activity: &Activity| {
        let answer = |rule: &Rule| rule.answer(&ActivityFacts::new(activity)) == Answer::Yes;
        rule.is_none_or(answer)
    };
    let mut found: Vec<ActivityPlace> = Vec::new();
    let (mut looked_at, mut after) = (0, None);
    loop {
        turn.check()?;
        let end = view.end_of_stretch(filter, after.as_ref(), CHUNK).await?;
        let page = view.activities_in_order(filter, after.as_ref(), end.as_ref()).await?;
        for activity in page.into_iter().map(|stored| stored.activity).filter(meets) {
            if found.len() == RETRACT_MOST {
                return Ok((found, Some(activity.occurred_at)));
            }
            found.push((activity.occurred_at, activity.key));
        }
        let Some(end) = end else { return Ok((found, None)) };
        looked_at += CHUNK;
        if looked_at >= LOOKED_AT {
            return Ok((found, Some(end.0)));
        }
        after = Some(end);
    }
}

/// Takes activities back and scores what they touched.
async fn take_back(
    tx: &WriteTx,
    compiled: &Arc<Compiled>,
    workspace: &WorkspaceRecord,
    found: &[Activity],
    now: Timestamp,
) -> Result<Retracted, AppError> {
    let touched: BTreeSet<LeadId> = found.iter().filter_map(|a| a.lead.clone()).collect();
    let visited = found.iter().filter(|activity| activity.lead.is_none());
    let visited: BTreeSet<AccountId> = visited.filter_map(|a| a.account.clone()).collect();
    let before = tx.lock_leads(touched.iter().cloned()).await?;
    let places: Vec<ActivityPlace> =
        found.iter().map(|activity| (activity.occurred_at, activity.key.clone())).collect();
    tx.retract_activities(&places, now).await?;
    let mut derived = derive(tx, before, None).await?;
    let everybody = derived.people.before.values().chain(derived.gone.values());
    let leads = assess_leads(tx, compiled, everybody, now).await?;
    let cause = Cause::Retraction;
    let states = derived.store(&Change { tx, compiled, workspace, cause, now }, visited).await?;
    let accounts: BTreeMap<AccountId, Shown> =
        states.iter().map(|(id, state)| (id.clone(), Shown::from(state))).collect();

    let after = tx.account_states(accounts.keys().cloned()).await?;
    let mut still = assess_leads(tx, compiled, derived.people.after.values(), now).await?;
    let accounts: BTreeMap<_, _> = accounts
        .into_iter()
        .map(|(id, before)| {
            let after = after.get(&id).map(Shown::from);
            (id, (before, after))
        })
        .collect();
    let leads: BTreeMap<_, _> = leads
        .into_iter()
        .map(|(id, before)| {
            let after = still.remove(&id);
            (id, (before, after))
        })
        .collect();
    let ends = |was: bool, is: Option<bool>| was && is != Some(true);
    let rested = accounts.iter().filter(|(_, (was, is))| ends(was.mqa, is.map(|is| is.mqa)));
    let of_accounts = tx.open_handoffs_of_accounts(rested.map(|(id, _)| id.clone())).await?;
    let rested = leads.iter().filter(|(_, (was, is))| ends(was.mql, is.map(|is| is.mql)));
    let of_leads = tx.open_handoffs_of_leads(rested.map(|(id, _)| id.clone())).await?;
    Ok(Retracted {
        activities: found.len() as u64,
        handoffs_of_accounts: of_accounts
            .into_iter()
            .map(|(id, handoff)| (id, handoff.id))
            .collect(),
        handoffs_of_leads: of_leads,
        totals: (accounts.len() as u64, leads.len() as u64),
        accounts,
        leads,
        ..Retracted::default()
    })
}

/// What people show now, by their ledgers as stored.
async fn assess_leads(
    tx: &WriteTx,
    compiled: &Compiled,
    people: impl Iterator<Item = &LeadRecord>,
    now: Timestamp,
) -> Result<BTreeMap<LeadId, AssessedLead>, AppError> {
    let people: Vec<&LeadRecord> = people.collect();
    let keys = people.iter().map(|lead| (lead.account.clone(), lead.id.clone()));
    let states = tx.people(keys).await?;
    let accounts = tx.account_states(people.iter().filter_map(|lead| lead.account.clone())).await?;
    let (nobody, model) = (AccountRules::default(), &compiled.model);
    let nowhere = AccountFacts::new(&AccountProfile::default());
    let assessed = |lead: &LeadRecord| {
        let PersonState { rules, ledger, .. } = states.get(&lead.id)?;
        let Some(account) = &lead.account else {
            // Of those without an account only the ledger is stored.
            let rules = LeadRules::new(model, &lead.profile, &nowhere);
            return Some(assess_lead(model, &rules, &nobody, ledger, now.secs()));
        };
        let account = accounts.get(account).map_or(&nobody, |account| &account.rules);
        Some(assess_lead(model, rules, account, ledger, now.secs()))
    };
    let each = people.iter().map(|lead| (lead.id.clone(), assessed(lead).unwrap_or_default()));
    Ok(each.collect())
}
