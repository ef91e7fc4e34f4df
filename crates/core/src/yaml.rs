//! YAML as a tree that remembers where everything stands, so that every problem of a file can
//! be told with its line and column, not only the first.

#[cfg(any(test, feature = "proptest"))]
pub(crate) mod any;
mod load;
mod read;
pub(crate) mod write;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span};

pub(crate) use load::{in_order, load};
pub(crate) use read::read;

/// Most levels of lists and maps inside each other.
const DEPTH: usize = 32;

/// A line and a column, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

/// A step from a node to one inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The position in a list as it is now.
    Item(usize),
    /// The name in a map.
    Field(String),
}

/// A value in the file.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
    /// Which of the values that stand in for one that is not there or does not fit it is; `None`
    /// for what the file says.
    pub(crate) stand_in: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A text; a plain one may stand for a number, a yes or no, or nothing.
    Scalar { text: String, style: ScalarStyle },
    /// A list, each item with its position in the file.
    List(Vec<(usize, Node)>),
    /// A map, in the order of the file.
    Map(Vec<(Key, Node)>),
}

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) place: Place,
}

/// What is wrong with the form of a file.
#[derive(Debug)]
pub(crate) struct Malformed {
    pub(crate) place: Place,
    pub(crate) message: String,
}

impl Malformed {
    fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into() }
    }
}

impl From<ScanError> for Malformed {
    fn from(error: ScanError) -> Self {
        let (line, column) = (error.marker().line() as u64, error.marker().col() as u64 + 1);
        Self::new(Place { line, column }, error.info())
    }
}

fn place_of(span: &Span) -> Place {
    Place { line: span.start.line() as u64, column: span.start.col() as u64 + 1 }
}

/// Reads a file into a tree. Keys that are there twice are noted in `found` and left out.
pub(crate) fn parse(file: &str, found: &mut Vec<Malformed>) -> Result<Node, Malformed> {
    let mut events = Parser::new_from_str(file);
    let start = Place { line: 1, column: 1 };
    let mut root = None;
    while let Some(next) = events.next() {
        let (event, span) = next?;
        match event {
            Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) => {
                if root.is_some() {
                    return Err(Malformed::new(place_of(&span), "the file has a second document"));
                }
                root = Some(node(event, &span, &mut events, 0, found)?);
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => return Err(alias(&span)),
            _ => {}
        }
    }
    root.ok_or_else(|| Malformed::new(start, "the file is empty"))
}

fn alias(span: &Span) -> Malformed {
    Malformed::new(place_of(span), "aliases are not understood")
}

fn node<'a>(
    event: Event<'a>,
    span: &Span,
    events: &mut impl Iterator<Item = Result<(Event<'a>, Span), ScanError>>,
    depth: usize,
    found: &mut Vec<Malformed>,
) -> Result<Node, Malformed> {
    let place = place_of(span);
    if depth > DEPTH {
        return Err(Malformed::new(place, format!("is nested deeper than {DEPTH} levels")));
    }
    let value = match event {
        Event::Scalar(text, style, ..) => Value::Scalar { text: text.into_owned(), style },
        Event::SequenceStart(..) => {
            let mut items = Vec::new();
            loop {
                let (event, span) = next_of(events, place)?;
                match event {
                    Event::SequenceEnd => break Value::List(items),
                    event => {
                        items.push((items.len(), node(event, &span, events, depth + 1, found)?))
                    }
                }
            }
        }
        Event::MappingStart(..) => {
            let mut entries: Vec<(Key, Node)> = Vec::new();
            loop {
                let (event, span) = next_of(events, place)?;
                let name = match event {
                    Event::MappingEnd => break Value::Map(entries),
                    Event::Scalar(text, ..) => text.into_owned(),
                    Event::Alias(_) | Event::UnresolvedAlias(_) => return Err(alias(&span)),
                    _ => return Err(Malformed::new(place_of(&span), "a name must be a text")),
                };
                let key = Key { name, place: place_of(&span) };
                let (event, span) = next_of(events, place)?;
                let value = node(event, &span, events, depth + 1, found)?;
                if entries.iter().any(|(known, _)| known.name == key.name) {
                    let message = format!("`{}` is there twice", key.name);
                    found.push(Malformed::new(key.place, message));
                } else {
                    entries.push((key, value));
                }
            }
        }
        Event::Alias(_) | Event::UnresolvedAlias(_) => return Err(alias(span)),
        _ => return Err(Malformed::new(place, "a value is missing")),
    };
    Ok(Node { place, value, stand_in: None })
}

/// The next event that is not a comment.
fn next_of<'a>(
    events: &mut impl Iterator<Item = Result<(Event<'a>, Span), ScanError>>,
    place: Place,
) -> Result<(Event<'a>, Span), Malformed> {
    loop {
        match events.next() {
            Some(Ok((event, span))) if is_of_a_node(&event) => return Ok((event, span)),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(error.into()),
            None => return Err(Malformed::new(place, "is not closed")),
        }
    }
}

fn is_of_a_node(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Scalar(..)
            | Event::SequenceStart(..)
            | Event::SequenceEnd
            | Event::MappingStart(..)
            | Event::MappingEnd
            | Event::Alias(_)
            | Event::UnresolvedAlias(_)
    )
}

/// What stands in for a value of unknown kind: a text that is a number as well, a list, a map.
fn stand_in(number: usize) -> Option<Value> {
    match number {
        0 => Some(Value::Scalar { text: "1".to_owned(), style: ScalarStyle::Plain }),
        1 => Some(Value::List(Vec::new())),
        2 => Some(Value::Map(Vec::new())),
        _ => None,
    }
}

impl Node {
    /// Takes the node at the end of a path out of its list or map. Tells whether it was there.
    pub(crate) fn remove(&mut self, path: &[Step]) -> bool {
        let Some((first, rest)) = path.split_first() else { return false };
        match (&mut self.value, first) {
            (Value::List(items), Step::Item(position)) if *position < items.len() => {
                if rest.is_empty() {
                    items.remove(*position);
                    return true;
                }
                items.get_mut(*position).is_some_and(|(_, item)| item.remove(rest))
            }
            (Value::Map(entries), Step::Field(name)) => {
                let at = entries.iter().position(|(key, _)| key.name == *name);
                let Some(at) = at else { return false };
                if rest.is_empty() {
                    entries.remove(at);
                    return true;
                }
                entries.get_mut(at).is_some_and(|(_, value)| value.remove(rest))
            }
            _ => false,
        }
    }

    /// The node at the end of a path.
    pub(crate) fn at(&self, path: &[Step]) -> Option<&Self> {
        path.iter().try_fold(self, |node, step| match (&node.value, step) {
            (Value::List(items), Step::Item(position)) => Some(&items.get(*position)?.1),
            (Value::Map(entries), Step::Field(name)) => {
                Some(&entries.iter().find(|(key, _)| key.name == *name)?.1)
            }
            _ => None,
        })
    }

    fn at_mut(&mut self, path: &[Step]) -> Option<&mut Self> {
        path.iter().try_fold(self, |node, step| match (&mut node.value, step) {
            (Value::List(items), Step::Item(position)) => Some(&mut items.get_mut(*position)?.1),
            (Value::Map(entries), Step::Field(name)) => {
                Some(&mut entries.iter_mut().find(|(key, _)| key.name == *name)?.1)
            }
            _ => None,
        })
    }

    /// Whether something on a path only stands in for what the file does not say.
    pub(crate) fn stands_in(&self, path: &[Step]) -> bool {
        let ends = (0..=path.len()).filter_map(|end| self.at(path.get(..end)?));
        ends.into_iter().any(|node| node.stand_in.is_some())
    }

    /// Adds a field to the map at a path, with a value that stands in for it. Tells whether that
    /// is a map.
    pub(crate) fn add_stand_in(&mut self, path: &[Step], field: &str) -> bool {
        let Some(node) = self.at_mut(path) else { return false };
        let place = node.place;
        let Value::Map(entries) = &mut node.value else { return false };
        let Some(value) = stand_in(0) else { return false };
        let value = Self { place, value, stand_in: Some(0) };
        entries.push((Key { name: field.to_owned(), place }, value));
        true
    }

    /// Has another kind of value stand in at a path. Tells whether there is one.
    pub(crate) fn next_stand_in(&mut self, path: &[Step]) -> bool {
        let Some(node) = self.at_mut(path) else { return false };
        let Some(next) = node.stand_in.map(|last| last + 1) else { return false };
        let Some(value) = stand_in(next) else { return false };
        (node.value, node.stand_in) = (value, Some(next));
        true
    }

    /// The path as the file has it, and where the last thing on it that is there stands: its
    /// value, or with `name_of_it` its name.
    pub(crate) fn locate(&self, path: &[Step], name_of_it: bool) -> (String, Place) {
        let (mut node, mut place, mut text) = (self, self.place, String::new());
        for step in path {
            match (&node.value, step) {
                (Value::List(items), Step::Item(position)) => {
                    let Some((original, item)) = items.get(*position) else { break };
                    text.push_str(&format!("[{original}]"));
                    (node, place) = (item, item.place);
                }
                (_, Step::Field(name)) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(name);
                    let Value::Map(entries) = &node.value else { break };
                    let Some((key, value)) = entries.iter().find(|(key, _)| key.name == *name)
                    else {
                        break;
                    };
                    (node, place) = (value, key.place);
                    if !name_of_it && matches!(value.value, Value::Scalar { .. }) {
                        place = value.place;
                    }
                }
                _ => break,
            }
        }
        (text, place)
    }

    /// A written path such as `signals[3].when`, as steps through this tree.
    pub(crate) fn steps(&self, path: &str) -> Vec<Step> {
        let (mut node, mut rest, mut steps) = (Some(self), path, Vec::new());
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[')
                && let Some((number, after)) = inner.split_once(']')
                && let Ok(position) = number.parse()
            {
                steps.push(Step::Item(position));
                rest = after.strip_prefix('.').unwrap_or(after);
                node = match node.map(|node| &node.value) {
                    Some(Value::List(items)) => items.get(position).map(|(_, item)| item),
                    _ => None,
                };
                continue;
            }
            let entries = match node.map(|node| &node.value) {
                Some(Value::Map(entries)) => entries.as_slice(),
                _ => &[],
            };
            // A name may hold dots: the longest that is there.
            let ends = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
            let known = entries
                .iter()
                .filter(|(key, _)| rest.strip_prefix(key.name.as_str()).is_some_and(ends))
                .max_by_key(|(key, _)| key.name.len());
            let name = match known {
                Some((key, _)) => key.name.as_str(),
                None => rest.split(['.', '[']).next().unwrap_or(rest),
            };
            steps.push(Step::Field(name.to_owned()));
            node = known.map(|(_, value)| value);
            let after = rest.get(name.len()..).unwrap_or_default();
            rest = after.strip_prefix('.').unwrap_or(after);
            if name.is_empty() && after.len() == rest.len() {
                break;
            }
        }
        steps
    }

    /// Where a column of a text stands in the file, if the text is on the line where it begins.
    pub(crate) fn place_in_text(&self, path: &[Step], column: u64) -> Option<Place> {
        let node = self.at(path)?;
        let Value::Scalar { style, .. } = &node.value else { return None };
        let quote = match style {
            ScalarStyle::Plain => 0,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => 1,
            _ => return None,
        };
        let Place { line, column: start } = node.place;
        Some(Place { line, column: start + quote + column.saturating_sub(1) })
    }
}
