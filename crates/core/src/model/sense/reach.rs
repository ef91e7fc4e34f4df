//! What people and accounts reach at most under a model, whatever they do and whoever they are.

use super::super::{FitRule, Model, Worth};
use super::Broken;
use crate::engagement::{curve, round};
use crate::fit::{Fit, account_fit_parts};
use crate::ledger::DAY_ENTRIES;
use crate::rollup::Operator;
use crate::{BuyingRole, DAY, Seniority};

/// Bounds of scores: nobody is above them, and it may be that nobody comes near.
pub(super) struct Reach {
    pub(super) account_fit: u8,
    pub(super) lead_fit: u8,
    /// Whether a signal or pattern gives points.
    pub(super) gives_points: bool,
    /// The engagement of a person.
    pub(super) person: u8,
    /// The engagement of an account.
    pub(super) account: u8,
    /// Whether a person can be engaged.
    pub(super) engages: bool,
}

impl Reach {
    /// The bounds of a model. Where what they are made of is broken anything can be reached.
    pub(super) fn new(model: &Model, broken: &Broken) -> Self {
        let mut reach = Self {
            account_fit: 100,
            lead_fit: 100,
            gives_points: true,
            person: 100,
            account: 100,
            engages: true,
        };
        if broken.spares(&["lead_fit"]) {
            reach.lead_fit = most(&model.lead_fit);
        }
        if broken.spares(&["lead_fit", "account_fit"]) {
            reach.account_fit = best_fit(model);
        }
        if broken.spares(&["engagement", "groups", "signals", "patterns"]) {
            reach.person(model);
            if broken.spares(&["rollup"]) {
                reach.account = account(model, reach.person);
            }
        }
        reach
    }

    fn person(&mut self, model: &Model) {
        let raw = raw_points(model);
        // Above any error of the sums: a bound must not be too low.
        let raw = if raw > 0.0 { raw * (1.0 + 1e-6) + 1e-6 } else { 0.0 };
        self.gives_points = raw > 0.0;
        self.person = round(curve(raw, model.half_points));
        self.engages = model.is_engaged(self.person);
    }
}

/// The most raw points of a person: all signals and patterns as often as they count, at once,
/// within the caps of their groups.
fn raw_points(model: &Model) -> f64 {
    let groups = model.signals.groups();
    let (mut grouped, mut free) = (vec![0.0; groups.len()], 0.0);
    let signals = model.signals.all().iter().map(|signal| &signal.worth);
    let worths = signals.chain(model.patterns.all().iter().map(|pattern| &pattern.worth));
    for worth in worths.filter(|worth| worth.points > 0.0) {
        let group = worth.group.and_then(|group| grouped.get_mut(group));
        *group.unwrap_or(&mut free) += given(worth, model.look_back_secs);
    }
    let capped = grouped.into_iter().zip(groups).map(|(sum, group)| group.cap.min(sum));
    capped.sum::<f64>() + free
}

/// The most points that are left of a signal or pattern which happens as often as it counts, on
/// every day of the look-back.
fn given(worth: &Worth, look_back_secs: i64) -> f64 {
    let a_day = worth.points * worth.daily_cap.min(DAY_ENTRIES) as f64;
    // Of the day of the moment nothing has faded, nor of the one before: it may have begun just
    // now. Each day before is a day older.
    let fades_to = libm::exp2(-(DAY as f64) / worth.half_life_secs);
    let days_before = (look_back_secs / DAY + 1) as f64;
    a_day * (1.0 + days_before.min(1.0 / (1.0 - fades_to)))
}

/// The most engagement of an account whose members have no more than `person`.
fn account(model: &Model, person: u8) -> u8 {
    let rollup = &model.rollup;
    let seniority = |of| rollup.seniority_percent.get(of).copied().unwrap_or(100);
    let seniority = Seniority::ALL.iter().map(seniority).max().unwrap_or(100);
    let role = |of| rollup.buying_role_percent.get(of).copied().unwrap_or(100);
    // Who has no role has 100 for it.
    let role = BuyingRole::ALL.iter().map(role).max().unwrap_or(100).max(100);
    let of_people = seniority * role / 100;
    let of_visitor = rollup.unknown_visitor_percent;
    let value = |percent: u32| f64::from(person) * f64::from(percent) / 100.0;
    round(match rollup.operator {
        // There may be any number of people, but one visitor.
        Operator::SaturatingSum if value(of_people) > 0.0 => 100.0,
        Operator::SaturatingSum => curve(value(of_visitor), rollup.half_points),
        Operator::Mean => person.into(),
        // All others are means of values, none of which is above the largest.
        Operator::Max | Operator::Median | Operator::TopKMean | Operator::Champion => {
            value(of_people.max(of_visitor)).min(100.0)
        }
    })
}

/// The most that rules can give together.
fn most(rules: &[FitRule]) -> u8 {
    let sum: i64 = rules.iter().map(|rule| i64::from(rule.points.max(0))).sum();
    u8::try_from(sum.min(100)).unwrap_or(100)
}

/// The best fit that the rules can give an account.
fn best_fit(model: &Model) -> u8 {
    let account = Fit { score: most(&model.account_fit.rules), coverage: 100 };
    let lead = most(&model.lead_fit);
    let people: Vec<_> = if model.account_fit.required_roles.is_empty() {
        vec![(lead, None)]
    } else {
        let roles = model.account_fit.required_roles.iter().map(|role| (lead, Some(*role)));
        // As many of the best as are looked at.
        roles
            .chain(std::iter::repeat_n((lead, None), model.account_fit.top_people.min(100)))
            .collect()
    };
    round(account_fit_parts(model, account, &people).score(model))
}
