//! Opportunities.

use std::collections::BTreeMap;

use abm_app::{OpportunityRecord, OpportunityTotals};
use abm_core::{
    AccountId, Amount, BuyingRole, Currency, LeadId, Opportunity, OpportunityId, OpportunityState,
    Violation,
};
use abm_proto::v1;

use super::{enumeration, lead, server_owned, time};

/// A caller's opportunity.
pub(crate) fn from_proto(
    sent: v1::Opportunity,
) -> Result<(OpportunityId, Opportunity), Vec<Violation>> {
    let mut found = Vec::new();
    let id = OpportunityId::new(sent.opportunity_id).map_err(|error| found.push(error)).ok();
    server_owned("created_at", sent.created_at.is_some(), &mut found);
    server_owned("updated_at", sent.updated_at.is_some(), &mut found);
    server_owned("survivor_account_id", !sent.survivor_account_id.is_empty(), &mut found);
    let account = match sent.account_id {
        account if account.is_empty() => None,
        account => AccountId::new(account).map_err(|error| found.push(error)).ok(),
    };
    let known = found.len();
    let state = enumeration("state", sent.state, state, &mut found);
    if state.is_none() && found.len() == known {
        found.push(Violation::invalid("state", "is required"));
    }
    let mut moment = |field, value: Option<prost_types::Timestamp>| {
        time::from_proto(field, value.as_ref()).unwrap_or_else(|error| {
            found.push(error);
            None
        })
    };
    let opened_at = moment("opened_at", sent.opened_at);
    let closed_at = moment("closed_at", sent.closed_at);
    let opportunity = Opportunity {
        name: sent.name,
        account,
        people: people(sent.people, &mut found),
        stage: sent.stage,
        amount: amount(sent.amount_micros, &sent.currency, &mut found),
        opened_at,
        closed_at,
        loss_reason: sent.loss_reason,
        owner: sent.owner,
        product: sent.product,
        campaign: sent.campaign,
        attributes: sent.attributes,
        // An unknown state is refused; until then it stands for one that allows the rest.
        ..Opportunity::new(state.unwrap_or(OpportunityState::Lost))
    };
    found.extend(opportunity.check().err().into_iter().flatten());
    match id {
        Some(id) if found.is_empty() => Ok((id, opportunity)),
        _ => Err(found),
    }
}

fn people(
    sent: Vec<v1::OpportunityPerson>,
    found: &mut Vec<Violation>,
) -> BTreeMap<LeadId, Option<BuyingRole>> {
    let mut people = BTreeMap::new();
    for (index, person) in sent.into_iter().enumerate() {
        let parent = format!("people[{index}]");
        let survivor = format!("{parent}.survivor_lead_id");
        server_owned(&survivor, !person.survivor_lead_id.is_empty(), found);
        let field = format!("{parent}.buying_role");
        let role = enumeration(&field, person.buying_role, lead::buying_role, found);
        match LeadId::new(person.lead_id) {
            Ok(lead) if people.contains_key(&lead) => {
                let field = format!("{parent}.lead_id");
                found.push(Violation::invalid(field, "is there twice"));
            }
            Ok(lead) => {
                people.insert(lead, role);
            }
            Err(violation) => found.push(violation.inside(&parent)),
        }
    }
    people
}

/// An amount needs a currency; a currency alone says nothing.
fn amount(micros: Option<i64>, currency: &str, found: &mut Vec<Violation>) -> Option<Amount> {
    if micros.is_none() && currency.is_empty() {
        return None;
    }
    match Currency::new(currency) {
        Ok(currency) => micros.map(|micros| Amount { micros, currency }),
        Err(violation) => {
            found.push(violation);
            None
        }
    }
}

/// An opportunity as callers see it. Who may not see personal fields gets none.
pub(crate) fn to_proto(record: OpportunityRecord, personal: bool) -> v1::Opportunity {
    let OpportunityRecord { id, opportunity, survivor, created_at, updated_at, .. } = record;
    let mut survivors = record.people_survivors;
    let state = match opportunity.state {
        OpportunityState::Open => v1::OpportunityState::Open,
        OpportunityState::Won => v1::OpportunityState::Won,
        OpportunityState::Lost => v1::OpportunityState::Lost,
    };
    let people = opportunity.people.into_iter().map(|(lead, role)| v1::OpportunityPerson {
        survivor_lead_id: survivors.remove(&lead).map(LeadId::into_string).unwrap_or_default(),
        lead_id: lead.into_string(),
        buying_role: role.map_or(0, |role| lead::buying_role_to_proto(role).into()),
    });
    let currency = opportunity.amount.map(|amount| amount.currency.to_string());
    v1::Opportunity {
        opportunity_id: id.into_string(),
        name: opportunity.name,
        account_id: opportunity.account.map(AccountId::into_string).unwrap_or_default(),
        people: people.collect(),
        state: state.into(),
        stage: opportunity.stage,
        amount_micros: opportunity.amount.map(|amount| amount.micros),
        currency: currency.unwrap_or_default(),
        opened_at: opportunity.opened_at.map(time::to_proto),
        closed_at: opportunity.closed_at.map(time::to_proto),
        loss_reason: opportunity.loss_reason,
        owner: if personal { opportunity.owner } else { String::new() },
        product: opportunity.product,
        campaign: opportunity.campaign,
        attributes: if personal { opportunity.attributes } else { BTreeMap::new() },
        created_at: Some(time::to_proto(created_at)),
        updated_at: Some(time::to_proto(updated_at)),
        survivor_account_id: survivor.map(AccountId::into_string).unwrap_or_default(),
    }
}

/// The state of a number; the unspecified one is none.
pub(crate) fn state(value: v1::OpportunityState) -> Option<OpportunityState> {
    match value {
        v1::OpportunityState::Unspecified => None,
        v1::OpportunityState::Open => Some(OpportunityState::Open),
        v1::OpportunityState::Won => Some(OpportunityState::Won),
        v1::OpportunityState::Lost => Some(OpportunityState::Lost),
    }
}

/// Opportunities in short.
pub(crate) fn totals(totals: &OpportunityTotals) -> v1::OpportunityTotals {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let amounts = totals.won_amounts.iter().map(|amount| v1::CurrencyAmount {
        currency: amount.currency.to_string(),
        amount_micros: amount.micros,
    });
    v1::OpportunityTotals {
        open: count(totals.open),
        won: count(totals.won),
        lost: count(totals.lost),
        won_amounts: amounts.collect(),
        last_won_at: totals.last_won_at.map(time::to_proto),
    }
}
