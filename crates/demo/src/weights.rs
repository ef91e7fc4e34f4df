//! Drawing from a list by weights.

use rand::Rng;
use rand::rngs::StdRng;

/// Weights summed up, so that a draw takes a search and not a walk.
pub(crate) struct Weights(Vec<f64>);

impl Weights {
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let sums = weights.into_iter().scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self(sums.collect())
    }

    /// A position in the list; `None` where nothing has any weight.
    pub(crate) fn draw(&self, random: &mut StdRng) -> Option<usize> {
        let total = self.0.last().copied().filter(|total| *total > 0.0)?;
        let at = random.random_range(0.0..total);
        Some(self.0.partition_point(|&sum| sum <= at))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn each_is_drawn_as_often_as_it_weighs() {
        let mut random = StdRng::seed_from_u64(1);
        let weights = Weights::new([1.0, 0.0, 3.0]);
        let mut drawn = [0; 3];
        for _ in 0..4_000 {
            drawn[weights.draw(&mut random).unwrap()] += 1;
        }
        assert_eq!(drawn[1], 0);
        assert!((900..1_100).contains(&drawn[0]), "{drawn:?}");
        assert_eq!(Weights::new([]).draw(&mut random), None);
        assert_eq!(Weights::new([0.0]).draw(&mut random), None);
    }
}
