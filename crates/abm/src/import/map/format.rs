//! How the file is written: encoding, separators, the form of its lines.

use anyhow::bail;
use serde::Deserialize;

/// How the file is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Format {
    /// The encoding of its text.
    #[serde(default)]
    pub(crate) encoding: Encoding,
    /// What stands between cells: one ASCII character, or `tab`.
    #[serde(default)]
    pub(crate) delimiter: Delimiter,
    /// Lines that begin with this ASCII character are left out.
    pub(crate) comment: Option<Comment>,
    /// Names of the columns, for a file without a header.
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    /// A regular expression for files that are not CSV: its named groups are the columns.
    pub(crate) lines: Option<String>,
    /// What stands before the decimals of numbers: `.` or `,`.
    #[serde(default)]
    pub(crate) decimal: Mark,
}

/// The encoding of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    #[serde(rename = "utf-8", alias = "utf8")]
    Utf8,
    /// Windows-1252, which holds ISO 8859-1.
    #[serde(rename = "windows-1252", alias = "cp1252", alias = "iso-8859-1")]
    Windows1252,
    /// Each cell that is UTF-8 is read as such, each other one as Windows-1252.
    #[serde(rename = "auto")]
    Auto,
}

impl Encoding {
    /// The bytes as text; `None` when they are none in this encoding.
    pub(crate) fn decode(self, bytes: Vec<u8>) -> Option<String> {
        match (self, String::from_utf8(bytes)) {
            (Self::Utf8 | Self::Auto, Ok(text)) => Some(text),
            (Self::Utf8, Err(_)) => None,
            (Self::Windows1252, Ok(text)) if text.is_ascii() => Some(text),
            (Self::Windows1252, Ok(text)) => Some(windows_1252(text.as_bytes())),
            (_, Err(error)) => Some(windows_1252(error.as_bytes())),
        }
    }
}

fn windows_1252(bytes: &[u8]) -> String {
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

/// What stands between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Delimiter(pub(crate) u8);

impl Default for Delimiter {
    fn default() -> Self {
        Self(b',')
    }
}

impl TryFrom<String> for Delimiter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match (text.as_str(), text.as_bytes()) {
            ("tab" | "\\t", _) => Ok(Self(b'\t')),
            (_, &[byte]) if byte.is_ascii() && !b"\"\r\n".contains(&byte) => Ok(Self(byte)),
            _ => Err(format!("`{text}` is no delimiter: one ASCII character or `tab`")),
        }
    }
}

/// What begins a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Comment(pub(crate) u8);

impl TryFrom<String> for Comment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_bytes() {
            &[byte] if byte.is_ascii_graphic() && byte != b'"' => Ok(Self(byte)),
            _ => Err(format!("`{text}` begins no comment: one ASCII character, for example `#`")),
        }
    }
}

/// What stands before the decimals of a number; the other one groups its thousands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Mark {
    /// `1,556,000.5`
    #[default]
    #[serde(rename = ".")]
    Point,
    /// `1.556.000,5`
    #[serde(rename = ",")]
    Comma,
}

impl Format {
    /// Checks what the parts alone cannot tell.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        if self.lines.is_some() && !self.columns.is_empty() {
            bail!(
                "`format.columns` and `format.lines` exclude each other: the groups of `lines` are the columns"
            );
        }
        Ok(())
    }
}
