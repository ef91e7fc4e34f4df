//! Shares, and how far each could be off by chance.

use crate::measure::{Estimate, Interval};

/// Within so many standard errors lie 95 % of a normal distribution.
pub(super) const Z: f64 = 1.959_963_984_540_054;

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Those that count; more than `of` are read as `of`.
    pub hits: u64,
    /// All of which they are.
    pub of: u64,
}

impl Rate {
    /// The share, 0 to 1; `None` of nothing.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits.min(self.of) as f64 / self.of as f64)
    }

    /// The share with its 95 % interval, by Wilson's score method (1927) without correction for
    /// continuity: of a share `p` of `n`, `(p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)`. It
    /// holds of few records and of shares near 0 and 1 as well. `None` of nothing.
    #[must_use]
    pub fn estimate(self) -> Option<Estimate> {
        let value = self.value()?;
        let n = self.of as f64;
        let (square, scale) = (Z * Z, 1.0 + Z * Z / n);
        let middle = (value + square / (2.0 * n)) / scale;
        let half = (value * (1.0 - value) / n + square / (4.0 * n * n)).sqrt() * Z / scale;
        // At 0 and at 1 an end is the share itself, and rounding may put it beyond.
        let low = (middle - half).clamp(0.0, value);
        let high = (middle + half).clamp(value, 1.0);
        Some(Estimate { value, interval: Interval { low, high } })
    }

    /// This share less another of other records, -1 to 1, with the 95 % interval of Newcombe
    /// (1998, method 10): from the ends `l` and `u` of both intervals of Wilson,
    /// `d - √((p₁-l₁)² + (u₂-p₂)²)` to `d + √((u₁-p₁)² + (p₂-l₂)²)`. `None` if either is of nothing.
    #[must_use]
    pub fn less(self, other: Self) -> Option<Estimate> {
        let (one, other) = (self.estimate()?, other.estimate()?);
        let value = one.value - other.value;
        let below = |of: Estimate| of.value - of.interval.low;
        let above = |of: Estimate| of.interval.high - of.value;
        let low = value - below(one).hypot(above(other));
        let high = value + above(one).hypot(below(other));
        Some(Estimate { value, interval: Interval { low: low.max(-1.0), high: high.min(1.0) } })
    }

    /// This share against another: 2 where it is twice as high. `None` if either is of nothing, or
    /// the other is 0.
    #[must_use]
    pub fn against(self, other: Self) -> Option<f64> {
        let (one, other) = (self.value()?, other.value()?);
        (other > 0.0).then(|| one / other)
    }

    /// Both together.
    #[must_use]
    pub(super) const fn and(self, other: Self) -> Self {
        Self { hits: self.hits + other.hits, of: self.of + other.of }
    }

    /// One more record.
    pub(super) fn add(&mut self, is_hit: bool) {
        self.hits += u64::from(is_hit);
        self.of += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(hits: u64, of: u64) -> Rate {
        Rate { hits, of }
    }

    fn close(found: Option<Estimate>, value: f64, low: f64, high: f64) {
        let found = found.unwrap();
        for (found, expected) in
            [(found.value, value), (found.interval.low, low), (found.interval.high, high)]
        {
            assert!((found - expected).abs() < 6e-5, "{found} {expected}");
        }
    }

    #[test]
    fn intervals_are_those_of_the_literature() {
        // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I.
        close(rate(81, 263).estimate(), 0.3080, 0.2553, 0.3662);
        close(rate(15, 148).estimate(), 0.1014, 0.0624, 0.1605);
        close(rate(0, 20).estimate(), 0.0, 0.0, 0.1611);
        close(rate(1, 29).estimate(), 0.0345, 0.0061, 0.1718);
        // Newcombe 1998, "Interval estimation for the difference between independent
        // proportions", table II, method 10.
        close(rate(56, 70).less(rate(48, 80)), 0.2, 0.0524, 0.3339);
        close(rate(9, 10).less(rate(3, 10)), 0.6, 0.1705, 0.8090);
        close(rate(10, 10).less(rate(0, 10)), 1.0, 0.6075, 1.0);
    }

    #[test]
    fn of_nothing_nothing_is_said() {
        assert_eq!(rate(0, 0).value(), None);
        assert_eq!(rate(0, 0).estimate(), None);
        assert_eq!(rate(1, 2).less(rate(0, 0)), None);
        assert_eq!(rate(1, 2).against(rate(0, 3)), None);
        assert_eq!(rate(1, 2).against(rate(1, 4)), Some(2.0));
    }

    proptest! {
        #[test]
        fn intervals_hold_their_estimates(
            (hits, of) in (0..10_000_u64, 1..10_000_u64),
            (other, of_other) in (0..10_000_u64, 1..10_000_u64),
        ) {
            let (one, other) = (rate(hits, of), rate(other, of_other));
            let holds = |Estimate { value, interval }: Estimate, least: f64| {
                least <= interval.low
                    && interval.low <= value
                    && value <= interval.high
                    && interval.high <= 1.0
            };
            prop_assert!(one.estimate().is_some_and(|found| holds(found, 0.0)));
            let less = one.less(other).unwrap();
            prop_assert!(holds(less, -1.0));
            let back = other.less(one).unwrap();
            prop_assert!((less.interval.low + back.interval.high).abs() < 1e-12);
        }
    }
}
