//! Medians and percentiles.

use std::time::Duration;

use crate::load::Cost;

/// The middle value; of an even number of values the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    let (half, odd) = (sorted.len() / 2, sorted.len() % 2 == 1);
    if odd { at(half) } else { f64::midpoint(at(half.wrapping_sub(1)), at(half)) }
}

/// The median of the ratios of each turn, not the ratio of the medians: what the machine did
/// meanwhile it did to both.
fn ratio(values: &[f64], floor: &[f64]) -> f64 {
    let ratios: Vec<f64> = values.iter().zip(floor).map(|(value, floor)| value / floor).collect();
    median(&ratios)
}

/// Durations, to be asked for percentiles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    /// Sorts them.
    pub(crate) fn new(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        Self(all)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Milliseconds that `percent` of them do not exceed.
    pub(crate) fn millis(&self, percent: usize) -> f64 {
        let index = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(index).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }
}

/// What turns of one kind measured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series {
    rates: Vec<f64>,
    cpu: Vec<f64>,
}

impl Series {
    /// Adds a turn.
    pub(crate) fn add(&mut self, cost: &Cost, pieces: usize) {
        self.rates.push(cost.rate(pieces));
        self.cpu.push(cost.cpu_micros(pieces));
    }

    /// Pieces a second of each turn.
    pub(crate) fn rates(&self) -> &[f64] {
        &self.rates
    }

    /// Pieces a second.
    pub(crate) fn rate(&self) -> f64 {
        median(&self.rates)
    }

    /// How the rate compares with a floor's.
    pub(crate) fn to(&self, floor: &Self) -> f64 {
        ratio(&self.rates, &floor.rates)
    }

    /// Microseconds of processor time for each piece.
    pub(crate) fn cpu_micros(&self) -> f64 {
        median(&self.cpu)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_ratio_is_taken_turn_by_turn() {
        assert_eq!(ratio(&[10.0, 1.0, 6.0], &[20.0, 4.0, 12.0]), 0.5);
    }

    #[test]
    fn percentiles_reach_the_ends() {
        let latencies = Latencies::new((1..=100).map(Duration::from_millis).collect());
        assert_eq!(latencies.millis(50), 51.0);
        assert_eq!(latencies.millis(100), 100.0);
        assert!(Latencies::default().millis(50).is_nan());
    }
}
