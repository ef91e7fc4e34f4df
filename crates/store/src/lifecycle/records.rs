//! Lifecycles and moves as rows.

use abm_core::lifecycle::{Actor, Lifecycle, Mark, Move, Outcome};
use abm_core::{LeadId, Stage, Timestamp};

use serde::Deserialize;

use crate::StoreError;
use crate::bulk::{Column as Bulk, Rows};
use crate::entity::{lead_lifecycle, lead_transition};

/// Where a lead stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifecycleRecord {
    /// Who.
    pub lead: LeadId,
    /// Where.
    pub lifecycle: Lifecycle,
    /// Since when the stage that is shown is shown.
    pub since: Timestamp,
    /// When it was last recycled or disqualified.
    pub given_up_at: Option<Timestamp>,
    /// When it was first marketing qualified.
    pub mql_at: Option<Timestamp>,
    /// When it was first sales qualified.
    pub sql_at: Option<Timestamp>,
    /// The number of its latest move; 0 when it never moved.
    pub sequence: i64,
}

/// The lifecycle of a lead in a document; nothing is set of one about whom nothing was decided.
#[derive(Debug, Deserialize)]
pub(crate) struct LifecycleRow {
    pub(crate) decided: Option<String>,
    pub(crate) mark: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) nurture_until: Option<i64>,
}

impl LifecycleRow {
    /// The columns of `lead_lifecycle` that it is read from.
    pub(crate) const COLUMNS: &[&str] = &["decided", "mark", "outcome", "nurture_until"];
}

impl TryFrom<LifecycleRow> for Lifecycle {
    type Error = StoreError;

    fn try_from(row: LifecycleRow) -> Result<Self, StoreError> {
        const TABLE: &str = "lead_lifecycle";
        let Some(decided) = row.decided else { return Ok(Self::default()) };
        Ok(Self {
            decided: name(TABLE, &decided, Stage::from_name)?,
            mark: named(TABLE, &row.mark.unwrap_or_default(), Mark::from_name)?,
            nurture_until: row.nurture_until.map(Timestamp::from_micros),
            outcome: named(TABLE, &row.outcome.unwrap_or_default(), Outcome::from_name)?,
        })
    }
}

/// A move of a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Who.
    pub lead: LeadId,
    /// Counts up from 1 without holes, per lead.
    pub sequence: i64,
    /// From when it holds.
    pub at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The move; `None` for the stage that a caller declared when it first sent the lead.
    pub step: Option<Move>,
    /// The stage and mark shown before.
    pub before: (Stage, Option<Mark>),
    /// The stage and mark shown after.
    pub after: (Stage, Option<Mark>),
    /// On whose behalf.
    pub actor: Actor,
    /// By whom; empty for the service itself.
    pub caller: String,
    /// Why, in words; empty where the move needs none.
    pub reason: String,
    /// The model version in force; 0 where none had to do with it.
    pub model_version: u64,
    /// The handoff that it came with; empty for none.
    pub handoff: String,
    /// What was known then: a JSON object.
    pub evidence: String,
}

impl LifecycleRecord {
    /// Of a lead about whom nothing was decided yet.
    #[must_use]
    pub fn undecided(lead: LeadId, since: Timestamp) -> Self {
        let (lifecycle, given_up_at, mql_at, sql_at) = (Lifecycle::default(), None, None, None);
        Self { lead, lifecycle, since, given_up_at, mql_at, sql_at, sequence: 0 }
    }
}

pub(super) fn lead_id(id: String) -> Result<LeadId, StoreError> {
    LeadId::new(id).map_err(|found| StoreError::corrupt("lead_lifecycle", found))
}

pub(super) fn lifecycle_rows(leads: &[LifecycleRecord]) -> Rows {
    let text = |get: fn(&LifecycleRecord) -> &str| -> Vec<String> {
        leads.iter().map(|record| get(record).to_owned()).collect()
    };
    let moment = |get: fn(&LifecycleRecord) -> Option<Timestamp>| {
        leads.iter().map(|record| get(record).map(Timestamp::micros)).collect()
    };
    Rows::new(vec![
        Bulk::Text("lead_id", text(|r| r.lead.as_str())),
        Bulk::Text("decided", text(|r| r.lifecycle.decided.name())),
        Bulk::Text("mark", text(|r| r.lifecycle.mark.map_or("", Mark::name))),
        Bulk::Text("outcome", text(|r| r.lifecycle.outcome.map_or("", Outcome::name))),
        Bulk::IntOrNull("nurture_until", moment(|r| r.lifecycle.nurture_until)),
        Bulk::IntOrNull("given_up_at", moment(|r| r.given_up_at)),
        Bulk::Int("since", leads.iter().map(|r| r.since.micros()).collect()),
        Bulk::IntOrNull("mql_at", moment(|r| r.mql_at)),
        Bulk::IntOrNull("sql_at", moment(|r| r.sql_at)),
        Bulk::Int("sequence", leads.iter().map(|r| r.sequence).collect()),
    ])
}

pub(super) fn transition_rows(moves: &[Transition]) -> Rows {
    let text = |get: fn(&Transition) -> &str| -> Vec<String> {
        moves.iter().map(|found| get(found).to_owned()).collect()
    };
    let int = |get: fn(&Transition) -> i64| moves.iter().map(get).collect();
    let version = |m: &Transition| i64::try_from(m.model_version).unwrap_or(i64::MAX);
    Rows::new(vec![
        Bulk::Text("lead_id", text(|m| m.lead.as_str())),
        Bulk::Int("sequence", int(|m| m.sequence)),
        Bulk::Int("at", int(|m| m.at.micros())),
        Bulk::Int("recorded_at", int(|m| m.recorded_at.micros())),
        Bulk::Text("step", text(|m| m.step.map_or("", Move::name))),
        Bulk::Text("stage_before", text(|m| m.before.0.name())),
        Bulk::Text("mark_before", text(|m| m.before.1.map_or("", Mark::name))),
        Bulk::Text("stage", text(|m| m.after.0.name())),
        Bulk::Text("mark", text(|m| m.after.1.map_or("", Mark::name))),
        Bulk::Text("actor", text(|m| m.actor.name())),
        Bulk::Text("caller", text(|m| &m.caller)),
        Bulk::Text("reason", text(|m| &m.reason)),
        Bulk::Int("model_version", moves.iter().map(version).collect()),
        Bulk::Text("handoff_id", text(|m| &m.handoff)),
        Bulk::Text("evidence", text(|m| &m.evidence)),
    ])
}

/// A name that is stored, or nothing where the text is empty.
pub(crate) fn named<T>(
    table: &'static str,
    text: &str,
    from_name: fn(&str) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    if text.is_empty() {
        return Ok(None);
    }
    from_name(text).map(Some).ok_or_else(|| StoreError::corrupt(table, text.to_owned()))
}

/// A name that is stored and never empty.
pub(crate) fn name<T>(
    table: &'static str,
    text: &str,
    from_name: fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    from_name(text).ok_or_else(|| StoreError::corrupt(table, text.to_owned()))
}

impl TryFrom<lead_lifecycle::Model> for LifecycleRecord {
    type Error = StoreError;

    fn try_from(row: lead_lifecycle::Model) -> Result<Self, StoreError> {
        let lead_lifecycle::Model {
            workspace_id: _,
            lead_id: lead,
            decided,
            mark,
            outcome,
            nurture_until,
            given_up_at,
            since,
            mql_at,
            sql_at,
            sequence,
        } = row;
        const TABLE: &str = "lead_lifecycle";
        Ok(Self {
            lead: lead_id(lead)?,
            lifecycle: Lifecycle {
                decided: name(TABLE, &decided, Stage::from_name)?,
                mark: named(TABLE, &mark, Mark::from_name)?,
                nurture_until: nurture_until.map(Timestamp::from_micros),
                outcome: named(TABLE, &outcome, Outcome::from_name)?,
            },
            since: Timestamp::from_micros(since),
            given_up_at: given_up_at.map(Timestamp::from_micros),
            mql_at: mql_at.map(Timestamp::from_micros),
            sql_at: sql_at.map(Timestamp::from_micros),
            sequence,
        })
    }
}

impl TryFrom<lead_transition::Model> for Transition {
    type Error = StoreError;

    fn try_from(row: lead_transition::Model) -> Result<Self, StoreError> {
        let lead_transition::Model {
            workspace_id: _,
            lead_id: lead,
            sequence,
            at,
            recorded_at,
            step,
            stage_before,
            mark_before,
            stage,
            mark,
            actor,
            caller,
            reason,
            model_version,
            handoff_id,
            evidence,
        } = row;
        const TABLE: &str = "lead_transition";
        let shown = |stage: &str, mark: &str| {
            let stage = name(TABLE, stage, Stage::from_name)?;
            Ok::<_, StoreError>((stage, named(TABLE, mark, Mark::from_name)?))
        };
        Ok(Self {
            lead: lead_id(lead)?,
            sequence,
            at: Timestamp::from_micros(at),
            recorded_at: Timestamp::from_micros(recorded_at),
            step: named(TABLE, &step, Move::from_name)?,
            before: shown(&stage_before, &mark_before)?,
            after: shown(&stage, &mark)?,
            actor: name(TABLE, &actor, Actor::from_name)?,
            caller,
            reason,
            model_version: model_version.unsigned_abs(),
            handoff: handoff_id,
            evidence,
        })
    }
}
