//! Which records are learned from and which are held out, by their ids.

use sha2::{Digest, Sha256};

/// The place of a record in an order that is as good as drawn by lot, and always the same for a
/// seed and an id.
#[must_use]
pub fn place(seed: u64, id: &str) -> u64 {
    let digest = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(id).finalize();
    digest.iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Whether a record is held out: about `percent` of all ids are, always the same ones for a
/// seed, and independent of every other record. A `percent` of 100 or more holds out all.
#[must_use]
pub fn is_held_out(seed: u64, id: &str, percent: u8) -> bool {
    place(seed, id) % 100 < u64::from(percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_the_share_asked_for_is_held_out_and_another_seed_takes_others() {
        let ids: Vec<String> = (0..10_000).map(|id| format!("lead-{id}")).collect();
        let held = |seed| ids.iter().filter(|id| is_held_out(seed, id, 30)).collect::<Vec<_>>();
        let (one, other) = (held(1), held(2));
        assert!((2_850..3_150).contains(&one.len()), "{}", one.len());
        assert_ne!(one, other);
        assert_eq!(one, held(1));
        assert!(ids.iter().all(|id| is_held_out(1, id, 100) && !is_held_out(1, id, 0)));
    }
}
