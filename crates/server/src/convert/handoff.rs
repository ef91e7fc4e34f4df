//! Handoffs.

use abm_app::{HandoffEvent, HandoffLead, HandoffRecord, RouteTried, WorkItem};
use abm_core::handoff::{Gave, Packet, PacketAccount, PacketPerson, Touch};
use abm_core::policy::{Assignee, PassedOver, Why};
use abm_core::tier::Tier;
use abm_core::{BuyingRole, LeadId, Seniority, Timestamp};
use abm_proto::v1;

use super::lead::{buying_role_to_proto, seniority_to_proto};
use super::lifecycle::named_values;
use super::mirrored::{
    actor_to_proto, handoff_cause_to_proto, handoff_state_to_proto, rejection_kind_to_proto,
    urgency_to_proto,
};
use super::{score, time};

/// A handoff.
pub(crate) fn to_proto(handoff: HandoffRecord) -> v1::Handoff {
    let moment = |at: Option<Timestamp>| at.map(time::to_proto);
    let clock = handoff.clock;
    let ended_at = handoff.end.as_ref().map(|end| end.at);
    let end = handoff.end.unwrap_or_default();
    let (engagement, fit, tier) = handoff.shown;
    v1::Handoff {
        handoff_id: handoff.id,
        etag: handoff.version.to_string(),
        account_id: handoff.account.map(|id| id.into_string()).unwrap_or_default(),
        lead_id: handoff.lead.map(LeadId::into_string).unwrap_or_default(),
        state: handoff_state_to_proto(handoff.state).into(),
        cause: handoff_cause_to_proto(handoff.cause).into(),
        owner: handoff.owner,
        queue: handoff.queue,
        team: handoff.team,
        route: handoff.route,
        sla: handoff.sla,
        created_at: Some(time::to_proto(handoff.created_at)),
        due_time: Some(time::to_proto(clock.due_at)),
        warn_time: moment(clock.warn_at),
        escalate_time: moment(clock.escalate_at),
        give_up_time: Some(time::to_proto(clock.gives_up_at)),
        warned_at: moment(clock.warned_at),
        escalated_at: moment(clock.escalated_at),
        claimed_at: moment(handoff.claimed_at),
        attempted_at: moment(handoff.attempted_at),
        answered_at: moment(handoff.answered_at),
        attempts: i32::try_from(handoff.attempts).unwrap_or(i32::MAX),
        ended_at: moment(ended_at),
        rejection_reason: end.reason,
        rejection_kind: end.rejection.map_or(0, |kind| rejection_kind_to_proto(kind).into()),
        comment: end.comment,
        nurture_until: moment(end.nurture_until),
        model_version: handoff.model_version,
        policy_version: handoff.policy_version,
        engagement: engagement.into(),
        fit: fit.into(),
        tier: score::tier(tier).into(),
        early_contacts: i32::try_from(handoff.early_contacts).unwrap_or(i32::MAX),
    }
}

/// A lead of a handoff.
pub(crate) fn lead(lead: HandoffLead) -> v1::HandoffLead {
    v1::HandoffLead {
        lead_id: lead.lead.into_string(),
        joined_at: Some(time::to_proto(lead.joined_at)),
        cause: handoff_cause_to_proto(lead.cause).into(),
    }
}

/// Something that happened to a handoff.
pub(crate) fn event(event: HandoffEvent) -> v1::HandoffEvent {
    v1::HandoffEvent {
        etag: event.version.to_string(),
        event_time: Some(time::to_proto(event.at)),
        details: named_values(&event.details),
        what: event.what,
        actor: actor_to_proto(event.actor).into(),
        caller: event.caller,
    }
}

/// The stored packet of a handoff.
pub(crate) fn packet(json: &str) -> v1::HandoffPacket {
    let packet: Packet = serde_json::from_str(json).unwrap_or_default();
    v1::HandoffPacket {
        account: packet.account.map(packet_account),
        people: packet.people.into_iter().map(packet_person).collect(),
        touches: packet.touches.into_iter().map(touch).collect(),
        reasons: packet.reasons,
        model_version: packet.model_version,
    }
}

fn packet_account(account: PacketAccount) -> v1::PacketAccount {
    v1::PacketAccount {
        account_id: account.id,
        name: account.name,
        engagement: account.engagement.into(),
        fit: account.fit.into(),
        label: account.label,
        tier: score::tier(account.tier.and_then(Tier::from_number)).into(),
        phase: account.phase,
        engaged_people: i32::try_from(account.engaged_people).unwrap_or(i32::MAX),
        fit_lines: account.fit_lines.into_iter().map(line).collect(),
    }
}

fn packet_person(person: PacketPerson) -> v1::PacketPerson {
    let seniority = Seniority::from_name(&person.seniority).map(seniority_to_proto);
    let role = BuyingRole::from_name(&person.buying_role).map(buying_role_to_proto);
    v1::PacketPerson {
        lead_id: person.lead,
        title: person.title,
        seniority: seniority.unwrap_or_default().into(),
        buying_role: role.unwrap_or_default().into(),
        qualified: person.qualified,
        engagement: person.engagement.into(),
        fit: person.fit.into(),
        label: person.label,
        engagement_lines: person.engagement_lines.into_iter().map(line).collect(),
        fit_lines: person.fit_lines.into_iter().map(line).collect(),
    }
}

fn line(gave: Gave) -> v1::PacketLine {
    let count = i32::try_from(gave.count).unwrap_or(i32::MAX);
    v1::PacketLine { name: gave.name, count, micropoints: gave.micropoints }
}

fn touch(touch: Touch) -> v1::PacketTouch {
    v1::PacketTouch {
        occurred_at: Some(time::to_proto(Timestamp::from_micros(touch.at_micros))),
        r#type: touch.kind,
        lead_id: touch.lead,
        campaign: touch.campaign,
    }
}

/// Something for sales to do.
pub(crate) fn work(item: WorkItem) -> v1::WorkItem {
    v1::WorkItem {
        handoff: Some(to_proto(item.handoff)),
        urgency: urgency_to_proto(item.urgency).into(),
        next_contact_lead_id: item.next_contact.map(LeadId::into_string).unwrap_or_default(),
        next_contact_reason: item.next_contact_reason,
    }
}

/// Where something would go.
pub(crate) fn route(tried: RouteTried, revision: String) -> v1::TryRouteResponse {
    let RouteTried { routed, sla, clock, revision: _ } = tried;
    let (owner, queue) = match routed.to {
        Assignee::Owner(owner) => (owner, String::new()),
        Assignee::Queue(queue) => (String::new(), queue),
    };
    v1::TryRouteResponse {
        owner,
        queue,
        route: routed.route.unwrap_or_default(),
        team: routed.team.unwrap_or_default(),
        passed_over: routed.passed_over.iter().map(passed_over).collect(),
        sla,
        due_time: Some(time::to_proto(clock.due_at)),
        revision,
    }
}

fn passed_over(found: &PassedOver) -> String {
    let route = found.route.as_deref().unwrap_or("escalation");
    let owner = found.owner.as_deref().unwrap_or_default();
    match found.why {
        Why::Absent => format!("{route}: {owner} is away"),
        Why::Full => format!("{route}: {owner} has as many as they take"),
        Why::NoOwner => format!("{route}: the account has no owner"),
        Why::NotInPolicy => format!("{route}: {owner} is nobody of the policy"),
    }
}
