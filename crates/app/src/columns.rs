//! What is known of people and their accounts, field by field, as learning looks at it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use abm_core::AccountProfile;
use abm_core::title::Position;
use abm_learn::suggest::{Column, Field, Record};
use abm_store::LeadRecord;

/// The known values of each field, each with its row. Most fields are attributes that next to
/// nobody has.
#[derive(Default)]
pub(crate) struct Columns<'a> {
    rows: usize,
    columns: BTreeMap<Place<'a>, Vec<(usize, Cow<'a, str>)>>,
}

impl<'a> Columns<'a> {
    /// Adds a person, and their account if they have one, as the next row. `position` is what the
    /// rules are told of how senior they are and which part they play.
    pub(crate) fn add(
        &mut self,
        lead: &'a LeadRecord,
        position: &Position,
        account: Option<&'a AccountProfile>,
    ) {
        for (place, value) in known(lead, position, account) {
            self.columns.entry(place).or_default().push((self.rows, value));
        }
        self.rows += 1;
    }

    /// Leaves out the stage that the callers' systems say, which often tells the outcome.
    pub(crate) fn without_stage(mut self) -> Self {
        self.columns.remove(&Place::Text(Record::Lead, STAGE));
        self
    }

    /// The fields that are known in at least so many rows; all are of the same length.
    pub(crate) fn known_of(self, least: usize) -> Vec<Column<'a>> {
        let Self { rows, columns } = self;
        let known = columns.into_iter().filter(|(_, known)| known.len() >= least);
        known.map(|(place, known)| column(place, known, rows)).collect()
    }
}

fn column<'a>(place: Place<'a>, known: Vec<(usize, Cow<'a, str>)>, rows: usize) -> Column<'a> {
    let mut values = vec![None; rows];
    for (row, value) in known {
        if let Some(slot) = values.get_mut(row) {
            *slot = Some(value);
        }
    }
    Column { field: place.field(), values }
}

/// The fields that records can have: those of their own, and the attributes that anybody has.
pub(crate) fn fields_of<'a>(
    leads: impl Iterator<Item = &'a LeadRecord>,
    accounts: impl Iterator<Item = &'a AccountProfile>,
) -> Vec<Field> {
    let of_leads: BTreeSet<&str> =
        leads.flat_map(|lead| lead.profile.attributes.keys()).map(String::as_str).collect();
    let of_accounts: BTreeSet<&str> =
        accounts.flat_map(|account| account.attributes.keys()).map(String::as_str).collect();
    let attributes = of_leads.into_iter().map(|name| Place::Attribute(Record::Lead, name));
    let attributes = attributes
        .chain(of_accounts.into_iter().map(|name| Place::Attribute(Record::Account, name)));
    let own = TEXTS_OF_LEAD.into_iter().map(|name| Place::Text(Record::Lead, name));
    let own = own
        .chain(TEXTS_OF_ACCOUNT.into_iter().map(|name| Place::Text(Record::Account, name)))
        .chain(NUMBERS_OF_ACCOUNT.into_iter().map(|name| Place::Number(Record::Account, name)));
    own.chain(attributes).map(Place::field).collect()
}

const STAGE: &str = "stage";
/// The fields of the records themselves that are learned from.
const TEXTS_OF_LEAD: [&str; 6] =
    ["title", "country", "seniority", "buying_role", STAGE, "email_domain"];
const TEXTS_OF_ACCOUNT: [&str; 5] = ["industry", "country", "region", "city", "owner"];
const NUMBERS_OF_ACCOUNT: [&str; 2] = ["employees", "annual_revenue_usd"];

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place<'a> {
    Text(Record, &'static str),
    Number(Record, &'static str),
    Attribute(Record, &'a str),
}

impl Place<'_> {
    fn field(self) -> Field {
        match self {
            Self::Text(record, name) => Field::text(record, name),
            Self::Number(record, name) => Field::number(record, name),
            Self::Attribute(record, name) => Field::attribute(record, name),
        }
    }
}

/// What is known of a person and their account, as rules may ask it. Names of people and
/// companies are not learned from.
fn known<'a>(
    lead: &'a LeadRecord,
    position: &Position,
    account: Option<&'a AccountProfile>,
) -> Vec<(Place<'a>, Cow<'a, str>)> {
    let mut found: Vec<(Place<'a>, Cow<'a, str>)> = Vec::new();
    let profile = &lead.profile;
    let seniority = position.seniority.map_or("", |known| known.value.name());
    let role = position.buying_role.map_or("", |known| known.value.name());
    let host = profile.email_host().map(|host| host.to_string());
    let texts = [
        Cow::Borrowed(profile.title.as_str()),
        Cow::Borrowed(profile.country.as_str()),
        Cow::Borrowed(seniority),
        Cow::Borrowed(role),
        Cow::Borrowed(profile.stage.map_or("", |value| value.name())),
        Cow::Owned(host.unwrap_or_default()),
    ];
    for (name, value) in TEXTS_OF_LEAD.into_iter().zip(texts) {
        found.push((Place::Text(Record::Lead, name), value));
    }
    let attributes = |record, attributes: &'a BTreeMap<String, String>| {
        let of = attributes.iter();
        of.map(move |(name, value)| (Place::Attribute(record, name), Cow::from(value.as_str())))
    };
    found.extend(attributes(Record::Lead, &profile.attributes));
    if let Some(account) = account {
        let texts =
            [&account.industry, &account.country, &account.region, &account.city, &account.owner];
        for (name, value) in TEXTS_OF_ACCOUNT.into_iter().zip(texts) {
            found.push((Place::Text(Record::Account, name), Cow::from(value.as_str())));
        }
        let numbers = [account.employees, account.annual_revenue_usd];
        for (name, value) in NUMBERS_OF_ACCOUNT.into_iter().zip(numbers) {
            let value = value.map(|value| value.to_string()).unwrap_or_default();
            found.push((Place::Number(Record::Account, name), Cow::Owned(value)));
        }
        found.extend(attributes(Record::Account, &account.attributes));
    }
    found.retain(|(_, value)| !value.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use abm_core::title::{Known, Source};
    use abm_core::{LeadId, LeadProfile, Seniority, Timestamp};

    use super::*;

    fn lead(number: usize, attributes: &[(&str, &str)]) -> LeadRecord {
        let of = attributes.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        LeadRecord {
            id: LeadId::new(format!("p{number}")).unwrap(),
            profile: LeadProfile { attributes: of.collect(), ..LeadProfile::default() },
            account: None,
            hint: None,
            hint_email: String::new(),
            known: true,
            created_at: Timestamp::from_secs(0),
            updated_at: Timestamp::from_secs(0),
        }
    }

    #[test]
    fn only_fields_that_enough_people_have_become_columns_each_value_in_its_row() {
        let leads: Vec<LeadRecord> = (0..6)
            .map(|number| {
                let own = format!("own {number}");
                let mut attributes = vec![(own.as_str(), "1")];
                if number % 2 == 1 {
                    attributes.push(("odd", "yes"));
                }
                lead(number, &attributes)
            })
            .collect();
        let mut columns = Columns::default();
        for lead in &leads {
            columns.add(lead, &Position::default(), None);
        }
        let found = columns.known_of(3);
        let [odd] = found.as_slice() else { panic!("{found:?}") };
        let rows: Vec<bool> = odd.values.iter().map(Option::is_some).collect();
        assert_eq!(rows, [false, true, false, true, false, true]);
    }

    #[test]
    fn fields_are_those_of_records_and_the_attributes_that_anybody_has() {
        let leads = [lead(0, &[("Lead Source", "Web")]), lead(1, &[("odd", "")])];
        let attributes = [("ticker".to_owned(), "A".to_owned())].into();
        let account = AccountProfile { attributes, ..AccountProfile::default() };
        let found = fields_of(leads.iter(), std::iter::once(&account));
        let is_called = |name: &str| found.iter().any(|field| field.is_called(name));
        for name in ["title", "lead.attributes.odd", "account ticker", "account.employees"] {
            assert!(is_called(name), "{name}");
        }
        assert!(!is_called("Lead Sauce") && !is_called("account.odd"));
    }

    #[test]
    fn seniority_is_what_the_title_tells_where_nobody_sent_it() {
        let lead = lead(0, &[]);
        let value = Seniority::Director;
        let source = Source::Title { confidence: 85 };
        let position = Position { seniority: Some(Known { value, source }), buying_role: None };
        let mut columns = Columns::default();
        columns.add(&lead, &position, None);
        let found = columns.known_of(1);
        let [column] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(column.field, Field::text(Record::Lead, "seniority"));
        assert_eq!(column.values, [Some(Cow::Borrowed("director"))]);
    }
}
