//! A made-up world of companies, people and what they do, for demonstrations and tests.
//!
//! It is the same for the same seed, up to the moment it ends at: every time in it is so many
//! seconds before that. It is made of the contract's messages, so that it goes in through the
//! same calls as anything else.

mod activity;
mod company;
mod person;
mod weights;
mod words;

use abm_proto::v1;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// How large a world is, and which one.
#[derive(Clone, Copy, Debug)]
pub struct WorldSize {
    /// Companies.
    pub companies: usize,
    /// People, about.
    pub people: usize,
    /// Activities.
    pub activities: usize,
    /// Which world.
    pub seed: u64,
}

impl Default for WorldSize {
    /// The world of `abm demo`.
    fn default() -> Self {
        Self { companies: 300, people: 2_000, activities: 60_000, seed: 7 }
    }
}

/// A world.
#[derive(Clone, Debug)]
pub struct World {
    /// Companies, with domains and firmographics.
    pub accounts: Vec<v1::Account>,
    /// People; most are matched to their company by their address.
    pub leads: Vec<v1::Lead>,
    /// What they did in the year before the end, in no particular order.
    pub activities: Vec<v1::Activity>,
}

impl World {
    /// Makes the world that ends at `now`, in seconds since 1970.
    #[must_use]
    pub fn new(size: WorldSize, now: i64) -> Self {
        let mut random = StdRng::seed_from_u64(size.seed);
        let companies: Vec<company::Company> =
            (0..size.companies).map(|number| company::Company::new(number, &mut random)).collect();
        let people = person::people(&companies, size.people, &mut random);
        let activities =
            activity::activities(&companies, &people, size.activities, now, &mut random);
        Self {
            accounts: companies.iter().map(company::Company::account).collect(),
            leads: people.iter().map(|person| person.lead(&companies)).collect(),
            activities,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_world_is_the_same_again_and_every_id_is_its_own() {
        let size = WorldSize { companies: 40, people: 150, activities: 900, seed: 7 };
        let (one, other) = (World::new(size, 1_000_000_000), World::new(size, 1_000_000_000));
        assert_eq!(one.accounts, other.accounts);
        assert_eq!(one.leads, other.leads);
        assert_eq!(one.activities, other.activities);
        assert_eq!(one.activities.len(), 900);
        let ids: BTreeSet<_> =
            one.activities.iter().map(|activity| &activity.activity_id).collect();
        assert_eq!(ids.len(), 900);
        let accounts: BTreeSet<_> =
            one.accounts.iter().map(|account| &account.account_id).collect();
        assert_eq!(accounts.len(), 40);
        let year = 366 * 86_400;
        for activity in &one.activities {
            let at = activity.occurred_at.as_ref().expect("every activity has its time").seconds;
            assert!((1_000_000_000 - year..=1_000_000_000).contains(&at));
        }
    }
}
