//! How many random cases the slower properties are tried on.

use proptest::test_runner::Config;

/// As many as `PROPTEST_CASES` says, as all other properties; without it `usual`.
pub(crate) fn cases(usual: u32) -> Config {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    if asked { Config::default() } else { Config::with_cases(usual) }
}
