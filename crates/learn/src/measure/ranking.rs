//! Records by score, the best first, with ties together.

/// Records of one score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// The score.
    pub score: f64,
    /// Records with the outcome.
    pub positives: u64,
    /// Records without it.
    pub negatives: u64,
}

impl Group {
    /// Its records.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.positives + self.negatives
    }
}

/// Records by score. It depends only on how often each pair of score and outcome occurs.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    groups: Vec<Group>,
}

impl Ranking {
    /// Ranks scores with their outcomes. Scores are compared by their total order; 0 and -0 are
    /// the same.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = (f64, bool)>) -> Self {
        let mut rows: Vec<(f64, bool)> =
            rows.into_iter().map(|(score, outcome)| (score + 0.0, outcome)).collect();
        rows.sort_unstable_by(|one, other| other.0.total_cmp(&one.0));
        let mut groups: Vec<Group> = Vec::new();
        for (score, outcome) in rows {
            let new = match groups.last() {
                Some(last) => last.score.total_cmp(&score).is_ne(),
                None => true,
            };
            if new {
                groups.push(Group { score, positives: 0, negatives: 0 });
            }
            if let Some(last) = groups.last_mut() {
                if outcome { last.positives += 1 } else { last.negatives += 1 }
            }
        }
        Self { groups }
    }

    /// The groups, the highest score first.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// All records.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.groups.iter().map(Group::rows).sum()
    }

    /// The records with the outcome.
    #[must_use]
    pub fn positives(&self) -> u64 {
        self.groups.iter().map(|group| group.positives).sum()
    }

    /// The share of records with the outcome; 0 without records.
    #[must_use]
    pub fn base_rate(&self) -> f64 {
        self.positives() as f64 / self.rows().max(1) as f64
    }

    /// The position of the group with a score, if there is one.
    pub(super) fn position(&self, score: f64) -> Option<usize> {
        let score = score + 0.0;
        self.groups.binary_search_by(|group| score.total_cmp(&group.score)).ok()
    }
}
