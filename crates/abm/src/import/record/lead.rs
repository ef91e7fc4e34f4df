//! Leads.

use std::collections::BTreeMap;

use abm_client::Error;
use abm_client::v1::{BuyingRole, Lead, RowVerdict, Seniority, Stage};

use super::{Record, Rules, lay_over, moment, named, unknown_field};
use crate::import::destination::Destination;
use crate::import::fault::RowError;

const SENIORITIES: &[&str] = &["c_level", "vp", "director", "manager", "other"];
pub(super) const BUYING_ROLES: &[&str] = &[
    "champion",
    "decision_maker",
    "economic_buyer",
    "influencer",
    "end_user",
    "technical_buyer",
    "blocker",
];
const STAGES: &[&str] =
    &["subscriber", "lead", "mql", "sql", "opportunity", "customer", "evangelist", "other"];

impl Record for Lead {
    const NAME: &'static str = "leads";
    const FIELDS: &'static [&'static str] = &[
        "lead_id",
        "email",
        "first_name",
        "last_name",
        "title",
        "seniority",
        "buying_role",
        "account_id",
        "country",
        "stage",
        "stage_time",
    ];
    const REQUIRED: &'static [&'static str] = &["lead_id"];
    const FOLDS: bool = true;

    fn set(
        &mut self,
        field: &'static str,
        text: String,
        origin: &str,
        rules: &Rules,
    ) -> Result<(), RowError> {
        match field {
            "lead_id" => self.lead_id = text,
            "email" => self.email = text,
            "first_name" => self.first_name = text,
            "last_name" => self.last_name = text,
            "title" => self.title = text,
            "seniority" => {
                let found = named(field, &text, origin, SENIORITIES, Seniority::from_str_name)?;
                self.set_seniority(found);
            }
            "buying_role" => {
                let found = named(field, &text, origin, BUYING_ROLES, BuyingRole::from_str_name)?;
                self.set_buying_role(found);
            }
            "account_id" => self.account_id = text,
            "country" => self.country = text,
            "stage" => {
                let found = named(field, &text, origin, STAGES, Stage::from_str_name)?;
                self.set_stage(found);
            }
            "stage_time" => self.stage_time = moment(field, &text, origin, &rules.times)?,
            other => return Err(unknown_field(other)),
        }
        Ok(())
    }

    fn attributes(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.attributes
    }

    fn key(&self) -> Option<String> {
        (!self.lead_id.is_empty()).then(|| self.lead_id.clone())
    }

    fn followed_by(mut self, later: Self, merge: bool) -> Self {
        if !merge {
            return later;
        }
        // No `..`: a new field does not compile until someone decides about it.
        let Self {
            lead_id: _,
            email,
            first_name,
            last_name,
            title,
            seniority,
            buying_role,
            account_id,
            country,
            stage,
            attributes,
            matched_account_id: _,
            r#match: _,
            no_match_reason: _,
            created_at: _,
            updated_at: _,
            score: _,
            position: _,
            stage_time,
            lifecycle: _,
        } = later;
        for (earlier, later) in [
            (&mut self.email, email),
            (&mut self.first_name, first_name),
            (&mut self.last_name, last_name),
            (&mut self.title, title),
            (&mut self.account_id, account_id),
            (&mut self.country, country),
        ] {
            lay_over(earlier, later);
        }
        // Unspecified is 0.
        for (earlier, later) in [
            (&mut self.seniority, seniority),
            (&mut self.buying_role, buying_role),
            (&mut self.stage, stage),
        ] {
            if later != 0 {
                *earlier = later;
            }
        }
        self.stage_time = stage_time.or(self.stage_time);
        self.attributes.extend(attributes);
        self
    }

    async fn send(
        to: impl Destination,
        records: Vec<Self>,
        merge: bool,
    ) -> Result<Vec<RowVerdict>, Error> {
        to.leads(records, merge).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::map::TimeFile;
    use crate::import::time::Times;

    fn set(lead: &mut Lead, field: &'static str, text: &str) -> Result<(), RowError> {
        let times = Times::new(&TimeFile::default()).unwrap();
        let rules = Rules { times, between: None };
        lead.set(field, text.to_owned(), "column `x`", &rules)
    }

    #[test]
    fn every_name_that_is_listed_is_a_value_of_the_contract() {
        for (field, names) in
            [("seniority", SENIORITIES), ("buying_role", BUYING_ROLES), ("stage", STAGES)]
        {
            for name in names {
                assert!(set(&mut Lead::default(), field, name).is_ok(), "{field} {name}");
            }
        }
    }

    #[test]
    fn names_are_read_as_people_write_them() {
        let mut lead = Lead::default();
        set(&mut lead, "seniority", "C-Level").unwrap();
        set(&mut lead, "buying_role", "BUYING_ROLE_DECISION_MAKER").unwrap();
        set(&mut lead, "stage", "MQL").unwrap();
        assert_eq!(lead.seniority(), Seniority::CLevel);
        assert_eq!(lead.buying_role(), BuyingRole::DecisionMaker);
        assert_eq!(lead.stage(), Stage::Mql);
        for bad in ["unspecified", "STAGE_UNSPECIFIED", "marketingqualifiedlead"] {
            assert!(set(&mut lead, "stage", bad).is_err(), "{bad}");
        }
    }
}
