//! Which account a person belongs to.

use std::collections::BTreeMap;

use crate::AccountId;
use crate::domain::{Domain, MailHost, classify};

/// Where a person's account comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// A caller named it.
    Named(AccountId),
    /// It claims the domain of the person's address.
    Claimed(AccountId),
    /// Nobody claims the domain of the person's address, and the workspace makes an account of
    /// it, which has the domain as its id.
    Domain(AccountId),
    /// It was beside the person in an activity.
    Hint(AccountId),
    /// There is none.
    None(NoMatch),
}

/// Why a person has no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMatch {
    /// No address is known.
    NoEmail,
    /// The address is at a free-mail provider, or hides another one.
    FreeMail,
    /// The address is made to be thrown away.
    Disposable,
    /// The address is at a host that nobody can register.
    Unroutable,
    /// Nobody claims the domain, and the workspace makes no accounts.
    Unclaimed,
}

/// What is known of a person's employer.
#[derive(Clone, Copy, Debug)]
pub struct Employer<'a> {
    /// The account a caller named.
    pub named: Option<&'a AccountId>,
    /// The host of the address.
    pub host: Option<&'a Domain>,
    /// The account beside the person in an activity.
    pub hint: Option<&'a AccountId>,
}

/// Finds a person's account: the one named, else the one that claims the longest part of the
/// address's host, else a new one for its registrable domain if `creates_accounts`, else the
/// one seen beside the person.
#[must_use]
pub fn find_account(
    employer: &Employer<'_>,
    claims: &BTreeMap<String, AccountId>,
    creates_accounts: bool,
) -> Match {
    if let Some(named) = employer.named {
        return Match::Named(named.clone());
    }
    let by_domain = by_domain(employer.host, claims, creates_accounts);
    match (by_domain, employer.hint) {
        (Match::None(_), Some(hint)) => Match::Hint(hint.clone()),
        (found, _) => found,
    }
}

fn by_domain(
    host: Option<&Domain>,
    claims: &BTreeMap<String, AccountId>,
    creates_accounts: bool,
) -> Match {
    let Some(host) = host else { return Match::None(NoMatch::NoEmail) };
    match classify(host) {
        MailHost::Company => {}
        MailHost::FreeMail | MailHost::Relay => return Match::None(NoMatch::FreeMail),
        MailHost::Disposable => return Match::None(NoMatch::Disposable),
        MailHost::Unroutable => return Match::None(NoMatch::Unroutable),
    }
    if let Some(account) = host.candidates().find_map(|candidate| claims.get(candidate)) {
        return Match::Claimed(account.clone());
    }
    if !creates_accounts {
        return Match::None(NoMatch::Unclaimed);
    }
    let id = host.registrable().and_then(|domain| AccountId::new(domain.as_str()).ok());
    // A registrable domain longer than an id may be is nobody's.
    id.map_or(Match::None(NoMatch::Unroutable), Match::Domain)
}

impl Match {
    /// The account, if there is one.
    #[must_use]
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Named(id) | Self::Claimed(id) | Self::Domain(id) | Self::Hint(id) => Some(id),
            Self::None(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> AccountId {
        AccountId::new(text).expect("a valid id")
    }

    fn find(host: &str, creates: bool) -> Match {
        let claims = [("ntt.co.jp", "ntt"), ("lab.ntt.co.jp", "ntt-lab"), ("gmail.com", "google")];
        let claims = claims.map(|(domain, account)| (domain.to_owned(), id(account))).into();
        let host = Domain::parse(host).expect("a valid host");
        find_account(&Employer { named: None, host: Some(&host), hint: None }, &claims, creates)
    }

    #[test]
    fn the_longest_claim_wins_and_free_mail_never_matches() {
        assert_eq!(find("a.lab.ntt.co.jp", true), Match::Claimed(id("ntt-lab")));
        assert_eq!(find("other.ntt.co.jp", true), Match::Claimed(id("ntt")));
        assert_eq!(find("gmail.com", true), Match::None(NoMatch::FreeMail));
        assert_eq!(find("x.unknown.com", true), Match::Domain(id("unknown.com")));
        assert_eq!(find("x.unknown.com", false), Match::None(NoMatch::Unclaimed));
        assert_eq!(find("p123.invalid", true), Match::None(NoMatch::Unroutable));
    }

    #[test]
    fn a_named_account_wins_and_a_hint_is_the_last_resort() {
        let host = Domain::parse("gmail.com").expect("a valid host");
        let (named, hint) = (id("named"), id("hint"));
        let mut employer = Employer { named: Some(&named), host: Some(&host), hint: Some(&hint) };
        assert_eq!(find_account(&employer, &BTreeMap::new(), true), Match::Named(named.clone()));
        employer.named = None;
        assert_eq!(find_account(&employer, &BTreeMap::new(), true), Match::Hint(hint.clone()));
    }
}
