//! Accounts.

use abm_app::Upsert;
use abm_core::domain::Domain;
use abm_core::{AccountId, AccountProfile};

/// An account to be sent.
#[derive(Clone, Debug)]
pub struct AnAccount {
    id: String,
    profile: AccountProfile,
}

/// An account with nothing but its id, which is its name as well.
#[must_use]
pub fn account(id: &str) -> AnAccount {
    let profile = AccountProfile { name: id.to_owned(), ..AccountProfile::default() };
    AnAccount { id: id.to_owned(), profile }
}

impl AnAccount {
    /// Another id.
    #[must_use]
    pub fn with_id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// Another name.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.profile.name);
        self
    }

    /// A further domain that it claims.
    #[must_use]
    pub fn domain(mut self, domain: &str) -> Self {
        self.profile.domains.push(Domain::parse(domain).expect("a domain"));
        self
    }

    /// Its web site.
    #[must_use]
    pub fn website(mut self, website: &str) -> Self {
        website.clone_into(&mut self.profile.website);
        self
    }

    /// Its industry.
    #[must_use]
    pub fn industry(mut self, industry: &str) -> Self {
        industry.clone_into(&mut self.profile.industry);
        self
    }

    /// Its employees.
    #[must_use]
    pub fn employees(mut self, employees: i64) -> Self {
        self.profile.employees = Some(employees);
        self
    }

    /// Its yearly revenue.
    #[must_use]
    pub fn revenue(mut self, annual_revenue_usd: i64) -> Self {
        self.profile.annual_revenue_usd = Some(annual_revenue_usd);
        self
    }

    /// The account it belongs to.
    #[must_use]
    pub fn parent(mut self, parent: &str) -> Self {
        self.profile.parent = Some(AccountId::new(parent).expect("an id"));
        self
    }

    /// Who owns it.
    #[must_use]
    pub fn owner(mut self, owner: &str) -> Self {
        owner.clone_into(&mut self.profile.owner);
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

    /// The domains that it claims.
    #[must_use]
    pub fn domains(&self) -> Vec<String> {
        self.profile.domains.iter().map(ToString::to_string).collect()
    }

    /// With another name for the account that it belongs to.
    #[must_use]
    pub fn as_if(self, account: &impl Fn(&str) -> String) -> Self {
        match self.profile.parent.as_ref().map(|id| account(id.as_str())) {
            Some(named) => self.parent(&named),
            None => self,
        }
    }

    /// The row as the use cases take it.
    ///
    /// # Errors
    /// What a caller is told of fields that cannot be accepted.
    pub fn row(self) -> Upsert<AccountId, AccountProfile> {
        let id = AccountId::new(self.id).map_err(|found| vec![found])?;
        self.profile.check()?;
        Ok((id, self.profile))
    }
}
