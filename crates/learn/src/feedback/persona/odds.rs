//! How much more frequent an attribute is on one side than on the other.

use crate::measure::{Estimate, Interval};

use super::super::Rate;
use super::super::rate::Z;
use super::super::significance::two_sided;
use super::LEAST_REJECTED;

/// How often an attribute is there on both sides.
///
/// With `a` of the permanent rejections having it and `c` not, `b` of the others having it and `d`
/// not, the odds ratio is `(a+½)(d+½) / (b+½)(c+½)`: half a record is added to each, after Haldane
/// (1956) and Anscombe (1956), so that it is a number where one of them is 0. Its logarithm has the
/// standard error `√(1/(a+½) + 1/(b+½) + 1/(c+½) + 1/(d+½))`, after Woolf (1955) and Gart (1966),
/// from which the 95 % interval and the p-value are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Of the permanent rejections where the field is known: those with the attribute.
    pub permanent: Rate,
    /// The same of the other handoffs.
    pub others: Rate,
}

impl Counted {
    /// Counts a handoff where the field is known.
    pub(super) fn add(&mut self, permanent: bool, has: bool) {
        let side = if permanent { &mut self.permanent } else { &mut self.others };
        side.add(has);
    }

    /// Whether enough have it, and not all.
    pub(super) const fn tells(self) -> bool {
        let (with, known) =
            (self.permanent.hits + self.others.hits, self.permanent.of + self.others.of);
        with >= LEAST_REJECTED && with < known
    }

    /// The odds ratio, above 0, with its 95 % interval.
    #[must_use]
    pub fn odds_ratio(self) -> Estimate {
        let (log, error) = self.log_odds();
        let [value, low, high] = [log, log - Z * error, log + Z * error].map(libm::exp);
        Estimate { value, interval: Interval { low, high } }
    }

    /// The chance of an odds ratio as far from 1 or farther if there is no difference, two-sided.
    #[must_use]
    pub fn p_value(self) -> f64 {
        let (log, error) = self.log_odds();
        two_sided(log / error)
    }

    /// The logarithm of the odds ratio and its standard error.
    fn log_odds(self) -> (f64, f64) {
        let half = |count: u64| count as f64 + 0.5;
        let sides = |rate: Rate| (half(rate.hits), half(rate.of.saturating_sub(rate.hits)));
        let ((a, c), (b, d)) = (sides(self.permanent), sides(self.others));
        (libm::log(a * d / (b * c)), (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt())
    }
}
