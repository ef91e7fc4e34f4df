//! Takes a row of CSV apart.

/// The cells of a row, their quotes taken off. Lenient like most programs: text after a closing
/// quote belongs to the cell, and a quote within an unquoted cell is a quote.
pub(super) fn split(row: &[u8], delimiter: u8) -> Vec<Vec<u8>> {
    let mut cells = Vec::new();
    let mut cell = Vec::new();
    let mut state = State::Begin;
    for &byte in row {
        state = match state {
            State::Begin if byte == b'"' => State::Quoted,
            State::Begin | State::Plain | State::Closed if byte == delimiter => {
                cells.push(std::mem::take(&mut cell));
                State::Begin
            }
            State::Quoted if byte == b'"' => State::Closed,
            State::Quoted => {
                cell.push(byte);
                State::Quoted
            }
            State::Closed if byte == b'"' => {
                cell.push(byte);
                State::Quoted
            }
            State::Begin | State::Plain | State::Closed => {
                cell.push(byte);
                State::Plain
            }
        };
    }
    cells.push(cell);
    cells
}

/// Where in a cell the next byte stands.
#[derive(Clone, Copy)]
enum State {
    /// At its first byte.
    Begin,
    /// Within an unquoted part.
    Plain,
    /// Within quotes.
    Quoted,
    /// After a quote that closes the cell, or stands for a quote if another one follows.
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(row: &str) -> Vec<String> {
        let cells = split(row.as_bytes(), b',').into_iter();
        cells.map(|cell| String::from_utf8_lossy(&cell).into_owned()).collect()
    }

    #[test]
    fn quotes_hold_a_cell_together() {
        assert_eq!(cells("a,b"), ["a", "b"]);
        assert_eq!(cells(""), [""]);
        assert_eq!(cells("a,,"), ["a", "", ""]);
        assert_eq!(cells("\"1,556,000\",\"say \"\"so\"\"\""), ["1,556,000", "say \"so\""]);
        assert_eq!(cells("\"a\nb\",c"), ["a\nb", "c"]);
        assert_eq!(cells("5\" disk,\"a\"b,"), ["5\" disk", "ab", ""]);
    }
}
