//! The limits on what callers send, and the checks that hold them.

use std::collections::BTreeMap;

use crate::Violation;

/// Longest id, in bytes.
pub const ID_BYTES: usize = 128;
/// Longest name, title or other short text, in bytes.
pub const NAME_BYTES: usize = 256;
/// Longest free text, in bytes.
pub const TEXT_BYTES: usize = 4 * 1_024;
/// Longest web address, in bytes.
pub const URL_BYTES: usize = 2_048;
/// Longest e-mail address, in bytes.
pub const EMAIL_BYTES: usize = 254;
/// Most domains of one account.
pub const DOMAINS: usize = 256;
/// Most people of one opportunity.
pub const OPPORTUNITY_PEOPLE: usize = 256;
/// Largest amount of money, in millionths of the currency's unit.
pub const AMOUNT_MICROS: i64 = 1_000_000_000_000_000_000;
/// Most attributes of one record.
pub const ATTRIBUTES: usize = 64;
/// Longest attribute name, in bytes.
pub const ATTRIBUTE_KEY_BYTES: usize = 64;
/// Longest attribute value, in bytes.
pub const ATTRIBUTE_VALUE_BYTES: usize = 1_024;
/// All attribute names and values of one record together, in bytes.
pub const ATTRIBUTES_BYTES: usize = 16 * 1_024;
/// Most rows in one batch.
pub const BATCH_ROWS: usize = 1_000;
/// Most rows of a batch that is all or nothing.
pub const ATOMIC_ROWS: usize = 500;
/// How far in the past an activity may lie: 20 years, in seconds.
pub const PAST_SECS: i64 = 20 * 365 * crate::DAY + 5 * crate::DAY;
/// How far ahead of the service's clock an activity may lie: 10 minutes, in seconds.
pub const FUTURE_SECS: i64 = 600;
/// Most points that one activity may give or take.
pub const POINTS: f64 = 10_000.0;

/// Checks a short text: at most [`NAME_BYTES`], no control characters.
///
/// # Errors
/// A violation of `field` when the text is too long or holds a control character.
pub fn check_text(field: &str, value: &str) -> Result<(), Violation> {
    check_bytes(field, value, NAME_BYTES)
}

/// Checks a text of at most `limit` bytes without control characters.
///
/// # Errors
/// A violation of `field` when the text is too long or holds a control character.
pub fn check_bytes(field: &str, value: &str, limit: usize) -> Result<(), Violation> {
    if value.len() > limit {
        return Err(Violation::invalid(
            field,
            format!("is {} bytes long, at most {limit} are allowed", value.len()),
        ));
    }
    if value.chars().any(char::is_control) {
        return Err(Violation::invalid(field, "holds a control character"));
    }
    Ok(())
}

/// Checks a free text: at most [`TEXT_BYTES`]. It may hold line breaks and tabs; NUL cannot be
/// stored.
///
/// # Errors
/// A violation of `field` when the text is too long or holds a NUL.
pub fn check_free_text(field: &str, value: &str) -> Result<(), Violation> {
    if value.len() > TEXT_BYTES || value.contains('\0') {
        let message = format!("is longer than {TEXT_BYTES} bytes or holds a NUL");
        return Err(Violation::invalid(field, message));
    }
    Ok(())
}

/// The path of an attribute in messages: its name, cut where it is longer than names may be, and
/// without control characters.
fn attribute_field(key: &str) -> String {
    let shown =
        |letter: char| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter };
    let mut name: String = key.chars().take(ATTRIBUTE_KEY_BYTES).map(shown).collect();
    if key.chars().nth(ATTRIBUTE_KEY_BYTES).is_some() {
        name.push('…');
    }
    format!("attributes[{name}]")
}

/// Checks the attributes of a record against the four attribute limits.
///
/// # Errors
/// The first violation found, naming the attribute.
pub fn check_attributes(attributes: &BTreeMap<String, String>) -> Result<(), Violation> {
    if attributes.len() > ATTRIBUTES {
        return Err(Violation::invalid(
            "attributes",
            format!("has {} entries, at most {ATTRIBUTES} are allowed", attributes.len()),
        ));
    }
    let mut total = 0;
    for (key, value) in attributes {
        if key.is_empty() {
            return Err(Violation::invalid("attributes", "has an entry without a name"));
        }
        check_bytes("name", key, ATTRIBUTE_KEY_BYTES).map_err(|found| {
            Violation::invalid(attribute_field(key), format!("its name {}", found.message))
        })?;
        // A value may hold line breaks and tabs, as free text does; NUL cannot be stored.
        if value.len() > ATTRIBUTE_VALUE_BYTES || value.contains('\0') {
            return Err(Violation::invalid(
                attribute_field(key),
                format!("is longer than {ATTRIBUTE_VALUE_BYTES} bytes or holds a NUL"),
            ));
        }
        total += key.len() + value.len();
    }
    if total > ATTRIBUTES_BYTES {
        return Err(Violation::invalid(
            "attributes",
            format!("is {total} bytes in all, at most {ATTRIBUTES_BYTES} are allowed"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_attribute_is_told_by_its_name_cut_to_a_sane_length() {
        let told = |key: &str, value: &str| {
            let attributes = BTreeMap::from([(key.to_owned(), value.to_owned())]);
            check_attributes(&attributes).expect_err("it is bad").to_string()
        };
        let long = "n".repeat(5_000);
        let shown = "n".repeat(64);
        assert_eq!(
            told(&long, ""),
            format!("attributes[{shown}…]: its name is 5000 bytes long, at most 64 are allowed")
        );
        assert_eq!(
            told("two\nlines", ""),
            "attributes[two\u{fffd}lines]: its name holds a control character"
        );
        assert!(told("note", &"x".repeat(1_025)).starts_with("attributes[note]: is longer than"));
    }
}
