//! Lists on the screen, or for other programs.

use std::io::Write;

use clap::ValueEnum;
use serde_json::Value;

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// In columns, for people.
    Table,
    /// Comma-separated values with a header.
    Csv,
    /// A JSON object a line.
    Json,
}

/// A list that is written page by page.
#[derive(Debug)]
pub(crate) struct Listing<W> {
    out: W,
    format: Format,
    columns: Vec<String>,
    /// Of the columns of a table, from its first page.
    widths: Option<Vec<usize>>,
}

impl<W: Write> Listing<W> {
    pub(crate) fn new(out: W, format: Format, columns: Vec<String>) -> Self {
        Self { out, format, columns, widths: None }
    }

    /// Writes rows, each with a cell for every column. The header comes before the first of them.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn write(&mut self, rows: &[Vec<Value>]) -> anyhow::Result<()> {
        match self.format {
            Format::Table => self.table(rows)?,
            Format::Csv => self.csv(rows)?,
            Format::Json => {
                for row in rows {
                    let cells = self.columns.iter().cloned().zip(row.iter().cloned());
                    writeln!(self.out, "{}", Value::Object(cells.collect()))?;
                }
            }
        }
        Ok(())
    }

    fn table(&mut self, rows: &[Vec<Value>]) -> anyhow::Result<()> {
        let texts: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(text).collect()).collect();
        let header = self.widths.is_none();
        let widths = self.widths.get_or_insert_with(|| {
            let width = |(place, name): (usize, &String)| {
                let cells = texts.iter().filter_map(|row| row.get(place));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(name.len())
            };
            self.columns.iter().enumerate().map(width).collect()
        });
        let head = header.then_some(&self.columns);
        for row in head.into_iter().chain(&texts) {
            let cells = row.iter().zip(&*widths);
            let line: Vec<String> = cells.map(|(cell, &width)| format!("{cell:<width$}")).collect();
            writeln!(self.out, "{}", line.join("  ").trim_end())?;
        }
        Ok(())
    }

    fn csv(&mut self, rows: &[Vec<Value>]) -> anyhow::Result<()> {
        let mut csv = csv::Writer::from_writer(&mut self.out);
        if self.widths.is_none() {
            csv.write_record(&self.columns)?;
            self.widths = Some(Vec::new());
        }
        for row in rows {
            csv.write_record(row.iter().map(text))?;
        }
        csv.flush()?;
        Ok(())
    }
}

/// A cell as it is shown; empty for nothing.
fn text(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(format: Format) -> String {
        let mut out = Vec::new();
        let columns = vec!["id".to_owned(), "fit".to_owned(), "note".to_owned()];
        let mut listing = Listing::new(&mut out, format, columns);
        listing.write(&[vec![json!("a-long-id"), json!(7), json!("x, \"y\"")]]).unwrap();
        listing.write(&[vec![json!("b"), json!(100), Value::Null]]).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_header_comes_once_and_pages_line_up() {
        assert_eq!(
            written(Format::Table),
            "id         fit  note\na-long-id  7    x, \"y\"\nb          100\n"
        );
        assert_eq!(written(Format::Csv), "id,fit,note\na-long-id,7,\"x, \"\"y\"\"\"\nb,100,\n");
        assert_eq!(
            written(Format::Json),
            "{\"fit\":7,\"id\":\"a-long-id\",\"note\":\"x, \\\"y\\\"\"}\n\
             {\"fit\":100,\"id\":\"b\",\"note\":null}\n"
        );
    }
}
