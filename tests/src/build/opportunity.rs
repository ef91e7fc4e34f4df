//! Opportunities.

use abm_app::Upsert;
use abm_core::{
    AccountId, Amount, BuyingRole, Currency, LeadId, Opportunity, OpportunityId, OpportunityState,
};

use crate::START;

/// An opportunity to be sent.
#[derive(Clone, Debug)]
pub struct AnOpportunity {
    id: String,
    opportunity: Opportunity,
}

/// An open opportunity with nothing but its id.
#[must_use]
pub fn opportunity(id: &str) -> AnOpportunity {
    AnOpportunity { id: id.to_owned(), opportunity: Opportunity::new(OpportunityState::Open) }
}

impl AnOpportunity {
    /// The account that buys.
    #[must_use]
    pub fn account(mut self, account: &str) -> Self {
        self.opportunity.account = Some(AccountId::new(account).expect("an id"));
        self
    }

    /// Somebody who takes part.
    #[must_use]
    pub fn person(mut self, lead: &str, role: Option<BuyingRole>) -> Self {
        self.opportunity.people.insert(LeadId::new(lead).expect("an id"), role);
        self
    }

    /// Opened so many seconds after [`START`].
    #[must_use]
    pub fn opened(mut self, seconds: i64) -> Self {
        self.opportunity.opened_at = Some(START + seconds);
        self
    }

    /// Won so many seconds after [`START`].
    #[must_use]
    pub fn won(mut self, seconds: i64) -> Self {
        self.opportunity.state = OpportunityState::Won;
        self.opportunity.closed_at = Some(START + seconds);
        self
    }

    /// Closed so many seconds after [`START`].
    #[must_use]
    pub fn closed(mut self, seconds: i64) -> Self {
        self.opportunity.closed_at = Some(START + seconds);
        self
    }

    /// Lost for a reason.
    #[must_use]
    pub fn lost(mut self, reason: &str) -> Self {
        self.opportunity.state = OpportunityState::Lost;
        reason.clone_into(&mut self.opportunity.loss_reason);
        self
    }

    /// What it is worth.
    #[must_use]
    pub fn worth(mut self, micros: i64, currency: &str) -> Self {
        let currency = Currency::new(currency).expect("a currency");
        self.opportunity.amount = Some(Amount { micros, currency });
        self
    }

    /// Its stage.
    #[must_use]
    pub fn stage(mut self, stage: &str) -> Self {
        stage.clone_into(&mut self.opportunity.stage);
        self
    }

    /// A further field.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.opportunity.attributes.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The row as the use cases take it.
    ///
    /// # Errors
    /// What a caller is told of fields that cannot be accepted.
    pub fn row(self) -> Upsert<OpportunityId, Opportunity> {
        let id = OpportunityId::new(self.id).map_err(|found| vec![found])?;
        self.opportunity.check()?;
        Ok((id, self.opportunity))
    }
}
