//! Moving leads: the state machine of the core applied to what is stored.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::lifecycle::{Actor, Asked, Lifecycle, Move, Refused};
use abm_core::{LeadId, Stage, Timestamp};
use abm_store::{LifecycleRecord, StoreError, Transition, WriteTx};

/// What is recorded beside a move.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// Who asked; empty for the service itself.
    pub(crate) caller: String,
    /// Why, in words.
    pub(crate) reason: String,
    /// The model version that had to do with it; 0 for none.
    pub(crate) model_version: u64,
    /// The handoff that it comes with; empty for none.
    pub(crate) handoff: String,
    /// What was known then: a JSON object.
    pub(crate) evidence: String,
}

/// Leads that are locked, and how they move in one transaction.
pub(crate) struct Moving {
    records: BTreeMap<LeadId, LifecycleRecord>,
    moves: Vec<Transition>,
    /// Survivors of a merge: when they were qualified may have changed without a move.
    merged: BTreeSet<LeadId>,
    now: Timestamp,
}

impl Moving {
    /// Locks leads and reads where they stand. Those that are not there stand where every lead
    /// begins.
    pub(crate) async fn begin(
        tx: &WriteTx,
        leads: BTreeSet<LeadId>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        // A lead about whom nothing was decided has no row that could be locked.
        let locked = tx.lock_leads(leads.iter().cloned()).await?;
        let mut records = tx.lock_lifecycles(leads.iter().cloned()).await?;
        for lead in leads {
            let since = locked.get(&lead).map_or(now, |lead| lead.created_at);
            let undecided = || LifecycleRecord::undecided(lead.clone(), since);
            records.entry(lead.clone()).or_insert_with(undecided);
        }
        Ok(Self { records, moves: Vec::new(), merged: BTreeSet::new(), now })
    }

    /// Where a lead stands.
    pub(crate) fn get(&self, lead: &LeadId) -> Option<&LifecycleRecord> {
        self.records.get(lead)
    }

    /// Moves a lead. A move to where it stands already is none.
    pub(crate) fn step(
        &mut self,
        lead: &LeadId,
        step: Move,
        asked: &Asked,
        record: Record,
    ) -> Result<(), Refused> {
        let Some(stands) = self.records.get(lead) else { return Ok(()) };
        let after = stands.lifecycle.after(step, asked)?;
        self.put(lead, Some(step), after, asked, record);
        Ok(())
    }

    /// Takes over the stage that a caller declares of a lead that is new.
    pub(crate) fn declare(&mut self, lead: &LeadId, stage: Stage, asked: &Asked, record: Record) {
        // Its opportunities may have come before it.
        let outcome = self.records.get(lead).and_then(|stands| stands.lifecycle.outcome);
        let declared = Lifecycle { outcome, ..Lifecycle::declared(Some(stage)) };
        self.put(lead, None, declared, asked, record);
    }

    /// A duplicate is merged into a lead: it stands where the one of both stands that got further, and
    /// was qualified when the first of them was.
    pub(crate) fn merge(
        &mut self,
        lead: &LeadId,
        duplicate: &LeadId,
        actor: Actor,
        record: Record,
    ) {
        let Some(other) = self.records.get(duplicate).cloned() else { return };
        let mut asked = Asked::new(actor, self.now);
        asked.grounds.duplicate = Some(other.lifecycle);
        // Who may merge may take over.
        let _ = self.step(lead, Move::Merge, &asked, record);
        let Some(stands) = self.records.get_mut(lead) else { return };
        let earlier = |one: Option<Timestamp>, other| one.into_iter().chain(other).min();
        stands.mql_at = earlier(stands.mql_at, other.mql_at);
        stands.sql_at = earlier(stands.sql_at, other.sql_at);
        stands.given_up_at = stands.given_up_at.max(other.given_up_at);
        self.merged.insert(lead.clone());
    }

    fn put(
        &mut self,
        lead: &LeadId,
        step: Option<Move>,
        after: Lifecycle,
        asked: &Asked,
        record: Record,
    ) {
        let Some(stands) = self.records.get_mut(lead) else { return };
        let shown = |life: &Lifecycle| (life.stage(), life.shown_mark());
        let before = shown(&stands.lifecycle);
        if stands.lifecycle == after {
            return;
        }
        stands.lifecycle = after;
        stands.sequence += 1;
        if shown(&after) != before {
            stands.since = asked.at;
        }
        if matches!(step, Some(Move::Recycle | Move::Disqualify)) {
            stands.given_up_at = Some(asked.at);
        }
        match after.decided {
            Stage::Mql => stands.mql_at = stands.mql_at.or(Some(asked.at)),
            Stage::Sql => stands.sql_at = stands.sql_at.or(Some(asked.at)),
            _ => {}
        }
        let Record { caller, reason, model_version, handoff, evidence } = record;
        self.moves.push(Transition {
            lead: lead.clone(),
            sequence: stands.sequence,
            at: asked.at,
            recorded_at: self.now,
            step,
            before,
            after: shown(&after),
            actor: asked.actor,
            caller,
            reason,
            model_version,
            handoff,
            evidence: if evidence.is_empty() { "{}".to_owned() } else { evidence },
        });
    }

    /// Stores the moves and where the leads stand now.
    pub(crate) async fn store(self, tx: &WriteTx) -> Result<(), StoreError> {
        let moved = self.moves.iter().map(|found| &found.lead);
        let moved: BTreeSet<&LeadId> = moved.chain(&self.merged).collect();
        let records: Vec<LifecycleRecord> =
            moved.into_iter().filter_map(|lead| self.records.get(lead).cloned()).collect();
        tx.put_lifecycles(&records, &self.moves).await
    }
}
