use proptest::prelude::*;

use super::super::cells::split;
use super::*;

/// Gives a file in pieces of one size, as a slow disk would.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let piece = self.0.len().min(self.1).min(into.len());
        let (now, later) = self.0.split_at(piece);
        into.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
        self.0 = later;
        Ok(piece)
    }
}

fn rows_in(file: &[u8], comment: Option<u8>) -> Vec<(u64, String, bool)> {
    let mut scanner = Scanner::new(file, Some(b','), comment);
    let mut rows = Vec::new();
    while let Some(row) = scanner.next_row().unwrap() {
        let text = String::from_utf8_lossy(&row.bytes).into_owned();
        rows.push((row.line, text, row.broken.is_some()));
    }
    assert_eq!(scanner.consumed(), file.len() as u64);
    rows
}

fn lines_of(file: &str) -> Vec<(u64, String)> {
    let rows = rows_in(file.as_bytes(), Some(b'#')).into_iter();
    rows.map(|(line, text, _)| (line, text)).collect()
}

fn expect(rows: &[(u64, &str)]) -> Vec<(u64, String)> {
    rows.iter().map(|&(line, text)| (line, text.to_owned())).collect()
}

#[test]
fn a_row_has_the_line_it_begins_on() {
    assert_eq!(lines_of("a\nb\n"), expect(&[(1, "a"), (2, "b")]));
    assert_eq!(lines_of("a\n\n \n# note, \"open\nb"), expect(&[(1, "a"), (5, "b")]));
    let quoted = "a,\"one\n\ntwo\"\nb,2\n";
    assert_eq!(lines_of(quoted), expect(&[(1, "a,\"one\n\ntwo\""), (4, "b,2")]));
}

#[test]
fn every_kind_of_line_end_counts_once() {
    assert_eq!(lines_of("a\r\nb\r\n"), expect(&[(1, "a"), (2, "b")]));
    assert_eq!(lines_of("a\rb\r\rc"), expect(&[(1, "a"), (2, "b"), (4, "c")]));
    let quoted = "\"x\r\ny\"\r\nb\r\n";
    assert_eq!(lines_of(quoted), expect(&[(1, "\"x\r\ny\""), (3, "b")]));
}

#[test]
fn a_quote_that_is_never_closed_costs_one_line_only() {
    let rows = rows_in(b"a,1\nb,\"2\nc,3\nd,4\n", None);
    let lines: Vec<_> =
        rows.iter().map(|(line, text, broken)| (*line, text.as_str(), *broken)).collect();
    assert_eq!(
        lines,
        [(1, "a,1", false), (2, "b,\"2", true), (3, "c,3", false), (4, "d,4", false)]
    );
}

#[test]
fn a_row_without_end_is_cut_and_the_next_one_found() {
    let mut file = b"a\n".to_vec();
    file.extend(std::iter::repeat_n(b'x', 2 * LIMIT));
    file.extend(b"\nb\n");
    let rows = rows_in(&file, None);
    let lines: Vec<_> =
        rows.iter().map(|(line, text, broken)| (*line, text.len(), *broken)).collect();
    assert_eq!(lines, [(1, 1, false), (2, SHOWN, true), (3, 1, false)]);
}

proptest! {
    /// The csv crate is the authority on what a cell is; only lines of blanks, which it takes for
    /// rows of one cell, and quotes that are never closed, are different here.
    #[test]
    fn rows_and_cells_are_those_of_the_csv_crate(
        file in "([a-c ,]|\"|\"\"|\n|\r\n|\r|,\"){0,40}",
        piece in 1_usize..9,
    ) {
        let mut scanner = Scanner::new(Pieces(file.as_bytes(), piece), Some(b','), None);
        let mut found = Vec::new();
        let mut broken = false;
        while let Some(row) = scanner.next_row().unwrap() {
            broken |= row.broken.is_some();
            found.push(split(&row.bytes, b','));
        }
        prop_assume!(!broken);
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.as_bytes());
        let expected: Vec<Vec<Vec<u8>>> = reader
            .byte_records()
            .map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect::<Vec<_>>())
            .filter(|cells| cells.len() > 1 || !cells.concat().trim_ascii().is_empty())
            .collect();
        found.retain(|cells| cells.len() > 1 || !cells.concat().trim_ascii().is_empty());
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn any_bytes_are_cut_into_rows_whose_lines_rise(
        file in prop::collection::vec(prop::sample::select(&b"a,\"\r\n#"[..]), 0..60),
        piece in 1_usize..9,
    ) {
        let mut scanner = Scanner::new(Pieces(&file, piece), Some(b','), Some(b'#'));
        let mut line = 0;
        while let Some(row) = scanner.next_row().unwrap() {
            prop_assert!(row.line > line);
            line = row.line;
        }
        prop_assert_eq!(scanner.consumed(), file.len() as u64);
        prop_assert!(line <= line_ends(&file) + 1);
    }
}
