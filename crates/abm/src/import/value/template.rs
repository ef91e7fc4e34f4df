//! Cells within a text: `{contact_id}@{email_domain}`.

use anyhow::bail;

use super::Places;

/// A part of a template.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// What stands there.
    Text(String),
    /// The cell of a column.
    Cell(usize),
}

/// Takes a template apart. A column that is optional and not there makes the whole empty.
///
/// # Errors
/// When its braces do not match, or a column is not there.
pub(super) fn pieces(
    template: &str,
    optional: bool,
    places: &mut impl Places,
) -> anyhow::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = template.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '{' | '}' if rest.peek() == Some(&letter) => {
                rest.next();
                text.push(letter);
            }
            '{' => {
                let column: String = rest.by_ref().take_while(|&letter| letter != '}').collect();
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                // A place beyond every row is an empty cell.
                let place = places.place(&column, optional)?.unwrap_or(usize::MAX);
                pieces.push(Piece::Cell(place));
            }
            '}' => bail!("`template` has a `}}` without `{{`; `}}}}` stands for a brace"),
            letter => text.push(letter),
        }
    }
    pieces.push(Piece::Text(text));
    Ok(pieces)
}
