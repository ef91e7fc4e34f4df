//! Rules that read titles.

use std::collections::HashSet;

use super::super::file::TitlesFile;
use super::Checker;
use crate::title::{TitleRule, TitleRules};

impl Checker {
    pub(super) fn titles(&mut self, file: &TitlesFile) -> TitleRules {
        let (mut rules, mut names) = (Vec::new(), HashSet::new());
        for (position, rule) in file.rules.iter().enumerate() {
            let path = |field: &str| format!("titles.rules[{position}].{field}");
            self.name(&path("name"), &rule.name, &mut names);
            if rule.seniority.is_none() && rule.buying_role.is_none() {
                let message = "tells neither a seniority nor a buying role";
                self.problem(format!("titles.rules[{position}]"), message);
            }
            let confidence = self.percent(&path("confidence"), rule.confidence);
            if rule.confidence == 0 {
                self.problem(path("confidence"), "is 0, must be from 1 to 100");
            }
            if let Err(message) = self.found.1.spend(&rule.matches) {
                self.problem(path("matches"), message);
                continue;
            }
            match TitleRule::pattern(&rule.matches) {
                Ok(pattern) => rules.push(TitleRule {
                    name: rule.name.clone(),
                    pattern,
                    seniority: rule.seniority,
                    buying_role: rule.buying_role,
                    confidence,
                }),
                Err(error) => {
                    let message = format!("is a pattern that cannot be used: {}", brief(&error));
                    self.problem(path("matches"), message);
                }
            }
        }
        let least_confidence = self.percent("titles.least_confidence", file.least_confidence);
        TitleRules { rules, least_confidence }
    }
}

/// The last line of an error of a pattern; those before it draw the pattern.
fn brief(error: &regex::Error) -> String {
    let text = error.to_string();
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}
