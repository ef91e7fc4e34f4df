//! The stages of leads: set by hand, declared by who sends them, told by their opportunities.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::lifecycle::{Actor, Asked, Grounds, Move, Outcome};
use abm_core::{DAY, LeadId, Stage, Timestamp, WorkspaceId};
use abm_store::{LeadRecord, LifecycleRecord, Lock, Qualification, Transition, WriteTx};

use crate::handoff::{check_nurture, nurture_days, pass_on};
use crate::idempotency::RequestKey;
use crate::lifecycle::{Moving, Record};
use crate::merge::Note;
use crate::{App, AppError, Inner};

/// What a person makes of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageChange {
    /// It is to stand there.
    To(Stage),
    /// It is given up for good.
    Disqualify,
    /// It is given back to marketing for now.
    Recycle {
        /// Up to when it is nurtured; as long as the policy says when unset.
        nurture_until: Option<Timestamp>,
    },
}

/// Where a lead stands, and what is known for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadStanding {
    /// Where.
    pub lifecycle: LifecycleRecord,
    /// What sales found out, the latest of each criterion.
    pub qualification: Vec<Qualification>,
}

impl App {
    /// Moves a lead by hand, on the path that leads to a stage. One that becomes an MQL so is handed
    /// over.
    ///
    /// # Errors
    /// When there is no such lead; when no path leads there for this caller, or it needs a reason.
    pub async fn set_stage(
        &self,
        workspace: WorkspaceId,
        request: RequestKey,
        lead: LeadId,
        change: StageChange,
        actor: Actor,
        note: Note,
    ) -> Result<(LifecycleRecord, u64), AppError> {
        note.check()?;
        self.writer
            .run(move |inner| async move {
                set_stage(&inner, workspace, request, lead, change, actor, note).await
            })
            .await
    }

    /// Where leads stand, in the order asked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn standings(
        &self,
        workspace: WorkspaceId,
        leads: &[LeadRecord],
    ) -> Result<Vec<LeadStanding>, AppError> {
        let view = self.inner.store.view(workspace);
        let ids = || leads.iter().map(|lead| lead.id.clone());
        let mut lifecycles = view.lifecycles(ids()).await?;
        let mut known = view.qualifications(ids()).await?;
        let standing = |lead: &LeadRecord| LeadStanding {
            lifecycle: lifecycles
                .remove(&lead.id)
                .unwrap_or_else(|| LifecycleRecord::undecided(lead.id.clone(), lead.created_at)),
            qualification: known.remove(&lead.id).unwrap_or_default().into_values().collect(),
        };
        Ok(leads.iter().map(standing).collect())
    }

    /// The moves of a lead, or of the one that it is merged into, the latest first, before the
    /// move `before`, and the position they were read at.
    ///
    /// # Errors
    /// When there is no such lead.
    pub async fn transitions(
        &self,
        workspace: WorkspaceId,
        lead: &LeadId,
        before: Option<i64>,
        limit: u64,
    ) -> Result<(Vec<Transition>, u64), AppError> {
        let view = self.inner.snapshot(workspace).await?;
        let revision = view.revision().await?;
        let survivor = view.survivors([lead.clone()]).await?.remove(lead);
        let id = survivor.as_ref().unwrap_or(lead);
        let found = view.leads([id.clone()]).await?;
        if found.is_empty() {
            return Err(AppError::not_found("lead", lead));
        }
        Ok((view.transitions_before(id, before, limit).await?, revision))
    }
}

async fn set_stage(
    inner: &Inner,
    workspace: WorkspaceId,
    request: RequestKey,
    lead: LeadId,
    change: StageChange,
    actor: Actor,
    note: Note,
) -> Result<(LifecycleRecord, u64), AppError> {
    let now = inner.clock.now();
    // Its account is not known before it is read, and would have to be locked before it.
    let hands_over = change == StageChange::To(Stage::Mql);
    let lock = if hands_over { Lock::Exclusive } else { Lock::Shared };
    let (tx, record) = inner.begin(workspace, lock).await?;
    let survivor = tx.survivors([lead.clone()]).await?.remove(&lead);
    let lead = survivor.unwrap_or(lead);
    let locked = tx.lock_leads([lead.clone()]).await?.remove(&lead);
    let account = locked.ok_or_else(|| AppError::not_found("lead", &lead))?.account;
    let mut moving = Moving::begin(&tx, BTreeSet::from([lead.clone()]), now).await?;
    let stands = |moving: &Moving| moving.get(&lead).cloned().ok_or(AppError::Broken);
    if request.first_outcome(&tx).await?.is_some() {
        return Ok((stands(&moving)?, tx.revision().await?));
    }
    let forbids = |refused: abm_core::lifecycle::Refused| AppError::StateForbids {
        subject: format!("lead/{lead}"),
        message: format!("the lead {refused}"),
    };
    let reason = !note.reason.trim().is_empty();
    let mut grounds = Grounds { reason, ..Grounds::default() };
    let step = match change {
        StageChange::Disqualify => Move::Disqualify,
        StageChange::To(stage) => stands(&moving)?.lifecycle.towards(stage).map_err(forbids)?,
        StageChange::Recycle { nurture_until } => {
            check_nurture(nurture_until, now)?;
            grounds.nurture_until = Some(match nurture_until {
                Some(until) => until,
                None => now + i64::from(nurture_days(&tx).await?) * DAY,
            });
            Move::Recycle
        }
    };
    let asked = Asked { actor, at: now, grounds };
    let mut kept = Record {
        caller: note.by,
        reason: note.reason,
        model_version: record.model_version,
        ..Record::default()
    };
    // Whoever may not move is not handed over either.
    stands(&moving)?.lifecycle.after(step, &asked).map_err(forbids)?;
    if step == Move::Qualify {
        let compiled = inner.models.get(&tx, record.model_version).await?;
        let (leads, by) = ([lead.clone()], (actor, kept.caller.as_str()));
        let passed = pass_on(&tx, &compiled, account, &leads, by, now).await?;
        passed.made.store(&tx).await?;
        kept.handoff = passed.id;
    }
    moving.step(&lead, step, &asked, kept).map_err(forbids)?;
    let after = stands(&moving)?;
    moving.store(&tx).await?;
    request.remember(&tx, after.sequence.to_string(), now).await?;
    Ok((after, tx.commit().await?))
}

/// Takes over the stages that a caller declares of leads that it sends for the first time. Of
/// leads that are known a stage that is sent changes nothing: they move by their paths.
pub(crate) async fn declare(
    tx: &WriteTx,
    leads: impl Iterator<Item = &LeadRecord>,
    now: Timestamp,
) -> Result<(), AppError> {
    let declared = |lead: &LeadRecord| {
        let stage = lead.profile.stage.filter(|stage| *stage != Stage::Lead)?;
        let at = lead.profile.stage_at.filter(|at| *at <= now).unwrap_or(now);
        Some((lead.id.clone(), (stage, at)))
    };
    let declared: BTreeMap<LeadId, (Stage, Timestamp)> = leads.filter_map(declared).collect();
    if declared.is_empty() {
        return Ok(());
    }
    let mut moving = Moving::begin(tx, declared.keys().cloned().collect(), now).await?;
    for (lead, (stage, at)) in declared {
        let asked = Asked::new(Actor::Import, at);
        moving.declare(&lead, stage, &asked, Record::default());
    }
    Ok(moving.store(tx).await?)
}

/// Tells leads anew what their opportunities say. Of whom some were `lost` just now, and none is under
/// way or won, is recycled; a loss from before sales had them says nothing of them now.
pub(crate) async fn follow_opportunities(
    tx: &WriteTx,
    leads: BTreeSet<LeadId>,
    lost: &BTreeMap<LeadId, Timestamp>,
    now: Timestamp,
) -> Result<(), AppError> {
    if leads.is_empty() {
        return Ok(());
    }
    let survivors = tx.survivors(leads.iter().cloned()).await?;
    let counted = |lead: &LeadId| survivors.get(lead).unwrap_or(lead).clone();
    let lost: BTreeMap<LeadId, Timestamp> =
        lost.iter().map(|(lead, at)| (counted(lead), *at)).collect();
    let leads: BTreeSet<LeadId> = leads.iter().map(counted).collect();
    let states = tx.opportunity_states_of_leads(leads.iter().cloned()).await?;
    let mut moving = Moving::begin(tx, leads.clone(), now).await?;
    let days = nurture_days(tx).await?;
    for lead in leads {
        let Some(stands) = moving.get(&lead).cloned() else { continue };
        let outcome = Outcome::of(states.get(&lead).into_iter().flatten().copied());
        let mut asked = Asked::new(Actor::Opportunity, now);
        asked.grounds.outcome = outcome;
        asked.grounds.nurture_until = Some(now + i64::from(days) * DAY);
        // An opportunity moves a lead from wherever it stands.
        let _ = moving.step(&lead, Move::Outcome, &asked, Record::default());
        let was_open = stands.lifecycle.outcome == Some(Outcome::Open);
        let passed_at = stands.sql_at.max(stands.mql_at);
        let is_lost = lost.get(&lead).is_some_and(|at| was_open || passed_at <= Some(*at));
        if outcome.is_none() && is_lost {
            // Who was never qualified stays where they are.
            let _ = moving.step(&lead, Move::Recycle, &asked, Record::default());
        }
    }
    Ok(moving.store(tx).await?)
}
