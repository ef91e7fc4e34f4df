//! A person.

use std::collections::BTreeMap;

use crate::domain::Domain;
use crate::named::named;
use crate::{AccountId, Timestamp, Violation, limits};

named!(
    /// How senior a person is.
    Seniority {
        /// Chief officers, founders, owners.
        CLevel = "c_level",
        /// Vice presidents.
        Vp = "vp",
        /// Directors.
        Director = "director",
        /// Managers.
        Manager = "manager",
        /// Everybody else, and the unknown.
        Other = "other",
    }
);

named!(
    /// The part a person plays in a purchase.
    BuyingRole {
        /// Speaks for us inside.
        Champion = "champion",
        /// Decides.
        DecisionMaker = "decision_maker",
        /// Holds the budget.
        EconomicBuyer = "economic_buyer",
        /// Is asked.
        Influencer = "influencer",
        /// Will use it.
        EndUser = "end_user",
        /// Judges whether it works.
        TechnicalBuyer = "technical_buyer",
        /// Speaks against it.
        Blocker = "blocker",
    }
);

named!(
    /// Where a person stands between marketing and sales.
    Stage {
        /// Only reads.
        Subscriber = "subscriber",
        /// Known, not qualified.
        Lead = "lead",
        /// Marketing qualified.
        Mql = "mql",
        /// Sales qualified.
        Sql = "sql",
        /// Part of an opportunity.
        Opportunity = "opportunity",
        /// Bought.
        Customer = "customer",
        /// Recommends us.
        Evangelist = "evangelist",
        /// None of these.
        Other = "other",
    }
);

/// What is known of a person; empty and `None` mean unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadProfile {
    /// E-mail address, lower case.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Job title.
    pub title: String,
    /// Seniority.
    pub seniority: Option<Seniority>,
    /// Buying role.
    pub buying_role: Option<BuyingRole>,
    /// The account a caller named; it wins over the e-mail domain.
    pub account: Option<AccountId>,
    /// Country, in the caller's words.
    pub country: String,
    /// The stage that the caller declares: where the lead begins when it is first sent. Later
    /// it moves on the paths of [`crate::lifecycle`] alone.
    pub stage: Option<Stage>,
    /// Since when it has been there; the moment it is first sent when unknown.
    pub stage_at: Option<Timestamp>,
    /// Further fields, for rules.
    pub attributes: BTreeMap<String, String>,
}

impl LeadProfile {
    /// Checks every field against its limit.
    ///
    /// # Errors
    /// All violations found.
    pub fn check(&self) -> Result<(), Vec<Violation>> {
        let mut found = Vec::new();
        let texts = [
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
            ("title", &self.title),
            ("country", &self.country),
        ];
        for (field, value) in texts {
            found.extend(limits::check_text(field, value).err());
        }
        if !self.email.is_empty()
            && let Err(error) = Domain::from_email(&self.email)
        {
            found.push(Violation::invalid("email", error.to_string()));
        }
        found.extend(limits::check_attributes(&self.attributes).err());
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    /// The host of the e-mail address.
    #[must_use]
    pub fn email_host(&self) -> Option<Domain> {
        Domain::from_email(&self.email).ok()
    }

    /// This profile with what `newer` knows laid over it: its fields replace those here where
    /// they are not empty.
    #[must_use]
    pub fn merged_with(mut self, newer: Self) -> Self {
        for (old, new) in [
            (&mut self.email, newer.email),
            (&mut self.first_name, newer.first_name),
            (&mut self.last_name, newer.last_name),
            (&mut self.title, newer.title),
            (&mut self.country, newer.country),
        ] {
            if !new.is_empty() {
                *old = new;
            }
        }
        self.seniority = newer.seniority.or(self.seniority);
        self.buying_role = newer.buying_role.or(self.buying_role);
        self.account = newer.account.or(self.account);
        self.stage = newer.stage.or(self.stage);
        self.stage_at = newer.stage_at.or(self.stage_at);
        self.attributes.extend(newer.attributes);
        self
    }
}
