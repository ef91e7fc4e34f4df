//! What a job title tells: how senior somebody is, and their part in a purchase.

use regex::{Regex, RegexBuilder};

use crate::{BuyingRole, LeadProfile, Seniority};

/// Most bytes that a compiled pattern takes: bounds the cost of looking for it.
const PATTERN_BYTES: usize = 64 * 1_024;

/// The rules of a model that read titles.
#[derive(Debug, Default)]
pub struct TitleRules {
    /// In the order in which they are asked.
    pub rules: Vec<TitleRule>,
    /// Rules that are less sure than this, in percent, tell nothing.
    pub least_confidence: u8,
}

/// A rule that reads a title.
#[derive(Debug)]
pub struct TitleRule {
    /// Its name, for people.
    pub name: String,
    /// What the title must hold, in any case of letters.
    pub pattern: Regex,
    /// The seniority it tells.
    pub seniority: Option<Seniority>,
    /// The buying role it tells.
    pub buying_role: Option<BuyingRole>,
    /// How sure it is, 1 to 100 percent.
    pub confidence: u8,
}

/// Where something known of a person comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A caller sent it.
    Given,
    /// It was read off the title.
    Title {
        /// How sure that is, 1 to 100 percent.
        confidence: u8,
    },
}

/// Something known of a person, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known<T> {
    /// What is known.
    pub value: T,
    /// From where.
    pub source: Source,
}

impl<T> Known<T> {
    /// What a caller sent.
    pub const fn given(value: T) -> Self {
        Self { value, source: Source::Given }
    }
}

/// How senior a person is and which part they play, as far as a model can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Seniority.
    pub seniority: Option<Known<Seniority>>,
    /// Buying role.
    pub buying_role: Option<Known<BuyingRole>>,
}

impl TitleRule {
    /// Compiles the pattern of a title.
    ///
    /// # Errors
    /// When it is none, or takes too much.
    pub fn pattern(source: &str) -> Result<Regex, regex::Error> {
        RegexBuilder::new(source).case_insensitive(true).size_limit(PATTERN_BYTES).build()
    }
}

impl TitleRules {
    /// What is known of a person: what their profile says, else what their title tells.
    #[must_use]
    pub fn read(&self, lead: &LeadProfile) -> Position {
        self.read_with(lead, |_| ())
    }

    /// The same; `telling` is called with each rule that something is known from.
    pub(crate) fn read_with(
        &self,
        lead: &LeadProfile,
        mut telling: impl FnMut(&TitleRule),
    ) -> Position {
        let mut position = Position {
            seniority: lead.seniority.map(Known::given),
            buying_role: lead.buying_role.map(Known::given),
        };
        if lead.title.is_empty() {
            return position;
        }
        for rule in self.rules.iter().filter(|rule| rule.confidence >= self.least_confidence) {
            let seniority = rule.seniority.filter(|_| position.seniority.is_none());
            let buying_role = rule.buying_role.filter(|_| position.buying_role.is_none());
            let tells = seniority.is_some() || buying_role.is_some();
            if !tells || !rule.pattern.is_match(&lead.title) {
                continue;
            }
            telling(rule);
            let source = Source::Title { confidence: rule.confidence };
            let known = seniority.map(|value| Known { value, source });
            position.seniority = position.seniority.or(known);
            let known = buying_role.map(|value| Known { value, source });
            position.buying_role = position.buying_role.or(known);
            if position.seniority.is_some() && position.buying_role.is_some() {
                break;
            }
        }
        position
    }
}

#[cfg(test)]
mod tests;
