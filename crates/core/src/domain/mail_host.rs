//! What the host of an e-mail address says about the person's employer.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::Domain;

/// What kind of host receives a person's mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailHost {
    /// Presumably the employer's own.
    Company,
    /// A provider where anybody gets a mailbox, for money or not.
    FreeMail,
    /// A mailbox made to be thrown away.
    Disposable,
    /// An address that hides another one.
    Relay,
    /// A reserved name that no mail reaches.
    Unroutable,
}

/// One list of domains, one a line, `#` starting a comment. `name.*` stands for `name` under
/// any public suffix, `!host` for a host under a listed domain that is not meant.
#[derive(Default)]
struct List {
    exact: HashSet<&'static str>,
    any_suffix: HashSet<&'static str>,
    except: HashSet<&'static str>,
}

impl List {
    fn new(text: &'static str) -> Self {
        let mut list = Self::default();
        for line in text.lines() {
            let entry = line.split('#').next().unwrap_or_default().trim();
            match (entry.strip_suffix(".*"), entry.strip_prefix('!')) {
                (Some(name), _) => list.any_suffix.insert(name),
                (_, Some(host)) => list.except.insert(host),
                _ => list.exact.insert(entry),
            };
        }
        list
    }

    /// Whether the host, or its registrable domain, is listed, and the host is no exception.
    fn holds(&self, host: &Domain, registrable: &Domain) -> bool {
        let name = registrable.as_str().split_once('.').map_or("", |(name, _)| name);
        let listed = [host, registrable].iter().any(|domain| self.exact.contains(domain.as_str()))
            || self.any_suffix.contains(name);
        listed && !host.candidates().any(|domain| self.except.contains(domain))
    }
}

static FREE_MAIL: LazyLock<List> =
    LazyLock::new(|| List::new(include_str!("../../data/free_mail.txt")));
static RELAYS: LazyLock<List> = LazyLock::new(|| List::new(include_str!("../../data/relays.txt")));
static DISPOSABLE: LazyLock<List> = LazyLock::new(|| List {
    exact: mailchecker::blacklist().into_iter().collect(),
    ..List::default()
});

/// Tells what kind of host receives a person's mail.
#[must_use]
pub fn classify(host: &Domain) -> MailHost {
    let Some(registrable) = host.registrable().filter(|_| host.has_known_suffix()) else {
        return MailHost::Unroutable;
    };
    // Relays and free mail first: lists of disposable hosts tend to swallow some of both.
    if RELAYS.holds(host, &registrable) {
        MailHost::Relay
    } else if FREE_MAIL.holds(host, &registrable) {
        MailHost::FreeMail
    } else if DISPOSABLE.holds(host, &registrable) {
        MailHost::Disposable
    } else {
        MailHost::Company
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_apart() {
        let cases = [
            ("gmail.com", MailHost::FreeMail),
            ("yahoo.co.jp", MailHost::FreeMail),
            ("hotmail.fr", MailHost::FreeMail),
            ("cable.comcast.net", MailHost::FreeMail),
            ("mailinator.com", MailHost::Disposable),
            ("users.noreply.github.com", MailHost::Relay),
            ("duck.com", MailHost::Relay),
            ("p1234.invalid", MailHost::Unroutable),
            ("com", MailHost::Unroutable),
            ("google.com", MailHost::Company),
            ("il.ibm.com", MailHost::Company),
            ("github.com", MailHost::Company),
            ("yahoo-inc.com", MailHost::Company),
            ("mail.ru", MailHost::FreeMail),
            ("corp.mail.ru", MailHost::Company),
            ("de.corp.mail.ru", MailHost::Company),
            ("cable.comcast.com", MailHost::Company),
            ("airpost.net", MailHost::FreeMail),
        ];
        for (host, expected) in cases {
            let Ok(domain) = Domain::parse(host) else { continue };
            assert_eq!(classify(&domain), expected, "{host}");
        }
    }

    #[test]
    fn every_listed_name_is_a_domain() {
        for (list, name) in [(&*FREE_MAIL, "free_mail.txt"), (&*RELAYS, "relays.txt")] {
            let entries = list.exact.iter().chain(&list.except);
            for entry in entries.filter(|entry| !entry.is_empty()) {
                assert_eq!(
                    Domain::parse(entry).map(|d| d.to_string()).as_deref(),
                    Ok(*entry),
                    "{name}"
                );
            }
        }
    }
}
