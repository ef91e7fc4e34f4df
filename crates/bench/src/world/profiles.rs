//! Companies and their people.

use std::collections::BTreeMap;

use abm_core::domain::Domain;
use abm_core::{AccountId, AccountProfile, BuyingRole, LeadId, LeadProfile, Seniority, Stage};
use rand::Rng;
use rand::rngs::StdRng;

use super::draw::{chance, pareto, pick, weighted};

/// How fast the number of people falls off: with this and a cut at `MOST_PEOPLE` the mean is 4.
const PEOPLE_ALPHA: f64 = 1.2;
const MOST_PEOPLE: f64 = 400.0;

/// A company and how many people of it are known.
pub(super) struct Company {
    pub(super) id: AccountId,
    pub(super) profile: AccountProfile,
    pub(super) people: usize,
    host: String,
}

/// A person and the company's position.
pub(super) struct Person {
    pub(super) id: LeadId,
    pub(super) profile: LeadProfile,
    pub(super) company: usize,
}

pub(super) fn companies(random: &mut StdRng, count: usize) -> Vec<Company> {
    (0..count).filter_map(|number| company(random, number)).collect()
}

fn company(random: &mut StdRng, number: usize) -> Option<Company> {
    const INDUSTRIES: [&str; 6] =
        ["Software", "Manufacturing", "Retail", "Financial services", "Health care", ""];
    const COUNTRIES: [&str; 5] = ["United States", "Germany", "United Kingdom", "France", "Japan"];
    let people = pareto(random, PEOPLE_ALPHA, MOST_PEOPLE);
    // Of larger companies more people are known.
    let employees = (people * 60.0 * pareto(random, 1.5, 40.0)) as i64;
    let host = format!("company{number:06}.com");
    let mut attributes = BTreeMap::new();
    if chance(random, 0.02) {
        attributes
            .insert("relationship".to_owned(), pick(random, &["competitor", "partner"]).to_owned());
    }
    Some(Company {
        id: AccountId::new(format!("crm-{number:07}")).ok()?,
        profile: AccountProfile {
            name: format!("Company {number:06}"),
            domains: vec![Domain::parse(&host).ok()?],
            industry: pick(random, &INDUSTRIES).to_owned(),
            employees: chance(random, 0.9).then_some(employees),
            annual_revenue_usd: chance(random, 0.7).then_some(employees * 180_000),
            country: pick(random, &COUNTRIES).to_owned(),
            owner: format!("rep-{:02}", random.random_range(0..40)),
            attributes,
            ..AccountProfile::default()
        },
        people: people as usize,
        host,
    })
}

pub(super) fn people(random: &mut StdRng, companies: &[Company]) -> Vec<Person> {
    let mut people = Vec::new();
    for (company, at) in companies.iter().zip(0..) {
        for _ in 0..company.people {
            let number = people.len();
            people.extend(person(random, company, at, number));
        }
    }
    people
}

fn person(random: &mut StdRng, company: &Company, at: usize, number: usize) -> Option<Person> {
    let seniorities = [
        (5, (Some(Seniority::CLevel), "Chief Information Officer")),
        (7, (Some(Seniority::Vp), "VP Operations")),
        (13, (Some(Seniority::Director), "Director of IT")),
        (25, (Some(Seniority::Manager), "Project Manager")),
        (40, (Some(Seniority::Other), "Engineer")),
        (10, (None, "")),
    ];
    let roles = [
        (8, Some(BuyingRole::Champion)),
        (8, Some(BuyingRole::DecisionMaker)),
        (4, Some(BuyingRole::EconomicBuyer)),
        (12, Some(BuyingRole::Influencer)),
        (13, Some(BuyingRole::EndUser)),
        (5, Some(BuyingRole::TechnicalBuyer)),
        (50, None),
    ];
    let (seniority, title) = weighted(random, &seniorities).copied()?;
    Some(Person {
        id: LeadId::new(format!("map-{number:08}")).ok()?,
        profile: LeadProfile {
            email: format!("person{number}@{}", company.host),
            first_name: format!("First{}", number % 997),
            last_name: format!("Last{}", number % 7_919),
            title: title.to_owned(),
            seniority,
            buying_role: weighted(random, &roles).copied()?,
            account: chance(random, 0.1).then(|| company.id.clone()),
            country: company.profile.country.clone(),
            stage: Some(Stage::Lead),
            stage_at: None,
            attributes: BTreeMap::new(),
        },
        company: at,
    })
}
