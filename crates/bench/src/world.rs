//! A world of accounts, people and what they did, made from a seed.
//!
//! Accounts have heavy tails: most have one or two people, some have hundreds, and people do
//! much or little. The stream of activities is in the order of arrival: nearly that of time,
//! with late ones and repeated ones among them.

mod activities;
mod draw;
mod profiles;

use abm_core::{AccountId, AccountProfile, Activity, DAY, LeadId, LeadProfile, Timestamp};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// The first second of the world.
const START: i64 = 1_767_225_600;

/// Days that activities are spread over.
const DAYS: i64 = 180;

/// Everything there is, and what will be sent.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// Accounts.
    pub(crate) accounts: Vec<(AccountId, AccountProfile)>,
    /// People.
    pub(crate) leads: Vec<(LeadId, LeadProfile)>,
    /// What arrives, in the order of arrival, repetitions among it.
    pub(crate) stream: Vec<Activity>,
    /// The moment everything is measured at: the end of the activities.
    pub(crate) now: Timestamp,
    most_people: usize,
    late: usize,
    repeated: usize,
}

impl World {
    /// The world of a seed.
    pub(crate) fn new(seed: u64, accounts: usize, activities_per_account: usize) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let companies = profiles::companies(&mut random, accounts);
        let people = profiles::people(&mut random, &companies);
        let count = accounts * activities_per_account;
        let sent = activities::stream(&mut random, &companies, &people, count);
        Self {
            most_people: companies.iter().map(|company| company.people).max().unwrap_or(0),
            accounts: companies.into_iter().map(|company| (company.id, company.profile)).collect(),
            leads: people.into_iter().map(|person| (person.id, person.profile)).collect(),
            late: sent.late,
            repeated: sent.repeated,
            stream: sent.stream,
            now: Timestamp::from_secs(START + DAYS * DAY),
        }
    }

    /// What it holds, in a line.
    pub(crate) fn summary(&self) -> String {
        let share = |part: usize| 100.0 * part as f64 / self.stream.len().max(1) as f64;
        format!(
            "World: {} accounts, {} leads (at most {} of one account), {} activities sent, \
             {:.1} % of them late by days, {:.1} % sent again.",
            self.accounts.len(),
            self.leads.len(),
            self.most_people,
            self.stream.len(),
            share(self.late),
            share(self.repeated),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_makes_the_same_world_and_another_seed_another() {
        let (one, same, other) =
            (World::new(1, 50, 40), World::new(1, 50, 40), World::new(2, 50, 40));
        assert_eq!(one.stream, same.stream);
        assert_eq!(one.leads, same.leads);
        assert_ne!(one.stream, other.stream);
    }

    #[test]
    fn the_world_has_the_promised_shape() {
        let world = World::new(1, 2_000, 40);
        let people = world.leads.len() as f64 / 2_000.0;
        assert!((3.0..5.0).contains(&people), "{people} people an account");
        assert!(world.most_people >= 100, "{}", world.most_people);
        let keys: BTreeSet<_> = world.stream.iter().map(|activity| &activity.key).collect();
        assert_eq!(keys.len(), 80_000);
        assert_eq!(world.stream.len(), keys.len() + world.repeated);
        let share = |part: usize| part as f64 / keys.len() as f64;
        assert!((0.02..0.04).contains(&share(world.repeated)), "{}", world.repeated);
        assert!((0.09..0.11).contains(&share(world.late)), "{}", world.late);
        for activity in &world.stream {
            assert_eq!(activity.check(world.now), Ok(()), "{activity:?}");
        }
    }
}
