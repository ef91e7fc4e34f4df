//! What titles tell, as people write it.

use serde::{Deserialize, Serialize};

use crate::{BuyingRole, Seniority};

/// What titles tell.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TitlesFile {
    /// Rules that are less sure than this, in percent, tell nothing; 0 to 100.
    pub least_confidence: i64,
    /// The rules; the first that matches and tells a thing decides it.
    pub rules: Vec<TitleRuleFile>,
}

impl Default for TitlesFile {
    fn default() -> Self {
        Self { least_confidence: 50, rules: Vec::new() }
    }
}

/// One rule that reads titles. It tells at least one of `seniority` and `buying_role`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TitleRuleFile {
    /// Its name; unique in the list.
    pub name: String,
    /// A regular expression that the title must hold, in any case of letters.
    pub matches: String,
    /// The seniority it tells.
    pub seniority: Option<Seniority>,
    /// The buying role it tells.
    pub buying_role: Option<BuyingRole>,
    /// How sure it is, 1 to 100 percent.
    pub confidence: i64,
}
