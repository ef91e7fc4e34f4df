//! Logistic regression with a penalty on squared coefficients.
//!
//! Records are sparse: each has one value in each field. Newton's method with Cholesky's
//! decomposition takes five to ten passes over them to the exact minimum, which is the only one;
//! a step that does not lower the loss is halved.

use nalgebra::{DMatrix, DVector};

/// A record: (column, value), ascending by column, without zeros.
pub(super) type Row = Vec<(usize, f64)>;

/// Most steps. The loss is convex; more than twelve were never seen.
const STEPS: usize = 50;
/// Most halvings of a step.
const HALVINGS: usize = 40;
/// Below this step, in every coefficient, the minimum is reached.
const SMALL: f64 = 1e-7;

/// Coefficients of the columns, and the constant as the last one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Coefficients(DVector<f64>);

impl Coefficients {
    /// All zero.
    pub(super) fn zero(columns: usize) -> Self {
        Self(DVector::zeros(columns + 1))
    }

    /// The coefficient of a column.
    pub(super) fn of(&self, column: usize) -> f64 {
        self.0.get(column).copied().unwrap_or_default()
    }

    /// The logarithm of the odds of a record.
    pub(super) fn log_odds(&self, row: &Row) -> f64 {
        let constant = self.of(self.0.len() - 1);
        row.iter().fold(constant, |sum, (column, value)| sum + self.of(*column) * value)
    }
}

/// `ln(1 + e^x)` without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

/// How badly a record's log odds tell its outcome: minus the logarithm of what they say its
/// chance was.
pub(super) fn loss_of(log_odds: f64, outcome: bool) -> f64 {
    softplus(if outcome { -log_odds } else { log_odds })
}

/// The minimum of the loss with `strength / 2` times the sum of squared coefficients (without the
/// constant), looked for from `start` on.
pub(super) fn fit(
    rows: &[(&Row, bool)],
    columns: usize,
    strength: f64,
    start: Coefficients,
) -> Coefficients {
    let loss = |at: &Coefficients| {
        let penalty: f64 = at.0.iter().take(columns).map(|value| value * value).sum();
        let losses = rows.iter().map(|(row, outcome)| loss_of(at.log_odds(row), *outcome));
        losses.sum::<f64>() + strength / 2.0 * penalty
    };
    let mut at = start;
    let mut lowest = loss(&at);
    for _ in 0..STEPS {
        let Some(step) = newton_step(rows, columns, strength, &at) else { break };
        let mut share = 1.0;
        let lower = (0..HALVINGS).find_map(|_| {
            let tried = Coefficients(&at.0 - share * &step);
            let found = loss(&tried);
            share /= 2.0;
            (found < lowest).then_some((tried, found))
        });
        let Some((better, found)) = lower else { break };
        (at, lowest) = (better, found);
        if step.amax() < SMALL {
            break;
        }
    }
    at
}

/// The step to the minimum of the parabola that fits the loss here.
#[expect(clippy::indexing_slicing, reason = "columns are counted where rows are made")]
fn newton_step(
    rows: &[(&Row, bool)],
    columns: usize,
    strength: f64,
    at: &Coefficients,
) -> Option<DVector<f64>> {
    let size = columns + 1;
    let (mut slope, mut bend) = (DVector::zeros(size), DMatrix::zeros(size, size));
    for (row, outcome) in rows {
        let chance = 1.0 / (1.0 + libm::exp(-at.log_odds(row)));
        let (error, weight) = (chance - f64::from(u8::from(*outcome)), chance * (1.0 - chance));
        let constant = (columns, 1.0);
        for (place, (column, value)) in row.iter().chain([&constant]).enumerate() {
            slope[*column] += error * value;
            // The lower triangle is enough.
            for (other, other_value) in row.iter().chain([&constant]).take(place + 1) {
                bend[(*column, *other)] += weight * value * other_value;
            }
        }
    }
    for column in 0..columns {
        slope[column] += strength * at.of(column);
        bend[(column, column)] += strength;
    }
    // Keeps the matrix positive where every chance is as good as 0 or 1.
    bend[(columns, columns)] += 1e-9;
    Some(bend.cholesky()?.solve(&slope))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn at_the_minimum_the_loss_slopes_nowhere(
            records in prop::collection::vec((0..4_usize, 4..7_usize, -3.0..3.0_f64, any::<bool>()), 4..60),
            strength in 0.1..50.0_f64,
        ) {
            let row = |one: usize, other: usize, value: f64| vec![(one, 1.0), (other, 1.0), (7, value)];
            let rows: Vec<Row> = records.iter().map(|&(one, other, value, _)| row(one, other, value)).collect();
            let outcomes = records.iter().map(|(.., outcome)| *outcome);
            let examples: Vec<(&Row, bool)> = rows.iter().zip(outcomes).collect();
            // With one outcome alone the constant has no minimum.
            prop_assume!(examples.iter().any(|(_, o)| *o) && examples.iter().any(|(_, o)| !*o));
            let found = fit(&examples, 8, strength, Coefficients::zero(8));
            for column in 0..=8 {
                let mut slope = if column < 8 { strength * found.of(column) } else { 0.0 };
                for (row, outcome) in &examples {
                    let value = match column {
                        8 => 1.0,
                        _ => row.iter().find(|(own, _)| *own == column).map_or(0.0, |(_, value)| *value),
                    };
                    let chance = 1.0 / (1.0 + (-found.log_odds(row)).exp());
                    slope += (chance - f64::from(u8::from(*outcome))) * value;
                }
                prop_assert!(slope.abs() < 1e-4, "slope {slope} in column {column}");
            }
        }
    }
}
