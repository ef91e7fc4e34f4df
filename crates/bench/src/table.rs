//! Tables in Markdown.

use std::fmt;

/// A heading, a table and remarks.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    title: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    remarks: Vec<String>,
}

impl Table {
    /// An empty table.
    pub(crate) fn new(title: impl Into<String>, head: &[&str]) -> Self {
        let head = head.iter().map(|&cell| cell.to_owned()).collect();
        Self { title: title.into(), head, rows: Vec::new(), remarks: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row<const CELLS: usize>(&mut self, cells: [String; CELLS]) {
        self.rows.push(cells.into());
    }

    /// Adds a line below the table.
    pub(crate) fn remark(&mut self, remark: impl Into<String>) {
        self.remarks.push(remark.into());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n### {}\n", self.title)?;
        writeln!(f, "| {} |", self.head.join(" | "))?;
        let marks: Vec<&str> =
            (0..self.head.len()).map(|cell| if cell == 0 { "---" } else { "---:" }).collect();
        writeln!(f, "| {} |", marks.join(" | "))?;
        for row in &self.rows {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        for remark in &self.remarks {
            write!(f, "\n{remark}\n")?;
        }
        Ok(())
    }
}

/// A whole number with commas between thousands.
pub(crate) fn whole(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::from(if value < 0.0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with two decimals, such as a ratio.
pub(crate) fn two(value: f64) -> String {
    format!("{value:.2}")
}

/// Nothing to say in a cell.
pub(crate) fn none() -> String {
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(whole(0.4), "0");
        assert_eq!(whole(999.6), "1,000");
        assert_eq!(whole(1_234_567.0), "1,234,567");
    }

    #[test]
    fn a_table_is_markdown() {
        let mut table = Table::new("T", &["what", "figure"]);
        table.row(["a".into(), "1".into()]);
        let text = table.to_string();
        assert!(text.contains("| what | figure |\n| --- | ---: |\n| a | 1 |"), "{text}");
    }
}
