//! What a signal or a pattern is worth.

use crate::phase::{Phase, Shows};

/// What one activity of a signal, or one occurrence of a pattern, gives.
#[derive(Clone, Debug)]
pub struct Worth {
    /// Points when it happens, -10,000 to 10,000.
    pub points: f64,
    /// Seconds after which it is worth half.
    pub half_life_secs: f64,
    /// How many of a UTC day count: the first by time, at most 100.
    pub daily_cap: usize,
    /// The group whose cap it shares: its position in [`super::SignalRules::groups`].
    pub group: Option<usize>,
    /// Whether the person asks to be called.
    pub hand_raiser: bool,
    /// What it shows of the person.
    pub shows: Shows,
    /// The phase of a purchase that it stands for; `None` for none.
    pub phase: Option<Phase>,
}
