//! Merging and splitting in a world.

use abm_app::{AppError, LeadField, Note};
use abm_core::lifecycle::Actor;
use abm_core::{AccountId, BuyingRole, LeadId};

use crate::World;

fn leads(ids: &[&str]) -> Vec<LeadId> {
    ids.iter().map(|id| LeadId::new(*id).expect("an id")).collect()
}

fn accounts(ids: &[&str]) -> Vec<AccountId> {
    ids.iter().map(|id| AccountId::new(*id).expect("an id")).collect()
}

/// Who corrects something in tests, and why.
#[must_use]
pub fn note(reason: &str) -> Note {
    Note { by: "olga".to_owned(), actor: Actor::Marketing, reason: reason.to_owned() }
}

impl World {
    /// Merges leads.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn merge_leads(&self, survivor: &str, others: &[&str]) -> Result<u64, AppError> {
        let survivor = LeadId::new(survivor).expect("an id");
        let (request, note) = (self.request(), note("the same person"));
        self.app.merge_leads(self.workspace, request, survivor, leads(others), note).await
    }

    /// Splits a lead off.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn split_lead(&self, id: &str) -> Result<u64, AppError> {
        let id = LeadId::new(id).expect("an id");
        self.app.split_lead(self.workspace, self.request(), id, note("another person")).await
    }

    /// Merges accounts.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn merge_accounts(&self, survivor: &str, others: &[&str]) -> Result<u64, AppError> {
        let survivor = AccountId::new(survivor).expect("an id");
        let (request, note) = (self.request(), note("the same company"));
        self.app.merge_accounts(self.workspace, request, survivor, accounts(others), note).await
    }

    /// Splits an account off.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn split_account(&self, id: &str) -> Result<u64, AppError> {
        let id = AccountId::new(id).expect("an id");
        self.app.split_account(self.workspace, self.request(), id, note("another company")).await
    }

    /// Moves a lead into an account; an empty one leaves it to its address and activities.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn move_lead(&self, id: &str, account: &str) -> Result<u64, AppError> {
        self.set_lead_field(id, LeadField::Account(AccountId::new(account).ok())).await
    }

    /// Sets the buying role of a lead.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn set_role(&self, id: &str, role: Option<BuyingRole>) -> Result<u64, AppError> {
        self.set_lead_field(id, LeadField::BuyingRole(role)).await
    }

    async fn set_lead_field(&self, id: &str, field: LeadField) -> Result<u64, AppError> {
        let id = LeadId::new(id).expect("an id");
        self.app.set_lead_field(self.workspace, self.request(), id, field, note("")).await
    }

    /// Sets the parent of an account; an empty one is none.
    ///
    /// # Errors
    /// As the use case says.
    pub async fn set_parent(&self, id: &str, parent: &str) -> Result<u64, AppError> {
        let (id, parent) = (AccountId::new(id).expect("an id"), AccountId::new(parent).ok());
        self.app.set_parent(self.workspace, self.request(), id, parent, note("")).await
    }
}
