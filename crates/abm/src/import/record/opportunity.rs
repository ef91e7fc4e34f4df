//! Opportunities.

use std::collections::BTreeMap;

use abm_client::Error;
use abm_client::v1::{BuyingRole, Opportunity, OpportunityPerson, OpportunityState, RowVerdict};

use super::lead::BUYING_ROLES;
use super::{Record, Rules, lay_over, moment, named, pieces, unknown_field, whole};
use crate::import::destination::Destination;
use crate::import::fault::RowError;

const STATES: &[&str] = &["open", "won", "lost"];

impl Record for Opportunity {
    const NAME: &'static str = "opportunities";
    const FIELDS: &'static [&'static str] = &[
        "opportunity_id",
        "name",
        "account_id",
        "lead_ids",
        // Behind `lead_ids` in the order of names, in which fields are filled.
        "lead_role",
        "state",
        "stage",
        "amount_micros",
        "currency",
        "opened_at",
        "closed_at",
        "loss_reason",
        "owner",
        "product",
        "campaign",
    ];
    const REQUIRED: &'static [&'static str] = &["opportunity_id", "state"];
    const WHOLE_NUMBERS: &'static [&'static str] = &["amount_micros"];
    const LIST: Option<&'static str> = Some("lead_ids");
    const FOLDS: bool = true;

    fn set(
        &mut self,
        field: &'static str,
        text: String,
        origin: &str,
        rules: &Rules,
    ) -> Result<(), RowError> {
        match field {
            "opportunity_id" => self.opportunity_id = text,
            "name" => self.name = text,
            "account_id" => self.account_id = text,
            "lead_ids" => {
                let leads = pieces(&text, rules.between.as_deref()).into_iter();
                let person = |lead_id| OpportunityPerson { lead_id, ..Default::default() };
                self.people = leads.map(person).collect();
            }
            "lead_role" => {
                let of = BuyingRole::from_str_name;
                let role = named("buying_role", &text, origin, BUYING_ROLES, of)?;
                self.people.iter_mut().for_each(|person| person.set_buying_role(role));
            }
            "state" => {
                let of =
                    |name: &str| OpportunityState::from_str_name(&format!("OPPORTUNITY_{name}"));
                self.set_state(named(field, &text, origin, STATES, of)?);
            }
            "stage" => self.stage = text,
            "amount_micros" => self.amount_micros = whole(field, &text, origin)?,
            "currency" => self.currency = text,
            "opened_at" => self.opened_at = moment(field, &text, origin, &rules.times)?,
            "closed_at" => self.closed_at = moment(field, &text, origin, &rules.times)?,
            "loss_reason" => self.loss_reason = text,
            "owner" => self.owner = text,
            "product" => self.product = text,
            "campaign" => self.campaign = text,
            other => return Err(unknown_field(other)),
        }
        Ok(())
    }

    fn attributes(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.attributes
    }

    fn key(&self) -> Option<String> {
        (!self.opportunity_id.is_empty()).then(|| self.opportunity_id.clone())
    }

    fn followed_by(mut self, later: Self, merge: bool) -> Self {
        if !merge {
            return later;
        }
        // No `..`: a new field does not compile until someone decides about it.
        let Self {
            opportunity_id: _,
            name,
            account_id,
            people,
            state,
            stage,
            amount_micros,
            currency,
            opened_at,
            closed_at,
            loss_reason,
            owner,
            product,
            campaign,
            attributes,
            created_at: _,
            updated_at: _,
            survivor_account_id: _,
        } = later;
        for (earlier, later) in [
            (&mut self.name, name),
            (&mut self.account_id, account_id),
            (&mut self.stage, stage),
            (&mut self.loss_reason, loss_reason),
            (&mut self.owner, owner),
            (&mut self.product, product),
            (&mut self.campaign, campaign),
        ] {
            lay_over(earlier, later);
        }
        for person in people {
            match self.people.iter_mut().find(|known| known.lead_id == person.lead_id) {
                Some(known) if person.buying_role != 0 => known.buying_role = person.buying_role,
                Some(_) => {}
                None => self.people.push(person),
            }
        }
        self.state = state;
        if amount_micros.is_some() {
            self.amount_micros = amount_micros;
            self.currency = currency;
        }
        self.opened_at = opened_at.or(self.opened_at);
        self.closed_at = closed_at.or(self.closed_at);
        if state == i32::from(OpportunityState::Open) {
            self.closed_at = None;
        }
        if state != i32::from(OpportunityState::Lost) {
            self.loss_reason.clear();
        }
        self.attributes.extend(attributes);
        self
    }

    async fn send(
        to: impl Destination,
        records: Vec<Self>,
        merge: bool,
    ) -> Result<Vec<RowVerdict>, Error> {
        to.opportunities(records, merge).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::map::TimeFile;
    use crate::import::time::Times;

    fn opportunity(fields: &[(&'static str, &str)]) -> Opportunity {
        let times = Times::new(&TimeFile::default()).unwrap();
        let rules = Rules { times, between: None };
        let mut opportunity = Opportunity::default();
        for (field, text) in fields {
            opportunity.set(field, (*text).to_owned(), "column `x`", &rules).unwrap();
        }
        opportunity
    }

    #[test]
    fn states_roles_and_people_are_read_as_people_write_them() {
        let read =
            opportunity(&[("lead_ids", "a; b,a"), ("lead_role", "Champion"), ("state", "Won")]);
        assert_eq!(read.state(), OpportunityState::Won);
        let people: Vec<_> = read
            .people
            .iter()
            .map(|person| (person.lead_id.as_str(), person.buying_role()))
            .collect();
        assert_eq!(people, [("a", BuyingRole::Champion), ("b", BuyingRole::Champion)]);
    }

    #[test]
    fn a_later_row_adds_people_and_takes_away_what_its_state_forbids() {
        let first = opportunity(&[
            ("lead_ids", "a"),
            ("lead_role", "champion"),
            ("state", "lost"),
            ("loss_reason", "price"),
            ("closed_at", "2018-01-01T00:00:00Z"),
        ]);
        let later = opportunity(&[("lead_ids", "b a"), ("state", "open"), ("stage", "Again")]);
        let folded = first.followed_by(later, true);
        assert_eq!(folded.people.len(), 2);
        assert_eq!(
            folded.people.first().map(OpportunityPerson::buying_role),
            Some(BuyingRole::Champion)
        );
        assert_eq!((folded.stage.as_str(), folded.loss_reason.as_str()), ("Again", ""));
        assert_eq!(folded.closed_at, None);
    }
}
