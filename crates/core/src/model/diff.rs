//! What differs between two models, told in rules and not in lines of files.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::Problem;
use super::file::ModelFile;
use super::parse::read_file;

/// One difference between two models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is about: a rule such as `signals demo_request`, or a part such as `rollup`.
    pub what: String,
    /// How it differs.
    pub difference: Difference,
}

/// How two models differ in one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Only the later one has the rule; its fields, as text.
    Added(String),
    /// Only the earlier one has it.
    Removed,
    /// A field has another value.
    Field {
        /// The field.
        name: String,
        /// As it was.
        before: String,
        /// As it is.
        after: String,
    },
    /// The rule is asked at another place: before this one now, or last.
    Moved(Option<String>),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, difference } = self;
        match difference {
            Difference::Added(fields) => write!(f, "{what}: new, {fields}"),
            Difference::Removed => write!(f, "{what}: gone"),
            Difference::Field { name, before, after } => {
                write!(f, "{what}: {name} {before} -> {after}")
            }
            Difference::Moved(Some(next)) => write!(f, "{what}: asked before {next} now"),
            Difference::Moved(None) => write!(f, "{what}: asked last now"),
        }
    }
}

/// Everything that differs between two model files, by the names of the model's parts. What is
/// left out of a file counts as its default.
///
/// # Errors
/// The problems of the first file that has any.
pub fn diff(before: &str, after: &str) -> Result<Vec<Change>, Vec<Problem>> {
    let (before, after) = (read_file(before)?, read_file(after)?);
    let mut changes = Vec::new();
    compare("", &tree(&before), &tree(&after), &mut changes);
    Ok(changes)
}

fn tree(file: &ModelFile) -> Value {
    serde_json::to_value(file).unwrap_or_default()
}

fn compare(what: &str, before: &Value, after: &Value, changes: &mut Vec<Change>) {
    let (Value::Object(old), Value::Object(new)) = (before, after) else { return };
    let mut names: Vec<&String> = old.keys().collect();
    names.extend(new.keys().filter(|name| !old.contains_key(*name)));
    for name in names {
        let (one, other) = (old.get(name), new.get(name));
        if one == other {
            continue;
        }
        let inner = if what.is_empty() { name.clone() } else { format!("{what}.{name}") };
        match (one, other) {
            (Some(Value::Array(one)), Some(Value::Array(other))) if are_rules(one, other) => {
                compare_rules(&inner, one, other, changes);
            }
            (Some(one @ Value::Object(_)), Some(other @ Value::Object(_))) => {
                compare(&inner, one, other, changes);
            }
            (one, other) => changes.push(Change {
                what: if what.is_empty() { "model".into() } else { what.to_owned() },
                difference: Difference::Field {
                    name: name.clone(),
                    before: one.map_or_else(|| "none".into(), shown),
                    after: other.map_or_else(|| "none".into(), shown),
                },
            }),
        }
    }
}

/// Whether two lists are of things that have a name or a number of their own.
fn are_rules(one: &[Value], other: &[Value]) -> bool {
    let mut all = one.iter().chain(other).peekable();
    all.peek().is_some() && all.all(|rule| name_of(rule).is_some())
}

fn name_of(rule: &Value) -> Option<String> {
    let rule = rule.as_object()?;
    let name = rule.get("name").or_else(|| rule.get("tier"))?;
    Some(name.as_str().map_or_else(|| name.to_string(), ToOwned::to_owned))
}

fn compare_rules(list: &str, before: &[Value], after: &[Value], changes: &mut Vec<Change>) {
    let named = |rules: &[Value]| -> Vec<(String, Value)> {
        rules.iter().filter_map(|rule| Some((name_of(rule)?, rule.clone()))).collect()
    };
    let (before, after) = (named(before), named(after));
    let old: BTreeMap<&str, (usize, &Value)> =
        before.iter().enumerate().map(|(at, (name, rule))| (name.as_str(), (at, rule))).collect();
    let moved = moved(&after, &old);
    for (position, (name, rule)) in after.iter().enumerate() {
        let what = format!("{list} {name}");
        let Some((_, earlier)) = old.get(name.as_str()) else {
            changes.push(Change { what, difference: Difference::Added(fields(rule)) });
            continue;
        };
        compare(&what, earlier, rule, changes);
        if moved.contains(&position) {
            let mut later = after.iter().enumerate().skip(position + 1);
            let next = later
                .find(|(at, (name, _))| old.contains_key(name.as_str()) && !moved.contains(at));
            let next = next.map(|(_, (name, _))| name.clone());
            changes.push(Change { what, difference: Difference::Moved(next) });
        }
    }
    let gone = before.iter().filter(|(name, _)| !after.iter().any(|(kept, _)| kept == name));
    changes.extend(gone.map(|(name, _)| Change {
        what: format!("{list} {name}"),
        difference: Difference::Removed,
    }));
}

/// The positions of the fewest rules that, taken out, leave the others in their old order.
fn moved(after: &[(String, Value)], old: &BTreeMap<&str, (usize, &Value)>) -> Vec<usize> {
    let places: Vec<(usize, usize)> = after
        .iter()
        .enumerate()
        .filter_map(|(now, (name, _))| Some((now, old.get(name.as_str())?.0)))
        .collect();
    // The longest run of rules whose old places rise: of each, its length and the one before it.
    let mut runs: Vec<(usize, Option<usize>)> = Vec::with_capacity(places.len());
    for (index, (_, place)) in places.iter().enumerate() {
        let earlier = places.iter().zip(&runs).take(index).enumerate();
        let best = earlier
            .filter(|(_, ((_, before), _))| before < place)
            .max_by_key(|(at, (_, (length, _)))| (*length, std::cmp::Reverse(*at)));
        runs.push(match best {
            Some((at, (_, (length, _)))) => (length + 1, Some(at)),
            None => (1, None),
        });
    }
    let longest =
        runs.iter().enumerate().max_by_key(|(at, (length, _))| (*length, std::cmp::Reverse(*at)));
    let mut kept = Vec::new();
    let mut next = longest.map(|(at, _)| at);
    while let Some(at) = next {
        kept.extend(places.get(at).map(|(now, _)| *now));
        next = runs.get(at).and_then(|(_, before)| *before);
    }
    places.into_iter().map(|(now, _)| now).filter(|now| !kept.contains(now)).collect()
}

/// The fields of a new rule that say something, but for its name.
fn fields(rule: &Value) -> String {
    let fields = rule.as_object().into_iter().flatten();
    let told = fields.filter(|(name, value)| {
        let nothing =
            value.is_null() || **value == Value::Bool(false) || **value == Value::Array(Vec::new());
        *name != "name" && *name != "tier" && !nothing
    });
    told.map(|(name, value)| format!("{name} {}", shown(value))).collect::<Vec<_>>().join(", ")
}

/// A value as a file would have it.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "default".into(),
        Value::String(text) => format!("`{text}`"),
        Value::Number(number) => match number.as_f64() {
            Some(whole) if whole.fract() == 0.0 && whole.abs() < 1e15 => format!("{whole:.0}"),
            _ => number.to_string(),
        },
        Value::Array(items) => {
            format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name} {}", shown(value)))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Bool(value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DEFAULT_FILE;

    fn told(before: &str, after: &str) -> Vec<String> {
        diff(before, after).expect("valid").iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_difference_is_told_in_rules() {
        let after = DEFAULT_FILE
            .replace("points: 40\n", "points: 60\n")
            .replace("half_points: 40 ", "half_points: 50 ")
            .replace("web: {cap: 35}", "web: {cap: 30}")
            .replace("{name: leads a team,", "{name: leads people,")
            .replace("{tier: 2, fit: 55,", "{tier: 2, fit: 50,")
            .replace("hold_days: 14", "hold_days: 7.5");
        assert_eq!(
            told(DEFAULT_FILE, &after),
            [
                "engagement: half_points 40 -> 50",
                "groups.web: cap 35 -> 30",
                "model: hold_days 14 -> 7.5",
                "lead_fit leads people: new, points 35, when `lead.seniority in [\"director\", \"manager\"]`",
                "lead_fit leads a team: gone",
                "signals demo_request: points 40 -> 60",
                "tiers 2: fit 55 -> 50",
            ]
        );
        assert!(told(DEFAULT_FILE, DEFAULT_FILE).is_empty());
    }

    #[test]
    fn what_is_written_out_and_what_is_left_to_its_default_are_the_same() {
        let short = "name: x\nsignals: [{name: a, when: 'true', points: 3}]";
        let long = "name: 'x'
hold_days: 14
signals:
  - when: 'true'
    ignore: false
    points: 3.0
    name: a
";
        assert!(told(short, long).is_empty());
    }

    #[test]
    fn patterns_titles_and_segments_are_told_by_their_names() {
        let after = DEFAULT_FILE
            .replace("    visits: {from: 2}\n    points: 3", "    visits: {from: 2}\n    points: 4")
            .replace("within_days: 30", "within_days: 20")
            .replace(
                "seniority: vp, buying_role: decision_maker, confidence: 90",
                "seniority: vp, confidence: 90",
            )
            .replace(
                "segments: []",
                "segments: [{name: big, when: account.employees > 9, mql: {fit: 1}}]",
            )
            .replace("- {name: one of us,", "- {name: ours,");
        assert_eq!(
            told(DEFAULT_FILE, &after),
            [
                "lead_exclusions ours: new, when `lead.attributes.relationship == \"employee\"`",
                "lead_exclusions one of us: gone",
                "patterns came_back: points 3 -> 4",
                "patterns deep_reader: within_days 30 -> 20",
                "segments big: new, mql engagement 0, fit 1, when `account.employees > 9`",
                "titles.rules vice president: buying_role `decision_maker` -> default",
            ]
        );
    }

    #[test]
    fn of_an_order_the_fewest_rules_are_told() {
        let file = |names: &str| {
            let rules = names.chars().map(|name| {
                format!("{{name: {name}, when: 'activity.type == \"{name}\"', points: 1}}")
            });
            format!("name: x\nsignals: [{}]", rules.collect::<Vec<_>>().join(", "))
        };
        assert_eq!(told(&file("abcde"), &file("abdec")), ["signals c: asked last now"]);
        assert_eq!(told(&file("abcde"), &file("eabcd")), ["signals e: asked before a now"]);
        assert_eq!(told(&file("ab"), &file("ba")).len(), 1);
    }
}
