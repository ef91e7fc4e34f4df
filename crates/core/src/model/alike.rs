//! Whether two models say the same of everybody's profile.

use std::collections::BTreeMap;

use super::{Exclusion, FitRule, Model};
use crate::title::TitleRules;
use crate::{BuyingRole, Seniority};

/// A rule of titles: its name and pattern, what it tells, and how sure it is.
type Title<'a> = (&'a str, &'a str, Option<Seniority>, Option<BuyingRole>, u8);

/// All that decides what a model's rules say of profiles.
#[derive(Debug, PartialEq, Eq)]
struct Asked<'a> {
    account_fit: Vec<(&'a str, &'a str, i32)>,
    lead_fit: Vec<(&'a str, &'a str, i32)>,
    exclusions: Vec<(&'a str, &'a str)>,
    lead_exclusions: Vec<(&'a str, &'a str)>,
    segments: Vec<(&'a str, &'a str)>,
    titles: Vec<Title<'a>>,
    seniority_percent: &'a BTreeMap<Seniority, u32>,
    buying_role_percent: &'a BTreeMap<BuyingRole, u32>,
}

impl Model {
    /// Whether two models say the same of every account and person by their profiles: rules of
    /// fit, exclusions, segments, titles and weights, by the same names. What one of them found
    /// stands under the other then, and no profile has to be read again; bars, points of signals
    /// and caps may differ.
    #[must_use]
    pub fn asks_alike(&self, other: &Self) -> bool {
        Asked::of(self) == Asked::of(other)
    }
}

impl<'a> Asked<'a> {
    fn of(model: &'a Model) -> Self {
        let segments = model.segments.iter();
        Self {
            account_fit: fit(&model.account_fit.rules),
            lead_fit: fit(&model.lead_fit),
            exclusions: excluded(&model.exclusions),
            lead_exclusions: excluded(&model.lead_exclusions),
            segments: segments.map(|own| (own.name.as_str(), own.when.source())).collect(),
            titles: titles(&model.titles),
            seniority_percent: &model.rollup.seniority_percent,
            buying_role_percent: &model.rollup.buying_role_percent,
        }
    }
}

fn fit(rules: &[FitRule]) -> Vec<(&str, &str, i32)> {
    rules.iter().map(|rule| (rule.name.as_str(), rule.when.source(), rule.points)).collect()
}

fn excluded(rules: &[Exclusion]) -> Vec<(&str, &str)> {
    rules.iter().map(|rule| (rule.name.as_str(), rule.when.source())).collect()
}

/// The rules that are sure enough to tell anything.
fn titles(titles: &TitleRules) -> Vec<Title<'_>> {
    let telling = titles.rules.iter().filter(|rule| rule.confidence >= titles.least_confidence);
    let told = telling.map(|rule| {
        let (name, pattern) = (rule.name.as_str(), rule.pattern.as_str());
        (name, pattern, rule.seniority, rule.buying_role, rule.confidence)
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use crate::model::parse;

    const FILE: &str = "
name: x
signals: [{name: a, when: 'true', points: 5}]
lead_fit: [{name: f, when: 'lead.title == \"a\"', points: 5}]
lead_exclusions: [{name: g, when: 'lead.title == \"b\"'}]
account_fit: {rules: [{name: h, when: 'account.employees > 5', points: 7}]}
exclusions: [{name: i, when: 'account.employees > 6'}]
segments: [{name: s, when: 'account.employees > 7', tiers: [{tier: 1, engagement: 50}]}]
titles: {least_confidence: 50, rules: [{name: t, matches: 'boss', seniority: vp, confidence: 60}]}
rollup: {seniority_percent: {vp: 120}, buying_role_percent: {champion: 130}}
tiers: [{tier: 1, engagement: 60}]
";

    fn is_alike(before: &str, after: &str) -> bool {
        let changed = FILE.replace(before, after);
        assert_ne!(changed, FILE, "{before}");
        let (one, other) = (parse(FILE).expect(FILE), parse(&changed).expect(after));
        assert_eq!(one.asks_alike(&other), other.asks_alike(&one));
        one.asks_alike(&other)
    }

    #[test]
    fn what_is_said_of_a_profile_decides() {
        for (before, after) in [
            ("title == \"a\"", "title == \"c\""),
            ("points: 5}]\nlead_ex", "points: 6}]\nlead_ex"),
            ("title == \"b\"", "title == \"c\""),
            ("name: g", "name: gg"),
            ("employees > 5", "employees > 4"),
            ("points: 7", "points: 8"),
            ("employees > 6", "employees > 4"),
            ("name: i", "name: ii"),
            ("employees > 7", "employees > 4"),
            ("name: s", "name: ss"),
            ("name: f", "name: ff"),
            ("name: h", "name: hh"),
            ("name: t", "name: tt"),
            ("boss", "chief"),
            ("seniority: vp, conf", "seniority: director, conf"),
            ("confidence: 60", "confidence: 70"),
            ("least_confidence: 50", "least_confidence: 61"),
            ("vp: 120", "vp: 121"),
            ("champion: 130", "champion: 131"),
        ] {
            assert!(!is_alike(before, after), "{before} -> {after}");
        }
    }

    #[test]
    fn points_bars_and_rules_that_tell_nothing_do_not() {
        for (before, after) in [
            ("points: 5}]\nlead_fit", "points: 6}]\nlead_fit"),
            ("engagement: 50", "engagement: 51"),
            ("engagement: 60", "engagement: 61"),
            ("least_confidence: 50", "least_confidence: 40"),
        ] {
            assert!(is_alike(before, after), "{before} -> {after}");
        }
    }
}
