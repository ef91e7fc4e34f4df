//! Accounts.

use std::collections::BTreeMap;

use abm_client::Error;
use abm_client::v1::{Account, RowVerdict};

use super::{Record, Rules, lay_over, pieces, unknown_field, whole};
use crate::import::destination::Destination;
use crate::import::fault::RowError;
use crate::import::value::host;

impl Record for Account {
    const NAME: &'static str = "accounts";
    const FIELDS: &'static [&'static str] = &[
        "account_id",
        "name",
        "domains",
        "website",
        "industry",
        "employees",
        "annual_revenue_usd",
        "country",
        "region",
        "city",
        "parent_account_id",
        "owner",
    ];
    const REQUIRED: &'static [&'static str] = &["account_id"];
    const WHOLE_NUMBERS: &'static [&'static str] = &["employees", "annual_revenue_usd"];
    const LIST: Option<&'static str> = Some("domains");
    const FOLDS: bool = true;

    fn set(
        &mut self,
        field: &'static str,
        text: String,
        origin: &str,
        rules: &Rules,
    ) -> Result<(), RowError> {
        match field {
            "account_id" => self.account_id = text,
            "name" => self.name = text,
            "domains" => self.domains = domains(&text, rules.between.as_deref()),
            "website" => self.website = text,
            "industry" => self.industry = text,
            "employees" => self.employees = whole(field, &text, origin)?,
            "annual_revenue_usd" => self.annual_revenue_usd = whole(field, &text, origin)?,
            "country" => self.country = text,
            "region" => self.region = text,
            "city" => self.city = text,
            "parent_account_id" => self.parent_account_id = text,
            "owner" => self.owner = text,
            other => return Err(unknown_field(other)),
        }
        Ok(())
    }

    fn attributes(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.attributes
    }

    fn key(&self) -> Option<String> {
        (!self.account_id.is_empty()).then(|| self.account_id.clone())
    }

    fn followed_by(mut self, later: Self, merge: bool) -> Self {
        if !merge {
            return later;
        }
        // No `..`: a new field does not compile until someone decides about it.
        let Self {
            account_id: _,
            name,
            domains,
            website,
            industry,
            employees,
            annual_revenue_usd,
            country,
            region,
            city,
            parent_account_id,
            owner,
            attributes,
            origin: _,
            created_at: _,
            updated_at: _,
        } = later;
        for (earlier, later) in [
            (&mut self.name, name),
            (&mut self.website, website),
            (&mut self.industry, industry),
            (&mut self.country, country),
            (&mut self.region, region),
            (&mut self.city, city),
            (&mut self.parent_account_id, parent_account_id),
            (&mut self.owner, owner),
        ] {
            lay_over(earlier, later);
        }
        self.employees = employees.or(self.employees);
        self.annual_revenue_usd = annual_revenue_usd.or(self.annual_revenue_usd);
        for domain in domains {
            if !self.domains.contains(&domain) {
                self.domains.push(domain);
            }
        }
        self.attributes.extend(attributes);
        self
    }

    async fn send(
        to: impl Destination,
        records: Vec<Self>,
        merge: bool,
    ) -> Result<Vec<RowVerdict>, Error> {
        to.accounts(records, merge).await
    }
}

/// The hosts in a cell, each once.
fn domains(text: &str, between: Option<&str>) -> Vec<String> {
    let mut hosts = Vec::new();
    for host in pieces(text, between).iter().map(|piece| host(piece)) {
        if !host.is_empty() && !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_domains_is_taken_apart() {
        assert_eq!(
            domains("https://www.ibm.com/x; IBM.com, redhat.com", None),
            ["ibm.com", "redhat.com"]
        );
        assert_eq!(domains("a.com/b.com", Some("/")), ["a.com", "b.com"]);
        assert!(domains(" ; ", None).is_empty());
    }
}
