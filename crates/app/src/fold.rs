//! The fold: from new entries and changed profiles to the states that are stored.
//!
//! Pure work on loaded records, done off the runtime's threads. An account is always assessed
//! whole, by the core's one function; what is stored is a copy of its answer, with the moment
//! it stays true until.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::{mem, thread};

use abm_core::assess::{
    AccountRules, Assessment, Course, Engagement, LeadRules, Person, assess, raised_hand,
};
use abm_core::rule::AccountFacts;
use abm_core::{AccountProfile, Entry, LeadId, LeadProfile, Ledger, Timestamp};
use abm_store::{AccountState, Cause, PersonState, TimelineLine};

use crate::handoff::Reached;
use crate::models::Compiled;

/// Most changes of one account that are followed in one fold.
const CHANGES: usize = 500;

/// Most work of following changes in one fold, in people looked at: a transaction that thinks
/// for long keeps others waiting, and databases end one that says nothing.
const LOOKS: usize = 4_000;

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
    /// Ledgers made anew because the matching rules have changed or activities were taken back,
    /// by person.
    pub(crate) rebuilt: BTreeMap<Option<LeadId>, Ledger>,
    /// What is new.
    pub(crate) cause: Cause,
    /// People who are new in the account.
    pub(crate) joined: BTreeSet<LeadId>,
    /// Whether people have left the account.
    pub(crate) left: bool,
}

impl Work {
    /// Whether anything but the time is new.
    fn has_news(&self) -> bool {
        let people = !self.joined.is_empty() || self.left || !self.profiles.is_empty();
        let ledgers = !self.entries.is_empty() || !self.rebuilt.is_empty();
        people || ledgers || self.profile.is_some()
    }
}

/// Accounts for which it is not worth while to wake another core.
const LEAST_SHARE: usize = 32;

/// What is to be stored.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// Accounts that are late still: one fold follows only so many changes.
    pub(crate) behind: u64,
    /// Every account with all its people.
    pub(crate) states: Vec<(AccountState, Vec<PersonState>)>,
    /// The people who changed.
    pub(crate) people: Vec<PersonState>,
    pub(crate) lines: Vec<TimelineLine>,
    /// Those of whom it is to be looked whether they are handed over to sales.
    pub(crate) reached: Vec<Reached>,
}

impl Folded {
    fn append(&mut self, mut other: Self) {
        self.behind += other.behind;
        self.states.append(&mut other.states);
        self.people.append(&mut other.people);
        self.lines.append(&mut other.lines);
        self.reached.append(&mut other.reached);
    }
}

/// Folds accounts at a moment. One that time has changed more often than one fold follows is
/// left as it was at an earlier moment, and still due, if nothing else is new about it.
pub(crate) fn fold(compiled: &Compiled, work: Vec<Work>, now: Timestamp) -> Folded {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = work.len().div_ceil(threads).max(LEAST_SHARE);
    let mut shares = Vec::new();
    let mut rest = work;
    while rest.len() > share {
        let last = rest.split_off(rest.len() - share);
        shares.push(last);
    }
    thread::scope(|scope| {
        let others: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(|| fold_share(compiled, share, now)))
            .collect();
        let mut folded = fold_share(compiled, rest, now);
        for other in others.into_iter().rev() {
            match other.join() {
                Ok(other) => folded.append(other),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        folded
    })
}

fn fold_share(compiled: &Compiled, work: Vec<Work>, now: Timestamp) -> Folded {
    let mut folded = Folded::default();
    let mut looks = LOOKS;
    for work in work {
        fold_one(compiled, work, now, &mut looks, &mut folded);
    }
    folded
}

fn fold_one(
    compiled: &Compiled,
    mut work: Work,
    now: Timestamp,
    looks: &mut usize,
    folded: &mut Folded,
) {
    let at = now.secs();
    let was_mqa = work.state.mqa;
    let same_model = work.state.model_version == compiled.version;
    let caught_up = same_model && is_late(&work.state, now) && !work.has_news();
    if caught_up && !catch_up(compiled, &mut work, now, looks, folded) {
        folded.behind += 1;
        folded.people.extend_from_slice(&work.people);
        folded.states.push((work.state, work.people));
        return;
    }
    let before: Vec<_> = work.people.iter().map(Figures::of).collect();
    ask_rules(compiled, &mut work);
    let recorded = record(compiled, &mut work);
    // What was found before holds until its moment, unless something about it is new. Of
    // people who come from elsewhere it is not known when it was found.
    let assessed_at = work.state.assessed_at;
    let known = |person: &PersonState, recorded: bool| {
        let Engagement { changes_at, .. } = person.engagement;
        let holds = at >= assessed_at && changes_at.is_none_or(|change| at < change);
        let same = !recorded && !work.joined.contains(&person.lead);
        (same_model && same && holds).then_some(person.engagement)
    };
    let people: Vec<Person> = work
        .people
        .iter_mut()
        .zip(&recorded)
        .map(|(person, &recorded)| Person {
            known: known(person, recorded),
            lead: person.lead.clone(),
            rules: person.rules.clone(),
            ledger: mem::take(&mut person.ledger),
        })
        .collect();
    let found = assess(&compiled.model, &work.state.rules, &people, &work.state.visitor, at);
    let cause = work.cause;
    work.state.model_version = compiled.version;
    show(&mut work.state, &found, people.len(), at, now, cause, &mut folded.lines);
    let mut newly_qualified = work.state.mqa && !was_mqa;
    let assessed = people.into_iter().zip(found.people).zip(found.mqls);
    let earlier = before.into_iter().zip(recorded);
    for ((state, ((person, engagement), mql)), (before, recorded)) in
        work.people.iter_mut().zip(assessed).zip(earlier)
    {
        state.engagement = engagement;
        state.mql = mql;
        state.last_activity = person.ledger.last_at(at);
        state.ledger = person.ledger;
        newly_qualified |= state.mql && !before.mql;
        // Whoever qualifies and did nothing new was looked at when they began to.
        if state.mql && (recorded || !before.mql || cause != Cause::Activity) {
            folded.reached.push(reached_by(compiled, &work.state, state, at));
        }
        let changed = recorded || Figures::of(state) != before;
        if caught_up || changed || work.joined.contains(&state.lead) {
            folded.people.push(state.clone());
        }
    }
    work.state.newly_qualified = match cause {
        // Nobody is handed over under a version before it is in force.
        Cause::Model => newly_qualified || work.state.newly_qualified,
        // Only those who did something are looked at.
        Cause::Activity => work.state.newly_qualified,
        _ => false,
    };
    if work.state.mqa && (!was_mqa || cause != Cause::Activity) {
        let AccountState { ref id, engagement, fit, .. } = work.state;
        let account = Some(id.clone());
        folded.reached.push(Reached { account, lead: None, at, raised_at: None, engagement, fit });
    }
    folded.states.push((work.state, work.people));
}

/// A person who stands where marketing hands over.
fn reached_by(
    compiled: &Compiled,
    account: &AccountState,
    person: &PersonState,
    at: i64,
) -> Reached {
    Reached {
        account: Some(account.id.clone()),
        lead: Some(person.lead.clone()),
        at,
        raised_at: raised_hand(&compiled.model, &person.rules, &person.ledger, at),
        engagement: person.engagement.score,
        fit: person.rules.fit.score,
    }
}

/// Whether time has changed an account since it was last assessed.
pub(crate) fn is_late(state: &AccountState, now: Timestamp) -> bool {
    state.changes_at.is_some_and(|change| change <= now.secs())
}

/// Follows the changes that time brought since the account was last assessed, each recorded
/// with the moment from which it held, however late it is found. Tells whether it got as far as
/// now.
fn catch_up(
    compiled: &Compiled,
    work: &mut Work,
    now: Timestamp,
    looks: &mut usize,
    folded: &mut Folded,
) -> bool {
    let AccountState { assessed_at, changes_at, .. } = work.state;
    let first = changes_at.filter(|&first| first >= assessed_at);
    let holds = |engagement: &Engagement| {
        first.is_some_and(|first| engagement.changes_at.is_none_or(|change| first < change))
    };
    let people: Vec<Person> = work
        .people
        .iter()
        .map(|state| Person { known: Some(state.engagement).filter(holds), ..as_person(state) })
        .collect();
    let visitor = work.state.visitor.clone();
    let mut course = Course::new(&compiled.model, &work.state.rules, &people, &visitor);
    let mut changes = 0;
    while let Some(at) = work.state.changes_at.filter(|&at| at <= now.secs()) {
        if changes == CHANGES || *looks == 0 {
            return false;
        }
        changes += 1;
        *looks = looks.saturating_sub(people.len() + 1);
        let found = course.at(at);
        let shown = found.people.iter().zip(&found.mqls);
        for (state, (engagement, mql)) in work.people.iter_mut().zip(shown) {
            (state.engagement, state.mql) = (*engagement, *mql);
        }
        show(&mut work.state, &found, people.len(), at, now, Cause::Time, &mut folded.lines);
    }
    true
}

fn as_person(state: &PersonState) -> Person {
    Person {
        lead: state.lead.clone(),
        rules: state.rules.clone(),
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

/// Puts new entries into the ledgers, and tells of each person whether that changed theirs.
fn record(compiled: &Compiled, work: &mut Work) -> Vec<bool> {
    if let Some(ledger) = work.rebuilt.remove(&None) {
        work.state.visitor = ledger;
    } else if let Some(entries) = work.entries.remove(&None) {
        work.state.visitor.record(entries);
    }
    work.state.matching = compiled.matching;
    let mut recorded = Vec::with_capacity(work.people.len());
    for person in &mut work.people {
        let key = Some(person.lead.clone());
        // A ledger made anew holds what is new as well.
        let changed = if let Some(ledger) = work.rebuilt.remove(&key) {
            let changed = ledger != person.ledger;
            person.ledger = ledger;
            changed
        } else if let Some(entries) = work.entries.remove(&key) {
            let before = person.ledger.clone();
            person.ledger.record(entries);
            person.ledger != before
        } else {
            false
        };
        recorded.push(changed);
        person.matching = compiled.matching;
    }
    recorded
}

/// What is stored of a person beside the ledger, as far as a fold can change it.
#[derive(PartialEq, Eq)]
struct Figures {
    rules: LeadRules,
    matching: i64,
    engagement: Engagement,
    mql: bool,
    last_activity: Option<i64>,
}

impl Figures {
    fn of(person: &PersonState) -> Self {
        let &PersonState { ref rules, matching, engagement, mql, last_activity, .. } = person;
        Self { rules: rules.clone(), matching, engagement, mql, last_activity }
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
    state.held_until = found.held_until;
    state.mqa = found.mqa;
    state.priority = found.priority;
    state.phase = found.phase;
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
        held_until: None,
        mqa: false,
        priority: false,
        phase: None,
        engaged_people: 0,
        people: 0,
        last_activity: None,
        assessed_at: 0,
        // Due at once, should whoever made it not assess it.
        changes_at: Some(0),
        sequence: 0,
        stamp: 0,
        newly_qualified: false,
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
        engagement: Engagement::NONE,
        mql: false,
        last_activity: None,
    }
}
