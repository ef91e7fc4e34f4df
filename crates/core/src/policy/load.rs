//! What owners have to do already.

use std::collections::BTreeMap;

/// How much owners have open, and whose turn it was last in each team.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Open handoffs by the id of their owner; nothing for who has none.
    pub open: BTreeMap<String, u32>,
    /// The id of who was given one last, by team.
    pub last: BTreeMap<String, String>,
}

impl Load {
    /// Open handoffs of an owner.
    #[must_use]
    pub fn open_of(&self, owner: &str) -> u32 {
        self.open.get(owner).copied().unwrap_or_default()
    }

    /// Notes that one was taken from somebody.
    pub fn take(&mut self, owner: &str) {
        if let Some(open) = self.open.get_mut(owner) {
            *open = open.saturating_sub(1);
        }
    }

    /// Notes that somebody was given one more, in their turn if it was a team's.
    pub fn give(&mut self, owner: &str, team: Option<&str>) {
        let open = self.open.entry(owner.to_owned()).or_default();
        *open = open.saturating_add(1);
        if let Some(team) = team {
            self.last.insert(team.to_owned(), owner.to_owned());
        }
    }
}
