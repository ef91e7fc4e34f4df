//! How whole numbers are spread, such as days from one step to the next.

use std::collections::BTreeMap;

/// How numbers are spread. A quantile of a share `q` of `n` numbers lies at place `q (n-1)` of the
/// sorted ones, counted from 0; between two places it is interpolated linearly (type 7 of Hyndman
/// and Fan, 1996). So the median of an even count is the mean of the two in the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// How many there are, at least one.
    pub count: u64,
    /// Those below 0.
    pub negative: u64,
    /// A quarter is not above it.
    pub p25: f64,
    /// The middle.
    pub median: f64,
    /// Three quarters are not above it.
    pub p75: f64,
    /// Nine tenths are not above it.
    pub p90: f64,
}

/// Each number as often as it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Histogram(BTreeMap<i64, u64>);

impl Histogram {
    pub(super) fn add(&mut self, number: i64) {
        *self.0.entry(number).or_default() += 1;
    }

    /// Numbers of at most a limit.
    pub(super) fn at_most(&self, limit: i64) -> u64 {
        self.0.range(..=limit).map(|(_, count)| count).sum()
    }

    /// `None` of no numbers.
    pub(super) fn spread(&self) -> Option<Spread> {
        let count = self.0.values().sum();
        let negative = self.0.range(..0).map(|(_, count)| count).sum();
        let quantile = |percent| self.quantile(count, percent);
        Some(Spread {
            count,
            negative,
            p25: quantile(25)?,
            median: quantile(50)?,
            p75: quantile(75)?,
            p90: quantile(90)?,
        })
    }

    /// In whole numbers until the end, so that no rounding moves a place.
    fn quantile(&self, count: u64, percent: u64) -> Option<f64> {
        let place = u128::from(percent) * u128::from(count.checked_sub(1)?);
        let (below, above) = (self.at(place / 100)?, self.at(place.div_ceil(100))?);
        let part = (place % 100) as f64 / 100.0;
        Some(below as f64 * (1.0 - part) + above as f64 * part)
    }

    /// The number at a place of the sorted ones.
    fn at(&self, place: u128) -> Option<i64> {
        let mut passed = 0_u128;
        let found = self.0.iter().find(|(_, count)| {
            passed += u128::from(**count);
            passed > place
        });
        found.map(|(number, _)| *number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spread(numbers: &[i64]) -> Option<Spread> {
        let mut histogram = Histogram::default();
        numbers.iter().for_each(|number| histogram.add(*number));
        histogram.spread()
    }

    #[test]
    fn the_median_of_an_even_count_is_the_mean_of_the_two_in_the_middle() {
        let found = spread(&[4, 1, 2, 10]).unwrap();
        assert_eq!((found.count, found.median, found.p25, found.p75), (4, 3.0, 1.75, 5.5));
        assert!((found.p90 - 8.2).abs() < 1e-12);
        assert_eq!(spread(&[7]).map(|found| (found.p25, found.p90)), Some((7.0, 7.0)));
        assert_eq!(spread(&[]), None);
    }

    proptest! {
        #[test]
        fn quantiles_rise_and_lie_among_the_numbers(
            numbers in prop::collection::vec(any::<i64>(), 1..50),
        ) {
            let found = spread(&numbers).unwrap();
            let (least, most) = (numbers.iter().min().unwrap(), numbers.iter().max().unwrap());
            let order =
                [*least as f64, found.p25, found.median, found.p75, found.p90, *most as f64];
            // Numbers of 19 digits lose their last ones.
            prop_assert!(order.windows(2).all(|two| two[0] <= two[1] + two[1].abs() * 1e-12));
            prop_assert!(order.iter().all(|number| number.is_finite()));
            prop_assert_eq!(found.count, numbers.len() as u64);
            prop_assert_eq!(found.negative, numbers.iter().filter(|n| **n < 0).count() as u64);
        }
    }
}
