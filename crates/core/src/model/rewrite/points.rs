//! Other points of signals and patterns.

use std::collections::BTreeMap;

use granit_parser::ScalarStyle;

use super::or_as_json;
use crate::model::Problem;
use crate::model::parse::read_file;
use crate::yaml::{self, Key, Node, Place, Value};

/// What a signal or pattern is to be worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalPoints {
    /// Its name.
    pub name: String,
    /// Its points.
    pub points: i32,
    /// Stands behind the points, where the line ends with them.
    pub note: String,
}

/// A model file with other points of some signals and patterns; comments and order of all else
/// stay. A file in which that cannot be written comes back as JSON, which is YAML, without notes
/// and comments. Names that the file does not have are passed over.
///
/// # Errors
/// What is wrong with the file as it is.
pub fn with_points(file: &str, points: &[SignalPoints]) -> Result<String, Vec<Problem>> {
    let mut wanted = read_file(file)?;
    let of: BTreeMap<&str, &SignalPoints> =
        points.iter().map(|points| (points.name.as_str(), points)).collect();
    let signals = wanted.signals.iter_mut().map(|signal| (&signal.name, &mut signal.points));
    let patterns = wanted.patterns.iter_mut().map(|pattern| (&pattern.name, &mut pattern.points));
    for (name, own) in signals.chain(patterns) {
        if let Some(new) = of.get(name.as_str()) {
            *own = new.points.into();
        }
    }
    Ok(or_as_json(in_place(file, &of), &wanted))
}

/// A piece of a line that is replaced, its column and length in characters.
struct Edit {
    place: Place,
    length: usize,
    text: String,
    note: String,
}

/// The file with other points where points stand, and with points where there are none.
fn in_place(file: &str, points: &BTreeMap<&str, &SignalPoints>) -> Option<String> {
    let Value::Map(entries) = yaml::parse(file, &mut Vec::new()).ok()?.value else { return None };
    let mut edits = Vec::new();
    for (key, node) in &entries {
        let Value::List(items) = &node.value else { continue };
        if key.name == "signals" || key.name == "patterns" {
            for (_, item) in items {
                edits.extend(edit(item, points)?);
            }
        }
    }
    // From the end on, so that no edit moves the place of another.
    edits.sort_by_key(|edit| (edit.place.line, edit.place.column));
    let mut lines: Vec<String> = file.lines().map(str::to_owned).collect();
    for edit in edits.into_iter().rev() {
        let line = lines.get_mut(usize::try_from(edit.place.line).ok()?.checked_sub(1)?)?;
        let begin = usize::try_from(edit.place.column).ok()?.checked_sub(1)?;
        let before: String = line.chars().take(begin).collect();
        let after: String = line.chars().skip(begin + edit.length).collect();
        let note = edit.note.replace(char::is_control, " ");
        *line = match after.trim().is_empty() && !note.is_empty() {
            true => format!("{before}{}  # {note}", edit.text),
            false => format!("{before}{}{after}", edit.text),
        };
    }
    lines.push(String::new());
    Some(lines.join("\n"))
}

/// The edit of a signal or pattern; `None` inside where it stays as it is.
fn edit(item: &Node, points: &BTreeMap<&str, &SignalPoints>) -> Option<Option<Edit>> {
    let Value::Map(entries) = &item.value else { return None };
    let scalar = |name: &str| {
        let mut found = entries.iter().filter(|(key, _)| key.name == name);
        found.find_map(|(key, node)| match &node.value {
            Value::Scalar { text, style } => Some((key, node.place, text, *style)),
            _ => None,
        })
    };
    let (name_key, _, name, _) = scalar("name")?;
    let Some(SignalPoints { points, note, .. }) = points.get(name.as_str()) else {
        return Some(None);
    };
    if let Some((_, place, text, style)) = scalar("points") {
        // A quoted number is longer in the file than it reads.
        let plain = style == ScalarStyle::Plain;
        let (length, text, note) = (text.chars().count(), points.to_string(), note.clone());
        return plain.then_some(Some(Edit { place, length, text, note }));
    }
    let place = name_key.place;
    let in_one_line = |(key, _): &(Key, Node)| key.name != "name" && key.place.line == place.line;
    let text = match entries.iter().any(in_one_line) {
        true => format!("points: {points}, "),
        false => {
            let indent = " ".repeat(usize::try_from(place.column).ok()?.checked_sub(1)?);
            format!("points: {points}\n{indent}")
        }
    };
    Some(Some(Edit { place, length: 0, text, note: String::new() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DEFAULT_FILE, diff, parse};

    fn to(name: &str, points: i32) -> SignalPoints {
        SignalPoints { name: name.into(), points, note: "was other".into() }
    }

    fn points_of(file: &str) -> BTreeMap<String, f64> {
        let file = read_file(file).unwrap();
        let signals = file.signals.into_iter().map(|signal| (signal.name, signal.points));
        let patterns = file.patterns.into_iter().map(|pattern| (pattern.name, pattern.points));
        signals.chain(patterns).collect()
    }

    #[test]
    fn only_points_differ_and_comments_stay() {
        let points = [to("demo_request", 55), to("careers_page", -3), to("came_back", 0)];
        let written = with_points(DEFAULT_FILE, &points).unwrap();
        assert!(parse(&written).is_ok(), "{written}");
        let changes = diff::diff(DEFAULT_FILE, &written).unwrap();
        assert_eq!(changes.len(), 3, "{changes:?}");
        let found = points_of(&written);
        assert_eq!((found["demo_request"], found["careers_page"]), (55.0, -3.0));
        assert_eq!((found["came_back"], found["form_submit"]), (0.0, 20.0));
        assert!(written.contains("    points: 55  # was other\n"), "{written}");
        let comments =
            |file: &str| file.lines().filter(|line| line.trim().starts_with('#')).count();
        assert_eq!(comments(&written), comments(DEFAULT_FILE));
        assert_eq!(written.lines().count(), DEFAULT_FILE.lines().count());
    }

    #[test]
    fn every_way_of_writing_a_signal_is_understood() {
        let when = "when: 'activity.type == \"a\"'";
        for signal in [
            format!("  - {{name: a, {when}, points: 5}}"),
            format!("  - {{name: a, {when}}}"),
            format!("  - {{points: 5, name: a, {when}}}"),
            format!("  - name: a\n    {when}\n    points: 5 # five\n    group: g"),
            format!("  - name: a\n    {when}"),
            format!("  - {when}\n    name: a\n"),
            format!("  - name: a\n    {when}\n    points: \"5\""),
            format!("  - \"name\": \"a\"\n    {when}\n    points: 5.0"),
            format!("  - {{\n    name: a,\n    {when},\n    points:\n      5}}"),
        ] {
            let file = format!("name: x\ngroups: {{g: {{cap: 9}}}}\nsignals:\n{signal}\n# end\n");
            if read_file(&file).is_err() {
                assert!(signal.contains("\"5\""), "{file}");
                continue;
            }
            let written = with_points(&file, &[to("a", -12), to("unknown", 3)]).unwrap();
            assert_eq!(points_of(&written)["a"], -12.0, "{written}");
            assert!(parse(&written).is_ok(), "{written}");
        }
        assert!(with_points("nme: x", &[]).is_err());
    }

    #[test]
    fn a_model_in_one_line_gets_them_too() {
        let file =
            "{name: x, signals: [{name: a, when: 'true', points: 1}, {name: b, when: 'true'}]}";
        let written = with_points(file, &[to("a", 2), to("b", 3)]).unwrap();
        assert_eq!(points_of(&written), [("a".into(), 2.0), ("b".into(), 3.0)].into());
    }
}
