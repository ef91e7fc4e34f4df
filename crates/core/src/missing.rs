//! What an account or a lead lacks for each bar it does not meet, and the cheapest step towards it.

use std::cell::OnceCell;

use crate::assess::{AccountRules, Assessment, Person, assess_lead};
use crate::engagement::{Reading, raw_for};
use crate::ledger::Ledger;
use crate::rollup::{Asked, Part, Swaps};
use crate::tier::{Bar, Tier};
use crate::title::Position;
use crate::{BuyingRole, LeadId, Model};

/// A bar that an account or a lead does not meet at the moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    /// Which bar.
    pub bar: Goal,
    /// What is lacking, each on its own.
    pub lacks: Vec<Lack>,
}

/// What a bar is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// An account's tier.
    Tier(Tier),
    /// The marketing qualified account.
    Mqa,
    /// The marketing qualified lead.
    Mql,
}

/// One thing that is lacking.
#[derive(Clone, Debug, PartialEq)]
pub enum Lack {
    /// Points of fit.
    Fit {
        /// How many.
        points: u8,
    },
    /// Points of engagement.
    Engagement {
        /// How many.
        points: u8,
        /// The cheapest way to get them through one person; `None` when one alone cannot.
        step: Option<Step>,
    },
    /// Engaged people.
    EngagedPeople {
        /// How many.
        people: u32,
        /// The cheapest way to get one of them.
        step: Option<Step>,
    },
    /// An engaged person in a buying role.
    Role {
        /// Which role.
        role: BuyingRole,
    },
}

/// Raw points that one person lacks, and a signal that gives them.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Who is nearest; `None` for a person who is not known yet.
    pub lead: Option<LeadId>,
    /// Raw points, before the curve.
    pub raw_points: f64,
    /// A signal that gives them: the cheapest one that does it at once, or the strongest.
    pub signal: String,
    /// How many of that signal it takes.
    pub count: u32,
}

/// What is missing for every bar that `now` does not meet, best tier first. An account that
/// is held in a tier lacks what its bar asks, though it is still in it. An excluded one lacks
/// nothing for the MQA, which no step can make of it.
#[must_use]
pub fn missing(
    model: &Model,
    account: &AccountRules,
    people: &[Person],
    visitor: &Ledger,
    now: &Assessment,
    as_of: i64,
) -> Vec<Missing> {
    let tiers = model.tiers_of(account.segment.as_deref());
    let unmet = tiers.bars.iter().take_while(|tier| Some(tier.tier) != now.tier_met);
    let bars = unmet.map(|tier| (Goal::Tier(tier.tier), &tier.bar));
    let can_be_mqa = !now.mqa && account.exclusion.is_none();
    let mqa = tiers.mqa.iter().filter(|_| can_be_mqa).map(|bar| (Goal::Mqa, bar));
    let gap = Gap::new(model, people, visitor, now, as_of);
    bars.chain(mqa)
        .map(|(goal, bar)| Missing { bar: goal, lacks: gap.lacks(bar) })
        .filter(|missing| !missing.lacks.is_empty())
        .collect()
}

/// What a person lacks to be a marketing qualified lead by the model's rule; `None` when they are
/// one, when the model has no such rule, and when they or their account are excluded, which no
/// step can mend.
#[must_use]
pub fn missing_for_lead(
    model: &Model,
    account: &AccountRules,
    person: &Person,
    as_of: i64,
) -> Option<Missing> {
    let bar = model.tiers_of(account.segment.as_deref()).mql?;
    let now = assess_lead(model, &person.rules, account, &person.ledger, as_of);
    if now.mql || account.exclusion.is_some() || person.rules.exclusion.is_some() {
        return None;
    }
    let mut lacks = Vec::new();
    let fit = person.rules.fit.score;
    if fit < bar.fit {
        lacks.push(Lack::Fit { points: bar.fit - fit });
    }
    if now.engagement < bar.engagement {
        let raw_points = raw_needed(model, sum(model, person, as_of), bar.engagement);
        let step = cheapest(model, [(Some(person), raw_points)].into_iter());
        lacks.push(Lack::Engagement { points: bar.engagement - now.engagement, step });
    }
    Some(Missing { bar: Goal::Mql, lacks })
}

/// Somebody who is part of the account's scores.
struct Member<'a> {
    person: &'a Person,
    engagement: u8,
    /// The sum behind their raw points, found when it is first asked for.
    sum: OnceCell<f64>,
}

struct Gap<'a> {
    model: &'a Model,
    members: Vec<Member<'a>>,
    now: &'a Assessment,
    /// What another engagement of one of them would make of the account.
    swaps: Swaps<'a>,
    as_of: i64,
}

impl<'a> Gap<'a> {
    fn new(
        model: &'a Model,
        people: &'a [Person],
        visitor: &Ledger,
        now: &'a Assessment,
        as_of: i64,
    ) -> Self {
        let people = people.iter().zip(&now.people);
        let counting = people.filter(|(person, _)| person.rules.exclusion.is_none());
        let members: Vec<Member<'_>> = counting
            .map(|(person, shown)| Member { person, engagement: shown.score, sum: OnceCell::new() })
            .collect();
        let mut parts: Vec<Part> = members.iter().map(Member::part).collect();
        if visitor.last_at(as_of).is_some() {
            let percent = model.rollup.unknown_visitor_percent;
            parts.push(Part { engagement: now.visitor.score, percent });
        }
        let swaps = Swaps::new(&model.rollup, &parts);
        Self { model, members, now, swaps, as_of }
    }

    fn lacks(&self, bar: &Bar) -> Vec<Lack> {
        let mut lacks = Vec::new();
        let now = self.now;
        if now.fit.score < bar.fit {
            lacks.push(Lack::Fit { points: bar.fit - now.fit.score });
        }
        if now.engaged_people < bar.engaged_people {
            let people = bar.engaged_people - now.engaged_people;
            lacks.push(Lack::EngagedPeople { people, step: self.engage_one() });
        }
        if now.engagement < bar.engagement {
            let step = self.raise_one(bar.engagement);
            lacks.push(Lack::Engagement { points: bar.engagement - now.engagement, step });
        }
        let engaged = |role: BuyingRole| {
            self.members.iter().any(|member| {
                member.person.rules.buying_role() == Some(role)
                    && self.model.is_engaged(member.engagement)
            })
        };
        let open = bar.roles.iter().filter(|role| !engaged(**role));
        lacks.extend(open.map(|&role| Lack::Role { role }));
        lacks
    }

    /// The person nearest to the engaged floor, or somebody new.
    fn engage_one(&self) -> Option<Step> {
        let floor = self.model.engaged_floor.max(1);
        let idle = self.members.iter().filter(|member| !self.model.is_engaged(member.engagement));
        let steps = idle.map(|member| self.step(Some(member), floor));
        cheapest(self.model, steps.chain([self.step(None, floor)]))
    }

    /// The person through whom the account's engagement reaches `bar` with the fewest raw
    /// points, if one alone can do it.
    fn raise_one(&self, bar: u8) -> Option<Step> {
        let steps = self.members.iter().filter_map(|member| {
            let score = self.swaps.least_for(Asked::Known(member.part()), bar)?;
            Some(self.step(Some(member), score))
        });
        let percent = self.model.rollup.weight(&Position::default());
        let newcomer = self.swaps.least_for(Asked::New { percent }, bar);
        cheapest(self.model, steps.chain(newcomer.map(|score| self.step(None, score))))
    }

    /// Who it is, and the raw points that they lack for an engagement of `score`.
    fn step(&self, member: Option<&Member<'a>>, score: u8) -> (Option<&'a Person>, f64) {
        let has = member.map_or(0.0, |member| member.sum(self.model, self.as_of));
        (member.map(|member| member.person), raw_needed(self.model, has, score))
    }
}

impl Member<'_> {
    fn part(&self) -> Part {
        Part { engagement: self.engagement, percent: self.person.rules.percent }
    }

    fn sum(&self, model: &Model, as_of: i64) -> f64 {
        *self.sum.get_or_init(|| sum(model, self.person, as_of))
    }
}

/// The sum behind a person's raw points.
fn sum(model: &Model, person: &Person, as_of: i64) -> f64 {
    Reading::new(model, &person.ledger).sum(as_of)
}

/// Raw points that somebody whose points sum up to `has` lacks for an engagement of `score`.
fn raw_needed(model: &Model, has: f64, score: u8) -> f64 {
    let needed = raw_for(f64::from(score) - 0.5, model.half_points);
    // A little more than the bar, which a rounding of these figures might just miss.
    (needed * (1.0 + 1e-9) - has).max(0.0)
}

/// The step that takes the fewest raw points.
fn cheapest<'p>(
    model: &Model,
    steps: impl Iterator<Item = (Option<&'p Person>, f64)>,
) -> Option<Step> {
    let (person, raw_points) = steps.min_by(|(_, one), (_, other)| one.total_cmp(other))?;
    let giving = model.signals.all().iter().filter(|signal| signal.worth.points > 0.0);
    let enough = giving.clone().filter(|signal| signal.worth.points >= raw_points);
    let signal = enough
        .min_by(|one, other| one.worth.points.total_cmp(&other.worth.points))
        .or_else(|| giving.max_by(|one, other| one.worth.points.total_cmp(&other.worth.points)))?;
    Some(Step {
        lead: person.map(|person| person.lead.clone()),
        raw_points,
        signal: signal.name.clone(),
        count: libm::ceil(raw_points / signal.worth.points).max(1.0) as u32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AccountProfile;
    use crate::assess::{LeadRules, assess};
    use crate::ledger::Entry;
    use crate::model;
    use crate::title::Known;

    fn person(visits: usize) -> Person {
        Person {
            lead: LeadId::new(format!("p{visits}")).expect("valid"),
            rules: LeadRules { percent: 100, ..LeadRules::default() },
            ledger: (0..visits).map(|_| Entry { time: 0, signal: 0 }).collect(),
            known: None,
        }
    }

    #[test]
    fn taking_the_step_meets_the_bar() {
        let model = model::parse(
            "
name: steps
signals:
  - {name: visit, when: 'activity.type == \"visit\"', points: 1, daily_cap: 100}
  - {name: demo, when: 'activity.type == \"demo\"', points: 40}
rollup: {half_points: 100}
account_fit: {people_percent: 0}
tiers: [{tier: 1, engagement: 40, engaged_people: 2}]",
        )
        .expect("valid");
        let account = AccountRules::default();
        let mut people = vec![person(60), person(3)];
        let now = assess(&model, &account, &people, &Ledger::default(), 0);
        let found = missing(&model, &account, &people, &Ledger::default(), &now, 0);
        let [Missing { bar: Goal::Tier(Tier::One), lacks }] = found.as_slice() else {
            panic!("{found:?}")
        };
        let [Lack::EngagedPeople { people: 1, step: Some(step) }, Lack::Engagement { .. }] =
            lacks.as_slice()
        else {
            panic!("{lacks:?}")
        };
        assert_eq!(step.lead.as_ref().map(LeadId::as_str), Some("p3"), "the nearest to the floor");
        let more = libm::ceil(step.raw_points) as usize;
        people[1].ledger.record((0..more).map(|_| Entry { time: 0, signal: 0 }));
        let then = assess(&model, &account, &people, &Ledger::default(), 0);
        assert_eq!(then.engaged_people, 2);
        assert_eq!(
            missing(&model, &account, &people, &Ledger::default(), &then, 0).len(),
            usize::from(then.engagement < 40)
        );
    }

    #[test]
    fn no_step_is_told_that_would_make_an_excluded_account_marketing_qualified() {
        let file = "
name: excluded
exclusions: [{name: competitor, when: 'account.industry == \"rival\"'}]
signals: [{name: visit, when: 'activity.type == \"visit\"', points: 1}]
account_fit: {people_percent: 0}
tiers: [{tier: 1, engagement: 40}]
mqa: {engagement: 40}";
        let model = model::parse(file).expect("valid");
        let goals = |industry: &str| -> Vec<Goal> {
            let profile = AccountProfile { industry: industry.into(), ..AccountProfile::default() };
            let account = AccountRules::new(&model, &profile);
            let people = [person(1)];
            let now = assess(&model, &account, &people, &Ledger::default(), 0);
            let found = missing(&model, &account, &people, &Ledger::default(), &now, 0);
            found.iter().map(|missing| missing.bar).collect()
        };
        assert_eq!(goals("steel"), [Goal::Tier(Tier::One), Goal::Mqa]);
        assert_eq!(goals("rival"), [Goal::Tier(Tier::One)], "it keeps its tiers");
    }

    #[test]
    fn without_a_floor_nobody_is_engaged_by_doing_nothing() {
        let file = "
name: no floor
engagement: {engaged_floor: 0}
signals: [{name: visit, when: 'activity.type == \"visit\"', points: 1}]
account_fit: {people_percent: 0}
mqa: {engaged_people: 1, roles: [champion]}";
        let model = model::parse(file).expect("valid");
        let mut people = vec![person(0)];
        people[0].rules.position.buying_role = Some(Known::given(BuyingRole::Champion));
        let account = AccountRules::default();
        let now = assess(&model, &account, &people, &Ledger::default(), 0);
        let found = missing(&model, &account, &people, &Ledger::default(), &now, 0);
        let [Missing { bar: Goal::Mqa, lacks }] = found.as_slice() else { panic!("{found:?}") };
        let [Lack::EngagedPeople { people: 1, step: Some(step) }, Lack::Role { .. }] =
            lacks.as_slice()
        else {
            panic!("{lacks:?}")
        };
        assert!(step.raw_points > 0.0);
    }
}
