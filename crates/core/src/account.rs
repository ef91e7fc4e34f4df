//! A company.

use std::collections::BTreeMap;

use crate::domain::Domain;
use crate::{AccountId, Violation, limits};

/// How an account came to be known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountOrigin {
    /// A caller sent it.
    #[default]
    Caller,
    /// Made for the unknown company domain of a lead's e-mail address. It exists as long as no
    /// account claims the domain and a lead still matches it.
    EmailDomain,
    /// Named by an activity or a lead before it was sent.
    Mention,
}

/// What is known of a company; empty and `None` mean unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountProfile {
    /// Name for people.
    pub name: String,
    /// Domains that the account claims: an e-mail host matches the longest claimed suffix.
    pub domains: Vec<Domain>,
    /// Address of the web site, as given.
    pub website: String,
    /// Industry or sector, in the caller's words.
    pub industry: String,
    /// Number of employees.
    pub employees: Option<i64>,
    /// Yearly revenue in US dollars.
    pub annual_revenue_usd: Option<i64>,
    /// Country, in the caller's words.
    pub country: String,
    /// State or region, in the caller's words.
    pub region: String,
    /// City, in the caller's words.
    pub city: String,
    /// The account this one belongs to.
    pub parent: Option<AccountId>,
    /// Who works the account.
    pub owner: String,
    /// Further fields, for rules.
    pub attributes: BTreeMap<String, String>,
}

impl AccountProfile {
    /// Checks every field against its limit.
    ///
    /// # Errors
    /// All violations found.
    pub fn check(&self) -> Result<(), Vec<Violation>> {
        let mut found = Vec::new();
        let texts = [
            ("name", &self.name),
            ("industry", &self.industry),
            ("country", &self.country),
            ("region", &self.region),
            ("city", &self.city),
            ("owner", &self.owner),
        ];
        for (field, value) in texts {
            found.extend(limits::check_text(field, value).err());
        }
        found.extend(limits::check_bytes("website", &self.website, limits::URL_BYTES).err());
        found.extend(limits::check_attributes(&self.attributes).err());
        if self.domains.len() > limits::DOMAINS {
            let count = self.domains.len();
            let message = format!("has {count} entries, at most {} are allowed", limits::DOMAINS);
            found.push(Violation::invalid("domains", message));
        }
        for (field, value) in
            [("employees", self.employees), ("annual_revenue_usd", self.annual_revenue_usd)]
        {
            if value.is_some_and(|value| value < 0) {
                found.push(Violation::invalid(field, "is negative"));
            }
        }
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    /// The account's domains: those it claims and the registrable domain of its web site.
    #[must_use]
    pub fn claimed_domains(&self) -> Vec<Domain> {
        let mut domains = self.domains.clone();
        domains.extend(Domain::from_website(&self.website).ok());
        domains.sort();
        domains.dedup();
        domains
    }

    /// This profile with what `newer` knows laid over it: its domains are added, its other
    /// fields replace those here where they are not empty.
    #[must_use]
    pub fn merged_with(mut self, newer: Self) -> Self {
        self.domains.extend(newer.domains);
        self.domains.sort();
        self.domains.dedup();
        for (old, new) in [
            (&mut self.name, newer.name),
            (&mut self.website, newer.website),
            (&mut self.industry, newer.industry),
            (&mut self.country, newer.country),
            (&mut self.region, newer.region),
            (&mut self.city, newer.city),
            (&mut self.owner, newer.owner),
        ] {
            if !new.is_empty() {
                *old = new;
            }
        }
        self.employees = newer.employees.or(self.employees);
        self.annual_revenue_usd = newer.annual_revenue_usd.or(self.annual_revenue_usd);
        self.parent = newer.parent.or(self.parent);
        self.attributes.extend(newer.attributes);
        self
    }
}
