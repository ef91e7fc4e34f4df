//! What another model would change: the whole base under both, read and told part by part.
//!
//! It reads one snapshot and writes nothing, so that what is shown is never disturbed. While one
//! lot of accounts is assessed the next is read.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use abm_core::assess::LeadRules;
use abm_core::rule::AccountFacts;
use abm_core::simulate::{LoneMove, LoneSide, Move, Side, Simulation};
use abm_core::{AccountId, AccountProfile, LeadId, LeadProfile, Ledger, Timestamp, WorkspaceId};
use abm_store::{LeadRecord, View};
use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use crate::gather::ledgers_of_leads;
use crate::models::{Compiled, ModelChoice};
use crate::subject::{Loaded, Subject};
use crate::{App, AppError};

/// Accounts, or people without one, of one lot.
const CHUNK: u64 = 400;

/// Parts that may wait for whoever reads them.
const WAITING: usize = 4;

/// What to try.
#[derive(Clone, Debug)]
pub struct SimulateQuestion {
    /// The rules to be tried.
    pub rules: ModelChoice,
    /// The version they are held against; the one in force when unset.
    pub base: Option<u64>,
    /// The moment; now when unset.
    pub as_of: Option<Timestamp>,
}

/// An account that would stand elsewhere.
#[derive(Clone, Debug)]
pub struct AccountMove {
    /// Which.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// From where to where, and why.
    pub moved: Move,
}

/// A person without an account who would become a marketing qualified lead, or would not be one
/// any more.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadMove {
    /// Who.
    pub lead: LeadId,
    /// Which of both, and why.
    pub moved: LoneMove,
}

/// A part of the answer.
#[derive(Clone, Debug)]
pub enum SimulationPart {
    /// How far it is, and who of those looked at since the part before would stand elsewhere.
    Progress {
        /// Accounts looked at.
        done: u64,
        /// Accounts in all.
        total: u64,
        /// Accounts.
        accounts: Vec<AccountMove>,
        /// People without an account.
        leads: Vec<LeadMove>,
    },
    /// The whole; the last part.
    Whole(Box<Simulated>),
}

/// The whole base under both models.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// The counts.
    pub simulation: Simulation,
    /// The version that the rules were held against.
    pub base: u64,
    /// The version tried; 0 for a file.
    pub tried: u64,
    /// What the tried model says that a team can work: priority accounts, and leads a week.
    pub capacity: (Option<u64>, Option<u64>),
    /// The moment.
    pub as_of: Timestamp,
    /// The position this was read at.
    pub revision: u64,
}

/// One try.
struct Try {
    view: View,
    /// The version in force.
    active: Arc<Compiled>,
    before: Arc<Compiled>,
    after: Arc<Compiled>,
    as_of: i64,
    total: u64,
    parts: mpsc::Sender<Result<SimulationPart, AppError>>,
    /// How long it waits for whoever reads them.
    unread: Duration,
    _permit: OwnedSemaphorePermit,
}

impl App {
    /// Tries rules on the whole base at a moment, against the model in force. The parts of the
    /// answer come as they are found; whoever drops the receiver ends the work, and so does
    /// whoever does not read on in time ([`AppError::Unread`]).
    ///
    /// # Errors
    /// When there is no such version, or the file has problems; while others read the whole base
    /// here already ([`AppError::Overloaded`]). What goes wrong later is the last part.
    pub async fn simulate_model(
        &self,
        workspace: WorkspaceId,
        question: SimulateQuestion,
    ) -> Result<mpsc::Receiver<Result<SimulationPart, AppError>>, AppError> {
        let permit = self.permit()?;
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let active = self.inner.model_for(&view, None).await?;
        let before = match question.base {
            Some(version) => self.inner.models.get(&view, version).await?,
            None => Arc::clone(&active),
        };
        let after = self.inner.chosen(&view, question.rules).await?;
        let as_of = question.as_of.unwrap_or_else(|| self.clock().now());
        let (total, _) = view.count_accounts(as_of.secs()).await?;
        let (parts, receiver) = mpsc::channel(WAITING);
        let capacity = &after.model.capacity;
        let capacity =
            (capacity.priority_accounts.map(u64::from), capacity.leads_per_week.map(u64::from));
        let (base, tried) = (before.version, after.version);
        let (as_of_secs, unread) = (as_of.secs(), self.unread);
        let run = Try {
            view,
            active,
            before,
            after,
            as_of: as_of_secs,
            total,
            parts,
            unread,
            _permit: permit,
        };
        tokio::spawn(async move {
            let whole = run.whole().await;
            // The last part may wait for long; the snapshot and the place do not.
            let parts = run.parts.clone();
            drop(run);
            let last = match whole {
                Ok(Some(simulation)) => Ok(SimulationPart::Whole(Box::new(Simulated {
                    simulation,
                    base,
                    tried,
                    capacity,
                    as_of,
                    revision,
                }))),
                // Nobody reads on.
                Ok(None) => return,
                Err(error) => Err(error),
            };
            let _ = parts.send(last).await;
        });
        Ok(receiver)
    }
}

/// Accounts of one lot under both models.
struct Lot {
    before: Vec<Subject>,
    after: Vec<Subject>,
    /// The profiles of their people; none where all models ask alike, and so none is a reason.
    leads: BTreeMap<LeadId, LeadProfile>,
}

impl Try {
    /// Goes through the base; `None` when nobody reads on.
    async fn whole(&self) -> Result<Option<Simulation>, AppError> {
        let mut whole = Simulation::new(self.as_of);
        let mut next = self.read_accounts(None).await?;
        let mut done = 0;
        while let Some((lot, last)) = next {
            if self.parts.is_closed() {
                return Ok(None);
            }
            done += lot.before.len() as u64;
            let (before, after) = (Arc::clone(&self.before), Arc::clone(&self.after));
            let as_of = self.as_of;
            let work = tokio::task::spawn_blocking(move || compare(&before, &after, &lot, as_of));
            let (read, compared) = tokio::join!(self.read_accounts(Some(&last)), work);
            let (found, accounts) = compared.map_err(|_| AppError::Broken)?;
            whole.append(&found);
            next = read?;
            if !self.tell(done, accounts, Vec::new()).await? {
                return Ok(None);
            }
        }
        let mut after: Option<LeadId> = None;
        loop {
            let page = self.view.people_without_account(after.as_ref(), CHUNK).await?;
            let Some(last) = page.last() else { return Ok(Some(whole)) };
            after = Some(last.lead.clone());
            let ids: Vec<LeadId> = page.iter().map(|person| person.lead.clone()).collect();
            let leads = self.view.leads(ids).await?;
            let ledgers = |compiled: &Arc<Compiled>| {
                let stale = page.iter().filter(|person| person.matching != compiled.matching);
                let stale = stale.map(|person| person.lead.clone()).collect();
                let compiled = Arc::clone(compiled);
                async move { ledgers_of_leads(&self.view, &compiled, stale).await }
            };
            let (old, new) = (ledgers(&self.before).await?, ledgers(&self.after).await?);
            let mut moved = Vec::new();
            for person in &page {
                let Some(lead) = leads.get(&person.lead) else { continue };
                let ledger = |made: &BTreeMap<LeadId, Ledger>| {
                    made.get(&person.lead).unwrap_or(&person.ledger).clone()
                };
                moved.extend(self.lone_lead(&mut whole, lead, &ledger(&old), &ledger(&new)));
            }
            if !self.tell(self.total, Vec::new(), moved).await? {
                return Ok(None);
            }
        }
    }

    fn lone_lead(
        &self,
        whole: &mut Simulation,
        lead: &LeadRecord,
        before: &Ledger,
        after: &Ledger,
    ) -> Option<LeadMove> {
        let nobody = AccountFacts::new(&AccountProfile::default());
        let rules = |compiled: &Compiled| LeadRules::new(&compiled.model, &lead.profile, &nobody);
        let (old, new) = (rules(&self.before), rules(&self.after));
        let profile = &lead.profile;
        let old = LoneSide { model: &self.before.model, profile, rules: &old, ledger: before };
        let new = LoneSide { model: &self.after.model, profile, rules: &new, ledger: after };
        let moved = whole.lone_lead(&old, &new)?;
        Some(LeadMove { lead: lead.id.clone(), moved })
    }

    /// The accounts behind `after`, and the last of them; `None` when there are no more.
    async fn read_accounts(
        &self,
        after: Option<&AccountId>,
    ) -> Result<Option<(Lot, AccountId)>, AppError> {
        let page = Loaded::page(&self.view, after, CHUNK).await?;
        let Some((loaded, last)) = page else { return Ok(None) };
        let before = loaded.under(&self.view, &self.before, &self.active).await?;
        let after = loaded.under(&self.view, &self.after, &self.active).await?;
        Ok(Some((Lot { before, after, leads: loaded.into_profiles() }, last)))
    }

    /// Tells a part, and whether anybody reads on. Waits for a reader, but not for ever: the
    /// snapshot stands meanwhile.
    async fn tell(
        &self,
        done: u64,
        accounts: Vec<AccountMove>,
        leads: Vec<LeadMove>,
    ) -> Result<bool, AppError> {
        let part = SimulationPart::Progress { done, total: self.total, accounts, leads };
        match self.parts.send_timeout(Ok(part), self.unread).await {
            Ok(()) => Ok(true),
            Err(SendTimeoutError::Closed(_)) => Ok(false),
            Err(SendTimeoutError::Timeout(_)) => Err(AppError::Unread(self.unread)),
        }
    }
}

/// Compares the accounts of a lot, on all cores.
fn compare(
    before: &Compiled,
    after: &Compiled,
    lot: &Lot,
    as_of: i64,
) -> (Simulation, Vec<AccountMove>) {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let pairs: Vec<(&Subject, &Subject)> = lot.before.iter().zip(&lot.after).collect();
    let share = pairs.len().div_ceil(threads).max(1);
    let compare = |pairs: &[(&Subject, &Subject)]| {
        let (mut part, mut moves) = (Simulation::new(as_of), Vec::new());
        for (old, new) in pairs {
            let moved = part.account(&side(before, old), &side(after, new), &lot.leads);
            moves.extend(moved.map(|moved| AccountMove {
                account: old.account.id.clone(),
                name: old.account.profile.name.clone(),
                moved,
            }));
        }
        (part, moves)
    };
    thread::scope(|scope| {
        let parts: Vec<_> =
            pairs.chunks(share).map(|pairs| scope.spawn(|| compare(pairs))).collect();
        let (mut whole, mut moves) = (Simulation::new(as_of), Vec::new());
        for part in parts {
            match part.join() {
                Ok((found, mut moved)) => {
                    whole.append(&found);
                    moves.append(&mut moved);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        (whole, moves)
    })
}

fn side<'a>(compiled: &'a Compiled, subject: &'a Subject) -> Side<'a> {
    Side {
        model: &compiled.model,
        profile: &subject.account.profile,
        rules: &subject.rules,
        people: &subject.people,
        visitor: &subject.visitor,
    }
}
