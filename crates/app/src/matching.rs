//! Loading what matching needs, and asking the core.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::matching::{Employer, Match, find_account};
use abm_core::{AccountId, AccountOrigin, AccountProfile, Timestamp};
use abm_store::{AccountRecord, LeadRecord, StoreError, View};

/// The claims that the hosts of some people's addresses can meet.
pub(crate) struct Matcher {
    claims: BTreeMap<String, AccountId>,
    creates_accounts: bool,
}

impl Matcher {
    pub(crate) async fn load<'a>(
        view: &View,
        leads: impl IntoIterator<Item = &'a LeadRecord>,
        creates_accounts: bool,
    ) -> Result<Self, StoreError> {
        let mut domains = BTreeSet::new();
        for host in leads.into_iter().filter_map(LeadRecord::mail_host) {
            domains.extend(host.candidates().map(str::to_owned));
        }
        Ok(Self { claims: view.claims(domains).await?, creates_accounts })
    }

    pub(crate) fn find(&self, lead: &LeadRecord) -> Match {
        let host = lead.mail_host();
        let employer = Employer {
            named: lead.profile.account.as_ref(),
            host: host.as_ref(),
            hint: lead.hint.as_ref().map(|hint| &hint.account),
        };
        find_account(&employer, &self.claims, self.creates_accounts)
    }
}

/// The account that stands for a match until a caller sends it; `id` is whom the one that was
/// found counts for.
pub(crate) fn new_account(found: &Match, id: &AccountId, now: Timestamp) -> AccountRecord {
    let origin = match found {
        Match::Domain(domain) if domain == id => AccountOrigin::EmailDomain,
        _ => AccountOrigin::Mention,
    };
    mentioned(id, origin, now)
}

/// An account of which only the id is known.
pub(crate) fn mentioned(id: &AccountId, origin: AccountOrigin, now: Timestamp) -> AccountRecord {
    AccountRecord {
        id: id.clone(),
        profile: AccountProfile { name: id.to_string(), ..AccountProfile::default() },
        origin,
        created_at: now,
        updated_at: now,
    }
}
