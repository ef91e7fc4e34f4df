//! People.

use abm_proto::v1;
use rand::Rng;
use rand::rngs::StdRng;

use crate::company::{Company, pick};
use crate::weights::Weights;
use crate::words::{FAMILY, GIVEN};

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    first_name: &'static str,
    last_name: &'static str,
    title: &'static str,
    seniority: v1::Seniority,
    buying_role: v1::BuyingRole,
    free_mail: bool,
    pub(crate) company: usize,
}

/// Titles, with the seniority and the buying role that go with them.
const JOBS: [(&str, v1::Seniority, v1::BuyingRole); 12] = [
    ("Chief Technology Officer", v1::Seniority::CLevel, v1::BuyingRole::DecisionMaker),
    ("Chief Financial Officer", v1::Seniority::CLevel, v1::BuyingRole::EconomicBuyer),
    ("VP Marketing", v1::Seniority::Vp, v1::BuyingRole::DecisionMaker),
    ("VP Sales", v1::Seniority::Vp, v1::BuyingRole::Champion),
    ("Director of IT", v1::Seniority::Director, v1::BuyingRole::TechnicalBuyer),
    ("Director of Operations", v1::Seniority::Director, v1::BuyingRole::Champion),
    ("Marketing Manager", v1::Seniority::Manager, v1::BuyingRole::Influencer),
    ("Product Manager", v1::Seniority::Manager, v1::BuyingRole::Influencer),
    ("Engineer", v1::Seniority::Other, v1::BuyingRole::EndUser),
    ("Analyst", v1::Seniority::Other, v1::BuyingRole::EndUser),
    ("Assistant", v1::Seniority::Other, v1::BuyingRole::Unspecified),
    ("Student intern", v1::Seniority::Unspecified, v1::BuyingRole::Unspecified),
];

/// Spreads `count` people over companies, at least one to each.
pub(crate) fn people(companies: &[Company], count: usize, random: &mut StdRng) -> Vec<Person> {
    let mut people = Vec::with_capacity(count);
    for company in 0..companies.len() {
        people.push(person(people.len(), company, random));
    }
    let weights = Weights::new(companies.iter().map(Company::weight));
    while people.len() < count
        && let Some(company) = weights.draw(random)
    {
        people.push(person(people.len(), company, random));
    }
    people
}

fn person(number: usize, company: usize, random: &mut StdRng) -> Person {
    // More people further down the list, as in companies.
    let draw = random.random_range(0.0..1.0_f64).sqrt() * JOBS.len() as f64;
    let (title, seniority, buying_role) = JOBS.get(draw as usize).copied().unwrap_or((
        "",
        v1::Seniority::Unspecified,
        v1::BuyingRole::Unspecified,
    ));
    Person {
        id: format!("p{number:05}"),
        first_name: pick(&GIVEN, random.random_range(0..GIVEN.len())),
        last_name: pick(&FAMILY, random.random_range(0..FAMILY.len())),
        title,
        seniority,
        buying_role,
        free_mail: random.random_range(0..100) < 6,
        company,
    }
}

impl Person {
    pub(crate) fn lead(&self, companies: &[Company]) -> v1::Lead {
        let domain = match companies.get(self.company) {
            Some(company) if !self.free_mail => company.domain.as_str(),
            _ => "gmail.com",
        };
        v1::Lead {
            lead_id: self.id.clone(),
            email: format!("{}.{}.{}@{domain}", self.first_name, self.last_name, self.id)
                .to_lowercase(),
            first_name: self.first_name.into(),
            last_name: self.last_name.into(),
            title: self.title.into(),
            seniority: self.seniority.into(),
            buying_role: self.buying_role.into(),
            ..v1::Lead::default()
        }
    }
}
