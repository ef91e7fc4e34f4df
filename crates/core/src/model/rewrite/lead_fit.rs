//! Other rules of a person's fit.

use serde_json::Value as Json;

use super::or_as_json;
use crate::model::Problem;
use crate::model::file::FitRuleFile;
use crate::model::parse::read_file;
use crate::yaml::{self, Value};

/// A model file with other rules of a person's fit, each on a line of its own with a note behind
/// it; comments and order of all else stay. A file that is not written in lines (one flow map)
/// comes back as JSON, which is YAML, without notes and comments.
///
/// # Errors
/// What is wrong with the file as it is.
pub fn with_lead_fit(file: &str, rules: &[(FitRuleFile, String)]) -> Result<String, Vec<Problem>> {
    let mut wanted = read_file(file)?;
    wanted.lead_fit = rules.iter().map(|(rule, _)| rule.clone()).collect();
    Ok(or_as_json(in_lines(file, rules), &wanted))
}

/// The file with the lines of `lead_fit` replaced, or with new ones at its end.
fn in_lines(file: &str, rules: &[(FitRuleFile, String)]) -> Option<String> {
    let Value::Map(entries) = yaml::parse(file, &mut Vec::new()).ok()?.value else { return None };
    let lines: Vec<&str> = file.lines().collect();
    let line_of = |position: usize| {
        let (key, _) = entries.get(position)?;
        usize::try_from(key.place.line).ok()?.checked_sub(1)
    };
    let (start, mut end) = match entries.iter().position(|(key, _)| key.name == "lead_fit") {
        Some(position) => (line_of(position)?, line_of(position + 1).unwrap_or(lines.len())),
        None => (lines.len(), lines.len()),
    };
    // Comments above the next part belong to it.
    let is_above = |line: &str| line.trim().is_empty() || line.starts_with('#');
    while end > start + 1 && lines.get(end - 1).is_some_and(|line| is_above(line)) {
        end -= 1;
    }
    let mut written: Vec<String> = lines.iter().take(start).map(|line| (*line).into()).collect();
    written.push(if rules.is_empty() { "lead_fit: []".into() } else { "lead_fit:".into() });
    written.extend(rules.iter().map(line));
    written.extend(lines.iter().skip(end).map(|line| (*line).to_owned()));
    written.push(String::new());
    Some(written.join("\n"))
}

/// A rule on one line. JSON's texts are YAML's in double quotes.
fn line((rule, note): &(FitRuleFile, String)) -> String {
    let text = |text: &str| Json::from(text).to_string();
    let FitRuleFile { name, when, points } = rule;
    let rule = format!("  - {{name: {}, when: {}, points: {points}}}", text(name), text(when));
    let note = note.replace(char::is_control, " ");
    if note.is_empty() { rule } else { format!("{rule}  # {note}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DEFAULT_FILE, diff, parse};

    fn rule(name: &str, when: &str, points: i32) -> (FitRuleFile, String) {
        (FitRuleFile { name: name.into(), when: when.into(), points }, "12 of 40".into())
    }

    #[test]
    fn only_the_rules_of_fit_differ_and_comments_stay() {
        let rules = [
            rule("base", "true", 30),
            rule("a \"quoted\": one # \\", r#"lead.attributes["Lead Origin"] == "a\\b""#, -7),
        ];
        let written = with_lead_fit(DEFAULT_FILE, &rules).unwrap();
        assert!(parse(&written).is_ok(), "{written}");
        assert!(written.contains("points: -7}  # 12 of 40\n"), "{written}");
        for comment in ["# Asks to be called:", "# Fit of an account: the ideal customer profile."]
        {
            assert!(written.contains(comment), "{comment}");
        }
        let changes = diff::diff(DEFAULT_FILE, &written).unwrap();
        assert!(changes.iter().all(|change| change.what.starts_with("lead_fit")), "{changes:?}");
        let model = parse(&written).unwrap();
        let found: Vec<_> = model.lead_fit.iter().map(|rule| (&*rule.name, rule.points)).collect();
        assert_eq!(found, [("base", 30), ("a \"quoted\": one # \\", -7)]);
        // Written again it is the same, and without rules there are none.
        assert_eq!(with_lead_fit(&written, &rules).unwrap(), written);
        assert!(parse(&with_lead_fit(&written, &[]).unwrap()).unwrap().lead_fit.is_empty());
    }

    #[test]
    fn a_file_without_such_rules_or_without_lines_gets_them_too() {
        let rules = [rule("base", "true", 30)];
        for file in ["name: x", "name: x\n\n# end", "{name: x, lead_fit: [], hold_days: 3}"] {
            let written = with_lead_fit(file, &rules).unwrap();
            assert_eq!(parse(&written).unwrap().lead_fit.len(), 1, "{written}");
        }
        assert!(with_lead_fit("nme: x", &rules).is_err());
    }
}
