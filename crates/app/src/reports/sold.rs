//! Which handoffs came to a sale.

use std::collections::BTreeSet;

use abm_core::{AccountId, LeadId, OpportunityState};
use abm_store::{HandoffRecord, View};

use crate::AppError;

/// Of some handoffs the accounts and the leads that have bought.
pub(super) struct Sold {
    accounts: BTreeSet<AccountId>,
    leads: BTreeSet<LeadId>,
}

impl Sold {
    pub(super) async fn read(view: &View, handoffs: &[HandoffRecord]) -> Result<Self, AppError> {
        let accounts = handoffs.iter().filter_map(|handoff| handoff.account.clone());
        let accounts = view.accounts_that_bought(accounts).await?;
        let leads = handoffs.iter().filter_map(|handoff| handoff.lead.clone());
        let states = view.opportunity_states_of_leads(leads).await?;
        let bought = states.into_iter().filter(|(_, all)| all.contains(&OpportunityState::Won));
        Ok(Self { accounts, leads: bought.map(|(lead, _)| lead).collect() })
    }

    /// Whether the account of a handoff has bought, or the lead that it began with.
    pub(super) fn is(&self, handoff: &HandoffRecord) -> bool {
        handoff.account.as_ref().is_some_and(|id| self.accounts.contains(id))
            || handoff.lead.as_ref().is_some_and(|id| self.leads.contains(id))
    }
}
