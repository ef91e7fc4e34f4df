//! What sales gets to read with a handoff, as it was when marketing let go of it.

use serde::{Deserialize, Serialize};

use crate::explain::{Explanation, What};

/// Lines of each explanation that are packed, the largest first.
const LINES: usize = 5;

/// Reasons to mention.
const REASONS: usize = 3;

/// What sales gets to read. It never changes: it is what the handoff was decided on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Packet {
    /// The account, unless it is about a lead without one.
    pub account: Option<PacketAccount>,
    /// Its people: those who qualified first, then those who do most.
    pub people: Vec<PacketPerson>,
    /// What happened last, the latest first.
    pub touches: Vec<Touch>,
    /// What to mention, a sentence each, three at most.
    pub reasons: Vec<String>,
    /// The names of all signals, patterns and rules that stood behind it, sorted: what gave points
    /// to those who qualified, and to the fit of the account. Reports count by it; it is not shown.
    /// Empty in packets from before it was kept.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// The model version that all of this was found under.
    pub model_version: u64,
}

/// The account of a packet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PacketAccount {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// 0 to 100.
    pub engagement: u8,
    /// 0 to 100.
    pub fit: u8,
    /// Letter and digit.
    pub label: String,
    /// 1 to 3; `None` when it is in none.
    pub tier: Option<u8>,
    /// The phase of a purchase; empty for none.
    pub phase: String,
    /// People at or above the engaged floor.
    pub engaged_people: u32,
    /// What made its fit.
    pub fit_lines: Vec<Gave>,
}

/// A person of a packet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PacketPerson {
    /// Their id.
    pub lead: String,
    /// Their job title.
    pub title: String,
    /// How senior they are; empty when unknown.
    pub seniority: String,
    /// The part they play; empty when unknown.
    pub buying_role: String,
    /// Whether they are whom the handoff is about.
    pub qualified: bool,
    /// 0 to 100.
    pub engagement: u8,
    /// 0 to 100.
    pub fit: u8,
    /// Letter and digit.
    pub label: String,
    /// What made their engagement.
    pub engagement_lines: Vec<Gave>,
    /// What made their fit.
    pub fit_lines: Vec<Gave>,
}

/// What a signal, a pattern or a rule gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gave {
    /// Its name in the model.
    pub name: String,
    /// How often it counted; 1 of a rule.
    pub count: usize,
    /// Millionths of a point of the score that it is part of.
    pub micropoints: i64,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Touch {
    /// When, in microseconds since 1970.
    pub at_micros: i64,
    /// The type of the activity.
    pub kind: String,
    /// Whose; empty for the unknown visitor.
    pub lead: String,
    /// The campaign it belongs to; empty for none.
    pub campaign: String,
}

impl Gave {
    /// The signals, patterns and rules of an explanation that gave most, the largest first.
    #[must_use]
    pub fn of(explanation: &Explanation) -> Vec<Self> {
        let mut gave: Vec<Self> = Self::all(explanation).collect();
        gave.retain(|line| line.micropoints != 0);
        gave.sort_by(|one, other| {
            let largest = other.micropoints.abs().cmp(&one.micropoints.abs());
            largest.then_with(|| one.name.cmp(&other.name))
        });
        gave.truncate(LINES);
        gave
    }

    /// The names of all signals, patterns and rules of an explanation that gave points.
    pub fn names(explanation: &Explanation) -> impl Iterator<Item = String> {
        Self::all(explanation).filter(|line| line.micropoints > 0).map(|line| line.name)
    }

    /// Every signal, pattern and rule of an explanation.
    fn all(explanation: &Explanation) -> impl Iterator<Item = Self> {
        explanation.lines.iter().filter_map(|line| {
            let (name, count) = match &line.what {
                What::Signal { name, count } | What::Pattern { name, count } => (name, *count),
                What::FitRule { name, .. } => (name, 1),
                _ => return None,
            };
            Some(Self { name: name.clone(), count, micropoints: line.micropoints })
        })
    }
}

impl Packet {
    /// Fills in what to mention: what those who qualified did, then how well the account suits.
    #[must_use]
    pub fn with_reasons(mut self) -> Self {
        let mut found: Vec<(i64, String)> = Vec::new();
        for person in self.people.iter().filter(|person| person.qualified) {
            for line in person.engagement_lines.iter().filter(|line| line.micropoints > 0) {
                let times = match line.count {
                    1 => "once".to_owned(),
                    count => format!("{count} times"),
                };
                found.push((line.micropoints, format!("{}: {} {times}", person.lead, line.name)));
            }
        }
        // What they did is what to talk about; of equals the first stays first.
        found.sort_by_key(|(micropoints, _)| std::cmp::Reverse(*micropoints));
        self.reasons = found.into_iter().map(|(_, reason)| reason).collect();
        if let Some(account) = &self.account {
            if account.engaged_people > 1 {
                let people = account.engaged_people;
                self.reasons.push(format!("{people} people of {} are engaged", account.id));
            }
            let suits = account.fit_lines.iter().filter(|line| line.micropoints > 0);
            self.reasons.extend(suits.map(|line| format!("{}: {}", account.id, line.name)));
        }
        self.reasons.truncate(REASONS);
        self
    }
}
