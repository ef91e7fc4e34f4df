//! What became of the rows of a file.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::fault::Fault;

/// Most rejected rows that the summary lists.
const LISTED: usize = 5;

/// What became of the rows of a file. `created`, `updated`, `unchanged`, `skipped` and `rejected`
/// add up to `read`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImportSummary {
    /// Rows of the file, without header, blank lines and comments.
    pub(crate) read: u64,
    /// Rows that were not known and are stored now.
    pub(crate) created: u64,
    /// Rows that changed what is stored.
    pub(crate) updated: u64,
    /// Rows that say what is stored already.
    pub(crate) unchanged: u64,
    /// Rows that the map leaves out, and rows of empty cells.
    pub(crate) skipped: u64,
    /// Rows that were not accepted.
    pub(crate) rejected: u64,
    /// How long it took.
    pub(crate) elapsed: Duration,
    /// Where the rejected rows are, if there are any.
    pub(crate) rejects_file: Option<PathBuf>,
    /// Line, field and reason of the first rejected rows.
    pub(crate) rejected_first: Vec<(u64, String, String)>,
}

impl ImportSummary {
    /// Adds the counts of one batch.
    pub(crate) fn add(&mut self, batch: &Self) {
        self.read += batch.read;
        self.created += batch.created;
        self.updated += batch.updated;
        self.unchanged += batch.unchanged;
        self.skipped += batch.skipped;
        self.rejected += batch.rejected;
    }

    /// Notes a rejected row, without anything that stands in it.
    pub(crate) fn note_rejected(&mut self, line: u64, fault: &Fault) {
        if self.rejected_first.len() < LISTED {
            self.rejected_first.push((line, fault.field.clone(), fault.reason.clone()));
        }
    }

    /// Rows a second.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    fn rate(&self) -> f64 {
        self.read as f64 / self.elapsed.as_secs_f64().max(0.001)
    }
}

impl fmt::Display for ImportSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} rows read: {} created, {} updated, {} unchanged, {} skipped, {} rejected; \
             {:.1} s, {:.0} rows/s",
            self.read,
            self.created,
            self.updated,
            self.unchanged,
            self.skipped,
            self.rejected,
            self.elapsed.as_secs_f64(),
            self.rate(),
        )?;
        if let Some(file) = &self.rejects_file {
            write!(f, "\nrejected rows are in {}", file.display())?;
        }
        for (line, field, reason) in &self.rejected_first {
            write!(f, "\n  line {line}: ")?;
            if !field.is_empty() {
                write!(f, "{field}: ")?;
            }
            f.write_str(reason)?;
        }
        let more = self.rejected.saturating_sub(self.rejected_first.len() as u64);
        if more > 0 { write!(f, "\n  and {more} more") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rejected_rows_are_told_by_line_field_and_reason_only() {
        let mut summary = ImportSummary {
            read: 20,
            created: 13,
            rejected: 7,
            elapsed: Duration::from_secs(2),
            rejects_file: Some("x.rejects.csv".into()),
            ..ImportSummary::default()
        };
        for line in 2..9 {
            summary.note_rejected(line, &Fault::invalid("email", "ada@secret is odd"));
        }
        let shown = summary.to_string();
        assert!(shown.starts_with(
            "20 rows read: 13 created, 0 updated, 0 unchanged, 0 skipped, 7 rejected; \
             2.0 s, 10 rows/s\nrejected rows are in x.rejects.csv\n  line 2: email: INVALID_FIELD"
        ));
        assert!(shown.ends_with("line 6: email: INVALID_FIELD\n  and 2 more"), "{shown}");
        assert!(!shown.contains("secret"));
    }
}
