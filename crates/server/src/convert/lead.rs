//! Leads.

use abm_app::{LeadRecord, LeadScore, LeadStanding};
use abm_core::domain::{MailHost, classify};
use abm_core::title::{Known, Position, Source};
use abm_core::{AccountId, BuyingRole, LeadId, LeadProfile, Seniority, Stage, Violation};
use abm_proto::v1;

use super::{enumeration, lifecycle, score, server_owned, time};

/// A caller's lead.
pub(crate) fn from_proto(lead: v1::Lead) -> Result<(LeadId, LeadProfile), Vec<Violation>> {
    let mut found = Vec::new();
    let id = LeadId::new(lead.lead_id).map_err(|error| found.push(error)).ok();
    server_owned("matched_account_id", !lead.matched_account_id.is_empty(), &mut found);
    server_owned("match", lead.r#match != 0, &mut found);
    server_owned("no_match_reason", lead.no_match_reason != 0, &mut found);
    server_owned("created_at", lead.created_at.is_some(), &mut found);
    server_owned("updated_at", lead.updated_at.is_some(), &mut found);
    server_owned("score", lead.score.is_some(), &mut found);
    server_owned("position", lead.position.is_some(), &mut found);
    server_owned("lifecycle", lead.lifecycle.is_some(), &mut found);
    let stage_at = time::from_proto("stage_time", lead.stage_time.as_ref());
    let account = match lead.account_id {
        account if account.is_empty() => None,
        account => AccountId::new(account).map_err(|error| found.push(error)).ok(),
    };
    let profile = LeadProfile {
        email: lead.email,
        first_name: lead.first_name,
        last_name: lead.last_name,
        title: lead.title,
        seniority: enumeration("seniority", lead.seniority, seniority, &mut found),
        buying_role: enumeration("buying_role", lead.buying_role, buying_role, &mut found),
        account,
        country: lead.country,
        stage: enumeration("stage", lead.stage, stage, &mut found),
        stage_at: stage_at.unwrap_or_else(|violation| {
            found.push(violation);
            None
        }),
        attributes: lead.attributes,
    };
    found.extend(profile.check().err().into_iter().flatten());
    match id {
        Some(id) if found.is_empty() => Ok((id, profile)),
        _ => Err(found),
    }
}

/// A lead as callers see it.
pub(crate) fn to_proto(lead: LeadRecord, scores: &LeadScore, standing: &LeadStanding) -> v1::Lead {
    let (found, reason) = how_matched(&lead);
    let LeadRecord { id, profile, account, created_at, updated_at, .. } = lead;
    v1::Lead {
        lead_id: id.into_string(),
        email: profile.email,
        first_name: profile.first_name,
        last_name: profile.last_name,
        title: profile.title,
        seniority: profile.seniority.map_or(0, |value| seniority_to_proto(value).into()),
        buying_role: profile.buying_role.map_or(0, |value| buying_role_to_proto(value).into()),
        account_id: profile.account.map(AccountId::into_string).unwrap_or_default(),
        country: profile.country,
        stage: profile.stage.map_or(0, |value| stage_to_proto(value).into()),
        stage_time: profile.stage_at.map(time::to_proto),
        attributes: profile.attributes,
        matched_account_id: account.map(AccountId::into_string).unwrap_or_default(),
        r#match: found.into(),
        no_match_reason: reason.into(),
        created_at: Some(time::to_proto(created_at)),
        updated_at: Some(time::to_proto(updated_at)),
        score: Some(score::lead_score(scores)),
        position: Some(position(scores.position)),
        lifecycle: Some(lifecycle::to_proto(&standing.lifecycle)),
    }
}

/// What scoring takes of how senior somebody is and which part they play.
pub(crate) fn position(position: Position) -> v1::LeadPosition {
    let Position { seniority, buying_role } = position;
    v1::LeadPosition {
        seniority: seniority.map_or(0, |known| seniority_to_proto(known.value).into()),
        seniority_confidence: confidence(seniority),
        buying_role: buying_role.map_or(0, |known| buying_role_to_proto(known.value).into()),
        buying_role_confidence: confidence(buying_role),
    }
}

/// How sure something is that was read off a title; 0 of what was sent.
fn confidence<T>(known: Option<Known<T>>) -> i32 {
    match known.map(|known| known.source) {
        Some(Source::Title { confidence }) => confidence.into(),
        Some(Source::Given) | None => 0,
    }
}

fn how_matched(lead: &LeadRecord) -> (v1::AccountMatch, v1::NoMatchReason) {
    let none = v1::NoMatchReason::Unspecified;
    if lead.account.is_none() {
        let reason = match lead.mail_host().as_ref().map(classify) {
            None => v1::NoMatchReason::NoEmail,
            Some(MailHost::FreeMail | MailHost::Relay) => v1::NoMatchReason::FreeMail,
            Some(MailHost::Disposable) => v1::NoMatchReason::Disposable,
            Some(MailHost::Unroutable) => v1::NoMatchReason::NoRegistrableDomain,
            Some(MailHost::Company) => v1::NoMatchReason::UnknownDomain,
        };
        return (v1::AccountMatch::None, reason);
    }
    let is_hint = lead.hint.is_some()
        && lead.mail_host().is_none_or(|host| classify(&host) != MailHost::Company);
    if lead.profile.account.is_some() || is_hint {
        (v1::AccountMatch::Explicit, none)
    } else {
        (v1::AccountMatch::EmailDomain, none)
    }
}

pub(crate) fn seniority(value: v1::Seniority) -> Option<Seniority> {
    Some(match value {
        v1::Seniority::Unspecified => return None,
        v1::Seniority::CLevel => Seniority::CLevel,
        v1::Seniority::Vp => Seniority::Vp,
        v1::Seniority::Director => Seniority::Director,
        v1::Seniority::Manager => Seniority::Manager,
        v1::Seniority::Other => Seniority::Other,
    })
}

pub(crate) fn seniority_to_proto(value: Seniority) -> v1::Seniority {
    match value {
        Seniority::CLevel => v1::Seniority::CLevel,
        Seniority::Vp => v1::Seniority::Vp,
        Seniority::Director => v1::Seniority::Director,
        Seniority::Manager => v1::Seniority::Manager,
        Seniority::Other => v1::Seniority::Other,
    }
}

pub(crate) fn buying_role(value: v1::BuyingRole) -> Option<BuyingRole> {
    Some(match value {
        v1::BuyingRole::Unspecified => return None,
        v1::BuyingRole::Champion => BuyingRole::Champion,
        v1::BuyingRole::DecisionMaker => BuyingRole::DecisionMaker,
        v1::BuyingRole::EconomicBuyer => BuyingRole::EconomicBuyer,
        v1::BuyingRole::Influencer => BuyingRole::Influencer,
        v1::BuyingRole::EndUser => BuyingRole::EndUser,
        v1::BuyingRole::TechnicalBuyer => BuyingRole::TechnicalBuyer,
        v1::BuyingRole::Blocker => BuyingRole::Blocker,
    })
}

pub(crate) fn buying_role_to_proto(value: BuyingRole) -> v1::BuyingRole {
    match value {
        BuyingRole::Champion => v1::BuyingRole::Champion,
        BuyingRole::DecisionMaker => v1::BuyingRole::DecisionMaker,
        BuyingRole::EconomicBuyer => v1::BuyingRole::EconomicBuyer,
        BuyingRole::Influencer => v1::BuyingRole::Influencer,
        BuyingRole::EndUser => v1::BuyingRole::EndUser,
        BuyingRole::TechnicalBuyer => v1::BuyingRole::TechnicalBuyer,
        BuyingRole::Blocker => v1::BuyingRole::Blocker,
    }
}

pub(crate) fn stage(value: v1::Stage) -> Option<Stage> {
    Some(match value {
        v1::Stage::Unspecified => return None,
        v1::Stage::Subscriber => Stage::Subscriber,
        v1::Stage::Lead => Stage::Lead,
        v1::Stage::Mql => Stage::Mql,
        v1::Stage::Sql => Stage::Sql,
        v1::Stage::Opportunity => Stage::Opportunity,
        v1::Stage::Customer => Stage::Customer,
        v1::Stage::Evangelist => Stage::Evangelist,
        v1::Stage::Other => Stage::Other,
    })
}

pub(crate) fn stage_to_proto(value: Stage) -> v1::Stage {
    match value {
        Stage::Subscriber => v1::Stage::Subscriber,
        Stage::Lead => v1::Stage::Lead,
        Stage::Mql => v1::Stage::Mql,
        Stage::Sql => v1::Stage::Sql,
        Stage::Opportunity => v1::Stage::Opportunity,
        Stage::Customer => v1::Stage::Customer,
        Stage::Evangelist => v1::Stage::Evangelist,
        Stage::Other => v1::Stage::Other,
    }
}
