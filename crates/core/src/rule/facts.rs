//! What rules are asked about: records as the values of expressions.
//!
//! Only known fields are bound, so that a rule on an unknown field says so instead of
//! comparing with an empty text.

use std::collections::{BTreeMap, HashMap};

use cel::objects::{Key, Map};
use cel::{Context, Value};

use crate::{AccountProfile, Activity, LeadProfile};

/// Something that rules can be asked about.
pub trait Facts {
    /// Binds the records as variables.
    fn bind(&self, context: &mut Context<'_, '_>);
}

/// An activity, as `activity`.
#[derive(Debug)]
pub struct ActivityFacts(Value);

/// An account, as `account`.
#[derive(Debug)]
pub struct AccountFacts(Value);

/// A person and their account, as `lead` and `account`.
#[derive(Debug)]
pub struct LeadFacts<'a> {
    lead: Value,
    account: &'a AccountFacts,
}

impl ActivityFacts {
    /// The facts of one activity.
    #[must_use]
    pub fn new(activity: &Activity) -> Self {
        let mut fields = Fields::default();
        fields.text("type", &activity.kind);
        fields.text("source", &activity.key.source);
        fields.text("campaign", &activity.campaign);
        fields.attributes(&activity.attributes);
        Self(fields.into())
    }
}

impl AccountFacts {
    /// The facts of one account.
    #[must_use]
    pub fn new(account: &AccountProfile) -> Self {
        let mut fields = Fields::default();
        fields.text("name", &account.name);
        fields.text("website", &account.website);
        fields.text("industry", &account.industry);
        fields.text("country", &account.country);
        fields.text("region", &account.region);
        fields.text("city", &account.city);
        fields.text("owner", &account.owner);
        fields.number("employees", account.employees);
        fields.number("annual_revenue_usd", account.annual_revenue_usd);
        let domains: Vec<Value> =
            account.claimed_domains().iter().map(|domain| domain.as_str().into()).collect();
        fields.0.insert("domains".into(), domains.into());
        fields.attributes(&account.attributes);
        Self(fields.into())
    }
}

impl<'a> LeadFacts<'a> {
    /// The facts of one person at an account.
    #[must_use]
    pub fn new(lead: &LeadProfile, account: &'a AccountFacts) -> Self {
        let mut fields = Fields::default();
        fields.text("title", &lead.title);
        fields.text("country", &lead.country);
        fields.text("seniority", lead.seniority.map_or("", |value| value.name()));
        fields.text("buying_role", lead.buying_role.map_or("", |value| value.name()));
        fields.text("stage", lead.stage.map_or("", |value| value.name()));
        let host = lead.email_host();
        fields.text("email_domain", host.as_ref().map_or("", |host| host.as_str()));
        fields.attributes(&lead.attributes);
        Self { lead: fields.into(), account }
    }
}

impl Facts for ActivityFacts {
    fn bind(&self, context: &mut Context<'_, '_>) {
        context.add_variable_from_value("activity", self.0.clone());
    }
}

impl Facts for AccountFacts {
    fn bind(&self, context: &mut Context<'_, '_>) {
        context.add_variable_from_value("account", self.0.clone());
    }
}

impl Facts for LeadFacts<'_> {
    fn bind(&self, context: &mut Context<'_, '_>) {
        context.add_variable_from_value("lead", self.lead.clone());
        self.account.bind(context);
    }
}

/// The known fields of one record.
#[derive(Default)]
struct Fields(HashMap<Key, Value>);

impl Fields {
    fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.0.insert(name.into(), value.into());
        }
    }

    fn number(&mut self, name: &str, value: Option<i64>) {
        if let Some(value) = value {
            self.0.insert(name.into(), Value::Int(value));
        }
    }

    fn attributes(&mut self, attributes: &BTreeMap<String, String>) {
        let mut known = Self::default();
        for (name, value) in attributes {
            known.text(name, value);
        }
        self.0.insert("attributes".into(), known.into());
    }
}

impl From<Fields> for Value {
    fn from(fields: Fields) -> Self {
        Self::Map(Map { map: fields.0.into() })
    }
}
