//! The scoring function: an account and its people at a moment.

mod amounts;
mod forecast;
mod hold;
mod momentum;
mod phase;
mod qualify;

use std::cell::OnceCell;

use crate::engagement::{Reading, round};
use crate::fit::{Fit, RuleFit, account_fit_parts};
use crate::grade::Label;
use crate::ledger::{Entry, Ledger};
use crate::phase::Phase;
use crate::rollup::Part;
use crate::rule::{AccountFacts, Answer, Facts, LeadFacts};
use crate::tier::{Standing, Tier, Tiers};
use crate::title::Position;
use crate::{AccountProfile, BuyingRole, LeadId, LeadProfile, Model};

pub use amounts::amounts;
pub use forecast::{Forecast, forecast, forecast_mql};
pub use momentum::{Momentum, Visits, momentum, visits};
pub use qualify::{AssessedLead, assess_lead, raised_hand};

/// What a model's rules say of an account's profile, whatever happens over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountRules {
    /// Firmographic fit.
    pub fit: Fit,
    /// Why the account is excluded from priority; `None` when it is not.
    pub exclusion: Option<String>,
    /// The segment whose bars hold for it; `None` when those of all accounts do.
    pub segment: Option<String>,
}

/// What a model's rules say of a person's profile, whatever happens over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadRules {
    /// Fit.
    pub fit: Fit,
    /// Weight in the account, in percent; 0 for who is excluded.
    pub percent: u32,
    /// How senior they are and which part they play, and from where that is known.
    pub position: Position,
    /// Why the person is no part of their account's scores; `None` when they are.
    pub exclusion: Option<String>,
}

impl AccountRules {
    /// Asks a model's rules about an account.
    #[must_use]
    pub fn new(model: &Model, profile: &AccountProfile) -> Self {
        Self::of_facts(model, &AccountFacts::new(profile))
    }

    /// The same about what is known of one.
    #[must_use]
    pub fn of_facts(model: &Model, facts: &AccountFacts) -> Self {
        let mut segments = model.segments.iter();
        let segment = segments.find(|segment| segment.when.answer(facts) == Answer::Yes);
        Self {
            fit: RuleFit::new(&model.account_fit.rules, facts).fit(),
            exclusion: exclusion(&model.exclusions, facts),
            segment: segment.map(|segment| segment.name.clone()),
        }
    }
}

impl LeadRules {
    /// Asks a model's rules about a person at an account.
    #[must_use]
    pub fn new(model: &Model, lead: &LeadProfile, account: &AccountFacts) -> Self {
        let position = model.titles.read(lead);
        // Making facts costs more than most rules.
        let asks = !model.lead_fit.is_empty() || !model.lead_exclusions.is_empty();
        let facts = asks.then(|| LeadFacts::new(lead, &position, account));
        let (fit, exclusion) = match &facts {
            Some(facts) => (
                RuleFit::new(&model.lead_fit, facts).fit(),
                exclusion(&model.lead_exclusions, facts),
            ),
            None => (RuleFit { answers: Vec::new(), points: 0 }.fit(), None),
        };
        let percent = if exclusion.is_some() { 0 } else { model.rollup.weight(&position) };
        Self { fit, percent, position, exclusion }
    }

    /// Their buying role.
    #[must_use]
    pub fn buying_role(&self) -> Option<BuyingRole> {
        self.position.buying_role.map(|known| known.value)
    }
}

/// The name of the first rule that holds.
fn exclusion(rules: &[crate::model::Exclusion], facts: &impl Facts) -> Option<String> {
    let mut rules = rules.iter();
    let found = rules.find(|rule| rule.when.answer(facts) == Answer::Yes);
    found.map(|rule| rule.name.clone())
}

/// A person's engagement and how long it stays if nothing happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Engagement {
    /// 0 to 100.
    pub score: u8,
    /// The first second in which it can be another one; `None`: never.
    pub changes_at: Option<i64>,
    /// It was not more than this at any second of the hold's window before it was found, and is
    /// not until it changes. Tells of most accounts that they never met a bar without looking.
    pub peak: u8,
}

impl Engagement {
    /// Of somebody who never did anything that counts.
    pub const NONE: Self = Self { score: 0, changes_at: None, peak: 0 };
}

/// One person of an account, as [`assess()`] looks at them.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who it is.
    pub lead: LeadId,
    /// What the rules say of them.
    pub rules: LeadRules,
    /// What they did.
    pub ledger: Ledger,
    /// What is known to hold at the moment asked about, from an assessment of the same ledger
    /// before; saves the work of finding it again.
    pub known: Option<Engagement>,
}

/// An account at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// 0 to 100.
    pub engagement: u8,
    /// 0 to 100, and how much of what the rules ask was known.
    pub fit: Fit,
    /// Letter and digit.
    pub label: Label,
    /// The tier the account is in, by its bar or by the hold.
    pub tier: Option<Tier>,
    /// The tier whose bar it meets at this very moment.
    pub tier_met: Option<Tier>,
    /// The second in which a tier that is only held ends, unless its bar is met again before;
    /// `None` when the bar is met, or there is no tier.
    pub held_until: Option<i64>,
    /// Whether it is a marketing qualified account.
    pub mqa: bool,
    /// Whether it is in a priority tier and not excluded.
    pub priority: bool,
    /// The furthest phase of a purchase that its people's activities of late stand for.
    pub phase: Option<Phase>,
    /// People at or above the engaged floor.
    pub engaged_people: u32,
    /// The second of the latest activity that counts or could count.
    pub last_activity: Option<i64>,
    /// The first second in which any of this can be different if nothing happens; `None`: never.
    pub changes_at: Option<i64>,
    /// The engagement of each person, in the order given.
    pub people: Vec<Engagement>,
    /// Whether each person is a marketing qualified lead by the model's rule, in the order given.
    pub mqls: Vec<bool>,
    /// The engagement of the unknown visitor.
    pub visitor: Engagement,
}

/// Assesses an account as `model` would have at the second `as_of`.
///
/// What happened later is ignored, so that a past moment can be assessed today. The result
/// depends on nothing but the arguments.
#[must_use]
pub fn assess(
    model: &Model,
    account: &AccountRules,
    people: &[Person],
    visitor: &Ledger,
    as_of: i64,
) -> Assessment {
    Course::new(model, account, people, visitor).at(as_of)
}

/// One account followed through time: the same answers as [`assess()`], for moments that do not
/// go back, without finding again at each what still holds from the one before.
#[derive(Debug)]
pub struct Course<'a> {
    crowd: Crowd<'a>,
    fit: Fit,
    excluded: bool,
    /// The last moment asked about, and what the window said then.
    held: Option<(i64, hold::Held)>,
    /// The phase at that moment.
    phase: Option<(i64, phase::Reached)>,
    /// Whether it is asked when things change.
    tells_changes: bool,
}

impl<'a> Course<'a> {
    /// Begins with what is known of the people at the first moment asked about.
    #[must_use]
    pub fn new(
        model: &'a Model,
        account: &AccountRules,
        people: &'a [Person],
        visitor: &'a Ledger,
    ) -> Self {
        Self {
            crowd: Crowd::new(model, model.tiers_of(account.segment.as_deref()), people, visitor),
            fit: account_fit(model, account, people),
            excluded: account.exclusion.is_some(),
            held: None,
            phase: None,
            tells_changes: true,
        }
    }

    /// The same without finding when anything changes, which is most of the work: every
    /// `changes_at` is `None`.
    #[must_use]
    pub fn without_changes(self) -> Self {
        Self { tells_changes: false, ..self }
    }

    /// The account at a second, which must not be before the last one asked about.
    pub fn at(&mut self, as_of: i64) -> Assessment {
        let Self { crowd, fit, excluded, held, phase, tells_changes } = self;
        for member in &mut crowd.members {
            member.advance(as_of, *tells_changes);
        }
        let mut people: Vec<Engagement> =
            crowd.members.iter().filter_map(|member| member.known).collect();
        let scores: Vec<u8> = people.iter().map(|engagement| engagement.score).collect();
        let standing = crowd.standing(fit.score, &scores, as_of);
        let still = held.and_then(|(since, held)| held.still(crowd, &standing, since, as_of));
        let found = still.unwrap_or_else(|| hold::look_back(crowd, &standing, as_of));
        *held = Some((as_of, found));
        let held = found;
        let next = people.iter().filter_map(|engagement| engagement.changes_at);
        let ahead = crowd.members.iter().filter_map(|member| member.next_moment(as_of));
        let last = crowd.counting().filter_map(|member| member.ledger.last_at(as_of));
        let last_activity = last.max();
        let still = phase.and_then(|(since, phase)| phase.still(crowd, since, as_of));
        let reached = still.unwrap_or_else(|| phase::reached(crowd, as_of));
        *phase = Some((as_of, reached));
        let phase = reached;
        let mqls = qualify::people(crowd, &scores, *excluded, as_of);
        let lapses = held.lapses_at().into_iter().chain(phase.lapses_at).chain(mqls.lapses_at);
        let changes_at = next.chain(ahead).chain(lapses).min().filter(|_| *tells_changes);
        let visitor = people.pop().unwrap_or(Engagement::NONE);
        let priority = crowd.tiers.priority.as_slice();
        Assessment {
            engagement: standing.engagement,
            fit: *fit,
            label: crowd.model.grades.label(fit.score, standing.engagement),
            tier: held.tier,
            tier_met: held.tier_met,
            held_until: held.tier_lapses_at,
            mqa: held.mqa && !*excluded,
            priority: !*excluded && held.tier.is_some_and(|tier| priority.contains(&tier)),
            phase: phase.phase,
            engaged_people: standing.engaged_people,
            last_activity,
            changes_at,
            people,
            mqls: mqls.people,
            visitor,
        }
    }
}

fn account_fit(model: &Model, account: &AccountRules, people: &[Person]) -> Fit {
    let people = fits_and_roles(people);
    let score = round(account_fit_parts(model, account.fit, &people).score(model));
    Fit { score, coverage: account.fit.coverage }
}

/// What people add to the fit of their account: the fit and role of those who are part of it.
pub(crate) fn fits_and_roles(people: &[Person]) -> Vec<(u8, Option<BuyingRole>)> {
    let counting = people.iter().filter(|person| person.rules.exclusion.is_none());
    counting.map(|person| (person.rules.fit.score, person.rules.buying_role())).collect()
}

/// The weighted sum of raw points of an account's people and unknown visitor at a second: what
/// their engagement is made of, before any curve.
#[must_use]
pub fn raw_points(model: &Model, people: &[Person], visitor: &Ledger, as_of: i64) -> f64 {
    let crowd = Crowd::new(model, &model.tiers, people, visitor);
    let weighted =
        |member: &Member<'_>| f64::from(member.percent) / 100.0 * member.reading().raw(as_of);
    crowd.counting().map(weighted).sum()
}

/// Everybody of an account: its people and, last, the unknown visitor.
#[derive(Debug)]
struct Crowd<'a> {
    model: &'a Model,
    /// The bars that hold for the account.
    tiers: &'a Tiers,
    members: Vec<Member<'a>>,
}

#[derive(Debug)]
struct Member<'a> {
    model: &'a Model,
    ledger: &'a Ledger,
    percent: u32,
    fit: u8,
    role: Option<BuyingRole>,
    is_person: bool,
    /// Whether it is part of the account's scores: nobody excluded is.
    counts: bool,
    /// From the last moment asked about on, until it changes.
    known: Option<Engagement>,
    /// Read only when asked for: most members of a large account are known to stand as before.
    reading: OnceCell<Reading>,
}

impl<'a> Crowd<'a> {
    fn new(model: &'a Model, tiers: &'a Tiers, people: &'a [Person], visitor: &'a Ledger) -> Self {
        let people = people
            .iter()
            .map(|person| Member::of_person(model, &person.rules, &person.ledger, person.known));
        let visitor = Member {
            model,
            ledger: visitor,
            percent: model.rollup.unknown_visitor_percent,
            fit: 0,
            role: None,
            is_person: false,
            counts: true,
            known: None,
            reading: OnceCell::new(),
        };
        Self { model, tiers, members: people.chain([visitor]).collect() }
    }

    /// The members: those who are part of the account's scores.
    fn counting(&self) -> impl Iterator<Item = &Member<'a>> {
        self.members.iter().filter(|member| member.counts)
    }

    /// What the account shows at a second in which its members' engagements are `scores`.
    fn standing(&self, fit: u8, scores: &[u8], at: i64) -> Standing {
        let mut parts = Vec::with_capacity(scores.len());
        let (mut engaged_people, mut roles) = (0, Vec::new());
        let scores = self.members.iter().zip(scores).filter(|(member, _)| member.counts);
        for (member, &engagement) in scores {
            // Before a trace there was no visitor; an idle person still counts for a mean.
            if member.is_person || member.ledger.last_at(at).is_some() {
                parts.push(Part { engagement, percent: member.percent });
            }
            if member.is_person && self.model.is_engaged(engagement) {
                engaged_people += 1;
                roles.extend(member.role);
            }
        }
        let engagement = round(self.model.rollup.score(&parts));
        Standing { fit, engagement, engaged_people, roles }
    }

    /// The moments from after `start` to before `end` in which the engagement of a member can
    /// rise: activities, and where what was taken off fades.
    fn rises(&self, start: i64, end: i64) -> Vec<i64> {
        let mut moments: Vec<i64> =
            self.counting().flat_map(|member| member.rises(start, end)).collect();
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    fn standing_at(&self, fit: u8, at: i64) -> Standing {
        // Of who does not count it does not matter what they show.
        let score =
            |member: &Member<'_>| if member.counts { member.reading().engagement(at) } else { 0 };
        let scores: Vec<u8> = self.members.iter().map(score).collect();
        self.standing(fit, &scores, at)
    }
}

impl<'a> Member<'a> {
    fn of_person(
        model: &'a Model,
        rules: &LeadRules,
        ledger: &'a Ledger,
        known: Option<Engagement>,
    ) -> Self {
        Self {
            model,
            ledger,
            percent: rules.percent,
            fit: rules.fit.score,
            role: rules.buying_role(),
            is_person: true,
            counts: rules.exclusion.is_none(),
            known,
            reading: OnceCell::new(),
        }
    }

    fn reading(&self) -> &Reading {
        self.reading.get_or_init(|| Reading::new(self.model, self.ledger))
    }

    /// The moments from after `start` to before `end` in which its engagement can rise, in order.
    fn rises(&self, start: i64, end: i64) -> Vec<i64> {
        let reading = self.reading();
        let first = reading.moments.partition_point(|&moment| moment <= start);
        let last = reading.moments.partition_point(|&moment| moment < end);
        let mut moments = reading.moments.get(first..last).unwrap_or_default().to_vec();
        moments.extend(reading.rises_between(start, end));
        moments.sort_unstable();
        moments
    }

    /// Makes what is known hold at `as_of`, and until when if that is asked.
    fn advance(&mut self, as_of: i64, tells_changes: bool) {
        let holds = |known: &Engagement| known.changes_at.is_none_or(|change| as_of < change);
        if tells_changes && self.known.as_ref().is_some_and(holds) {
            return;
        }
        self.known = Some(if self.ledger.is_empty() {
            Engagement::NONE
        } else {
            let reading = self.reading();
            Engagement {
                score: reading.engagement(as_of),
                changes_at: if tells_changes { reading.next_change(as_of) } else { None },
                peak: reading.best_between(as_of - self.model.tiers.hold_secs, as_of),
            }
        });
    }

    /// The entries from the second `start` to the second `end`, both included.
    fn entries_between(&self, start: i64, end: i64) -> &[Entry] {
        let entries = self.ledger.entries();
        let first = entries.partition_point(|entry| entry.time < start);
        let after = entries.partition_point(|entry| entry.time <= end);
        entries.get(first..after).unwrap_or_default()
    }

    /// The latest second from `start` to `end` in which somebody asked to be called.
    fn last_raised_hand(&self, start: i64, end: i64) -> Option<i64> {
        let recent = self.entries_between(start, end);
        let raises = |entry: &Entry| {
            self.model.signals.get(entry.signal).is_some_and(|signal| signal.worth.hand_raiser)
        };
        let patterns = self.model.patterns.all();
        let by_pattern = || patterns.iter().any(|pattern| pattern.worth.hand_raiser);
        // Most did nothing of the kind: their ledgers need not be read.
        if recent.is_empty() || !(recent.iter().any(raises) || by_pattern()) {
            return None;
        }
        let raised = &self.reading().raised_hands;
        let after = raised.partition_point(|&at| at <= end);
        raised.get(..after)?.last().copied().filter(|&at| at >= start)
    }

    /// The next activity that is dated ahead.
    fn next_moment(&self, as_of: i64) -> Option<i64> {
        let last = self.ledger.entries().last()?;
        if last.time <= as_of {
            return None;
        }
        let ahead = self.ledger.entries().partition_point(|entry| entry.time <= as_of);
        self.ledger.entries().get(ahead).map(|entry| entry.time)
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod worked_example;
