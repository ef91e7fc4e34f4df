//! Cuts a file into rows and counts their lines.
//!
//! The csv crate counts the lines of a row from the blank lines and comments before it, and reads
//! on to the end of the file when a quote is never closed. Here a row begins where it begins, and
//! no more than [`LIMIT`] of it is held.

use std::io::{self, Read};

use super::RawRow;

/// Longest row. Everything that a record may hold fits many times.
const LIMIT: usize = 4 * 1024 * 1024;
/// How much is read at a time.
const CHUNK: u64 = 64 * 1024;
/// How much of a row without end is kept to be shown.
const SHOWN: usize = 1024;

const UNCLOSED: &str = "a quote is opened on this line and never closed";
const TOO_LONG: &str = "is longer than 4 MiB";

pub(super) struct Scanner<Input> {
    input: Input,
    /// `None` where quotes mean nothing.
    delimiter: Option<u8>,
    comment: Option<u8>,
    buffer: Vec<u8>,
    /// Where in the buffer the next row begins.
    start: usize,
    at_end: bool,
    line: u64,
    consumed: u64,
}

/// How far a row has been looked at.
struct Look {
    /// Bytes of it that were seen.
    seen: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    RowBegin,
    CellBegin,
    Plain,
    Quoted,
    Closed,
    Comment,
}

impl<Input: Read> Scanner<Input> {
    pub(super) fn new(input: Input, delimiter: Option<u8>, comment: Option<u8>) -> Self {
        let buffer = Vec::new();
        Self { input, delimiter, comment, buffer, start: 0, at_end: false, line: 1, consumed: 0 }
    }

    /// Whether the rest of the file begins with these bytes.
    pub(super) fn begins_with(&mut self, bytes: &[u8]) -> io::Result<bool> {
        while self.rest().len() < bytes.len() && !self.at_end {
            self.fill()?;
        }
        Ok(self.rest().starts_with(bytes))
    }

    /// Leaves out these bytes if they come next.
    pub(super) fn skip(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.begins_with(bytes)? {
            self.pass(bytes.len());
        }
        Ok(())
    }

    pub(super) const fn consumed(&self) -> u64 {
        self.consumed
    }

    /// The next row that is neither blank nor a comment.
    pub(super) fn next_row(&mut self) -> io::Result<Option<RawRow>> {
        loop {
            let mut look = Look { seen: 0, state: State::RowBegin };
            let ended = loop {
                if self.look_on(&mut look) {
                    break true;
                }
                if look.seen > LIMIT {
                    let quoted = look.state == State::Quoted;
                    return self.broken(if quoted { UNCLOSED } else { TOO_LONG }).map(Some);
                }
                if self.at_end {
                    break false;
                }
                self.fill()?;
            };
            if !ended && look.seen == 0 {
                return Ok(None);
            }
            if !ended && look.state == State::Quoted {
                // No quote follows, so the lines after this one are rows of their own.
                return self.broken(UNCLOSED).map(Some);
            }
            let row = self.take(look.seen)?;
            if look.state != State::Comment && !row.bytes.trim_ascii().is_empty() {
                return Ok(Some(row));
            }
        }
    }

    /// Looks at what is there of a row; whether its end was seen, which is then the next byte.
    fn look_on(&self, look: &mut Look) -> bool {
        for &byte in self.buffer.iter().skip(self.start + look.seen) {
            if look.state != State::Quoted && (byte == b'\n' || byte == b'\r') {
                return true;
            }
            look.state = self.after(look.state, byte);
            look.seen += 1;
        }
        false
    }

    fn after(&self, state: State, byte: u8) -> State {
        match state {
            State::Comment => State::Comment,
            State::RowBegin if self.comment == Some(byte) => State::Comment,
            _ if self.delimiter.is_none() => State::Plain,
            State::RowBegin | State::CellBegin if byte == b'"' => State::Quoted,
            State::Quoted if byte == b'"' => State::Closed,
            State::Quoted => State::Quoted,
            State::Closed if byte == b'"' => State::Quoted,
            _ if self.delimiter == Some(byte) => State::CellBegin,
            _ => State::Plain,
        }
    }

    /// Takes a row of this length and the line end after it.
    fn take(&mut self, length: usize) -> io::Result<RawRow> {
        let bytes = self.rest().get(..length).unwrap_or_default().to_vec();
        let row = RawRow { line: self.line, bytes, broken: None };
        self.pass(length);
        self.line += line_ends(&row.bytes);
        self.end_line()?;
        Ok(row)
    }

    /// Passes the line end that comes next, if there is one.
    fn end_line(&mut self) -> io::Result<()> {
        let before = self.consumed;
        // A carriage return and a line feed are one line end, also across two reads.
        self.skip(b"\r")?;
        self.skip(b"\n")?;
        self.line += u64::from(self.consumed > before);
        Ok(())
    }

    /// Takes the one line that comes next as what cannot be a row.
    fn broken(&mut self, why: &'static str) -> io::Result<RawRow> {
        let mut row = RawRow { line: self.line, bytes: Vec::new(), broken: Some(why) };
        loop {
            let end = self.rest().iter().position(|byte| b"\r\n".contains(byte));
            let length = end.unwrap_or(self.rest().len());
            let room = SHOWN.saturating_sub(row.bytes.len());
            row.bytes.extend(self.rest().iter().take(length.min(room)));
            self.pass(length);
            if end.is_some() || self.at_end {
                self.end_line()?;
                return Ok(row);
            }
            self.fill()?;
        }
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    fn pass(&mut self, bytes: usize) {
        self.start += bytes;
        self.consumed += bytes as u64;
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start.min(self.buffer.len()));
        self.start = 0;
        let read = self.input.by_ref().take(CHUNK).read_to_end(&mut self.buffer)?;
        self.at_end = read == 0;
        Ok(())
    }
}

/// How many line ends are within a row: LF, CR LF and CR each end one line.
fn line_ends(row: &[u8]) -> u64 {
    let mut count = 0;
    let mut before = 0;
    for &byte in row {
        count += u64::from(byte == b'\r' || (byte == b'\n' && before != b'\r'));
        before = byte;
    }
    count
}

#[cfg(test)]
mod tests;
