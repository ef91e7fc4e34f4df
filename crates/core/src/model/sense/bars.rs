//! Bars that nobody can meet, or that say nothing beside others.

use super::super::{FitRule, Model, Problem};
use crate::engagement::round;
use crate::fit::{Fit, account_fit_parts};
use crate::tier::{Bar, MqlBar, Tiers};

pub(super) fn check(model: &Model, found: &mut Vec<Problem>) {
    let reach = Reach::new(model);
    reach.check("", &model.tiers, None, found);
    let mut sources: Vec<(&str, &str)> = Vec::new();
    for (position, segment) in model.segments.iter().enumerate() {
        let source = segment.when.source().trim();
        let taker = sources.iter().find(|(earlier, _)| *earlier == source || *earlier == "true");
        if let Some((_, name)) = taker {
            let message = format!("no account comes to this segment: `{name}` takes them all");
            found.push(Problem::new(format!("segments[{position}].when"), message));
        }
        sources.push((source, &segment.name));
        let path = format!("segments[{position}].");
        reach.check(&path, &segment.tiers, Some(&model.tiers), found);
    }
}

/// What the rules of a model can give at most.
struct Reach {
    account_fit: u8,
    lead_fit: u8,
    gives_points: bool,
}

impl Reach {
    fn new(model: &Model) -> Self {
        let signals = model.signals.all().iter().map(|signal| &signal.worth);
        let mut worths = signals.chain(model.patterns.all().iter().map(|pattern| &pattern.worth));
        Self {
            account_fit: best_fit(model),
            lead_fit: most(&model.lead_fit),
            gives_points: worths.any(|worth| worth.points > 0.0),
        }
    }

    /// Looks at the bars under a path; those that are taken over from `general` were looked at
    /// there.
    fn check(&self, path: &str, tiers: &Tiers, general: Option<&Tiers>, found: &mut Vec<Problem>) {
        if general.is_none_or(|general| general.bars != tiers.bars) {
            for (position, tier) in tiers.bars.iter().enumerate() {
                let path = format!("{path}tiers[{position}]");
                self.bar(&path, &tier.bar, found);
                let mut better = tiers.bars.iter().take(position);
                if let Some(taker) = better.find(|better| asks_no_more(&better.bar, &tier.bar)) {
                    let (worse, better) = (tier.tier.number(), taker.tier.number());
                    let message = format!(
                        "whoever meets the bar of tier {worse} meets that of tier {better}"
                    );
                    found.push(Problem::new(path, message));
                }
            }
        }
        if let Some(mqa) = &tiers.mqa
            && general.is_none_or(|general| general.mqa != tiers.mqa)
        {
            self.bar(&format!("{path}mqa"), mqa, found);
        }
        if let Some(mql) = &tiers.mql
            && general.is_none_or(|general| general.mql != tiers.mql)
        {
            self.mql(&format!("{path}mql"), mql, found);
        }
    }

    fn bar(&self, path: &str, bar: &Bar, found: &mut Vec<Problem>) {
        if bar.fit > self.account_fit {
            let (fit, most) = (bar.fit, self.account_fit);
            let message =
                format!("asks for {fit}, and the fit rules give an account {most} at most");
            found.push(Problem::new(format!("{path}.fit"), message));
        }
        self.points(&format!("{path}.engagement"), "engagement", bar.engagement > 0, found);
        let people = format!("{path}.engaged_people");
        self.points(&people, "engaged people", bar.engaged_people > 0, found);
    }

    fn mql(&self, path: &str, mql: &MqlBar, found: &mut Vec<Problem>) {
        if mql.fit > self.lead_fit {
            let (fit, most) = (mql.fit, self.lead_fit);
            let message = format!("asks for {fit}, and the fit rules give a person {most} at most");
            found.push(Problem::new(format!("{path}.fit"), message));
        }
        self.points(&format!("{path}.engagement"), "engagement", mql.engagement > 0, found);
    }

    fn points(&self, path: &str, what: &str, asked: bool, found: &mut Vec<Problem>) {
        if asked && !self.gives_points {
            let message = format!("asks for {what}, and no signal gives points");
            found.push(Problem::new(path, message));
        }
    }
}

/// The most that rules can give together.
fn most(rules: &[FitRule]) -> u8 {
    let sum: i64 = rules.iter().map(|rule| i64::from(rule.points.max(0))).sum();
    u8::try_from(sum.min(100)).unwrap_or(100)
}

/// Whether everybody who meets `other` meets `bar`.
fn asks_no_more(bar: &Bar, other: &Bar) -> bool {
    bar.fit <= other.fit
        && bar.engagement <= other.engagement
        && bar.engaged_people <= other.engaged_people
        && bar.roles.iter().all(|role| other.roles.contains(role))
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
