//! Accounts.

use abm_app::AccountRecord;
use abm_core::domain::Domain;
use abm_core::{AccountId, AccountOrigin, AccountProfile, Violation};
use abm_proto::v1;

use super::{server_owned, time};

/// A caller's account.
pub(crate) fn from_proto(
    account: v1::Account,
) -> Result<(AccountId, AccountProfile), Vec<Violation>> {
    let mut found = Vec::new();
    let id = AccountId::new(account.account_id).map_err(|error| found.push(error)).ok();
    server_owned("origin", account.origin != 0, &mut found);
    server_owned("created_at", account.created_at.is_some(), &mut found);
    server_owned("updated_at", account.updated_at.is_some(), &mut found);
    let mut domains = Vec::with_capacity(account.domains.len());
    for (index, domain) in account.domains.iter().enumerate() {
        match Domain::parse(domain) {
            Ok(domain) => domains.push(domain),
            Err(error) => {
                found.push(Violation::invalid(format!("domains[{index}]"), error.to_string()));
            }
        }
    }
    let parent = match account.parent_account_id {
        parent if parent.is_empty() => None,
        parent => match AccountId::new(parent) {
            Ok(parent) => Some(parent),
            Err(violation) => {
                found.push(Violation::invalid("parent_account_id", violation.message));
                None
            }
        },
    };
    let profile = AccountProfile {
        name: account.name,
        domains,
        website: account.website,
        industry: account.industry,
        employees: account.employees,
        annual_revenue_usd: account.annual_revenue_usd,
        country: account.country,
        region: account.region,
        city: account.city,
        parent,
        owner: account.owner,
        attributes: account.attributes,
    };
    found.extend(profile.check().err().into_iter().flatten());
    match id {
        Some(id) if found.is_empty() => Ok((id, profile)),
        _ => Err(found),
    }
}

/// An account as callers see it.
pub(crate) fn to_proto(account: AccountRecord) -> v1::Account {
    let AccountRecord { id, profile, origin, created_at, updated_at } = account;
    let origin = match origin {
        AccountOrigin::Caller => v1::AccountOrigin::Caller,
        AccountOrigin::EmailDomain => v1::AccountOrigin::EmailDomain,
        AccountOrigin::Mention => v1::AccountOrigin::Activity,
    };
    v1::Account {
        account_id: id.into_string(),
        name: profile.name,
        domains: profile.domains.iter().map(ToString::to_string).collect(),
        website: profile.website,
        industry: profile.industry,
        employees: profile.employees,
        annual_revenue_usd: profile.annual_revenue_usd,
        country: profile.country,
        region: profile.region,
        city: profile.city,
        parent_account_id: profile.parent.map(AccountId::into_string).unwrap_or_default(),
        owner: profile.owner,
        attributes: profile.attributes,
        origin: origin.into(),
        created_at: Some(time::to_proto(created_at)),
        updated_at: Some(time::to_proto(updated_at)),
    }
}
