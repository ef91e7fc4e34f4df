//! The compact record of a person's activities as scoring sees them.
//!
//! A ledger is a set of (second, signal) entries. It depends only on *which* activities are
//! stored, so any order, repetition or lateness of arrival gives the same ledger, and it is all
//! that engagement reads: points, half-lives, caps and thresholds may change without an
//! activity being read again.

mod codec;

use std::collections::BTreeMap;

use crate::time::day_of;

pub use codec::CorruptLedger;

/// Most entries that a ledger keeps of one signal in one UTC day; no daily cap may exceed it.
pub const DAY_ENTRIES: usize = 100;

/// One activity as scoring sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// The second it happened in, since the epoch.
    pub time: i64,
    /// Which signal of the model it is: its position there.
    pub signal: u16,
}

/// What one person (or an account's unknown visitor) did, in canonical form.
///
/// Of each signal and UTC day the first [`DAY_ENTRIES`] by time are kept and the rest are
/// counted, so that a robot's 100,000 clicks stay small.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// INVARIANT: ascending by (time, signal); at most `DAY_ENTRIES` of one (day, signal).
    entries: Vec<Entry>,
    /// How many more there were of a (day, signal) whose entries are full.
    overflow: BTreeMap<(i64, u16), u64>,
}

impl Ledger {
    /// The entries kept, ascending by (time, signal).
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The number of activities of (UTC day, signal) beyond those kept as entries.
    #[must_use]
    pub fn overflow(&self) -> &BTreeMap<(i64, u16), u64> {
        &self.overflow
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The second of the latest entry at or before `at`.
    #[must_use]
    pub fn last_at(&self, at: i64) -> Option<i64> {
        let end = self.entries.partition_point(|entry| entry.time <= at);
        self.entries.get(..end)?.last().map(|entry| entry.time)
    }

    /// What was in it at the end of the second `at`.
    #[must_use]
    pub fn until(&self, at: i64) -> Self {
        let end = self.entries.partition_point(|entry| entry.time <= at);
        let entries = self.entries.get(..end).unwrap_or_default().to_vec();
        // What overflows comes after the entries kept of its day.
        let mut overflow = self.overflow.clone();
        overflow.retain(|&(day, _), _| day < day_of(at));
        Self { entries, overflow }
    }

    /// Records activities. The result does not depend on how they are split over calls or on
    /// their order.
    pub fn record(&mut self, new: impl IntoIterator<Item = Entry>) {
        let before = self.entries.len();
        self.entries.extend(new);
        if self.entries.len() == before {
            return;
        }
        self.entries.sort_unstable();
        self.bound_days();
    }

    /// Moves what a (day, signal) has beyond its first `DAY_ENTRIES` into the overflow count.
    ///
    /// Entries are sorted by time, so the days come one after the other and a count per signal
    /// that starts anew with each day is enough.
    fn bound_days(&mut self) {
        let (mut day, mut counts) = (i64::MIN, BTreeMap::<u16, usize>::new());
        let overflow = &mut self.overflow;
        self.entries.retain(|entry| {
            if day_of(entry.time) != day {
                day = day_of(entry.time);
                counts.clear();
            }
            let count = counts.entry(entry.signal).or_default();
            *count += 1;
            let kept = *count <= DAY_ENTRIES;
            if !kept {
                *overflow.entry((day, entry.signal)).or_default() += 1;
            }
            kept
        });
    }
}

impl FromIterator<Entry> for Ledger {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut ledger = Self::default();
        ledger.record(entries);
        ledger
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        // Few days, signals and seconds, so that days overflow and entries coincide.
        prop::collection::vec(
            (0..3i64, 0..2u16, 0..150i64)
                .prop_map(|(day, signal, secs)| Entry { time: day * crate::DAY + secs, signal }),
            0..700,
        )
    }

    proptest! {
        #[test]
        fn a_ledger_depends_only_on_which_activities_there_are(
            entries in entries(), cut in 0..700usize,
        ) {
            let once: Ledger = entries.iter().copied().collect();
            let mut reversed = entries;
            reversed.reverse();
            let (first, second) = reversed.split_at(cut.min(reversed.len()));
            let mut twice = Ledger::default();
            twice.record(first.iter().copied());
            twice.record(second.iter().copied());
            prop_assert_eq!(&once, &twice);
            prop_assert_eq!(Ledger::decode(&once.encode()), Ok(once));
        }
    }

    #[test]
    fn the_101st_of_a_day_is_only_counted() {
        let mut ledger: Ledger = (0..101).map(|time| Entry { time, signal: 3 }).collect();
        assert_eq!(ledger.entries().len(), 100);
        assert_eq!(ledger.overflow().get(&(0, 3)), Some(&1));
        ledger.record([Entry { time: -1, signal: 3 }, Entry { time: 5, signal: 4 }]);
        assert_eq!(ledger.entries().len(), 102, "another day and another signal have room");
    }

    #[test]
    fn an_entry_takes_about_five_bytes() {
        let ledger: Ledger =
            (0..1_000).map(|n| Entry { time: 1_700_000_000 + n * 40_000, signal: 7 }).collect();
        assert!(ledger.encode().len() <= 5 * 1_000 + 16, "{}", ledger.encode().len());
    }
}
