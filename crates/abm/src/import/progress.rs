//! The progress bar.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::summary::ImportSummary;

const TEMPLATE: &str = "{wide_bar} {bytes}/{total_bytes} {msg} {eta} left";

/// Shows how much of a file is behind, on a terminal only.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar for a file of so many bytes.
    pub(crate) fn new(bytes: u64, quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Moves to a place in the file whose rows are all settled.
    pub(crate) fn at(&self, consumed: u64, summary: &ImportSummary) {
        self.bar.set_position(consumed);
        self.bar.set_message(match summary.rejected {
            0 => format!("{} rows", summary.read),
            rejected => format!("{} rows, {rejected} rejected", summary.read),
        });
    }

    /// Takes the bar away.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_valid() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
