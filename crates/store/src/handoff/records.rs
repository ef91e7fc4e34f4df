//! Handoffs as rows.

use abm_core::handoff::{HandoffCause, HandoffState, RejectionKind};
use abm_core::lifecycle::Actor;
use abm_core::tier::Tier;
use abm_core::{AccountId, LeadId, Timestamp};

use crate::StoreError;
use crate::bulk::{Column as Bulk, Rows};
use crate::entity::{handoff, handoff_event};
use crate::lead::account_or_none;
use crate::lifecycle::{name, named};
use crate::state::{score_of, tier_number, tier_of};

/// A handoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffRecord {
    /// Its id.
    pub id: String,
    /// The account that is handed over, or whose lead is.
    pub account: Option<AccountId>,
    /// The lead that it began with; `None` where an account is handed over as such.
    pub lead: Option<LeadId>,
    /// Where it stands.
    pub state: HandoffState,
    /// Why it was handed over.
    pub cause: HandoffCause,
    /// Who has it, or is to claim it; empty when it waits in a queue.
    pub owner: String,
    /// The queue it waits in; empty when it has an owner.
    pub queue: String,
    /// Who was given it when it was made; empty when it began in a queue.
    pub first_owner: String,
    /// The team of which the owner was given it; empty for none.
    pub team: String,
    /// The route that it was given out by; empty for none.
    pub route: String,
    /// The service level that its clock runs by.
    pub sla: String,
    /// When it was handed over.
    pub created_at: Timestamp,
    /// Its clock.
    pub clock: HandoffClock,
    /// When it was first claimed.
    pub claimed_at: Option<Timestamp>,
    /// When somebody first tried to reach them.
    pub attempted_at: Option<Timestamp>,
    /// When somebody last answered.
    pub answered_at: Option<Timestamp>,
    /// How often somebody tried.
    pub attempts: u32,
    /// How often of these with a lead that nobody was to contact yet, or at all.
    pub early_contacts: u32,
    /// How it ended.
    pub end: Option<HandoffEnd>,
    /// The model version in force when it was handed over.
    pub model_version: u64,
    /// The version of the policy in force then; 0 for the one that is shipped.
    pub policy_version: u64,
    /// What was shown then: engagement and fit, 0 to 100, and the tier; of the account, or of the
    /// lead where there is none.
    pub shown: (u8, u8, Option<Tier>),
    /// What sales gets to read, as it was then: a JSON object.
    pub packet: String,
    /// Counts up from 1 with every change.
    pub version: i64,
}

/// The moments of a handoff's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandoffClock {
    /// When whoever has it is warned.
    pub warn_at: Option<Timestamp>,
    /// When it is late.
    pub due_at: Timestamp,
    /// When it goes to somebody else.
    pub escalate_at: Option<Timestamp>,
    /// When it is given up.
    pub gives_up_at: Timestamp,
    /// When the warning was given.
    pub warned_at: Option<Timestamp>,
    /// When it went to somebody else.
    pub escalated_at: Option<Timestamp>,
}

/// How a handoff ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandoffEnd {
    /// When.
    pub at: Timestamp,
    /// Why it was rejected, one of the policy's reasons; empty otherwise.
    pub reason: String,
    /// Whether it can come again; `None` unless it was rejected.
    pub rejection: Option<RejectionKind>,
    /// What sales said beside it.
    pub comment: String,
    /// Until when its leads are nurtured.
    pub nurture_until: Option<Timestamp>,
}

/// Something that happened to a handoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffEvent {
    /// Which.
    pub handoff: String,
    /// The version of the handoff that it made.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// What: `created`, `joined`, `warned`, `escalated`, `overdue`, or what somebody did.
    pub what: String,
    /// On whose behalf.
    pub actor: Actor,
    /// By whom; empty for the service itself.
    pub caller: String,
    /// More of it: a JSON object.
    pub details: String,
}

const TABLE: &str = "handoff";

impl HandoffRecord {
    /// The next moment at which its clock does something while it is open.
    ///
    /// Whoever has tried to reach them keeps the contract: then it is only given up.
    #[must_use]
    pub fn next_at(&self) -> Option<Timestamp> {
        if !self.state.is_open() {
            return None;
        }
        let HandoffClock { warn_at, escalate_at, gives_up_at, warned_at, escalated_at, .. } =
            self.clock;
        let runs = self.attempted_at.is_none();
        let warning = warn_at.filter(|_| runs && warned_at.is_none() && escalated_at.is_none());
        let escalation = escalate_at.filter(|_| runs && escalated_at.is_none());
        warning.into_iter().chain(escalation).chain([gives_up_at]).min()
    }
}

pub(super) fn handoff_rows(records: &[HandoffRecord]) -> Rows {
    let text = |get: fn(&HandoffRecord) -> &str| -> Vec<String> {
        records.iter().map(|record| get(record).to_owned()).collect()
    };
    let int = |get: fn(&HandoffRecord) -> i64| records.iter().map(get).collect();
    let moment = |get: fn(&HandoffRecord) -> Option<Timestamp>| {
        records.iter().map(|record| get(record).map(Timestamp::micros)).collect()
    };
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let end = |record: &HandoffRecord| record.end.clone().unwrap_or_default();
    Rows::new(vec![
        Bulk::Text("handoff_id", text(|r| &r.id)),
        Bulk::Text("account_id", text(|r| r.account.as_ref().map_or("", AccountId::as_str))),
        Bulk::Text("lead_id", text(|r| r.lead.as_ref().map_or("", LeadId::as_str))),
        Bulk::Text("state", text(|r| r.state.name())),
        Bulk::Bool("is_open", records.iter().map(|r| r.state.is_open()).collect()),
        Bulk::Text("cause", text(|r| r.cause.name())),
        Bulk::Text("owner", text(|r| &r.owner)),
        Bulk::Text("queue", text(|r| &r.queue)),
        Bulk::Text("team", text(|r| &r.team)),
        Bulk::Text("route", text(|r| &r.route)),
        Bulk::Text("sla", text(|r| &r.sla)),
        Bulk::Int("created_at", int(|r| r.created_at.micros())),
        Bulk::IntOrNull("warn_at", moment(|r| r.clock.warn_at)),
        Bulk::Int("due_at", int(|r| r.clock.due_at.micros())),
        Bulk::IntOrNull("escalate_at", moment(|r| r.clock.escalate_at)),
        Bulk::Int("gives_up_at", int(|r| r.clock.gives_up_at.micros())),
        Bulk::IntOrNull("next_at", moment(HandoffRecord::next_at)),
        Bulk::IntOrNull("warned_at", moment(|r| r.clock.warned_at)),
        Bulk::IntOrNull("escalated_at", moment(|r| r.clock.escalated_at)),
        Bulk::IntOrNull("claimed_at", moment(|r| r.claimed_at)),
        Bulk::IntOrNull("attempted_at", moment(|r| r.attempted_at)),
        Bulk::IntOrNull("answered_at", moment(|r| r.answered_at)),
        Bulk::Int("attempts", int(|r| r.attempts.into())),
        Bulk::IntOrNull("ended_at", moment(|r| r.end.as_ref().map(|end| end.at))),
        Bulk::Text("reason", records.iter().map(|r| end(r).reason).collect()),
        Bulk::Text(
            "rejection",
            records
                .iter()
                .map(|r| end(r).rejection.map_or("", RejectionKind::name).into())
                .collect(),
        ),
        Bulk::Text("comment", records.iter().map(|r| end(r).comment).collect()),
        Bulk::IntOrNull("nurture_until", moment(|r| r.end.as_ref()?.nurture_until)),
        Bulk::Int("model_version", records.iter().map(|r| number(r.model_version)).collect()),
        Bulk::Int("policy_version", records.iter().map(|r| number(r.policy_version)).collect()),
        Bulk::Int("engagement", int(|r| r.shown.0.into())),
        Bulk::Int("fit", int(|r| r.shown.1.into())),
        Bulk::Int("tier", int(|r| tier_number(r.shown.2).into())),
        Bulk::Text("packet", text(|r| &r.packet)),
        Bulk::Int("version", int(|r| r.version)),
        Bulk::Int("early_contacts", int(|r| r.early_contacts.into())),
        Bulk::Text("first_owner", text(|r| &r.first_owner)),
    ])
}

pub(super) fn event_rows(events: &[HandoffEvent]) -> Rows {
    let text = |get: fn(&HandoffEvent) -> &str| -> Vec<String> {
        events.iter().map(|event| get(event).to_owned()).collect()
    };
    Rows::new(vec![
        Bulk::Text("handoff_id", text(|e| &e.handoff)),
        Bulk::Int("version", events.iter().map(|e| e.version).collect()),
        Bulk::Int("at", events.iter().map(|e| e.at.micros()).collect()),
        Bulk::Text("what", text(|e| &e.what)),
        Bulk::Text("actor", text(|e| e.actor.name())),
        Bulk::Text("caller", text(|e| &e.caller)),
        Bulk::Text("details", text(|e| &e.details)),
    ])
}

impl TryFrom<handoff::Model> for HandoffRecord {
    type Error = StoreError;

    fn try_from(row: handoff::Model) -> Result<Self, StoreError> {
        let handoff::Model {
            workspace_id: _,
            handoff_id: id,
            account_id,
            lead_id,
            state,
            is_open: _,
            cause,
            owner,
            queue,
            team,
            route,
            sla,
            created_at,
            warn_at,
            due_at,
            escalate_at,
            gives_up_at,
            next_at: _,
            warned_at,
            escalated_at,
            claimed_at,
            attempted_at,
            answered_at,
            attempts,
            ended_at,
            reason,
            rejection,
            comment,
            nurture_until,
            model_version,
            policy_version,
            engagement,
            fit,
            tier,
            packet,
            version,
            early_contacts,
            first_owner,
        } = row;
        let moment = |at: Option<i64>| at.map(Timestamp::from_micros);
        let lead = match lead_id.as_str() {
            "" => None,
            id => Some(LeadId::new(id).map_err(|found| StoreError::corrupt(TABLE, found))?),
        };
        let end = match ended_at {
            None => None,
            Some(at) => Some(HandoffEnd {
                at: Timestamp::from_micros(at),
                reason,
                rejection: named(TABLE, &rejection, RejectionKind::from_name)?,
                comment,
                nurture_until: moment(nurture_until),
            }),
        };
        Ok(Self {
            id,
            account: account_or_none(TABLE, account_id)?,
            lead,
            state: name(TABLE, &state, HandoffState::from_name)?,
            cause: name(TABLE, &cause, HandoffCause::from_name)?,
            owner,
            queue,
            first_owner,
            team,
            route,
            sla,
            created_at: Timestamp::from_micros(created_at),
            clock: HandoffClock {
                warn_at: moment(warn_at),
                due_at: Timestamp::from_micros(due_at),
                escalate_at: moment(escalate_at),
                gives_up_at: Timestamp::from_micros(gives_up_at),
                warned_at: moment(warned_at),
                escalated_at: moment(escalated_at),
            },
            claimed_at: moment(claimed_at),
            attempted_at: moment(attempted_at),
            answered_at: moment(answered_at),
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
            early_contacts: u32::try_from(early_contacts).unwrap_or(u32::MAX),
            end,
            model_version: model_version.unsigned_abs(),
            policy_version: policy_version.unsigned_abs(),
            shown: (score_of(TABLE, engagement)?, score_of(TABLE, fit)?, tier_of(tier)),
            packet,
            version,
        })
    }
}

impl TryFrom<handoff_event::Model> for HandoffEvent {
    type Error = StoreError;

    fn try_from(row: handoff_event::Model) -> Result<Self, StoreError> {
        let handoff_event::Model {
            workspace_id: _,
            handoff_id: handoff,
            version,
            at,
            what,
            actor,
            caller,
            details,
        } = row;
        let actor = name("handoff_event", &actor, Actor::from_name)?;
        let at = Timestamp::from_micros(at);
        Ok(Self { handoff, version, at, what, actor, caller, details })
    }
}
