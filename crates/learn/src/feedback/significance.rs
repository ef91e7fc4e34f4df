//! Whether a difference is more than chance, also where many are looked at.

use std::f64::consts::SQRT_2;

use super::Rate;

/// The chance to be at least so many standard errors off on either side, 0 to 1.
pub(super) fn two_sided(errors: f64) -> f64 {
    libm::erfc(errors.abs() / SQRT_2)
}

/// The chance that two equal shares look as different as these or more: the test of two proportions
/// with a common one, two-sided. 1 where there is nothing to compare.
pub(super) fn of_difference(one: Rate, other: Rate) -> f64 {
    let (Some(p), Some(q), Some(common)) = (one.value(), other.value(), one.and(other).value())
    else {
        return 1.0;
    };
    let parts = 1.0 / one.of as f64 + 1.0 / other.of as f64;
    let error = (common * (1.0 - common) * parts).sqrt();
    if error > 0.0 { two_sided((p - q) / error) } else { 1.0 }
}

/// The q-value of each p-value, in the same order, by Benjamini and Hochberg (1995): of the
/// findings with a `q` of at most 0.05, one in twenty is chance in the mean. For the `k`-th smallest
/// of `m`, the smallest `m p / k` of it and all larger ones.
pub(super) fn q_values(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    let p_value = |place: usize| p_values.get(place).copied().unwrap_or(1.0);
    order.sort_by(|one, other| p_value(*other).total_cmp(&p_value(*one)));
    let mut q_values = vec![1.0; p_values.len()];
    let mut smallest = 1.0_f64;
    for (larger, place) in order.into_iter().enumerate() {
        let rank = (p_values.len() - larger) as f64;
        smallest = smallest.min(p_value(place) * p_values.len() as f64 / rank);
        q_values.iter_mut().skip(place).take(1).for_each(|q| *q = smallest);
    }
    q_values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn q_values_are_those_of_the_method() {
        // Of the fifteen of Benjamini and Hochberg (1995), section 3.2, four are below 0.05.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let q = q_values(&p);
        assert_eq!(q.iter().filter(|q| **q <= 0.05).count(), 4);
        assert!((q[3] - 0.0095 * 15.0 / 4.0).abs() < 1e-12);
        assert!((q[5] - 0.0298 * 15.0 / 7.0).abs() < 1e-12, "of the larger one");
    }

    #[test]
    fn a_difference_of_two_standard_errors_is_one_in_twenty() {
        assert!((two_sided(1.959_963_984_540_054) - 0.05).abs() < 1e-12);
        let p = of_difference(Rate { hits: 56, of: 70 }, Rate { hits: 48, of: 80 });
        // Of the common share 104/150, an error of 0.075467: 2.6502 of them.
        assert!((p - 0.008_045).abs() < 1e-6, "{p}");
        assert_eq!(of_difference(Rate { hits: 3, of: 3 }, Rate { hits: 9, of: 9 }), 1.0);
    }

    proptest! {
        #[test]
        fn q_values_are_at_least_the_p_values_and_in_their_order(
            p in prop::collection::vec(0.0..=1.0_f64, 0..40),
        ) {
            let q = q_values(&p);
            prop_assert_eq!(q.len(), p.len());
            for (one, own) in p.iter().zip(&q) {
                prop_assert!(*own <= 1.0 && *own >= *one - 1e-12);
                for (other, theirs) in p.iter().zip(&q) {
                    prop_assert!(one > other || own <= theirs);
                }
            }
        }
    }
}
