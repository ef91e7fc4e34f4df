//! A sale, under way or decided: the outcomes that scoring models are judged by.
//!
//! No score depends on them.

use std::collections::BTreeMap;
use std::fmt;

use crate::{AccountId, BuyingRole, LeadId, Timestamp, Violation, limits};

/// How an opportunity stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpportunityState {
    /// Under way.
    Open,
    /// Sold.
    Won,
    /// Ended without a sale.
    Lost,
}

/// A currency as of ISO 4217: three capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Takes a code.
    ///
    /// # Errors
    /// A violation of `currency` when it is not three letters from A to Z.
    pub fn new(code: &str) -> Result<Self, Violation> {
        let letters = <[u8; 3]>::try_from(code.as_bytes()).ok();
        let letters = letters.filter(|letters| letters.iter().all(u8::is_ascii_uppercase));
        let wrong = || Violation::invalid("currency", "is not three letters A to Z, such as USD");
        letters.map(Self).ok_or_else(wrong)
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Letters from A to Z are UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Millionths of the currency's unit; 0 to [`limits::AMOUNT_MICROS`].
    pub micros: i64,
    /// In which currency.
    pub currency: Currency,
}

/// What is known of a sale; empty and `None` mean unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opportunity {
    /// Name for people.
    pub name: String,
    /// The account that buys.
    pub account: Option<AccountId>,
    /// Who takes part, and how.
    pub people: BTreeMap<LeadId, Option<BuyingRole>>,
    /// How it stands.
    pub state: OpportunityState,
    /// The stage, in the words of the caller's CRM.
    pub stage: String,
    /// What it is worth.
    pub amount: Option<Amount>,
    /// When it was opened.
    pub opened_at: Option<Timestamp>,
    /// When it was won or lost; never while it is open.
    pub closed_at: Option<Timestamp>,
    /// Why it was lost; empty unless it is.
    pub loss_reason: String,
    /// Who sells.
    pub owner: String,
    /// What is sold.
    pub product: String,
    /// The campaign that it is credited to.
    pub campaign: String,
    /// Further fields.
    pub attributes: BTreeMap<String, String>,
}

impl Opportunity {
    /// One of which nothing but its state is known.
    #[must_use]
    pub const fn new(state: OpportunityState) -> Self {
        Self {
            name: String::new(),
            account: None,
            people: BTreeMap::new(),
            state,
            stage: String::new(),
            amount: None,
            opened_at: None,
            closed_at: None,
            loss_reason: String::new(),
            owner: String::new(),
            product: String::new(),
            campaign: String::new(),
            attributes: BTreeMap::new(),
        }
    }

    /// Checks every field against its limit, and against the state.
    ///
    /// # Errors
    /// All violations found.
    pub fn check(&self) -> Result<(), Vec<Violation>> {
        let mut found = Vec::new();
        let texts = [
            ("name", &self.name),
            ("stage", &self.stage),
            ("owner", &self.owner),
            ("product", &self.product),
            ("campaign", &self.campaign),
        ];
        for (field, value) in texts {
            found.extend(limits::check_text(field, value).err());
        }
        found.extend(limits::check_free_text("loss_reason", &self.loss_reason).err());
        found.extend(limits::check_attributes(&self.attributes).err());
        if self.people.len() > limits::OPPORTUNITY_PEOPLE {
            let (count, most) = (self.people.len(), limits::OPPORTUNITY_PEOPLE);
            let message = format!("has {count} entries, at most {most} are allowed");
            found.push(Violation::invalid("people", message));
        }
        let in_range = |amount: Amount| (0..=limits::AMOUNT_MICROS).contains(&amount.micros);
        if !self.amount.is_none_or(in_range) {
            let message = format!("is not from 0 to {}", limits::AMOUNT_MICROS);
            found.push(Violation::invalid("amount_micros", message));
        }
        if self.closed_at.is_some() && self.state == OpportunityState::Open {
            found.push(Violation::invalid("closed_at", "is set, but the opportunity is open"));
        }
        if !self.loss_reason.is_empty() && self.state != OpportunityState::Lost {
            found
                .push(Violation::invalid("loss_reason", "is set, but the opportunity is not lost"));
        }
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    /// This opportunity with what `newer` knows laid over it: its people are added, its other
    /// fields replace those here where they are not empty. What the newer state does not allow
    /// is dropped.
    #[must_use]
    pub fn merged_with(mut self, newer: Self) -> Self {
        for (old, new) in [
            (&mut self.name, newer.name),
            (&mut self.stage, newer.stage),
            (&mut self.loss_reason, newer.loss_reason),
            (&mut self.owner, newer.owner),
            (&mut self.product, newer.product),
            (&mut self.campaign, newer.campaign),
        ] {
            if !new.is_empty() {
                *old = new;
            }
        }
        self.account = newer.account.or(self.account);
        for (lead, role) in newer.people {
            let known = self.people.entry(lead).or_default();
            *known = role.or(*known);
        }
        self.state = newer.state;
        self.amount = newer.amount.or(self.amount);
        self.opened_at = newer.opened_at.or(self.opened_at);
        self.closed_at = newer.closed_at.or(self.closed_at);
        self.attributes.extend(newer.attributes);
        if self.state == OpportunityState::Open {
            self.closed_at = None;
        }
        if self.state != OpportunityState::Lost {
            self.loss_reason.clear();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(opportunity: &Opportunity) -> Vec<String> {
        let found = opportunity.check().err().unwrap_or_default();
        found.into_iter().map(|violation| violation.field).collect()
    }

    #[test]
    fn a_currency_is_three_capital_letters() {
        assert_eq!(Currency::new("EUR").map(|c| c.to_string()), Ok("EUR".to_owned()));
        for bad in ["", "EU", "EURO", "eur", "E R", "€"] {
            assert!(Currency::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn limits_hold_at_their_exact_value() {
        let mut sale = Opportunity::new(OpportunityState::Lost);
        let currency = Currency::new("USD").unwrap();
        sale.amount = Some(Amount { micros: limits::AMOUNT_MICROS, currency });
        sale.loss_reason = "x\n".repeat(limits::TEXT_BYTES / 2);
        sale.name = "x".repeat(limits::NAME_BYTES);
        let lead = |number| LeadId::new(format!("l{number}")).unwrap();
        sale.people = (0..limits::OPPORTUNITY_PEOPLE).map(|n| (lead(n), None)).collect();
        assert_eq!(sale.check(), Ok(()));
        sale.amount = Some(Amount { micros: limits::AMOUNT_MICROS + 1, currency });
        sale.loss_reason.push('x');
        sale.name.push('x');
        sale.people.insert(lead(limits::OPPORTUNITY_PEOPLE), None);
        assert_eq!(fields(&sale), ["name", "loss_reason", "people", "amount_micros"]);
        sale = Opportunity::new(OpportunityState::Won);
        sale.amount = Some(Amount { micros: -1, currency });
        assert_eq!(fields(&sale), ["amount_micros"]);
    }

    #[test]
    fn an_open_one_is_not_closed_and_only_a_lost_one_has_a_reason() {
        for (state, expected) in [
            (OpportunityState::Open, vec!["closed_at", "loss_reason"]),
            (OpportunityState::Won, vec!["loss_reason"]),
            (OpportunityState::Lost, vec![]),
        ] {
            let mut sale = Opportunity::new(state);
            sale.closed_at = Some(Timestamp::from_secs(1));
            sale.loss_reason = "price".into();
            assert_eq!(fields(&sale), expected);
        }
    }

    #[test]
    fn a_merge_adds_people_keeps_what_is_known_and_drops_what_the_state_forbids() {
        let lead = |id: &str| LeadId::new(id).unwrap();
        let mut lost = Opportunity::new(OpportunityState::Lost);
        lost.people = [(lead("a"), Some(BuyingRole::Champion)), (lead("b"), None)].into();
        lost.closed_at = Some(Timestamp::from_secs(7));
        lost.loss_reason = "price".into();
        lost.product = "GTX".into();
        let mut won = Opportunity::new(OpportunityState::Won);
        won.people = [(lead("a"), None), (lead("c"), None)].into();
        won.stage = "Won".into();
        let merged = lost.clone().merged_with(won);
        let expected =
            [(lead("a"), Some(BuyingRole::Champion)), (lead("b"), None), (lead("c"), None)];
        assert_eq!(merged.people, expected.into());
        assert_eq!((merged.stage.as_str(), merged.product.as_str()), ("Won", "GTX"));
        assert_eq!(merged.closed_at, Some(Timestamp::from_secs(7)));
        assert_eq!(merged.loss_reason, "");
        let reopened = lost.merged_with(Opportunity::new(OpportunityState::Open));
        assert_eq!(reopened.closed_at, None);
        assert_eq!(reopened.check(), Ok(()));
    }
}
