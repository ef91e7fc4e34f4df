//! Bars that nobody can meet, or that say nothing beside others.

use super::super::{Model, Problem};
use super::Broken;
use super::reach::Reach;
use crate::tier::{Bar, MqlBar, Tiers};

pub(super) fn check(model: &Model, broken: &Broken, found: &mut Vec<Problem>) {
    let bars = Bars { model, broken, reach: Reach::new(model, broken) };
    bars.floor(found);
    bars.check("", &model.tiers, None, found);
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
        bars.check(&path, &segment.tiers, Some(&model.tiers), found);
    }
}

/// The bars of a model beside what can be reached at most.
struct Bars<'a> {
    model: &'a Model,
    broken: &'a Broken,
    reach: Reach,
}

impl Bars<'_> {
    /// A floor under which everybody stays, whatever bars ask.
    fn floor(&self, found: &mut Vec<Problem>) {
        if self.reach.gives_points && !self.reach.engages {
            let message = format!("nobody is engaged: {}", self.engaged_are());
            found.push(Problem::new("engagement.engaged_floor", message));
        }
    }

    fn engaged_are(&self) -> String {
        let (floor, most) = (self.model.engaged_floor.max(1), self.reach.person);
        format!("that takes {floor}, and the signals give a person {most} at most")
    }

    /// Looks at the bars under a path; those that are taken over from `general` were looked at
    /// there.
    fn check(&self, path: &str, tiers: &Tiers, general: Option<&Tiers>, found: &mut Vec<Problem>) {
        let list = if general.is_some() { "segments" } else { "tiers" };
        if general.is_none_or(|general| general.bars != tiers.bars) && self.broken.spares(&[list]) {
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
        if bar.fit > self.reach.account_fit {
            let (fit, most) = (bar.fit, self.reach.account_fit);
            let message =
                format!("asks for {fit}, and the fit rules give an account {most} at most");
            found.push(Problem::new(format!("{path}.fit"), message));
        }
        if bar.engagement > self.reach.account {
            let (what, most) = ("an account", self.reach.account);
            self.engagement(path, bar.engagement, (what, most), found);
        }
        if self.reach.engages {
            return;
        }
        if bar.engaged_people > 0 {
            self.engaged(&format!("{path}.engaged_people"), found);
        }
        if !bar.roles.is_empty() {
            self.engaged(&format!("{path}.roles"), found);
        }
    }

    fn mql(&self, path: &str, mql: &MqlBar, found: &mut Vec<Problem>) {
        if mql.fit > self.reach.lead_fit {
            let (fit, most) = (mql.fit, self.reach.lead_fit);
            let message = format!("asks for {fit}, and the fit rules give a person {most} at most");
            found.push(Problem::new(format!("{path}.fit"), message));
        }
        if mql.engagement > self.reach.person {
            self.engagement(path, mql.engagement, ("a person", self.reach.person), found);
        }
    }

    fn engagement(&self, path: &str, asked: u8, most: (&str, u8), found: &mut Vec<Problem>) {
        let (whom, most) = most;
        let message = match self.reach.gives_points {
            true => format!("asks for {asked}, and the signals give {whom} {most} at most"),
            false => "asks for engagement, and no signal gives points".to_owned(),
        };
        found.push(Problem::new(format!("{path}.engagement"), message));
    }

    fn engaged(&self, path: &str, found: &mut Vec<Problem>) {
        let message = match self.reach.gives_points {
            true => format!("asks for engaged people: {}", self.engaged_are()),
            false => "asks for engaged people, and no signal gives points".to_owned(),
        };
        found.push(Problem::new(path, message));
    }
}

/// Whether everybody who meets `other` meets `bar`.
fn asks_no_more(bar: &Bar, other: &Bar) -> bool {
    bar.fit <= other.fit
        && bar.engagement <= other.engagement
        && bar.engaged_people <= other.engaged_people
        && bar.roles.iter().all(|role| other.roles.contains(role))
}
