//! The fold: from new entries and changed profiles to the states that are stored.
//!
//! Pure work on loaded records, done off the runtime's threads. An account is always assessed
//! whole, by the core's one function; what is stored is a copy of its answer, with the moment
//! it stays true until.

use std::collections::{BTreeMap, BTreeSet};

use abm_core::assess::{AccountRules, Assessment, Course, Engagement, LeadRules, Person, assess};
use abm_core::rule::AccountFacts;
use abm_core::{AccountProfile, Entry, LeadId, LeadProfile, Ledger, Timestamp};
use abm_store::{AccountState, Cause, PersonState, TimelineLine};

use crate::models::Compiled;

/// Most changes of one account that are followed in one fold; the timer goes on after them.
const CHANGES: usize = 50_000;

/// An account as loaded, and what is new about it.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) state: AccountState,
    /// INVARIANT: in the order of their ids.
    pub(crate) people: Vec<PersonState>,
    /// The profile, when the rules must be asked about it again.
    pub(crate) profile: Option<AccountProfile>,
    /// The profiles of the people about whom the rules must be asked again.
    pub(crate) profiles: BTreeMap<LeadId, LeadProfile>,
    /// Entries for ledgers, by person; `None` is the unknown visitor.
    pub(crate) entries: BTreeMap<Option<LeadId>, Vec<Entry>>,
    /// Ledgers made anew because the matching rules have changed, by person.
    pub(crate) rebuilt: BTreeMap<Option<LeadId>, Ledger>,
    /// What is new.
    pub(crate) cause: Cause,
    /// People who are new in the account.
    pub(crate) joined: BTreeSet<LeadId>,
    /// Whether people have left the account.
    pub(crate) left: bool,
}

/// What is to be stored.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) states: Vec<AccountState>,
    pub(crate) people: Vec<PersonState>,
    pub(crate) lines: Vec<TimelineLine>,
}

/// Folds accounts at a moment.
pub(crate) fn fold(compiled: &Compiled, work: Vec<Work>, now: Timestamp) -> Folded {
    let mut folded = Folded::default();
    for work in work {
        fold_one(compiled, work, now, &mut folded);
    }
    folded
}

fn fold_one(compiled: &Compiled, mut work: Work, now: Timestamp, folded: &mut Folded) {
    let at = now.secs();
    let same_model = work.state.model_version == compiled.version;
    let same_group = work.joined.is_empty() && !work.left;
    let caught_up = same_model
        && same_group
        && work.profile.is_none()
        && catch_up(compiled, &mut work, now, folded);
    let before: Vec<PersonState> = work.people.clone();
    ask_rules(compiled, &mut work);
    record(compiled, &mut work);
    // What was found before holds until its moment, unless something about it is new. Of
    // people who come from elsewhere it is not known when it was found.
    let assessed_at = work.state.assessed_at;
    let known = |person: &PersonState, before: &PersonState| {
        let Engagement { changes_at, .. } = person.engagement;
        let holds = at >= assessed_at && changes_at.is_none_or(|change| at < change);
        let same = person.ledger == before.ledger && !work.joined.contains(&person.lead);
        (same_model && same && holds).then_some(person.engagement)
    };
    let people: Vec<Person> = work
        .people
        .iter()
        .zip(&before)
        .map(|(person, before)| Person {
            lead: person.lead.clone(),
            rules: person.rules,
            ledger: person.ledger.clone(),
            known: known(person, before),
        })
        .collect();
    let found = assess(&compiled.model, &work.state.rules, &people, &work.state.visitor, at);
    let cause = if same_model || work.state.model_version == 0 { work.cause } else { Cause::Model };
    work.state.model_version = compiled.version;
    show(&mut work.state, &found, people.len(), at, now, cause, &mut folded.lines);
    for ((person, before), engagement) in work.people.iter_mut().zip(&before).zip(&found.people) {
        person.engagement = *engagement;
        person.last_activity = person.ledger.last_at(at);
        if caught_up || person != before || work.joined.contains(&person.lead) {
            folded.people.push(person.clone());
        }
    }
    folded.states.push(work.state);
}

/// Follows the changes that time brought since the account was last assessed, each recorded
/// with the moment from which it held, however late it is found. Tells whether there were any.
fn catch_up(compiled: &Compiled, work: &mut Work, now: Timestamp, folded: &mut Folded) -> bool {
    let Some(mut at) = work.state.changes_at.filter(|&at| at <= now.secs()) else { return false };
    let assessed_at = work.state.assessed_at;
    let holds = |engagement: &Engagement| {
        at >= assessed_at && engagement.changes_at.is_none_or(|change| at < change)
    };
    let people: Vec<Person> = work
        .people
        .iter()
        .map(|state| Person { known: Some(state.engagement).filter(holds), ..as_person(state) })
        .collect();
    let visitor = work.state.visitor.clone();
    let mut course = Course::new(&compiled.model, &work.state.rules, &people, &visitor);
    for _ in 0..CHANGES {
        let found = course.at(at);
        show(&mut work.state, &found, people.len(), at, now, Cause::Time, &mut folded.lines);
        match found.changes_at.filter(|&next| next <= now.secs()) {
            Some(next) => at = next,
            None => {
                for (state, engagement) in work.people.iter_mut().zip(&found.people) {
                    state.engagement = *engagement;
                }
                return true;
            }
        }
    }
    // So many changes are left to the fold's own assessment, as of now.
    for state in &mut work.people {
        state.engagement.changes_at = Some(at);
    }
    true
}

fn as_person(state: &PersonState) -> Person {
    Person {
        lead: state.lead.clone(),
        rules: state.rules,
        ledger: state.ledger.clone(),
        known: None,
    }
}

fn ask_rules(compiled: &Compiled, work: &mut Work) {
    let Some(profile) = &work.profile else { return };
    work.state.rules = AccountRules::new(&compiled.model, profile);
    let facts = AccountFacts::new(profile);
    for person in &mut work.people {
        if let Some(profile) = work.profiles.get(&person.lead) {
            person.rules = LeadRules::new(&compiled.model, profile, &facts);
        }
    }
}

fn record(compiled: &Compiled, work: &mut Work) {
    if let Some(ledger) = work.rebuilt.remove(&None) {
        work.state.visitor = ledger;
    } else if let Some(entries) = work.entries.remove(&None) {
        work.state.visitor.record(entries);
    }
    work.state.matching = compiled.matching;
    for person in &mut work.people {
        let key = Some(person.lead.clone());
        // A ledger made anew holds what is new as well.
        if let Some(ledger) = work.rebuilt.remove(&key) {
            person.ledger = ledger;
        } else if let Some(entries) = work.entries.remove(&key) {
            person.ledger.record(entries);
        }
        person.matching = compiled.matching;
    }
}

/// Puts what was found into the state, with a line of the timeline if it shows.
fn show(
    state: &mut AccountState,
    found: &Assessment,
    people: usize,
    at: i64,
    now: Timestamp,
    cause: Cause,
    lines: &mut Vec<TimelineLine>,
) {
    let shown = |state: &AccountState| {
        let tier = state.tier;
        (state.engagement, state.fit, tier, state.mqa, state.priority, state.engaged_people)
    };
    let before = shown(state);
    state.engagement = found.engagement;
    state.fit = found.fit.score;
    state.tier = found.tier;
    state.tier_met = found.tier_met;
    state.mqa = found.mqa;
    state.priority = found.priority;
    state.engaged_people = found.engaged_people;
    state.people = u32::try_from(people).unwrap_or(u32::MAX);
    state.last_activity = found.last_activity;
    state.assessed_at = at;
    state.changes_at = found.changes_at;
    if shown(state) == before && state.sequence > 0 {
        return;
    }
    state.sequence += 1;
    lines.push(TimelineLine {
        account: state.id.clone(),
        sequence: state.sequence,
        at,
        recorded_at: now,
        cause,
        model_version: state.model_version,
        engagement: state.engagement,
        fit: state.fit,
        tier: state.tier,
        mqa: state.mqa,
        priority: state.priority,
        engaged_people: state.engaged_people,
    });
}

/// The state of an account about which nothing was found yet.
pub(crate) fn unassessed(id: &abm_core::AccountId) -> AccountState {
    AccountState {
        id: id.clone(),
        model_version: 0,
        rules: AccountRules::default(),
        visitor: Ledger::default(),
        matching: 0,
        engagement: 0,
        fit: 0,
        tier: None,
        tier_met: None,
        mqa: false,
        priority: false,
        engaged_people: 0,
        people: 0,
        last_activity: None,
        assessed_at: 0,
        // Due at once, should whoever made it not assess it.
        changes_at: Some(0),
        sequence: 0,
    }
}

/// The state of a person about whom nothing was found yet.
pub(crate) fn unassessed_person(
    lead: &LeadId,
    account: Option<&abm_core::AccountId>,
    matching: i64,
) -> PersonState {
    PersonState {
        lead: lead.clone(),
        account: account.cloned(),
        rules: LeadRules::default(),
        ledger: Ledger::default(),
        matching,
        engagement: Engagement { score: 0, changes_at: None },
        last_activity: None,
    }
}
