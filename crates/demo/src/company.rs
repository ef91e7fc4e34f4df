//! Companies.

use std::collections::BTreeMap;

use abm_proto::v1;
use rand::Rng;
use rand::rngs::StdRng;

use crate::words::{COUNTRIES, FIRST, INDUSTRY, SECOND};

/// How much interest a company takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heat {
    /// In the middle of a purchase.
    Hot,
    /// Looks around.
    Warm,
    /// Came by.
    Cold,
    /// Was interested half a year ago.
    Gone,
}

#[derive(Clone, Debug)]
pub(crate) struct Company {
    pub(crate) id: String,
    name: String,
    pub(crate) domain: String,
    industry: &'static str,
    employees: i64,
    revenue: i64,
    country: &'static str,
    relationship: Option<&'static str>,
    pub(crate) heat: Heat,
}

impl Company {
    pub(crate) fn new(number: usize, random: &mut StdRng) -> Self {
        let first = pick(&FIRST, number % FIRST.len());
        let second = number / FIRST.len() % SECOND.len();
        let series = number / (FIRST.len() * SECOND.len());
        let number_in_name = if series == 0 { String::new() } else { format!(" {}", series + 1) };
        let name = format!("{first} {}{number_in_name}", pick(&SECOND, second));
        let slug = name.to_lowercase().replace(' ', "-");
        // From a handful of people to tens of thousands, small ones being the most.
        let employees = 10_f64.powf(random.random_range(1.0..4.6)) as i64;
        let heat = match random.random_range(0..100) {
            0..12 => Heat::Hot,
            12..40 => Heat::Warm,
            40..85 => Heat::Cold,
            _ => Heat::Gone,
        };
        let relationship = match random.random_range(0..100) {
            0..2 => Some("competitor"),
            2..4 => Some("partner"),
            _ => None,
        };
        Self {
            domain: format!("{slug}.com"),
            id: slug,
            name,
            industry: pick(&INDUSTRY, second),
            employees,
            revenue: employees * random.random_range(80_000..400_000),
            country: pick(&COUNTRIES, random.random_range(0..COUNTRIES.len())),
            relationship,
            heat,
        }
    }

    pub(crate) fn account(&self) -> v1::Account {
        let relationship = self.relationship.map(|value| ("relationship".into(), value.into()));
        v1::Account {
            account_id: self.id.clone(),
            name: self.name.clone(),
            domains: vec![self.domain.clone()],
            website: format!("https://www.{}", self.domain),
            industry: self.industry.into(),
            employees: Some(self.employees),
            annual_revenue_usd: Some(self.revenue),
            country: self.country.into(),
            attributes: relationship.into_iter().collect::<BTreeMap<_, _>>(),
            ..v1::Account::default()
        }
    }

    /// How many people and activities it has, compared with others.
    pub(crate) fn weight(&self) -> f64 {
        let size = (self.employees as f64).log10();
        match self.heat {
            Heat::Hot => 4.0 * size,
            Heat::Warm => 2.0 * size,
            Heat::Cold | Heat::Gone => size,
        }
    }
}

/// An element of a list that is never empty.
pub(crate) fn pick(list: &[&'static str], index: usize) -> &'static str {
    list.get(index).copied().unwrap_or_default()
}
