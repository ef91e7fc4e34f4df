//! How many rules of fit a model file has room for.

use abm_core::model::{self, file::ModelFile};

/// Most rules of a person's fit beside everything else of a file that counts as a rule.
pub(crate) fn for_lead_fit(file: &ModelFile) -> usize {
    let others = file.signals.len()
        + file.patterns.len()
        + file.titles.rules.len()
        + file.account_fit.rules.len()
        + file.exclusions.len()
        + file.lead_exclusions.len()
        + file.segments.len();
    model::RULES.saturating_sub(others)
}

#[cfg(test)]
mod tests {
    use abm_core::model::file::FitRuleFile;

    use super::*;

    const ONE_OF_EACH: &str = "
name: one of each
signals: [{name: visit, when: 'activity.type == \"visit\"', points: 1}]
patterns: [{name: often, all: [{of: [visit], at_least: 3}], within_days: 7, points: 2}]
titles: {rules: [{name: boss, matches: '\\bboss\\b', seniority: c_level, confidence: 90}]}
lead_fit: [{name: titled, when: 'lead.title != \"\"', points: 1}]
account_fit: {rules: [{name: large, when: 'account.employees > 9', points: 1}]}
exclusions: [{name: rival, when: 'account.name == \"rival\"'}]
lead_exclusions: [{name: pupil, when: 'lead.title == \"pupil\"'}]
tiers: [{tier: 1, engagement: 40}]
segments: [{name: giants, when: 'account.employees > 99', tiers: [{tier: 1, engagement: 20}]}]
";

    #[test]
    fn a_file_with_as_many_rules_as_there_is_room_for_is_valid_and_with_one_more_it_is_not() {
        let room = for_lead_fit(&model::read_file(ONE_OF_EACH).unwrap());
        let with = |rules: usize| {
            let rule = |number: usize| {
                let (name, when) = (format!("rule {number}"), format!("lead.title == '{number}'"));
                (FitRuleFile { name, when, points: 1 }, String::new())
            };
            let rules: Vec<_> = (0..rules).map(rule).collect();
            model::parse(&model::with_lead_fit(ONE_OF_EACH, &rules).unwrap())
        };
        assert_eq!(room, model::RULES - 7);
        assert!(with(room).is_ok());
        let problems = with(room + 1).unwrap_err();
        assert!(problems[0].to_string().contains("rules"), "{problems:?}");
    }
}
