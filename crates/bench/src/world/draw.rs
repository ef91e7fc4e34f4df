//! Drawing from distributions.

use rand::Rng;
use rand::rngs::StdRng;

/// One of some values.
pub(super) fn pick<'a>(random: &mut StdRng, values: &[&'a str]) -> &'a str {
    let index = random.random_range(0..values.len().max(1));
    values.get(index).copied().unwrap_or_default()
}

/// One of some values with weights.
pub(super) fn weighted<'a, T>(random: &mut StdRng, values: &'a [(u32, T)]) -> Option<&'a T> {
    let all: u32 = values.iter().map(|(weight, _)| weight).sum();
    let mut left = random.random_range(0..all.max(1));
    for (weight, value) in values {
        if left < *weight {
            return Some(value);
        }
        left -= weight;
    }
    None
}

/// Whether something of a probability happens.
pub(super) fn chance(random: &mut StdRng, probability: f64) -> bool {
    random.random_bool(probability)
}

/// At least 1, with a tail that falls as `x^-alpha`, cut off at `most`.
pub(super) fn pareto(random: &mut StdRng, alpha: f64, most: f64) -> f64 {
    let uniform: f64 = 1.0 - random.random::<f64>();
    uniform.powf(-1.0 / alpha).min(most)
}

/// Memoryless, with a mean.
pub(super) fn exponential(random: &mut StdRng, mean: f64) -> f64 {
    let uniform: f64 = 1.0 - random.random::<f64>();
    -uniform.ln() * mean
}
