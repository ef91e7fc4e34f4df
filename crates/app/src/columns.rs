//! What is known of people and their accounts, field by field, as learning looks at it.

use std::borrow::Cow;
use std::collections::BTreeMap;

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

const STAGE: &str = "stage";

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
    for (name, value) in [
        ("title", Cow::Borrowed(profile.title.as_str())),
        ("country", Cow::Borrowed(profile.country.as_str())),
        ("seniority", Cow::Borrowed(seniority)),
        ("buying_role", Cow::Borrowed(role)),
        (STAGE, Cow::Borrowed(profile.stage.map_or("", |value| value.name()))),
        ("email_domain", Cow::Owned(host.unwrap_or_default())),
    ] {
        found.push((Place::Text(Record::Lead, name), value));
    }
    let attributes = |record, attributes: &'a BTreeMap<String, String>| {
        let of = attributes.iter();
        of.map(move |(name, value)| (Place::Attribute(record, name), Cow::from(value.as_str())))
    };
    found.extend(attributes(Record::Lead, &profile.attributes));
    if let Some(account) = account {
        for (name, value) in [
            ("industry", &account.industry),
            ("country", &account.country),
            ("region", &account.region),
            ("city", &account.city),
            ("owner", &account.owner),
        ] {
            found.push((Place::Text(Record::Account, name), Cow::from(value.as_str())));
        }
        let numbers =
            [("employees", account.employees), ("annual_revenue_usd", account.annual_revenue_usd)];
        for (name, value) in numbers {
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
