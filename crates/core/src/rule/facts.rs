//! What rules are asked about: records as the values of expressions.
//!
//! Only known fields are bound, so that a rule on an unknown field says so instead of
//! comparing with an empty text.

mod handoff;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use cel::common::types::{CelBool, CelInt, CelList, CelMap, CelMapKey, CelString};
use cel::common::value::Val;

use crate::title::Position;
use crate::{AccountProfile, Activity, LeadProfile};

pub use handoff::HandoffFacts;

/// Something that rules can be asked about.
pub trait Facts: Send + Sync {
    /// The record of a name, if there is one.
    fn record(&self, name: &str) -> Option<&Record<'_>>;
}

/// The known fields of one record.
#[derive(Debug, Default)]
pub struct Record<'a>(pub(super) CelMap<'a>);

/// An activity, as `activity`.
#[derive(Debug)]
pub struct ActivityFacts<'a>(Record<'a>);

/// An account, as `account`.
#[derive(Debug)]
pub struct AccountFacts(Record<'static>);

/// A person and their account, as `lead` and `account`.
#[derive(Debug)]
pub struct LeadFacts<'a> {
    lead: Record<'a>,
    account: &'a AccountFacts,
}

impl<'a> ActivityFacts<'a> {
    /// The facts of one activity.
    #[must_use]
    pub fn new(activity: &'a Activity) -> Self {
        let mut fields = Fields::default();
        fields.text("type", activity.kind.as_str());
        fields.text("source", activity.key.source.as_str());
        fields.text("campaign", activity.campaign.as_str());
        fields.attributes(&activity.attributes, |name| name.as_str().into());
        Self(fields.into())
    }
}

impl AccountFacts {
    /// The facts of one account.
    #[must_use]
    pub fn new(account: &AccountProfile) -> Self {
        let mut fields = Fields::default();
        for (name, value) in [
            ("name", &account.name),
            ("website", &account.website),
            ("industry", &account.industry),
            ("country", &account.country),
            ("region", &account.region),
            ("city", &account.city),
            ("owner", &account.owner),
        ] {
            fields.text(name, value.clone());
        }
        fields.number("employees", account.employees);
        fields.number("annual_revenue_usd", account.annual_revenue_usd);
        let domains = account.claimed_domains().into_iter();
        let domains: Vec<_> = domains.map(|domain| text(domain.to_string())).collect();
        fields.add("domains", Box::new(CelList::from(domains)));
        fields.attributes(&account.attributes, |name| name.clone().into());
        Self(fields.into())
    }
}

impl<'a> LeadFacts<'a> {
    /// The facts of one person at an account. How senior they are and which part they play comes
    /// from `position`, which may know more than the profile.
    #[must_use]
    pub fn new(lead: &'a LeadProfile, position: &Position, account: &'a AccountFacts) -> Self {
        let mut fields = Fields::default();
        fields.text("title", lead.title.as_str());
        fields.text("country", lead.country.as_str());
        fields.text("seniority", position.seniority.map_or("", |known| known.value.name()));
        fields.text("buying_role", position.buying_role.map_or("", |known| known.value.name()));
        fields.text("stage", lead.stage.map_or("", |value| value.name()));
        let host = lead.email_host();
        fields.text("email_domain", host.map_or(String::new(), |host| host.to_string()));
        fields.attributes(&lead.attributes, |name| name.as_str().into());
        Self { lead: fields.into(), account }
    }
}

impl Facts for ActivityFacts<'_> {
    fn record(&self, name: &str) -> Option<&Record<'_>> {
        (name == "activity").then_some(&self.0)
    }
}

impl Facts for AccountFacts {
    fn record(&self, name: &str) -> Option<&Record<'_>> {
        (name == "account").then_some(&self.0)
    }
}

impl Facts for LeadFacts<'_> {
    fn record(&self, name: &str) -> Option<&Record<'_>> {
        if name == "lead" { Some(&self.lead) } else { self.account.record(name) }
    }
}

/// A record in the making.
#[derive(Default)]
struct Fields<'a>(HashMap<CelMapKey<'a>, Box<dyn Val + 'a>>);

fn text<'a>(value: impl Into<Cow<'a, str>>) -> Box<dyn Val + 'a> {
    Box::new(CelString::from(value.into()))
}

impl<'a> Fields<'a> {
    fn add(&mut self, name: &'a str, value: Box<dyn Val + 'a>) {
        self.0.insert(name.into(), value);
    }

    fn text(&mut self, name: &'a str, value: impl Into<Cow<'a, str>>) {
        let value = value.into();
        if !value.is_empty() {
            self.add(name, text(value));
        }
    }

    fn number(&mut self, name: &'a str, value: Option<i64>) {
        if let Some(value) = value {
            self.add(name, Box::new(CelInt::from(value)));
        }
    }

    fn truth(&mut self, name: &'a str, value: bool) {
        self.add(name, Box::new(CelBool::from(value)));
    }

    /// `taken` borrows or copies names and values alike.
    fn attributes<'b>(
        &mut self,
        attributes: &'b BTreeMap<String, String>,
        taken: impl Fn(&'b String) -> Cow<'a, str>,
    ) {
        let known = attributes.iter().filter(|(_, value)| !value.is_empty());
        let known =
            known.map(|(name, value)| (CelMapKey::String(taken(name).into()), text(taken(value))));
        let known: HashMap<_, _> = known.collect();
        self.add("attributes", Box::new(CelMap::from(known)));
    }
}

impl<'a> From<Fields<'a>> for Record<'a> {
    fn from(fields: Fields<'a>) -> Self {
        Self(CelMap::from(fields.0))
    }
}
