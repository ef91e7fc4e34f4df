//! Leads.

use abm_app::Upsert;
use abm_core::{AccountId, BuyingRole, LeadId, LeadProfile, Seniority, Stage, Timestamp};

/// A lead to be sent.
#[derive(Clone, Debug)]
pub struct ALead {
    id: String,
    profile: LeadProfile,
}

/// A lead with nothing but an id.
#[must_use]
pub fn lead(id: &str) -> ALead {
    ALead { id: id.to_owned(), profile: LeadProfile::default() }
}

impl ALead {
    /// Another id.
    #[must_use]
    pub fn with_id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// The address.
    #[must_use]
    pub fn email(mut self, email: &str) -> Self {
        email.clone_into(&mut self.profile.email);
        self
    }

    /// The first name.
    #[must_use]
    pub fn first_name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.profile.first_name);
        self
    }

    /// The job title.
    #[must_use]
    pub fn title(mut self, title: &str) -> Self {
        title.clone_into(&mut self.profile.title);
        self
    }

    /// The seniority.
    #[must_use]
    pub fn seniority(mut self, seniority: Seniority) -> Self {
        self.profile.seniority = Some(seniority);
        self
    }

    /// The buying role.
    #[must_use]
    pub fn role(mut self, role: BuyingRole) -> Self {
        self.profile.buying_role = Some(role);
        self
    }

    /// The account named by the caller.
    #[must_use]
    pub fn account(mut self, account: &str) -> Self {
        self.profile.account = Some(AccountId::new(account).expect("an id"));
        self
    }

    /// The stage that its caller declares.
    #[must_use]
    pub fn stage(mut self, stage: Stage) -> Self {
        self.profile.stage = Some(stage);
        self
    }

    /// Since when it has been there.
    #[must_use]
    pub fn stage_at(mut self, at: Timestamp) -> Self {
        self.profile.stage_at = Some(at);
        self
    }

    /// A further field.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.profile.attributes.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// With another name for the account that it names.
    #[must_use]
    pub fn as_if(self, account: &impl Fn(&str) -> String) -> Self {
        match self.profile.account.as_ref().map(|id| account(id.as_str())) {
            Some(named) => self.account(&named),
            None => self,
        }
    }

    /// The row as the use cases take it.
    ///
    /// # Errors
    /// What a caller is told of fields that cannot be accepted.
    pub fn row(self) -> Upsert<LeadId, LeadProfile> {
        let id = LeadId::new(self.id).map_err(|found| vec![found])?;
        self.profile.check()?;
        Ok((id, self.profile))
    }
}
