//! What other rules would change.

use abm_app::{AccountMove, LeadMove, ModelChoice, SimulateQuestion, Simulated, SimulationPart};
use abm_core::LeadId;
use abm_core::simulate::{Proposal, Reason, ReasonKind, Spread, Stand};
use abm_proto::v1;
use tonic::Status;

use super::operation::count;
use super::{score, time};
use crate::error::invalid_field;
use crate::services::{moment, version};

/// Most ids of people that are told of one account.
const IDS: usize = 20;

/// What a team can work, as the caller says: priority accounts, and leads a week.
pub(crate) type Capacity = (Option<u64>, Option<u64>);

pub(crate) fn question(
    message: &v1::SimulateModelRequest,
    rules: ModelChoice,
) -> Result<(SimulateQuestion, Capacity), Status> {
    let capacity = |field, value: Option<i64>| match value.map(u64::try_from) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(_)) => Err(invalid_field(field, "is negative")),
    };
    let capacities = (
        capacity("priority_accounts", message.priority_accounts)?,
        capacity("leads_per_week", message.leads_per_week)?,
    );
    let base = version(message.base_version);
    let as_of = moment("as_of", message.as_of.as_ref())?;
    Ok((SimulateQuestion { rules, base, as_of }, capacities))
}

pub(crate) fn to_proto(
    part: SimulationPart,
    capacity: Capacity,
    revision: impl FnOnce(u64) -> String,
) -> v1::SimulateModelResponse {
    match part {
        SimulationPart::Progress { done, total, accounts, leads } => v1::SimulateModelResponse {
            accounts_done: count(done),
            accounts_total: count(total),
            accounts: accounts.into_iter().map(account_move).collect(),
            leads: leads.into_iter().map(lead_move).collect(),
            ..Default::default()
        },
        SimulationPart::Whole(whole) => {
            let accounts = count(whole.simulation.before.accounts);
            v1::SimulateModelResponse {
                accounts_done: accounts,
                accounts_total: accounts,
                revision: revision(whole.revision),
                summary: Some(summary(*whole, capacity)),
                ..Default::default()
            }
        }
    }
}

fn summary(whole: Simulated, (accounts, leads): Capacity) -> v1::SimulationSummary {
    let Simulated { simulation, base, tried, capacity, as_of, .. } = whole;
    let proposals = &simulation.proposals;
    let accounts = accounts.or(capacity.0).map(|capacity| proposals.accounts(capacity));
    let leads = leads.or(capacity.1).map(|capacity| proposals.leads_a_week(capacity));
    v1::SimulationSummary {
        before: Some(spread(&simulation.before)),
        after: Some(spread(&simulation.after)),
        tier_moves: simulation
            .tier_moves
            .as_flattened()
            .iter()
            .map(|&moves| count(moves))
            .collect(),
        moved: count(simulation.moved),
        priority_bar: accounts.map(proposal),
        mql_bar: leads.map(proposal),
        base_version: base,
        version: tried,
        as_of: Some(time::to_proto(as_of)),
    }
}

fn spread(spread: &Spread) -> v1::SimulatedSpread {
    let counts = |counts: &[u64]| counts.iter().map(|&value| count(value)).collect();
    v1::SimulatedSpread {
        accounts_by_fit: counts(&spread.fit),
        accounts_by_engagement: counts(&spread.engagement),
        accounts_by_tier: counts(&spread.tiers),
        accounts: count(spread.accounts),
        priority_accounts: count(spread.priority),
        excluded_accounts: count(spread.excluded),
        mqas: count(spread.mqas),
        new_mqas: count(spread.new_mqas),
        leads: count(spread.leads),
        mqls: count(spread.mqls),
        new_mqls: count(spread.new_mqls),
    }
}

fn proposal(proposal: Proposal) -> v1::BarProposal {
    v1::BarProposal {
        capacity: count(proposal.capacity),
        engagement: proposal.engagement.map(i32::from),
        passing: count(proposal.passing),
    }
}

fn account_move(found: AccountMove) -> v1::AccountMove {
    let moved = found.moved;
    let ids = |leads: &[LeadId]| leads.iter().take(IDS).map(ToString::to_string).collect();
    v1::AccountMove {
        account_id: found.account.into_string(),
        name: found.name,
        before: Some(stand(moved.before)),
        after: Some(stand(moved.after)),
        mqls_entering: count(moved.mqls_entering.len() as u64),
        mqls_entering_ids: ids(&moved.mqls_entering),
        mqls_leaving: count(moved.mqls_leaving.len() as u64),
        mqls_leaving_ids: ids(&moved.mqls_leaving),
        reasons: moved.reasons.into_iter().map(reason).collect(),
    }
}

fn lead_move(found: LeadMove) -> v1::LeadMove {
    v1::LeadMove {
        lead_id: found.lead.into_string(),
        mql: found.moved.mql,
        reasons: found.moved.reasons.into_iter().map(reason).collect(),
    }
}

fn stand(stand: Stand) -> v1::SimulatedStand {
    v1::SimulatedStand {
        fit: stand.fit.into(),
        engagement: stand.engagement.into(),
        tier: score::tier(stand.tier).into(),
        mqa: stand.mqa,
        priority: stand.priority,
    }
}

fn reason(reason: Reason) -> v1::MoveReason {
    let kind = match reason.kind {
        ReasonKind::Exclusion => v1::MoveReasonKind::Exclusion,
        ReasonKind::Segment => v1::MoveReasonKind::Segment,
        ReasonKind::Bar => v1::MoveReasonKind::Bar,
        ReasonKind::Signal => v1::MoveReasonKind::Signal,
        ReasonKind::Group => v1::MoveReasonKind::Group,
        ReasonKind::FitRule => v1::MoveReasonKind::FitRule,
        ReasonKind::PeopleFit => v1::MoveReasonKind::PeopleFit,
        ReasonKind::RollUp => v1::MoveReasonKind::RollUp,
        ReasonKind::RaisedHand => v1::MoveReasonKind::RaisedHand,
        ReasonKind::LeadFitRule => v1::MoveReasonKind::LeadFitRule,
        ReasonKind::LeadExclusion => v1::MoveReasonKind::LeadExclusion,
        ReasonKind::Title => v1::MoveReasonKind::Title,
    };
    v1::MoveReason {
        kind: kind.into(),
        rule: reason.rule,
        before: reason.before,
        after: reason.after,
    }
}
