//! The rows of a file, and their cells.

mod cells;
mod scanner;

use std::io::{self, Read};

use anyhow::{Context, bail};
use regex::Regex;

use self::cells::split;
use self::scanner::Scanner;
use super::fault::{Fault, INVALID_ENCODING};
use super::header::Header;
use super::map::{Encoding, Format};

/// One row as it stands in the file, without its line end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RawRow {
    /// The line it begins on, counted from 1.
    pub(crate) line: u64,
    /// Its bytes. A row without end is cut.
    pub(crate) bytes: Vec<u8>,
    /// Why it is no row, where that can be told without reading its cells.
    pub(crate) broken: Option<&'static str>,
}

/// How the cells of a row are told apart.
#[derive(Clone, Debug)]
pub(crate) struct Syntax {
    pub(crate) delimiter: u8,
    comment: Option<u8>,
    encoding: Encoding,
    lines: Option<Lines>,
}

/// A file whose lines are no CSV.
#[derive(Clone, Debug)]
struct Lines {
    pattern: Regex,
    columns: Vec<String>,
}

/// The rows of a file, one after the other.
pub(crate) struct Rows<Input> {
    scanner: Scanner<Input>,
    syntax: Syntax,
}

impl<Input: Read> Rows<Input> {
    /// Looks at the beginning of a file.
    ///
    /// # Errors
    /// When it cannot be read, when it is UTF-16, or when `lines` is no regular expression with
    /// named groups.
    pub(crate) fn open(input: Input, format: &Format) -> anyhow::Result<Self> {
        let syntax = Syntax::new(format)?;
        // Nobody knows what a quote means in a file that is not CSV.
        let delimiter = syntax.lines.is_none().then_some(syntax.delimiter);
        let mut scanner = Scanner::new(input, delimiter, syntax.comment);
        if scanner.begins_with(&[0xff, 0xfe])? || scanner.begins_with(&[0xfe, 0xff])? {
            bail!("the file is UTF-16; save it as UTF-8, for example as `CSV UTF-8`");
        }
        scanner.skip(&[0xef, 0xbb, 0xbf])?;
        Ok(Self { scanner, syntax })
    }

    /// The columns: those that the map names, or those of the first row.
    ///
    /// # Errors
    /// When there is no usable first row.
    pub(crate) fn header(&mut self, format: &Format) -> anyhow::Result<Header> {
        if let Some(lines) = &self.syntax.lines {
            return Header::new(lines.columns.clone());
        }
        if !format.columns.is_empty() {
            return Header::new(format.columns.clone());
        }
        let row = self.scanner.next_row()?.context("the file is empty: it has no header")?;
        let names = self.syntax.cells(&row);
        Header::new(names.map_err(|fault| anyhow::anyhow!("the header {}", fault.message))?)
    }

    /// The next row that is neither blank nor a comment.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn next_row(&mut self) -> io::Result<Option<RawRow>> {
        self.scanner.next_row()
    }

    /// How many bytes of the file are behind.
    pub(crate) const fn consumed(&self) -> u64 {
        self.scanner.consumed()
    }

    pub(crate) fn syntax(&self) -> &Syntax {
        &self.syntax
    }
}

impl Syntax {
    fn new(format: &Format) -> anyhow::Result<Self> {
        let lines = match &format.lines {
            None => None,
            Some(pattern) => Some(Lines::new(pattern)?),
        };
        Ok(Self {
            delimiter: format.delimiter.0,
            comment: format.comment.map(|comment| comment.0),
            encoding: format.encoding,
            lines,
        })
    }

    /// The cells of a row, each without surrounding blanks.
    ///
    /// # Errors
    /// When the row is broken, not text in the encoding of the file, or does not match `lines`.
    pub(crate) fn cells(&self, row: &RawRow) -> Result<Vec<String>, Fault> {
        if let Some(broken) = row.broken {
            return Err(Fault::malformed(broken));
        }
        let Some(lines) = &self.lines else {
            let cells = split(&row.bytes, self.delimiter).into_iter().enumerate();
            return cells.map(|(place, cell)| self.text(cell, place + 1)).collect();
        };
        let line = self.text(row.bytes.clone(), 1)?;
        let found = lines.pattern.captures(&line);
        let found = found.ok_or_else(|| Fault::malformed("does not match `format.lines`"))?;
        let group = |name: &String| found.name(name).map_or("", |group| group.as_str());
        Ok(lines.columns.iter().map(|name| group(name).trim().to_owned()).collect())
    }

    /// The cells of a row as well as they can be read, for people to look at.
    pub(crate) fn cells_to_show(&self, row: &RawRow) -> Vec<String> {
        let cells = match self.lines {
            None => split(&row.bytes, self.delimiter),
            Some(_) => vec![row.bytes.clone()],
        };
        let show = |cell| Encoding::Auto.decode(cell).unwrap_or_default();
        match self.encoding {
            Encoding::Windows1252 => {
                cells.into_iter().filter_map(|cell| self.encoding.decode(cell)).collect()
            }
            Encoding::Utf8 | Encoding::Auto => cells.into_iter().map(show).collect(),
        }
    }

    /// Whether a row is one whole line instead of cells.
    pub(crate) const fn is_lines(&self) -> bool {
        self.lines.is_some()
    }

    fn text(&self, cell: Vec<u8>, place: usize) -> Result<String, Fault> {
        let text = self.encoding.decode(cell).ok_or_else(|| Fault {
            field: String::new(),
            reason: INVALID_ENCODING.into(),
            message: format!(
                "cell {place} is not UTF-8; if the file is Windows-1252, state \
                 `format: {{encoding: windows-1252}}` in the map"
            ),
        })?;
        let trimmed = text.trim();
        Ok(if trimmed.len() == text.len() { text } else { trimmed.to_owned() })
    }
}

impl Lines {
    fn new(pattern: &str) -> anyhow::Result<Self> {
        let pattern = Regex::new(pattern).context("`format.lines` is not a regular expression")?;
        let columns: Vec<_> = pattern.capture_names().flatten().map(ToOwned::to_owned).collect();
        if columns.is_empty() {
            bail!("`format.lines` has no named group such as `(?P<domain>\\S+)`");
        }
        Ok(Self { pattern, columns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line, and its cells or why they cannot be read.
    type Line = (u64, Result<Vec<String>, String>);

    fn rows(format: &str, bytes: &[u8]) -> (Vec<String>, Vec<Line>) {
        let format = serde_saphyr::from_str::<Format>(format).unwrap();
        let mut rows = Rows::open(bytes, &format).unwrap();
        let header = rows.header(&format).unwrap();
        let mut found = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            let cells = rows.syntax().cells(&row).map_err(|fault| fault.reason);
            found.push((row.line, cells));
        }
        (header.names().to_vec(), found)
    }

    fn row(line: u64, cells: &[&str]) -> Line {
        (line, Ok(cells.iter().map(|&cell| cell.to_owned()).collect()))
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_name() {
        let (names, found) = rows("{}", b"\xef\xbb\xbfid,name\r\n1,A\r\n");
        assert_eq!(names, ["id", "name"]);
        assert_eq!(found, [row(2, &["1", "A"])]);
    }

    #[test]
    fn utf_16_is_refused_with_advice() {
        let error = Rows::open(&b"\xff\xfei\0d\0"[..], &Format::default()).err().unwrap();
        assert!(error.to_string().contains("UTF-8"), "{error}");
    }

    #[test]
    fn windows_1252_is_read_when_stated_and_refused_row_by_row_when_not() {
        let file = b"name\nEst\xe9e Lauder \x80\nplain\n";
        let (_, found) = rows("{encoding: windows-1252}", file);
        assert_eq!(found, [row(2, &["Est\u{e9}e Lauder \u{20ac}"]), row(3, &["plain"])]);
        let (_, found) = rows("{}", file);
        assert_eq!(found, [(2, Err(INVALID_ENCODING.to_owned())), row(3, &["plain"])]);
        let both = b"name\nEst\xe9e\nEst\xc3\xa9e\n";
        let (_, found) = rows("{encoding: auto}", both);
        assert_eq!(found, [row(2, &["Est\u{e9}e"]), row(3, &["Est\u{e9}e"])]);
    }

    #[test]
    fn a_file_without_header_has_the_names_of_the_map() {
        let format = "{delimiter: tab, columns: [a, b]}";
        let (names, found) = rows(format, b"1\t2\n");
        assert_eq!(names, ["a", "b"]);
        assert_eq!(found, [row(1, &["1", "2"])]);
    }

    #[test]
    fn lines_are_taken_apart_by_their_named_groups() {
        let format = r#"
comment: '#'
lines: '^(?P<domain>\S+)\s+(?P<company>.+?)(?:\s+<\s+(?P<until>\d{4}-\d\d-\d\d))?$'
"#;
        let file = b"# list\n3ds.com Dassault \"S\n\na.com Rackspace < 2012-07-20\nalone\n";
        let (names, found) = rows(format, file);
        assert_eq!(names, ["domain", "company", "until"]);
        let expected = [
            row(2, &["3ds.com", "Dassault \"S", ""]),
            row(4, &["a.com", "Rackspace", "2012-07-20"]),
            (5, Err("MALFORMED_ROW".to_owned())),
        ];
        assert_eq!(found, expected);
    }
}
