//! How much is tried of what is tried at random.

/// How many cases a rule is tried on: `usual`, unless `ABM_TEST_CASES` asks for another number,
/// for a night for example.
#[must_use]
pub fn cases(usual: u32) -> u32 {
    std::env::var("ABM_TEST_CASES").map_or(usual, |cases| cases.parse().expect("a number"))
}
