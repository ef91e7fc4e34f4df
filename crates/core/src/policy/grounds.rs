//! Why something is handed over, as it was known then.

use crate::grade::Label;
use crate::handoff::HandoffCause;
use crate::tier::Tier;

/// What is known of a handoff when it is made; rules of a policy see it as `handoff`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// Whether the person asked to be called.
    pub hand_raiser: bool,
    /// What made somebody hand over.
    pub cause: HandoffCause,
    /// Engagement of what is handed over, 0 to 100.
    pub engagement: u8,
    /// Fit of what is handed over, 0 to 100.
    pub fit: u8,
    /// The account's tier; `None` when it has none, and then unknown to rules.
    pub tier: Option<Tier>,
    /// The label of both scores; `None` when there is none.
    pub label: Option<Label>,
}
