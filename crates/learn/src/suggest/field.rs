//! Fields of records, as rules name them.

use std::borrow::Cow;

/// The record that a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Record {
    /// The person.
    Lead,
    /// Their account.
    Account,
}

impl Record {
    const fn name(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Account => "account",
        }
    }
}

/// What a field is in rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A text of the record itself.
    Text,
    /// A number of the record itself.
    Number,
    /// One of its attributes, a text.
    Attribute,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    record: Record,
    kind: Kind,
    name: String,
}

impl Field {
    /// A text field of the record itself, such as `title`.
    #[must_use]
    pub fn text(record: Record, name: &str) -> Self {
        Self { record, kind: Kind::Text, name: name.to_owned() }
    }

    /// A number of the record itself, such as `employees`.
    #[must_use]
    pub fn number(record: Record, name: &str) -> Self {
        Self { record, kind: Kind::Number, name: name.to_owned() }
    }

    /// One of its attributes.
    #[must_use]
    pub fn attribute(record: Record, name: &str) -> Self {
        Self { record, kind: Kind::Attribute, name: name.to_owned() }
    }

    /// The field as an expression: `lead.title`, `lead.attributes["Lead Origin"]`.
    #[must_use]
    pub fn expression(&self) -> String {
        let record = self.record.name();
        match self.kind {
            Kind::Attribute => format!("{record}.attributes[{}]", literal(&self.name)),
            Kind::Text | Kind::Number => format!("{record}.{}", self.name),
        }
    }

    /// An expression of its value as a number.
    pub(super) fn as_number(&self) -> String {
        match self.kind {
            Kind::Number => self.expression(),
            Kind::Text | Kind::Attribute => format!("double({})", self.expression()),
        }
    }

    /// An expression that holds where it is not known.
    pub(super) fn is_missing(&self) -> String {
        let record = self.record.name();
        match self.kind {
            Kind::Attribute => format!("!({} in {record}.attributes)", literal(&self.name)),
            Kind::Text | Kind::Number => format!("!has({record}.{})", self.name),
        }
    }

    /// Whether it is a number of the record itself, written without quotes.
    pub(super) fn is_number(&self) -> bool {
        self.kind == Kind::Number
    }

    /// Whether it is an attribute of the person.
    pub(super) fn is_lead_attribute(&self) -> bool {
        self.kind == Kind::Attribute && self.record == Record::Lead
    }

    /// The name for people: fields of the account begin with `account`.
    #[must_use]
    pub fn label(&self) -> Cow<'_, str> {
        match self.record {
            Record::Lead => Cow::Borrowed(&self.name),
            Record::Account => Cow::Owned(format!("account {}", self.name)),
        }
    }

    /// Whether a caller means this field: by its expression, its path with dots, its label or its
    /// bare name.
    #[must_use]
    pub fn is_called(&self, called: &str) -> bool {
        let path = match self.kind {
            Kind::Attribute => format!("{}.attributes.{}", self.record.name(), self.name),
            Kind::Text | Kind::Number => self.expression(),
        };
        called == self.name
            || called == path
            || called == self.label()
            || called == self.expression()
    }

    /// Whether a rule speaks of this field.
    #[must_use]
    pub fn is_in(&self, rule: &str) -> bool {
        let record = self.record.name();
        match self.kind {
            Kind::Attribute => {
                let quoted = [literal(&self.name), format!("'{}'", self.name)];
                quoted.iter().any(|name| rule.contains(name.as_str()))
                    || names(rule, &format!("{record}.attributes.{}", self.name))
            }
            Kind::Text | Kind::Number => names(rule, &self.expression()),
        }
    }
}

/// Whether a path is in a rule, and does not go on there.
fn names(rule: &str, path: &str) -> bool {
    rule.match_indices(path).any(|(at, _)| {
        let after = rule.get(at + path.len()..).and_then(|rest| rest.chars().next());
        after.is_none_or(|next| !next.is_alphanumeric() && next != '_')
    })
}

/// A text in quotes, as expressions have it: nothing in it can end the quotes or the line.
pub(crate) fn literal(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '\\' | '"' => quoted.extend(['\\', letter]),
            // All control characters have four digits.
            _ if letter.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(letter))),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use abm_core::rule::{Rule, Scope};

    use super::*;

    #[test]
    fn nothing_in_a_text_ends_its_quotes_or_its_line() {
        assert_eq!(literal("a\"b\\c\n\u{7f}"), r#""a\"b\\c\u000a\u007f""#);
        let field = Field::attribute(Record::Lead, "two\nlines \\\" and a quote");
        assert!(Rule::compile(&field.is_missing(), Scope::Lead).is_ok());
    }
}
