//! Labels: a letter for fit and a digit for engagement, such as `A1`.

use std::fmt;

/// From which scores the letters and digits are given, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeBars {
    /// Least fit of A, B and C; below it is D.
    pub fit: [u8; 3],
    /// Least engagement of 1 and 2; below it is 3.
    pub engagement: [u8; 2],
}

/// A letter and a digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// `A` (best) to `D`.
    pub fit: char,
    /// 1 (best) to 3.
    pub engagement: u8,
}

impl GradeBars {
    /// The label of two scores.
    #[must_use]
    pub fn label(&self, fit: u8, engagement: u8) -> Label {
        let [a, b, c] = self.fit;
        let [high, medium] = self.engagement;
        Label {
            fit: match fit {
                _ if fit >= a => 'A',
                _ if fit >= b => 'B',
                _ if fit >= c => 'C',
                _ => 'D',
            },
            engagement: match engagement {
                _ if engagement >= high => 1,
                _ if engagement >= medium => 2,
                _ => 3,
            },
        }
    }

    /// The fit that a hand-raiser needs to qualify their account at once: B.
    #[must_use]
    pub const fn hand_raiser_fit(&self) -> u8 {
        let [_, b, _] = self.fit;
        b
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.fit, self.engagement)
    }
}
