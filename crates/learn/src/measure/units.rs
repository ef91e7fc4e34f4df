//! Rows that do not stand for themselves: of one account at several dates, all rise or fall
//! together. Whoever draws rows, or holds some out, must take all rows of a unit or none.

use super::Scored;

/// Rows by unit.
pub(super) struct Units {
    /// The rows, those of a unit side by side.
    order: Vec<usize>,
    /// Where the rows of each unit begin in `order`, and the end.
    starts: Vec<usize>,
}

impl Units {
    /// Every row is a unit.
    pub(super) fn single(rows: usize) -> Self {
        Self { order: (0..rows).collect(), starts: (0..=rows).collect() }
    }

    /// Rows of which each names its unit.
    pub(super) fn of(units: impl IntoIterator<Item = u32>) -> Self {
        let mut named: Vec<(u32, usize)> = units.into_iter().zip(0..).collect();
        named.sort_unstable();
        let mut starts = Vec::new();
        let mut last = None;
        for (place, &(unit, _)) in named.iter().enumerate() {
            if last.replace(unit) != Some(unit) {
                starts.push(place);
            }
        }
        starts.push(named.len());
        Self { order: named.into_iter().map(|(_, row)| row).collect(), starts }
    }

    /// How many units there are.
    pub(super) fn count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The units, each as the range of its places in [`Units::order`].
    pub(super) fn ranges(&self) -> Vec<std::ops::Range<usize>> {
        let starts = self.starts.iter().zip(self.starts.iter().skip(1));
        starts.map(|(&start, &end)| start..end).collect()
    }

    /// The rows, those of a unit side by side.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Units with a row whose outcome came, and with one whose outcome did not.
    pub(super) fn of_each(&self, rows: &[Scored<'_>]) -> (u64, u64) {
        let (mut positives, mut negatives) = (0, 0);
        for range in self.ranges() {
            let own = self.order.get(range).unwrap_or_default();
            let has = |outcome: bool| {
                own.iter().any(|&row| rows.get(row).is_some_and(|row| row.outcome == outcome))
            };
            positives += u64::from(has(true));
            negatives += u64::from(has(false));
        }
        (positives, negatives)
    }
}
