//! Patterns that never occur.

use super::super::{Model, Problem};
use crate::DAY;
use crate::ledger::DAY_ENTRIES;
use crate::pattern::Occurs;

pub(super) fn check(model: &Model, found: &mut Vec<Problem>) {
    let ignored = |position: &u16| model.signals.get(*position).is_some_and(|s| s.ignore);
    ignored_signals(model, "visits.of", &model.patterns.visits().of, found);
    let no_visits = model.patterns.visits().of.iter().all(ignored);
    for (position, pattern) in model.patterns.all().iter().enumerate() {
        let path = format!("patterns[{position}]");
        match &pattern.when {
            Occurs::Visit { .. } if no_visits => {
                let message = "never occurs: every signal that makes visits is ignored";
                found.push(Problem::new(format!("{path}.visits"), message));
            }
            Occurs::Visit { .. } => {}
            Occurs::All { parts, within_secs } => {
                for (number, part) in parts.iter().enumerate() {
                    let path = format!("{path}.all[{number}]");
                    ignored_signals(model, &format!("{path}.of"), &part.of, found);
                    let counting = part.of.iter().filter(|signal| !ignored(signal)).count();
                    if counting == 0 {
                        let message = "never occurs: every signal of this part is ignored";
                        found.push(Problem::new(path, message));
                    } else if part.at_least > at_most(counting, *within_secs) {
                        let message = "never occurs: a ledger keeps no more than 100 of a signal \
                                       and day";
                        found.push(Problem::new(format!("{path}.at_least"), message));
                    }
                }
            }
        }
    }
}

/// How many activities of some signals a ledger can hold within a time.
fn at_most(signals: usize, within_secs: i64) -> usize {
    // A time that begins within a day reaches into one more.
    let days = usize::try_from(within_secs / DAY + 2).unwrap_or(usize::MAX);
    days.saturating_mul(DAY_ENTRIES).saturating_mul(signals)
}

fn ignored_signals(model: &Model, path: &str, of: &[u16], found: &mut Vec<Problem>) {
    for signal in of.iter().filter_map(|&position| model.signals.get(position)) {
        if signal.ignore {
            let message = format!("`{}` is ignored and counts for nothing", signal.name);
            found.push(Problem::new(path, message));
        }
    }
}
