//! What became of the leads that marketing handed to sales.
//!
//! [`funnel`] counts how many qualified leads sales took, and how long each step took; [`rules`]
//! holds each rule and signal against what sales said of the leads it brought; [`clock`] tells how
//! well the time allowed was kept; [`persona`] finds what the leads have in common that sales turned
//! down for good, and drafts rules against them; [`review`] picks what to talk about.
//!
//! No figure depends on the order in which records are given. Records are counted as they come:
//! memory grows with groups, and with the different lags and sets of rules in them, not with
//! records; the persona alone looks at all at once. Shares carry intervals; see [`Rate`].
//!
//! `docs/feedback.md` states every figure with its formula and source.

pub mod clock;
pub mod funnel;
mod group;
pub mod persona;
mod rate;
pub mod review;
pub mod rules;
mod significance;
mod spread;

pub use group::{Dimension, Group, GroupBy, Keys};
pub use rate::Rate;
pub use spread::Spread;
