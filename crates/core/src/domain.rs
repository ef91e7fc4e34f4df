//! Internet domains: from an e-mail address or a web site to the company behind it.
//!
//! A company is known by its *registrable domain*, the part of a host name that somebody could
//! register, by the Public Suffix List. Hosts that say nothing about an employer (free mail,
//! disposable addresses, relays) match no account.

mod mail_host;

use std::fmt;
use std::net::IpAddr;

use crate::limits;

pub use mail_host::{MailHost, classify};

/// Longest host name, in bytes.
pub const DOMAIN_BYTES: usize = 253;

/// A host name: lower case, ASCII (other scripts as punycode), with at least two labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(String);

/// Why a text is not a domain or holds none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// Nothing is there.
    #[error("is empty")]
    Empty,
    /// More than 253 bytes.
    #[error("is longer than 253 bytes")]
    TooLong,
    /// Characters or labels that no host name has.
    #[error("is not a host name such as example.com")]
    Malformed,
    /// A number, not a name.
    #[error("is an IP address, not a host name")]
    IpAddress,
    /// Nobody can register it.
    #[error("is not under a domain that a company can register")]
    NotRegistrable,
}

/// Why a text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// More than 254 bytes.
    #[error("is longer than 254 bytes")]
    TooLong,
    /// Not `local@domain`.
    #[error("is not an e-mail address such as name@example.com")]
    Malformed,
    /// The part after `@` is no host name.
    #[error("has no valid domain after the @")]
    Domain,
}

impl Domain {
    /// Reads a host name; a final dot is taken off, other scripts become punycode.
    ///
    /// # Errors
    /// When the text is not a host name of at least two labels.
    pub fn parse(text: &str) -> Result<Self, DomainError> {
        let text = text.trim();
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(DomainError::Empty);
        }
        // Four bytes for each is more than any script needs; keeps conversion cheap.
        if text.len() > 4 * DOMAIN_BYTES {
            return Err(DomainError::TooLong);
        }
        if text.parse::<IpAddr>().is_ok() {
            return Err(DomainError::IpAddress);
        }
        let ascii = idna::domain_to_ascii(text).map_err(|_| DomainError::Malformed)?;
        if ascii.len() > DOMAIN_BYTES {
            return Err(DomainError::TooLong);
        }
        let well_formed = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if !ascii.contains('.') || !ascii.split('.').all(well_formed) {
            return Err(DomainError::Malformed);
        }
        let last = ascii.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DomainError::IpAddress);
        }
        Ok(Self(ascii.to_ascii_lowercase()))
    }

    /// The registrable domain of a web address: `https://www.stock.walmart.com/x` is
    /// `walmart.com`.
    ///
    /// # Errors
    /// When the address names no host under a registrable domain.
    pub fn from_website(address: &str) -> Result<Self, DomainError> {
        let address = address.trim();
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        Self::parse(host)?.registrable().ok_or(DomainError::NotRegistrable)
    }

    /// The host of an e-mail address.
    ///
    /// # Errors
    /// When the text is not an address of at most 254 bytes.
    pub fn from_email(address: &str) -> Result<Self, EmailError> {
        if address.len() > limits::EMAIL_BYTES {
            return Err(EmailError::TooLong);
        }
        let (local, host) = address.rsplit_once('@').ok_or(EmailError::Malformed)?;
        let odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[]\\,;:\"@".contains(c);
        if local.is_empty() || local.len() > 64 || local.contains(odd) || host.contains(odd) {
            return Err(EmailError::Malformed);
        }
        Self::parse(host).map_err(|_| EmailError::Domain)
    }

    /// The part that somebody could register, by the Public Suffix List (both its sections);
    /// `None` for a public suffix itself.
    #[must_use]
    pub fn registrable(&self) -> Option<Self> {
        psl::domain_str(&self.0).map(|domain| Self(domain.to_owned()))
    }

    /// Whether the domain ends in a suffix that really is on the Public Suffix List: not so for
    /// `.invalid`, `.test` or `.local`.
    #[must_use]
    pub fn has_known_suffix(&self) -> bool {
        psl::suffix(self.0.as_bytes()).is_some_and(|suffix| suffix.is_known())
    }

    /// The domains an account may claim to be matched by this host, longest first: the host
    /// itself and what lies above it, down to its registrable domain.
    pub fn candidates(&self) -> impl Iterator<Item = &str> {
        let shortest = psl::domain_str(&self.0).map_or(usize::MAX, str::len);
        let shorter = |host: &&str| host.split_once('.').map_or("", |(_, rest)| rest).len();
        std::iter::successors(Some(self.0.as_str()), |host| {
            host.split_once('.').map(|(_, rest)| rest)
        })
        .take_while(move |host| host.len() >= shortest)
        .filter(move |host| shorter(host) > 0)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn domain(text: &str) -> Domain {
        Domain::parse(text).unwrap_or_else(|error| panic!("{text} {error}"))
    }

    #[test]
    fn host_names_are_normalised() {
        assert_eq!(domain(" Example.COM. ").as_str(), "example.com");
        assert_eq!(domain("Bücher.example").as_str(), "xn--bcher-kva.example");
        for bad in
            ["", ".", "com", ".example.com", "a..b", "a b.com", "1.2.3.4", "::1", "-a.com", "a.1"]
        {
            assert!(Domain::parse(bad).is_err(), "{bad}");
        }
        assert!(Domain::parse(&format!("{}.com", "a".repeat(63))).is_ok());
        assert!(Domain::parse(&format!("{}.com", "a".repeat(64))).is_err());
    }

    #[test]
    fn a_website_is_reduced_to_what_can_be_registered() {
        let site = |address: &str| Domain::from_website(address).map(|domain| domain.0);
        assert_eq!(site("https://www.stock.walmart.com").as_deref(), Ok("walmart.com"));
        assert_eq!(
            site("http://user@shop.example.co.uk:8080/a?b#c").as_deref(),
            Ok("example.co.uk")
        );
        assert_eq!(site("IBM.com").as_deref(), Ok("ibm.com"));
        assert_eq!(site("https://co.uk"), Err(DomainError::NotRegistrable));
        assert!(site("n/a").is_err());
    }

    #[test]
    fn an_address_has_one_host() {
        let host = |address: &str| Domain::from_email(address).map(|domain| domain.0);
        assert_eq!(host("Ada.Lovelace+x@Mail.Example.com").as_deref(), Ok("mail.example.com"));
        for bad in ["", "a", "@b.com", "a@", "a@b", "a b@c.com", "a@b@c.com", "a@b.com,d@e.com"] {
            assert!(host(bad).is_err(), "{bad}");
        }
        let long = format!("a@{}.com", "b.".repeat(130));
        assert_eq!(host(&long), Err(EmailError::TooLong));
    }

    #[test]
    fn the_longest_claim_comes_first() {
        let candidates =
            |host: &str| domain(host).candidates().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            candidates("a.lab.ntt.co.jp"),
            ["a.lab.ntt.co.jp", "lab.ntt.co.jp", "ntt.co.jp"]
        );
        assert_eq!(candidates("ibm.com"), ["ibm.com"]);
        assert!(candidates("co.jp").is_empty(), "a public suffix is nobody's");
    }

    #[test]
    fn reserved_names_have_no_known_suffix() {
        assert!(domain("ibm.com").has_known_suffix());
        assert!(!domain("p1234.invalid").has_known_suffix());
        assert!(!domain("host.local").has_known_suffix());
    }

    /// Published checks of the Public Suffix List, a selection (CC0).
    #[test]
    fn registrable_domains_follow_the_public_suffix_list() {
        let cases = [
            ("example.com", Some("example.com")),
            ("b.example.com", Some("example.com")),
            ("uk.com", None),
            ("b.example.uk.com", Some("example.uk.com")),
            ("test.ac.jp", Some("test.ac.jp")),
            ("kyoto.jp", None),
            ("c.kobe.jp", None),
            ("b.c.kobe.jp", Some("b.c.kobe.jp")),
            ("city.kobe.jp", Some("city.kobe.jp")),
            ("www.ck", Some("www.ck")),
            ("test.ck", None),
            ("食狮.公司.cn", Some("xn--85x722f.xn--55qx5d.cn")),
        ];
        for (host, expected) in cases {
            let found = domain(host).registrable().map(|domain| domain.0);
            assert_eq!(found.as_deref(), expected, "{host}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_reading_again_changes_nothing(text in "\\PC{0,40}") {
            let _ = (Domain::from_website(&text), Domain::from_email(&text));
            if let Ok(domain) = Domain::parse(&text) {
                prop_assert_eq!(Domain::parse(domain.as_str()), Ok(domain.clone()));
                prop_assert!(domain.candidates().count() <= 128);
            }
        }
    }
}
